//! The words of the messages after a form about people.

use crate::forms::Flash;
use crate::islands::words::counted;
use crate::parts::badge::Tone;
use crate::parts::flash::Message;
use domain::text::Text;

/// The message, if its code is one of these.
pub fn message(flash: &Flash) -> Option<Message> {
    let number = |name: &str| flash.params.get(name).and_then(|n| n.parse().ok()).unwrap_or_default();
    let (lead, text): (&str, Text) = match flash.code.as_str() {
        "person-created" => {
            ("Created.", "To sign in they need a link, which an administrator makes on this page.".into())
        }
        "person-edited" => ("Saved.", Text::default()),
        "person-deleted" => {
            let text = format!(
                "{} ended, {} closed. They can be restored for 30 days.",
                counted(number("assignments"), "assignment", "assignments"),
                counted(number("requests"), "request", "requests"),
            );
            ("Deleted.", text.as_str().into())
        }
        "person-restored" => ("Restored.", "They have no access, and need a sign-in link.".into()),
        "person-disabled" => {
            let text = format!(
                "{} ended, {} closed, {} ended.",
                counted(number("activations"), "activation", "activations"),
                counted(number("requests"), "request", "requests"),
                counted(number("sessions"), "session", "sessions"),
            );
            ("Disabled.", text.as_str().into())
        }
        "person-enabled" => {
            ("Enabled.", "What ended before stays ended. What was assigned works again.".into())
        }
        "factors-reset" => ("Reset.", "At the next sign-in they set up a new authenticator app.".into()),
        _ => return None,
    };
    Some(Message { tone: Tone::Ok, lead: lead.to_owned(), text, way_on: None })
}
