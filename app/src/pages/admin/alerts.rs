//! Alerts: what somebody should look at, what is known, what is over; one; and what raises them.

mod one;
pub mod said;
mod settings;
mod words;

use crate::ctx;
use crate::failure::Failure;
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::alerts::{self, Alert, Counted, Show};
use leptos::prelude::*;
use leptos_router::components::Route;
use leptos_router::{MatchNestedRoutes, SsrMode, path};

/// `/admin/alerts`
#[component]
pub fn Alerts() -> impl IntoView {
    page(async {
        let show = Show::parse(&ctx::query("show").unwrap_or_default());
        let after = ctx::query("after");
        let shown = alerts::alerts(&ctx::engine()?, &ctx::caller()?, show, after.as_deref()).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let count = shown.open;
        let actions = view! { <Go href="/admin/alerts/settings" text="What raises them" glyph=Glyph::Cog /> };
        let alone = shown.no_worker.as_ref().map(|facts| {
            let text = facts.words();
            view! {
                <Notice tone=Tone::Bad>
                    <p><strong>"No worker is at work."</strong> " " <Sentence text /> " What you see here may be old."</p>
                </Notice>
            }
        });
        Ok::<_, Failure>(view! {
            <Page
                frame
                title="Alerts"
                title_count=count
                current=Some(Entry::Alerts)
                purpose="What somebody should look at before it hurts."
                actions=actions.into_any()
                flash=said()
            >
                <div class="stack">
                    {alone}
                    <Segments label="Alerts" tabs=tabs(show, shown.open, shown.acknowledged) />
                    {list(&shown, show, after.is_some(), clock)}
                    {counted_at(shown.swift, shown.whole, clock)}
                </div>
            </Page>
        })
    })
}

fn tabs(show: Show, open: i64, acknowledged: i64) -> Vec<Tab> {
    let tab = |each: Show| {
        let href = format!("/admin/alerts?show={}", each.wire());
        match each {
            Show::Open => Tab::new("Open", href, each == show).count(open),
            Show::Acknowledged => Tab::new("Acknowledged", href, each == show).count(acknowledged),
            Show::Closed => Tab::new("Over", href, each == show),
        }
    };
    Show::ALL.map(tab).to_vec()
}

fn list(shown: &alerts::Page, show: Show, later: bool, clock: Clock) -> AnyView {
    if shown.rows.is_empty() {
        let (heading, text) = match (show, shown.swift) {
            (Show::Open, None) => (
                "Not counted yet",
                "The first count is not made yet. The worker makes it, and again and again.",
            ),
            (Show::Open, Some(_)) => (
                "Nothing to look at",
                "What somebody should look at appears here by itself, and goes when it is not so any more.",
            ),
            (Show::Acknowledged, _) => (
                "Nothing is acknowledged",
                "What somebody knows of stands here until its time is over or it gets worse.",
            ),
            (Show::Closed, _) => ("Nothing is over yet", "What is not so any more stands here for 400 days."),
        };
        return view! { <div class="card"><Empty glyph=Glyph::Check heading text /></div> }.into_any();
    }
    let rows: Vec<_> = shown.rows.iter().map(|alert| row(alert, show, clock)).collect();
    let cols = ["Severity", "Alert", "About", "Found", "Since", "What to do"].map(Col::new).to_vec();
    let base = format!("/admin/alerts?show={}", show.wire());
    let next = shown.next.as_ref().map(|after| format!("{base}&after={after}"));
    let says = counted(i64::try_from(shown.rows.len()).unwrap_or(i64::MAX), "alert", "alerts");
    let pager = (next.is_some() || later).then(|| {
        view! { <Pager says newer=later.then_some(base) older=next newer_word="First page" older_word="Next page" /> }
    });
    view! {
        <section class="card" aria-labelledby="alerts">
            <h2 class="vh" id="alerts">"Alerts"</h2>
            <Table class="cards align-top" cols>{rows}</Table>
            {pager}
        </section>
    }
    .into_any()
}

fn row(alert: &Alert, show: Show, clock: Clock) -> AnyView {
    let (href, kind) = (format!("/admin/alerts/{}", alert.id), alert.kind.words());
    let (about, text, since) = (words::subject(alert), alert.facts.words(), alert.opened_at);
    let severity = words::severity(alert.kind.severity());
    let way = words::way_on(alert).map(|(text, href)| view! { <Go href text small=true /> });
    let state = state(alert, show, clock);
    view! {
        <tr>
            <Cell label="Severity">{severity}</Cell>
            <RowHead><a href=href>{kind}</a></RowHead>
            <Cell label="About">{about}</Cell>
            <Cell label="Found" class="roomy">
                <Sentence text />
                {state}
            </Cell>
            <Cell label="Since" class="nowrap"><When at=since clock /></Cell>
            <Cell label="What to do">{way}</Cell>
        </tr>
    }
    .into_any()
}

/// Who knows until when, or since when it is over.
fn state(alert: &Alert, show: Show, clock: Clock) -> Option<AnyView> {
    match (show, alert.closed_at, &alert.known) {
        (Show::Closed, Some(at), _) => {
            Some(view! { <p class="sm soft">"Over since " <When at clock /> "."</p> }.into_any())
        }
        (Show::Acknowledged, _, Some(known)) => {
            let (by, reason, until) = (known.by.clone(), known.reason.clone(), known.until);
            Some(
                view! { <p class="sm soft"><bdi>{by}</bdi> " knows until " <When at=until clock form=Form::Day /> ": " <Quote text=reason /></p> }
                    .into_any(),
            )
        }
        _ => None,
    }
}

fn counted_at(swift: Option<Counted>, whole: Option<Counted>, clock: Clock) -> impl IntoView {
    let left_out: i64 = [swift, whole].into_iter().flatten().map(|counted| counted.left_out).sum();
    let more = (left_out > 0).then(|| {
        format!(
            " {} left out: of each kind, the gravest 200 are kept.",
            counted(left_out, "finding was", "findings were")
        )
    });
    let swift = swift.map(|swift| view! { "Counted " <When at=swift.at clock form=Form::Second /> "." });
    let whole = whole.map(|whole| {
        view! { " Everything under management was walked through " <When at=whole.at clock form=Form::Second /> "." }
    });
    view! { <p class="sm muted">{swift} {whole} {more}</p> }
}

/// The pages of alerts.
#[component(transparent)]
pub fn AlertRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/admin/alerts") view=Alerts ssr=SsrMode::Async />
        <Route path=path!("/admin/alerts/settings") view=settings::Settings ssr=SsrMode::Async />
        <Route path=path!("/admin/alerts/:id") view=one::One ssr=SsrMode::Async />
    }
    .into_inner()
}
