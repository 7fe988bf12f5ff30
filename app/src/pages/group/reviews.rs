//! `/groups/{key}/reviews`: reviews of who is in the group.

pub mod board;
mod efforts;
mod lines;
pub mod new;

use super::head::{GroupPage, On};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use chrono::{DateTime, Utc};
use engine::ask::access_reviews::{Row, access_reviews};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Reviews() -> impl IntoView {
    page(async {
        let key = super::group_key().ok_or(Failure::NotFound)?;
        let shown = access_reviews(&ctx::engine()?, &ctx::caller()?, &key).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let base = format!("/groups/{key}/reviews");
        let new = format!("{base}/new");
        let plan = shown.header.manages.then(|| {
            view! { <Go href=new text="Plan a review" look=Look::Primary glyph=Glyph::Plus /> }.into_any()
        });
        let content = if shown.rows.is_empty() {
            let text = "In a review, owners or others look at everybody who is in the group or may be, see who really uses it, and say who stays.";
            view! { <Empty glyph=Glyph::Tick heading="No review yet" text /> }.into_any()
        } else {
            let rows: Vec<_> = shown.rows.iter().map(|row| line(row, &base, clock)).collect();
            let cols = ["Review", "How often", "Now", "Decided", "Next"].map(Col::new).into();
            view! { <Table cols>{rows}</Table> }.into_any()
        };
        Ok::<_, Failure>(view! {
            <GroupPage frame header=shown.header.clone() on=On::Reviews actions=plan>
                <div class="card">{content}</div>
            </GroupPage>
        })
    })
}

fn line(row: &Row, base: &str, clock: Clock) -> impl IntoView + use<> {
    let href = format!("{base}/{}", row.number);
    let often = format!("{}, {}", row.plan.every.words(), counted(i64::from(row.plan.days), "day", "days"));
    let (name, stand, now) = (row.name.clone(), &row.stand, clock.now);
    let decided = match stand.round {
        Some(_) => format!("{} of {}", number(stand.decided), number(stand.items)),
        None => "–".to_owned(),
    };
    let next = match row.next_at {
        Some(at) => view! { <When at clock form=Form::Day /> }.into_any(),
        None => view! { <span class="muted">"none"</span> }.into_any(),
    };
    let state = match stand.ends_at {
        None if row.stopped_at.is_some() => mark(Tone::Plain, Glyph::Slash, "Stopped".to_owned()),
        None if row.skipped_at.is_some() => mark(Tone::Wait, Glyph::Info, "Did not begin".to_owned()),
        None => mark(Tone::Info, Glyph::Calendar, "Planned".to_owned()),
        Some(ends) => {
            let marks = Marks {
                stopped: stand.round_stopped_at.is_some(),
                applied: stand.applied_at.is_some(),
                begun: stand.apply_at.is_some(),
            };
            state(marks, ends, now, clock)
        }
    };
    let waiting = row.waiting.iter().map(|(round, began)| {
        let (href, text) = (format!("{base}/{}?round={round}", row.number), clock.day(*began));
        view! { <p class="sm"><a href=href>{format!("The round of {text} waits to be applied")}</a></p> }
    });
    let waiting: Vec<_> = waiting.collect();
    view! {
        <tr>
            <RowHead>
                <a class="gname" href=href>
                    <bdi>{name}</bdi>
                </a>
                {waiting}
            </RowHead>
            <Cell label="How often">{often}</Cell>
            <Cell label="Now">{state}</Cell>
            <Cell label="Decided" class="nowrap num">{decided}</Cell>
            <Cell label="Next" class="nowrap">{next}</Cell>
        </tr>
    }
}

fn mark(tone: Tone, glyph: Glyph, text: String) -> AnyView {
    view! { <Mark tone glyph text /> }.into_any()
}

/// What has happened to a round.
#[derive(Clone, Copy)]
struct Marks {
    stopped: bool,
    applied: bool,
    /// It was said to be applied.
    begun: bool,
}

/// Where a round stands.
fn state(marks: Marks, ends: DateTime<Utc>, now: DateTime<Utc>, clock: Clock) -> AnyView {
    match marks {
        Marks { stopped: true, .. } => mark(Tone::Plain, Glyph::Slash, "Stopped".to_owned()),
        Marks { applied: true, .. } => mark(Tone::Ok, Glyph::Check, "Applied".to_owned()),
        Marks { begun: true, .. } => mark(Tone::Info, Glyph::Sync, "Being applied".to_owned()),
        _ if now < ends => mark(Tone::Info, Glyph::Clock, format!("Runs until {}", clock.at(ends))),
        _ => mark(Tone::Wait, Glyph::Hourglass, "Waits to be applied".to_owned()),
    }
}
