//! The words of one-time messages about applications.

use crate::forms::Flash;
use crate::parts::badge::Tone;
use crate::parts::flash::Message;

/// The message, if it is one of these.
pub fn message(flash: &Flash) -> Option<Message> {
    let (tone, lead, text) = match flash.code.as_str() {
        "application-created" => {
            (Tone::Ok, "The application is connected.", "Test the connection, then assign groups.")
        }
        "application-saved" => (Tone::Ok, "Saved.", "Everybody it knows is looked at anew."),
        "application-well" => (Tone::Ok, "The test went well.", "What it found is below."),
        "application-badly" => (Tone::Bad, "The test did not go well.", "What it found is below."),
        "application-again" => {
            (Tone::Ok, "It is tried again now.", "Open this page again to see what came of it.")
        }
        "application-allowed" => (Tone::Ok, "What was held back goes on.", "It counts anew from now."),
        "application-on" => (Tone::Ok, "Provisioning goes on.", "What changed meanwhile is caught up with."),
        "application-off" => {
            (Tone::Wait, "Provisioning is stopped.", "Access that ends stays there until it goes on.")
        }
        "application-token" => (
            Tone::Ok,
            "The new one is used now.",
            "For a day the one before is tried where the new one is not taken yet.",
        ),
        "application-group-assigned" => (Tone::Ok, "The group is assigned.", "Its members are on their way."),
        "application-group-now" => (
            Tone::Ok,
            "Everybody of the group is looked at again.",
            "The queue and the log show how it goes.",
        ),
        "application-group-removed" => {
            (Tone::Ok, "The group is taken away.", "Its members are being removed there.")
        }
        "application-deleted" => (Tone::Ok, "The application is deleted.", "Its log stays."),
        _ => return None,
    };
    Some(Message { tone, lead: lead.to_owned(), text: text.into(), way_on: None })
}
