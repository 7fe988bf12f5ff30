//! What a page says once after something was done in an access review.

use crate::forms::Flash;
use crate::islands::words::counted;
use crate::parts::badge::Tone;
use crate::parts::flash::Message;
use domain::text::Text;

/// The message, if it is one of these.
pub fn message(flash: &Flash) -> Option<Message> {
    let (tone, lead, text) = match flash.code.as_str() {
        "access-review-planned" => (Tone::Ok, "Planned.", Text::default()),
        "access-review-ended" => (Tone::Ok, "Ended.", "Nothing more is decided in this round.".into()),
        "access-review-applied" => (Tone::Ok, "Applied.", "What came of each stands in its row.".into()),
        "access-review-applying" => (
            Tone::Info,
            "Being applied.",
            "The rest follows by itself. What came of each stands in its row.".into(),
        ),
        "access-review-stopped" => (Tone::Ok, "Stopped.", "Nothing of the round is applied.".into()),
        "access-review-decided" => {
            let count = flash.params.get("count").and_then(|count| count.parse().ok()).unwrap_or_default();
            match count {
                0 => (Tone::Ok, "Nothing was changed.", Text::default()),
                count => (
                    Tone::Ok,
                    "Saved.",
                    Text::say(format!("{} taken.", counted(count, "decision", "decisions"))),
                ),
            }
        }
        _ => return None,
    };
    Some(Message { tone, lead: lead.to_owned(), text, way_on: None })
}
