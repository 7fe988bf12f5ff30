//! One alert, and saying that one knows.

use super::words;
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::alert::course::Term;
use engine::ask::alerts::{self, Alert, One as Shown};
use leptos::prelude::*;

/// `/admin/alerts/{id}`
#[component]
pub fn One() -> impl IntoView {
    page(async {
        let id = ctx::named("id")?;
        let shown = alerts::alert(&engine()?, &caller()?, id).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let crumbs = vec![Crumb::to("Alerts", "/admin/alerts"), Crumb::here(shown.alert.kind.words())];
        let heading = shown.alert.kind.words();
        let way = words::way_on(&shown.alert)
            .map(|(text, href)| view! { <Go href text look=Look::Primary /> }.into_any());
        Ok::<_, Failure>(view! {
            <Page
                frame
                title="Alert"
                heading
                current=Some(Entry::Alerts)
                crumbs
                actions=way.unwrap_or_else(|| ().into_any())
                outcome="Not acknowledged."
            >
                <div class="stack">
                    {facts(&shown.alert, clock)}
                    {answer(&shown)}
                </div>
            </Page>
        })
    })
}

fn facts(alert: &Alert, clock: Clock) -> AnyView {
    let text = alert.facts.words();
    let (opened, seen) = (alert.opened_at, alert.seen_at);
    let mut facts = vec![
        ("Severity", words::severity(alert.kind.severity())),
        ("About", words::subject(alert)),
        ("Found", view! { <Sentence text /> }.into_any()),
        ("Since", view! { <When at=opened clock form=Form::Full /> }.into_any()),
        ("Last found", view! { <When at=seen clock form=Form::Second /> }.into_any()),
    ];
    if let Some(at) = alert.closed_at {
        facts.push(("Over since", view! { <When at clock form=Form::Full /> }.into_any()));
    }
    if let Some(known) = alert.known.clone() {
        let words = view! {
            <bdi>{known.by}</bdi> " on " <When at=known.at clock /> ", until " <When at=known.until clock form=Form::Full /> ": "
            <Quote text=known.reason />
        };
        facts.push(("Acknowledged", words.into_any()));
    }
    let (says, advice) = (alert.kind.says(), words::advice(alert.kind));
    view! {
        <section class="card pad stack" aria-label="What was found">
            <Facts facts />
            <p class="sm soft">{says} {advice.map(|advice| format!(" {advice}"))}</p>
        </section>
    }
    .into_any()
}

fn answer(shown: &Shown) -> AnyView {
    if shown.may_acknowledge {
        return view! { <Acknowledge again=shown.alert.acknowledged /> }.into_any();
    }
    let why = match (shown.alert.closed_at, shown.own) {
        (Some(_), _) => "It is not so any more; there is nothing left to acknowledge.",
        (None, true) => "It is about you, so somebody else acknowledges it.",
        (None, false) => "Global Administrators and Privileged Role Administrators acknowledge alerts.",
    };
    view! { <p class="sm muted">{why}</p> }.into_any()
}

/// The form.
#[component]
fn Acknowledge(
    /// Somebody has acknowledged it already.
    again: bool,
) -> impl IntoView {
    let choices: Vec<Choice> = Term::ALL
        .map(|term| Choice::new(term.days().to_string(), counted(term.days(), "day", "days")))
        .to_vec();
    let (heading, button) =
        if again { ("Acknowledge it again", "Acknowledge again") } else { ("Acknowledge it", "Acknowledge") };
    view! {
        <section class="card pad stack narrow" aria-labelledby="acknowledge">
            <h2 id="acknowledge">{heading}</h2>
            <p>"Say that you know, and why it is right or what is being done. It is not counted then, until its time is over or it gets worse."</p>
            <Post class="stack">
                <TextArea name="reason" label="Why" hint="At least 10 characters, for the audit." max=2000 />
                <RadioField name="days" legend="For how long" choices value="7" in_a_row=true />
                <Actions>
                    <Submit text=button />
                    <Go href="/admin/alerts" text="Back" look=Look::Quiet />
                </Actions>
            </Post>
        </section>
    }
}
