//! What became of one's access in the applications that follow the groups: usable, on its way, gone, or not gone yet.

use crate::parts::prelude::*;
use domain::text::Text;
use engine::ask::provisioned::{Provisioned, State};
use leptos::prelude::*;

/// The section; nothing where no application is told of anything of hers.
#[component]
pub fn InApplications(
    /// Each group in each application.
    rows: Vec<Provisioned>,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    (!rows.is_empty()).then(|| {
        let rows: Vec<_> = rows.into_iter().map(|row| view! { <Row row clock /> }).collect();
        view! {
            <section class="section" aria-labelledby="applications">
                <SectionHead id="applications" heading="In applications" />
                <ul class="card pad stack">{rows}</ul>
            </section>
        }
    })
}

#[component]
fn Row(row: Provisioned, clock: Clock) -> impl IntoView {
    let what = Text::default().name(row.group_name);
    let what = if row.role.is_empty() { what } else { what.then(": ").name(row.role) };
    let name = row.name;
    let (tone, glyph, state) = match &row.state {
        State::Usable { seconds } => (Tone::Ok, Glyph::Check, format!("Usable in {name} · {seconds} s")),
        State::Waiting { .. } => (Tone::Wait, Glyph::Clock, format!("On its way to {name}")),
        State::Failed { .. } => (Tone::Bad, Glyph::Warn, format!("Not usable in {name} yet")),
        State::Blocked { .. } => (Tone::Bad, Glyph::Stop, format!("Does not reach {name} now")),
        State::Removed { seconds: 0 } => (Tone::Plain, Glyph::Check, format!("Removed in {name}")),
        State::Removed { seconds } => (Tone::Plain, Glyph::Check, format!("Removed in {name} · {seconds} s")),
        State::NotRemoved { .. } => (Tone::Bad, Glyph::Warn, format!("Not removed in {name} yet")),
    };
    let (since, why) = match row.state {
        State::Waiting { since } => (Some(since), String::new()),
        State::Failed { why } => (None, format!("{why} It is tried again by itself.")),
        State::Blocked { why } => (None, format!("{why} Your administrators see it.")),
        State::NotRemoved { since, why } => (Some(since), format!("{why} It is tried until it is gone.")),
        State::Usable { .. } | State::Removed { .. } => (None, String::new()),
    };
    view! {
        <li class="stack tight">
            <p class="row">
                <Mark tone glyph text=state />
                <span><Sentence text=what /></span>
                {since.map(|at| view! { <span class="sm muted">"since " <When at clock form=Form::Second /></span> })}
            </p>
            {(!why.is_empty()).then(|| view! { <p class="sm soft"><bdi>{why.trim().to_owned()}</bdi></p> })}
        </li>
    }
}
