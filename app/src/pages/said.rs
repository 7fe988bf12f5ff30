//! The words of one-time messages: what the page after a form says. One entry per code.

use crate::ctx;
use crate::forms::Flash;
use crate::pages::access;
use crate::parts::badge::Tone;
use crate::parts::flash::Message;
use domain::text::Text;

/// The message for this page, if the form before left one. Reading it uses it up.
pub fn said() -> Option<Message> {
    ctx::flash().map(message)
}

fn message(flash: Flash) -> Message {
    if let Some(message) = access::said::message(&flash) {
        return message;
    }
    let (tone, lead, text): (Tone, &str, Text) = match flash.code.as_str() {
        "signed-out" => (Tone::Ok, "You are signed out.", Text::default()),
        _ => (Tone::Ok, "Done.", Text::default()),
    };
    Message { tone, lead: lead.to_owned(), text, way_on: None }
}
