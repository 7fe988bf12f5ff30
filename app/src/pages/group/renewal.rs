//! `/groups/{key}/renewals/{number}`, `/roles/{role}/renewals/{number}`: the answer to a request to extend or renew an assignment.

use super::assign::{Ends, kinds, limit};
use super::head::{GroupPage, On};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::assignment::Kind;
use domain::policy::Policy;
use domain::refusal::{Code, Refusal};
use domain::target::TargetKind;
use domain::text::Text;
use engine::ask::renewal::{self, RenewalPage};
use engine::db::requests;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Renewal() -> impl IntoView {
    page(async {
        let (engine, caller, place) = (ctx::engine()?, ctx::caller()?, super::place()?);
        let number = ctx::param("number").and_then(|name| requests::parse_name(&name));
        let shown = renewal::load(&engine, &caller, &place, number.ok_or(Failure::NotFound)?).await?;
        let frame = frame::here().await?;
        let (clock, people) = (frame.clock, frame.may.people);
        let step = if shown.span.is_over(shown.now) { "Renew an assignment" } else { "Extend an assignment" };
        let request = format!("/requests/{}", requests::name(shown.number));
        let answer = match shown.obstacle.clone() {
            None => view! { <Answer shown=shown.clone() clock /> }.into_any(),
            Some(why) => view! { <Nothing why request=request.clone() /> }.into_any(),
        };
        Ok::<_, Failure>(view! {
            <GroupPage frame header=shown.header.clone() on=On::Requests step outcome="Nothing was recorded.">
                <div class="split">
                    <div class="stack loose">
                        <Asked shown=shown.clone() clock people />
                        {answer}
                    </div>
                    <aside class="sticky card pad stack" aria-label="What there is now">
                        <Facts facts=facts(&shown, request, clock) />
                    </aside>
                </div>
            </GroupPage>
        })
    })
}

/// Who asks, for what, in which words.
#[component]
fn Asked(shown: RenewalPage, clock: Clock, people: bool) -> impl IntoView {
    let mut who: Who = shown.who.into();
    who.href = people.then(|| format!("/people/{}", who.user_name));
    let over = shown.span.is_over(shown.now);
    let wants = if over { "asks for it again, after it ended" } else { "asks for a later end" };
    let ends = match (shown.span.end, over) {
        (Some(end), true) => Text::say("It ended on ").at(end).then("."),
        (Some(end), false) => Text::say("It ends on ").at(end).then("."),
        (None, _) => Text::say("It has no end."),
    };
    let lapses = shown.lapses.map(|at| view! { <br /> "lapses " <When at clock /> });
    view! {
        <section class="card pad stack" aria-labelledby="h-asked">
            <div class="row">
                <Person who />
                <span class="push sm muted end-text">"asked " <When at=shown.asked clock /> {lapses}</span>
            </div>
            <h2 id="h-asked">{format!("{}: {wants}", having(shown.kind, shown.about.thing.kind()))}</h2>
            <p>
                <Sentence text=ends />
            </p>
            <div>
                <h3 class="mini-h">"Justification, in their words"</h3>
                <Said text=shown.reason />
            </div>
        </section>
    }
}

fn having(kind: Kind, what: TargetKind) -> String {
    let kind = match kind {
        Kind::Eligible => "Eligible",
        Kind::Active => "Standing access",
    };
    match what {
        TargetKind::Role => format!("{kind}, directory role"),
        what => format!("{kind} as {}", access_word(what).to_lowercase()),
    }
}

/// What there is, and how it was used.
fn facts(shown: &RenewalPage, request: String, clock: Clock) -> Vec<(&'static str, AnyView)> {
    let number = requests::name(shown.number);
    let since = shown.span.start;
    let given = match &shown.about.given_by {
        Some(by) => Text::default().name(by),
        None => Text::say("Pimento"),
    };
    let used = match shown.about.last_used {
        Some(at) => {
            let times = counted(shown.about.used, "activation", "activations");
            Text::say(format!("{times} in 90 days, the last at ")).at(at)
        }
        None => Text::say("Never activated"),
    };
    let mut facts = vec![
        ("Request", view! { <a href=request>{number}</a> }.into_any()),
        ("Since", view! { <When at=since clock form=Form::Day /> }.into_any()),
        ("Until", view! { <Until end=shown.span.end clock /> }.into_any()),
        ("Given by", view! { <Sentence text=given /> }.into_any()),
    ];
    if !shown.about.reason.is_empty() {
        facts.push(("Because", view! { <bdi>{shown.about.reason.clone()}</bdi> }.into_any()));
    }
    facts.push(("Used", view! { <Sentence text=used /> }.into_any()));
    facts.push(("Eligible here", limit(shown.policy.eligible).into_any()));
    facts.push(("Active here", limit(shown.policy.active.length).into_any()));
    facts
}

#[component]
fn Nothing(why: Refusal, request: String) -> impl IntoView {
    let text = match why.code {
        Code::OwnRequest => Text::say("You cannot decide on your own request."),
        _ => why.text,
    };
    view! {
        <Notice tone=Tone::Info>
            <p>
                <Sentence text />
            </p>
        </Notice>
        <Actions>
            <Go href=request text="See the request" />
        </Actions>
    }
}

/// One form for yes and no.
#[component]
fn Answer(shown: RenewalPage, clock: Clock) -> impl IntoView {
    let Policy { eligible, active, .. } = &shown.policy;
    let rules = if shown.kind == Kind::Active { active.length } else { *eligible };
    let running = !shown.span.is_over(shown.now);
    let hint = format!("Eligible: {}. Active: {}.", limit(*eligible), limit(active.length));
    let (never, proof) = (eligible.permanent || active.length.permanent, active.proof);
    let note = running.then(|| {
        view! { <p class="sm soft">"Approved as it is, its end moves. Approved as the other kind, that begins now, beside what there is."</p> }
    });
    let verdicts = vec![Choice::new(APPROVE, "Approve"), Choice::new(DENY, "Deny")];
    view! {
        <Post class="card pad stack">
            <RadioField name="verdict" legend="Your answer" choices=verdicts />
            <fieldset class="stack">
                <legend>"If you approve"</legend>
                <RadioField name="kind" legend="Eligible or active" choices=kinds() value=shown.kind.wire() />
                {note}
                <Ends clock never start=None end=Some(clock.now + rules.max.delta()) permanent=false hint later=!running />
            </fieldset>
            <TextArea
                name="reason"
                label="Comment"
                hint="Needed to deny; the person reads it. Active access may need one too."
                max=2000
                optional=true
            />
            {proof.then(|| view! { <CodeField hint="Asked to approve active access. Each code works once." /> })}
            <p class="sm soft">"Your name and your answer are written to the audit."</p>
            <Actions>
                <Submit text="Record answer" />
                <Go href=format!("{}/requests", shown.header.place) text="Later" look=Look::Quiet />
            </Actions>
        </Post>
    }
}
