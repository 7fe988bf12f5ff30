//! The words of the messages after a form about access.

use crate::forms::Flash;
use crate::parts::badge::Tone;
use crate::parts::flash::Message;
use chrono::{DateTime, Utc};
use domain::refusal::WayOn;
use domain::text::Text;

/// The message that carries what came of several things to the page that shows it.
pub const SEVERAL: &str = "several";

/// The message, if its code is one of these.
pub fn message(flash: &Flash) -> Option<Message> {
    let group = || Text::default().name(param(flash, "group"));
    let (tone, lead, text) = match flash.code.as_str() {
        "activated" => (Tone::Ok, "Switched on.", ends(group().then(" is on"), flash)),
        "glass-broken" => {
            let text = ends(group().then(" is on"), flash);
            (Tone::Wait, "Glass broken.", text.then(" Administrators see it, and somebody else reviews it."))
        }
        "extended" => (Tone::Ok, "Extended.", ends(group().then(" is on"), flash)),
        "planned" => {
            let text = group().then(" starts");
            let text =
                moment(flash, "start").map_or_else(|| text.clone(), |at| text.clone().then(" ").at(at));
            (Tone::Info, "Planned.", ends(text, flash))
        }
        "asked" => {
            let text = group().then(" waits for approval.");
            let lapse = |at| text.clone().then(" Without an answer the request lapses at ").at(at).then(".");
            (Tone::Wait, "Asked.", moment(flash, "lapses").map_or_else(|| text.clone(), lapse))
        }
        "renewal-asked" => {
            let text = group().then(" waits for an answer. Nothing changes before.");
            let lapse = |at| text.clone().then(" The request lapses at ").at(at).then(".");
            (Tone::Wait, "Asked.", moment(flash, "lapses").map_or_else(|| text.clone(), lapse))
        }
        "asked-for" => {
            let text = Text::say("Somebody else decides on it, and nothing is on before.");
            let lapse = |at| text.clone().then(" Without an answer the request lapses at ").at(at).then(".");
            (Tone::Wait, "Asked on behalf.", moment(flash, "lapses").map_or_else(|| text.clone(), lapse))
        }
        "deactivated" => (Tone::Ok, "Given back.", group().then(" is off.")),
        SEVERAL => (Tone::Info, "Asked for.", Text::say("Your requests say what came of each.")),
        "cancelled" => (Tone::Ok, "Cancelled.", Text::say("Nobody decides on this request any more.")),
        _ => return None,
    };
    let way_on = matches!(flash.code.as_str(), "asked" | "renewal-asked" | SEVERAL)
        .then(|| WayOn { label: "See my requests".to_owned(), path: "/requests".to_owned() });
    Some(Message { tone, lead: lead.to_owned(), text, way_on })
}

fn ends(text: Text, flash: &Flash) -> Text {
    match moment(flash, "until") {
        Some(at) => text.then(" until ").at(at).then(". It ends by itself."),
        None => text.then("."),
    }
}

fn param(flash: &Flash, name: &str) -> String {
    flash.params.get(name).cloned().unwrap_or_default()
}

fn moment(flash: &Flash, name: &str) -> Option<DateTime<Utc>> {
    flash.params.get(name)?.parse().ok()
}
