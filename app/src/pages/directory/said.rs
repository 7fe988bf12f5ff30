//! The words of the messages after a form about groups.

use crate::forms::Flash;
use crate::islands::words::counted;
use crate::parts::badge::Tone;
use crate::parts::flash::Message;
use domain::refusal::WayOn;
use domain::text::Text;

/// The message, if its code is one of these.
pub fn message(flash: &Flash) -> Option<Message> {
    let param = |name: &str| flash.params.get(name).cloned().unwrap_or_default();
    let name = || Text::default().name(param("name"));
    let (lead, text) = match flash.code.as_str() {
        "group-created" => {
            ("Created.", "It is not managed yet: bring it in when people shall activate it.".into())
        }
        "group-edited" => ("Saved.", Text::default()),
        "group-deleted" => {
            let ended = |name: &str| param(name).parse().unwrap_or_default();
            let text = format!(
                ": {} ended, {} closed. It can be restored for 30 days.",
                counted(ended("assignments"), "assignment", "assignments"),
                counted(ended("requests"), "request", "requests"),
            );
            ("Deleted.", name().then(text))
        }
        "group-restored" => ("Restored.", "It is empty. Assign anew who shall have it.".into()),
        "member-added" => ("Added.", name().then(" is inside now.")),
        "member-removed" => ("Removed.", name().then(" is no longer inside.")),
        "brought-in" => {
            let count = param("count").parse().unwrap_or_default();
            let text = counted(count, "group is", "groups are");
            return Some(brought_in(&text, &param("failed")));
        }
        _ => return None,
    };
    Some(Message { tone: Tone::Ok, lead: lead.to_owned(), text, way_on: None })
}

/// `failed` names the groups that were not brought in, with the reason.
fn brought_in(count: &str, failed: &str) -> Message {
    let text = Text::say(format!("{count} managed now, with the default policy."));
    let way_on = Some(WayOn { label: "Managed groups".into(), path: "/groups?show=managed".into() });
    if failed.is_empty() {
        return Message { tone: Tone::Ok, lead: "Brought in.".into(), text, way_on };
    }
    let text = text.then(" Not these: ").name(failed);
    Message { tone: Tone::Wait, lead: "Brought in, not all.".into(), text, way_on }
}
