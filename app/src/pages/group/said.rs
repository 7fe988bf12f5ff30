//! What a page says once after somebody managed a group.

use crate::forms::Flash;
use crate::islands::words::counted;
use crate::parts::badge::Tone;
use crate::parts::flash::Message;
use domain::text::Text;

/// The message, if it is one of these.
pub fn message(flash: &Flash) -> Option<Message> {
    let (tone, lead, text) = match flash.code.as_str() {
        "assigned" => assigned(flash),
        "assignment-changed" => (Tone::Ok, "Changed.", until(flash)),
        "renewal-approved" => (Tone::Ok, "Approved.", until(flash)),
        "renewal-denied" => (Tone::Ok, "Denied.", Text::say("The person reads why.")),
        "assignments-removed" => (Tone::Ok, "Removed.", removed(flash)),
        "policy-saved" => {
            let text = format!("Version {} holds from the next activation on.", param(flash, "version"));
            (Tone::Ok, "Saved.", Text::say(text))
        }
        _ => return None,
    };
    Some(Message { tone, lead: lead.to_owned(), text, way_on: None })
}

fn param<'a>(flash: &'a Flash, name: &str) -> &'a str {
    flash.params.get(name).map_or("", String::as_str)
}

fn number(flash: &Flash, name: &str) -> i64 {
    param(flash, name).parse().unwrap_or_default()
}

/// Who was given something, and why others were not.
fn assigned(flash: &Flash) -> (Tone, &'static str, Text) {
    let given = counted(number(flash, "count"), "person or group", "people and groups");
    match param(flash, "why") {
        "" => (Tone::Ok, "Assigned.", Text::say(format!("It was given to {given}."))),
        why => {
            let text = Text::say(format!("It was given to {given}. ")).name(why);
            (Tone::Wait, "Not everybody was assigned.", text)
        }
    }
}

fn removed(flash: &Flash) -> Text {
    let gone = counted(number(flash, "count"), "assignment is", "assignments are");
    Text::say(match number(flash, "activations") {
        0 => format!("{gone} gone at once."),
        n => {
            let activations = counted(n, "running activation", "running activations");
            format!("{gone} gone at once, and {activations} with it.")
        }
    })
}

fn until(flash: &Flash) -> Text {
    match param(flash, "until").parse() {
        Ok(at) => Text::say("It ends on ").at(at).then("."),
        Err(_) => Text::say("It has no end."),
    }
}
