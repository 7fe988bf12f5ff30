//! The sentences of a request, as its approvers read them.

use crate::pages::access::{are_away, later_too};
use crate::pages::people;
use crate::parts::prelude::*;
use chrono::{DateTime, TimeDelta, Utc};
use domain::approval::Verdict;
use domain::target::TargetKind;
use domain::text::Text;
use engine::ask::approvals::{Card, Standing};
use leptos::prelude::*;

/// How long an account counts as new.
const NEW: TimeDelta = TimeDelta::days(7);

/// Who asks; for a new account also since when it exists.
pub fn who(card: &Card, clock: Clock) -> Who {
    let mut who = Who::from(card.who.clone());
    // her page is open to who has to decide, and to nobody for having decided once
    who.href = (card.standing == Standing::Decide).then(|| people::address(&card.who.user_name));
    if who.note.is_empty() {
        "no department".clone_into(&mut who.note);
    }
    if clock.now - card.account_since < NEW {
        who.note = format!("{} · account created {}", who.note, clock.day(card.account_since));
    }
    who
}

/// "Member of G for 2 h, starting 22:00 CET".
pub fn asks(card: &Card) -> AnyView {
    let clock = Clock::here();
    let role = match (card.extension, card.thing.kind()) {
        (false, TargetKind::Member) => "Member of ",
        (false, TargetKind::Owner) => "Owner of ",
        (false, TargetKind::Role) => "Directory role ",
        (true, TargetKind::Member) => "More time as member of ",
        (true, TargetKind::Owner) => "More time as owner of ",
        (true, TargetKind::Role) => "More time as ",
    };
    let start = later_start(card, clock.now).map(|at| {
        view! {
            ", starting "
            <b>
                <When at clock />
            </b>
        }
    });
    view! {
        {role}
        <b>
            <bdi>{card.thing.name.clone()}</bdi>
        </b>
        " for "
        <b>{card.length.words()}</b>
        {start}
    }
    .into_any()
}

/// "for Ann, asked by Gwen", where somebody asked for somebody else.
pub fn between(card: &Card) -> Option<AnyView> {
    let filer = card.asked_by.clone()?;
    let text = Text::say("for ").name(&card.who.name).then(", asked by ").name(filer.name);
    let text = text.then(" (").name(filer.user_name).then(")");
    Some(view! { <span class="sm"><Sentence text /></span> }.into_any())
}

/// Above the justification: whose it is.
pub fn whose_words(card: &Card) -> AnyView {
    match &card.asked_by {
        None => "Justification, in their words".into_any(),
        Some(filer) => {
            let text = Text::say("Justification, in the words of ").name(&filer.name);
            view! { <Sentence text /> }.into_any()
        }
    }
}

/// The asked start, if it is still ahead.
fn later_start(card: &Card, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    card.start.filter(|start| *start > now)
}

/// Their words, or that there are none.
pub fn justification(reason: &str) -> AnyView {
    if reason.trim().is_empty() {
        view! { <p class="muted">"None. This policy does not ask for one."</p> }.into_any()
    } else {
        view! { <Said text=reason /> }.into_any()
    }
}

/// What the access opens.
pub fn gives(card: &Card) -> AnyView {
    let gives = card.thing.description.clone();
    let lead = match card.thing.kind() {
        TargetKind::Member if gives.is_empty() => "Nobody has written down what this group gives.",
        TargetKind::Member | TargetKind::Role => "",
        TargetKind::Owner => "Change who is a member of this group. ",
    };
    let members = (card.thing.kind() == TargetKind::Owner && !gives.is_empty()).then_some("Members: ");
    view! {
        {lead}
        {members}
        <bdi>{gives}</bdi>
    }
    .into_any()
}

