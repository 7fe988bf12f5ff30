//! The words of one-time messages about alerts.

use crate::forms::Flash;
use crate::parts::badge::Tone;
use crate::parts::flash::Message;
use domain::text::Text;

/// The message, if it is one of these.
pub fn message(flash: &Flash) -> Option<Message> {
    let (lead, text): (&str, Text) = match flash.code.as_str() {
        "alert-acknowledged" => {
            ("Acknowledged.", "It is not counted until its time is over or it gets worse.".into())
        }
        "alerts-set" => {
            let version = flash.params.get("version").cloned().unwrap_or_default();
            ("Saved.", Text::say(format!("Version {version} holds from the next count on.")))
        }
        _ => return None,
    };
    Some(Message { tone: Tone::Ok, lead: lead.to_owned(), text, way_on: None })
}
