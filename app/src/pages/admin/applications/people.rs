//! The people of an application, and the queue: who waits, since when, and why.

use super::{address, crumbs, id};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page, people};
use crate::parts::prelude::*;
use engine::ask::application_people::{Row, Show, application_people};
use engine::ask::applications;
use leptos::prelude::*;

/// `/admin/applications/{id}/people`
#[component]
pub fn People() -> impl IntoView {
    page(async {
        let (engine, caller) = (ctx::engine()?, ctx::caller()?);
        let app = applications::application(&engine, &caller, id()?).await?.application;
        let show = Show::parse(&ctx::query("show").unwrap_or_default());
        let found =
            application_people(&engine, &caller, app.id, show, ctx::query("after").as_deref()).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let base = format!("{}/people", address(app.id));
        let tabs = Show::ALL
            .map(|each| Tab::new(word(each), format!("{base}?show={}", each.wire()), each == show))
            .to_vec();
        let (crumbs, heading) = (crumbs(&app, "People"), format!("People in {}", app.name));
        let older = found.next.map(|next| format!("{base}?after={next}&show={}", show.wire()));
        let count = i64::try_from(found.rows.len()).unwrap_or(i64::MAX);
        let content = if found.rows.is_empty() {
            view! { <Empty glyph=Glyph::Users heading="Nobody here" text=none(show) /> }.into_any()
        } else {
            let rows: Vec<_> = found.rows.into_iter().map(|row| line(row, clock)).collect();
            let cols =
                ["Who", "State", "Is to be in", "Waits", "Tries", "Looked at for"].map(Col::new).to_vec();
            view! {
                <section class="card mt6" aria-labelledby="people">
                    <h2 class="vh" id="people">"People"</h2>
                    <Table class="cards late" cols>{rows}</Table>
                    <Pager says=counted(count, "person", "people") newer=None older />
                </section>
            }
            .into_any()
        };
        Ok::<_, Failure>(view! {
            <Page frame title="People" heading current=Some(Entry::Applications) crumbs>
                <Segments label="Show" tabs />
                {content}
            </Page>
        })
    })
}

fn word(show: Show) -> &'static str {
    match show {
        Show::Queue => "Waiting",
        Show::Failed => "Failed",
        Show::Held => "Held back",
        Show::All => "All",
    }
}

fn none(show: Show) -> &'static str {
    match show {
        Show::Queue => "Everything is done.",
        Show::Failed => "Nothing failed.",
        Show::Held => "No account is held back.",
        Show::All => "People appear here when one of its groups has members.",
    }
}

fn line(row: Row, clock: Clock) -> impl IntoView {
    let href = people::address(&row.user_name);
    let (tone, glyph, text) = match (row.state.as_str(), row.urgent) {
        _ if row.under_way => (Tone::Wait, Glyph::Clock, "Under way"),
        ("applied", _) => (Tone::Ok, Glyph::Check, "Done"),
        ("out", _) => (Tone::Plain, Glyph::Slash, "Out"),
        ("failed", _) => (Tone::Bad, Glyph::Warn, "Failed"),
        ("blocked", _) => (Tone::Bad, Glyph::Stop, "Blocked"),
        (_, true) => (Tone::Wait, Glyph::Clock, "To be taken away"),
        (_, false) => (Tone::Wait, Glyph::Clock, "Waiting"),
    };
    let problem =
        (!row.problem.is_empty()).then(|| view! { <span class="sm soft"><bdi>{row.problem}</bdi></span> });
    let wants = if row.wants.is_empty() { "nothing".to_owned() } else { row.wants.join(", ") };
    let waits = row.due_at.map(|_| view! { "since " <When at=row.queued_at clock form=Form::Second /> });
    view! {
        <tr>
            <RowHead><a href=href><bdi>{row.name}</bdi></a></RowHead>
            <Cell label="State"><span class="stack tight"><Mark tone glyph text /> {problem}</span></Cell>
            <Cell label="Is to be in"><bdi>{wants}</bdi></Cell>
            <Cell label="Waits">{waits}</Cell>
            <Cell label="Tries" class="num">{number(i64::from(row.attempts))}</Cell>
            <Cell label="Looked at for"><bdi>{row.why}</bdi></Cell>
        </tr>
    }
}