/// When it would be on. The clock starts at the approval unless the start is still ahead; what happens then is said
/// before the click.
pub fn window(card: &Card, clock: Clock) -> AnyView {
    let (now, length) = (clock.now, card.length.words());
    let after = if approvals_left(card) > 1 { "the last approval" } else { "your approval" };
    let allowed = format!("at most {} allowed", card.max.words());
    if let Standing::Closed { .. } = card.standing {
        let from = card.start.map(|at| view! { ", from " <When at clock form=Form::Full /> });
        return view! { "Asked for " {length} {from} }.into_any();
    }
    match card.start {
        Some(start) if start > now => view! {
            <When at=start clock form=Form::Full />
            " to "
            <When at=start + card.length.delta() clock form=Form::Full />
            {format!("; {allowed}")}
        }
        .into_any(),
        Some(start) if start + card.length.delta() <= now => {
            "The asked window is over. An approval would only close the request.".into_any()
        }
        Some(start) => view! {
            "The asked start, "
            <When at=start clock />
            {format!(", has passed: {length} from {after}; {allowed}")}
        }
        .into_any(),
        None => format!("{length} from {after}; {allowed}").into_any(),
    }
}

fn approvals_left(card: &Card) -> usize {
    usize::from(card.needed).saturating_sub(approved(card))
}

fn approved(card: &Card) -> usize {
    card.votes.iter().filter(|vote| vote.verdict == Verdict::Approve).count()
}

/// What this person did with it before.
pub fn before(card: &Card, clock: Clock) -> AnyView {
    let before = &card.before;
    let eligible = before.eligible_since.map(|since| {
        let by = before.eligible_by.clone().map(|by| view! { ", assigned by " <bdi>{by}</bdi> });
        let until = before.eligible_until.map(|at| view! { ", until " <When at clock form=Form::Day /> });
        match before.eligible_through.clone() {
            None => view! { "Eligible since " <When at=since clock form=Form::Day /> {by} {until} ". " }
                .into_any(),
            Some(group) => view! {
                "Eligible as a member of "
                <bdi>{group}</bdi>
                ", which is eligible since "
                <When at=since clock form=Form::Day />
                {by}
                {until}
                ". "
            }
            .into_any(),
        }
    });
    let used = match (before.times, before.requests_ever) {
        (0, 0) => "Never active in any group.".into_any(),
        (0, _) => "Never active here.".into_any(),
        (_, _) => {
            let last = before.last.map(|(at, length)| {
                view! { "Last active " <When at clock form=Form::Day /> {format!(", {}. ", length.words())} }
            });
            let often = format!("{} in 90 days.", counted(before.times_recently, "time", "times"));
            view! { {last} {often} }.into_any()
        }
    };
    view! { {eligible} {used} }.into_any()
}

/// "1 of 2 approvals: Ben Lindqvist at 15:02 CET"; nothing where one is enough and nobody has voted.
pub fn quorum(card: &Card, clock: Clock) -> Option<AnyView> {
    (card.needed > 1 || !card.votes.is_empty()).then(|| {
        let votes: Vec<_> = card
            .votes
            .iter()
            .map(|vote| {
                let did = if vote.verdict == Verdict::Approve { " approved at " } else { " denied at " };
                let words =
                    (!vote.reason.is_empty()).then(|| view! { ": " <Quote text=vote.reason.clone() /> });
                let instead_of = vote.instead_of.clone().map(|who| view! { ", in place of " <bdi>{who.name}</bdi> "," });
                view! { <li><bdi>{vote.who.name.clone()}</bdi> {instead_of} {did} <When at=vote.at clock /> {words}</li> }
            })
            .collect();
        let state = format!("{} of {} approvals", approved(card), card.needed);
        view! {
            <div class="sm">
                <h3 class="mini-h">{state}</h3>
                {(!votes.is_empty()).then(|| view! { <ul>{votes}</ul> })}
            </div>
        }
        .into_any()
    })
}

/// Everybody who can decide.
pub fn deciders(card: &Card) -> Option<AnyView> {
    let names: Vec<String> = card.deciders.iter().map(|who| who.name.clone()).collect();
    let closed = matches!(card.standing, Standing::Closed { .. });
    (!names.is_empty() && !closed).then(|| {
        let text = Text::default().names(&names);
        view! {
            <div>
                <h3>"Who can decide"</h3>
                <p>
                    <Sentence text />
                </p>
                {(!card.away.is_empty()).then(|| view! { <p class="soft"><Sentence text=are_away(&card.away) /></p> })}
                {card.later.as_ref().map(|later| view! { <p class="soft"><Sentence text=later_too(later) /></p> })}
            </div>
        }
        .into_any()
    })
}
