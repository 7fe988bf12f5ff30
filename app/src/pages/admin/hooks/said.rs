//! The words of one-time messages about webhooks.

use crate::forms::Flash;
use crate::parts::badge::Tone;
use crate::parts::flash::Message;
use domain::text::Text;

/// The message, if it is one of these.
pub fn message(flash: &Flash) -> Option<Message> {
    let (tone, lead, text) = match flash.code.as_str() {
        "hook-edited" => (Tone::Ok, "Saved.", "What waits is sent as it is set now."),
        "hook-tested" => (Tone::Ok, "The test was taken.", "It is the newest in the log."),
        "hook-resent" => (Tone::Ok, "It is sent again now.", "Open this page again to see what came of it."),
        "hook-on" => (Tone::Ok, "The webhook is on.", "It tells what happens from now on."),
        "hook-off" => (Tone::Wait, "The webhook is off.", "What happens meanwhile is not kept for it."),
        "hook-deleted" => (Tone::Ok, "The webhook is deleted.", ""),
        _ => return None,
    };
    let text = if text.is_empty() { Text::default() } else { text.into() };
    Some(Message { tone, lead: lead.to_owned(), text, way_on: None })
}
