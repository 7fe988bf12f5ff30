//! One event: when, what, by whom, on what; the rest is folded away.

use crate::parts::prelude::*;
use domain::audit::{Class, Event as What};
use engine::ask::audit_facts::Fact;
use engine::ask::audit_page::{Row, Someone};
use leptos::prelude::*;

/// The row.
#[component]
pub fn Event(
    /// Which.
    row: Row,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    let words = row.event.map_or_else(|| row.action.clone(), |event| event.words().to_owned());
    let (tone, glyph) = look(&row);
    let text = if row.refused { format!("Refused: {}", words.to_lowercase()) } else { words };
    let by = match &row.actor {
        Some(actor) => someone(actor),
        None => "Pimento".into_any(),
    };
    let on = on(&row);
    let details = details(row, clock);
    view! {
        <tr>
            <Cell label="When" class="nowrap num">{details.0}</Cell>
            <RowHead><Mark tone glyph text /></RowHead>
            <Cell label="By">{by}</Cell>
            <Cell label="On">{on}</Cell>
            <Cell label="Details">{details.1}</Cell>
        </tr>
    }
}

fn someone(who: &Someone) -> AnyView {
    view! { <bdi>{who.name.clone()}</bdi> <small><bdi>{who.handle.clone()}</bdi></small> }.into_any()
}

fn look(row: &Row) -> (Tone, Glyph) {
    if row.refused {
        return (Tone::Bad, Glyph::Deny);
    }
    match row.event {
        Some(What::ActivationStarted | What::ActivationExtended | What::RequestApproved) => {
            (Tone::Ok, Glyph::Check)
        }
        Some(What::RequestDenied) => (Tone::Bad, Glyph::Deny),
        Some(What::ActivationEnded | What::AssignmentEnded | What::AssignmentRemoved) => {
            (Tone::Plain, Glyph::Minus)
        }
        Some(What::RequestLapsed) => (Tone::Plain, Glyph::Hourglass),
        Some(What::ActivationPlanned) => (Tone::Info, Glyph::Calendar),
        Some(event) => match event.class() {
            Class::Requests => (Tone::Plain, Glyph::Clock),
            Class::Access => (Tone::Plain, Glyph::Key),
            Class::Assignments | Class::People => (Tone::Plain, Glyph::User),
            Class::Settings => (Tone::Plain, Glyph::Cog),
            Class::SignIn => (Tone::Plain, Glyph::Lock),
            Class::Alerts => (Tone::Wait, Glyph::Warn),
        },
        None => (Tone::Plain, Glyph::Info),
    }
}

fn on(row: &Row) -> AnyView {
    let who = row.principal.as_ref().map(someone);
    let access = row.access.as_deref().map(|word| match word {
        "member" => "member of ".to_owned(),
        "owner" => "owner of ".to_owned(),
        role => {
            domain::role::Role::parse(role).map_or_else(|| role.to_owned(), |role| role.name().to_owned())
        }
    });
    let group = row.group.clone().map(|(key, name)| {
        let href = row.group_open.then(|| format!("/groups/{key}"));
        view! { <GroupName name href /> }
    });
    view! { {who} " " {access} {group} }.into_any()
}

/// The moment, and everything else folded under the request's number or "More".
fn details(row: Row, clock: Clock) -> (AnyView, AnyView) {
    let when = view! { <When at=row.at clock form=Form::Log /> }.into_any();
    let mut facts: Vec<(String, AnyView)> = Vec::new();
    let mut say = |label: &str, text: String| {
        if !text.is_empty() {
            facts.push((label.to_owned(), view! { <bdi>{text}</bdi> }.into_any()));
        }
    };
    say("Reason", row.reason);
    say("Ticket", row.ticket);
    say("Policy", row.policy_version.map(|version| format!("version {version}")).unwrap_or_default());
    say("From address", row.ip);
    if let Some((method, at)) = row.proof {
        let method = method.replace(['_', '-'], " ");
        facts.push((
            "Confirmed with".to_owned(),
            view! { {method} ", " <When at clock form=Form::Second /> }.into_any(),
        ));
    }
    if let Some(place) = row.place {
        facts.push(("Position in the chain".to_owned(), number(place.position).into_any()));
        let hash = place.hash.to_string();
        facts.push(("Hash".to_owned(), view! { <code>{hash}</code> }.into_any()));
    }
    for (label, fact) in row.facts {
        let value = match fact {
            Fact::Words(words) => view! { <bdi>{words}</bdi> }.into_any(),
            Fact::At(at) => view! { <When at clock /> }.into_any(),
            Fact::Changed { old, new } => view! { <bdi>{old}</bdi> " → " <bdi>{new}</bdi> }.into_any(),
        };
        facts.push((label, value));
    }
    let request = row.request.map(|number| {
        let name = format!("R-{number}");
        let href = format!("/requests/{name}");
        view! { <dt>"Request"</dt> <dd><a href=href>{name}</a></dd> }
    });
    let summary = row.request.map_or_else(|| format!("Event {}", row.seq), |number| format!("R-{number}"));
    let pairs: Vec<_> =
        facts.into_iter().map(|(label, value)| view! { <dt>{label}</dt> <dd>{value}</dd> }).collect();
    let fold = view! {
        <details class="fold">
            <summary>{summary}</summary>
            <dl class="facts">{request} {pairs}</dl>
        </details>
    }
    .into_any();
    (when, fold)
}
