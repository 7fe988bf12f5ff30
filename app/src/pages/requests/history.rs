//! What happened to a request and what is still to come, as one line per step.

use crate::parts::prelude::*;
use chrono::{DateTime, Utc};
use domain::audit::Event;
use domain::text::Text;
use engine::ask::request_page::{Happened, RequestPage, Vote};
use engine::ask::stand::Stand;
use leptos::prelude::*;

/// The steps, in order of time, coming ones last.
pub fn steps(page: &RequestPage) -> Vec<Step> {
    let mut steps: Vec<(DateTime<Utc>, Step)> = vec![(page.line.asked, asked(page))];
    steps.extend(page.votes.iter().map(|vote| (vote.cast_at, voted(vote))));
    steps.extend(
        page.events.iter().filter_map(|event| Some((event.at, happened(event, page.line.is_renewal())?))),
    );
    steps.extend(ended(page));
    steps.sort_by_key(|(at, _)| *at);
    let mut steps: Vec<Step> = steps.into_iter().map(|(_, step)| step).collect();
    steps.extend(coming(page));
    steps
}

fn sentence(text: Text) -> AnyView {
    view! { <Sentence text /> }.into_any()
}

fn asked(page: &RequestPage) -> Step {
    let length = page.line.length().map(|length| length.words()).unwrap_or_default();
    let what = match page.line.action.as_str() {
        "selfDeactivate" => " gave it back".to_owned(),
        "selfExtend" if page.line.is_renewal() => " asked for a later end".to_owned(),
        "selfRenew" => " asked for it again".to_owned(),
        "selfExtend" => format!(" asked for more time: {length} from then"),
        _ => format!(" asked for {length}"),
    };
    let asks_herself = page.own && page.asked_by.is_none();
    let asker = page.asked_by.as_ref().unwrap_or(&page.person);
    let who = if asks_herself || page.filed { Text::say("You") } else { Text::default().name(&asker.name) };
    let text = who.then(what);
    let text = match (&page.asked_by, page.own) {
        (None, _) => text,
        (Some(_), true) => text.then(" for you"),
        (Some(_), false) => text.then(" for ").name(&page.person.name),
    };
    let text = match page.line.start {
        Some(start) => text.then(", from ").at(start),
        None => text,
    };
    let step = Step::done(Tone::Plain, Glyph::Key, page.line.asked, sentence(text));
    if page.reason.is_empty() { step } else { step.said(page.reason.clone()) }
}

fn voted(vote: &Vote) -> Step {
    let (tone, glyph, did) = if vote.approves() {
        (Tone::Ok, Glyph::Check, " approved")
    } else {
        (Tone::Bad, Glyph::Deny, " denied")
    };
    let text = Text::default().name(&vote.who.name).then(did);
    let text = match &vote.instead_of {
        Some(name) => text.then(" in place of ").name(name),
        None => text,
    };
    let step = Step::done(tone, glyph, vote.cast_at, sentence(text));
    if vote.reason.is_empty() { step } else { step.said(vote.reason.clone()) }
}

/// Events that the request and its votes do not tell already. Renewals are answered without votes.
fn happened(event: &Happened, renewal: bool) -> Option<Step> {
    let by = || event.by.as_ref().map_or_else(|| Text::say("Pimento"), |name| Text::default().name(name));
    let (tone, glyph, text) = match event.event {
        Event::ActivationStarted => (Tone::Ok, Glyph::Check, Text::say("Access is on")),
        Event::ActivationExtended => (Tone::Ok, Glyph::Check, Text::say("Access is on for longer")),
        Event::ActivationPlanned => (Tone::Info, Glyph::Calendar, Text::say("Planned")),
        Event::RequestApproved if renewal => (Tone::Ok, Glyph::Check, by().then(" approved")),
        Event::RequestDenied if renewal => (Tone::Bad, Glyph::Deny, by().then(" denied")),
        Event::RequestCanceled => (Tone::Plain, Glyph::Slash, by().then(" cancelled the request")),
        Event::RequestLapsed => (Tone::Plain, Glyph::Hourglass, Text::say("Lapsed")),
        Event::RequestEscalated => (Tone::Info, Glyph::User, Text::say("Others are asked before their time")),
        Event::RequestRevoked => (Tone::Bad, Glyph::Stop, Text::say("Closed by the system")),
        _ => return None,
    };
    let step = Step::done(tone, glyph, event.at, sentence(text));
    Some(if event.why.is_empty() { step } else { step.said(event.why.clone()) })
}

/// The end is read from the span, not from an event: nothing has to happen for access to be over.
fn ended(page: &RequestPage) -> Option<(DateTime<Utc>, Step)> {
    let (ends, why) = (page.line.ends?, page.end_reason.as_deref()?);
    if page.line.action == "selfDeactivate" || page.line.is_renewal() {
        return None;
    }
    let text = match why {
        "deactivated" => "Given back before its end",
        "removed" => "Taken away",
        "continued" => "Goes on in a longer activation",
        "eligibility-ended" => "Ended with the eligibility",
        "left-group" => "Ended with the membership it came through",
        "person-disabled" => "Ended because the account was disabled",
        "group-deleted" => "Ended with the group",
        _ => "Ended by itself",
    };
    Some((ends, Step::done(Tone::Plain, Glyph::Minus, ends, text)))
}

fn coming(page: &RequestPage) -> Vec<Step> {
    let text = match page.line.stand {
        Stand::Waiting => page.deadline.map(|at| Text::say("Lapses at ").at(at).then(" without an answer")),
        Stand::Planned => page.line.start.map(|at| Text::say("Is switched on at ").at(at)),
        Stand::On => page.line.ends.map(|at| Text::say("Ends by itself at ").at(at)),
        _ => None,
    };
    text.map(|text| Step::coming(sentence(text))).into_iter().collect()
}
