//! The words of one-time messages: what the page after a form says. One entry per code.

use crate::ctx;
use crate::forms::Flash;
use crate::pages::{access, access_reviews, admin, directory, group, people};
use crate::parts::badge::Tone;
use crate::parts::flash::Message;
use domain::text::Text;

/// The message for this page, if the form before left one. Reading it uses it up.
pub fn said() -> Option<Message> {
    ctx::flash().map(message)
}

fn message(flash: Flash) -> Message {
    let areas = [
        access::said::message,
        access_reviews::said::message,
        admin::alerts::said::message,
        admin::applications::said::message,
        admin::hooks::said::message,
        directory::said::message,
        group::said::message,
        people::said::message,
    ];
    if let Some(message) = areas.iter().find_map(|area| area(&flash)) {
        return message;
    }
    let (tone, lead, text): (Tone, &str, Text) = match flash.code.as_str() {
        "preferences-saved" => (Tone::Ok, "Saved.", Text::default()),
        "absence-saved" => (
            Tone::Ok,
            "Saved.",
            "You are not asked by mail until then. What you can decide, you still can.".into(),
        ),
        "absence-ended" => (Tone::Ok, "Welcome back.", "You are asked by mail again.".into()),
        "password-changed" => {
            (Tone::Ok, "The password is changed.", "You are signed in here and nowhere else.".into())
        }
        "factor-replaced" => {
            (Tone::Ok, "The new app is set up.", "You are signed in here and nowhere else.".into())
        }
        "recovery-code-used" => (
            Tone::Wait,
            "You signed in with a recovery code.",
            "It is used up. If your phone is gone, set up a new authenticator app.".into(),
        ),
        "session-ended" => (Tone::Ok, "The session is over.", Text::default()),
        "sessions-ended" => (Tone::Ok, "All other sessions are over.", Text::default()),
        "review-closed" => (Tone::Ok, "Closed.", "Your finding stands in the audit.".into()),
        "mail-tested" => (Tone::Ok, "The test is sent.", "It is the newest in the list.".into()),
        "mail-started" => (Tone::Ok, "Mail goes out again.", Text::default()),
        "mail-stopped" => (Tone::Wait, "Mail is stopped.", "What is written meanwhile waits.".into()),
        "mail-resent" => (Tone::Ok, "It is tried again now.", Text::default()),
        "imported" => (Tone::Ok, "Imported.", imported(&flash)),
        "signed-out" => (Tone::Ok, "You are signed out.", Text::default()),
        _ => (Tone::Ok, "Done.", Text::default()),
    };
    Message { tone, lead: lead.to_owned(), text, way_on: None }
}

fn imported(flash: &Flash) -> Text {
    let count = |name: &str| flash.params.get(name).cloned().unwrap_or_default();
    let (created, changed, ended, refused) =
        (count("created"), count("changed"), count("ended"), count("refused"));
    Text::say(format!("{created} created, {changed} changed, {ended} ended, {refused} refused."))
}
