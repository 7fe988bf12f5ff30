//! One request: where it stands, what happened, what can be done.

use super::history::steps;
use super::{Standing, action};
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::access::{activate_page, are_away, group_page, later_too, who_decides};
use crate::pages::frame::around;
use crate::pages::page;
use crate::pages::said::said;
use crate::parts::prelude::*;
use domain::assignment::Kind;
use domain::target::TargetKind;
use domain::text::Text;
use engine::ask::request_page::{self, RequestPage};
use engine::ask::stand::Stand;
use engine::ask::who::Who as Known;
use engine::db::requests::{name, parse_name};
use leptos::prelude::*;

/// `/requests/{number}`
#[component]
pub fn Request() -> impl IntoView {
    page(async {
        let number = ctx::param("number").and_then(|name| parse_name(&name)).ok_or(Failure::NotFound)?;
        Ok(show(request_page::load(&engine()?, &caller()?, number).await?))
    })
}

fn show(page: RequestPage) -> impl IntoView {
    let frame = around(page.frame.clone());
    let clock = frame.clock;
    let number = name(page.line.number);
    let crumbs = vec![Crumb::to("My requests", "/requests"), Crumb::here(number.clone())];
    let crumbs = if page.own || page.filed { crumbs } else { vec![Crumb::here(number.clone())] };
    let (facts, actions) = (headline(&page, &number, clock), actions(&page, &number));
    let current = (page.own || page.filed).then_some(Entry::Requests);
    view! {
        <Page
            frame
            title="Request"
            heading=page.line.thing.name.clone()
            current
            crumbs
            facts
            actions
            flash=said()
            live=true
        >
            <div class="split">
                <div class="stack loose">
                    <section class="card pad" aria-labelledby="tl">
                        <h2 id="tl">"What happened"</h2>
                        <div class="mt4">
                            <Timeline steps=steps(&page) clock />
                        </div>
                    </section>
                </div>
                <Details page clock />
            </div>
        </Page>
    }
}

fn headline(page: &RequestPage, number: &str, clock: Clock) -> AnyView {
    let known = |who: &Known| Text::default().name(&who.name).then(" (").name(&who.user_name).then(")");
    let person = if page.own { Text::say("you") } else { known(&page.person) };
    let who = match &page.asked_by {
        None => Text(Text::say("by ").0.into_iter().chain(person.0).collect()),
        Some(filer) => {
            let filer = if page.filed { Text::say("you") } else { known(filer) };
            let person = Text::say("for ").0.into_iter().chain(person.0);
            Text(person.chain(Text::say(", asked by ").0).chain(filer.0).collect())
        }
    };
    let said = Text::say(format!("{}, request {number} ", action(&page.line))).0.into_iter();
    let said = Text(said.chain(who.0).collect()).then(format!(", {}", clock.day(page.line.asked)));
    view! {
        <p class="row">
            <RoleTag access=page.line.thing.kind() />
            <Standing line=page.line.clone() clock />
            <span class="sm">
                <Sentence text=said />
            </span>
        </p>
    }
    .into_any()
}

fn actions(page: &RequestPage, number: &str) -> AnyView {
    let on = page.assignment.filter(|_| page.own && page.line.stand == Stand::On);
    let answer = page.may_answer.then(|| format!("{}/renewals/{number}", page.line.thing.place()));
    let again = page.own && page.line.action == "selfActivate" && page.line.stand != Stand::Waiting;
    let again = again.then(|| format!("{}&again={number}", activate_page(&page.line.thing)));
    view! {
        {answer.map(|href| view! { <Go href text="Decide" look=Look::Primary /> })}
        {again.map(|href| view! { <Go href text="Ask again" /> })}
        {on.map(|id| view! { <Go href=format!("/access/{id}/extend") text="Extend" /> })}
        {on.map(|id| view! { <Go href=format!("/access/{id}/deactivate") text="Deactivate" /> })}
        {page.may_cancel.then(|| view! { <Go href=format!("/requests/{number}/cancel") text="Cancel request" /> })}
    }
    .into_any()
}

#[component]
fn Details(page: RequestPage, clock: Clock) -> impl IntoView {
    let left = match (page.line.stand, page.line.began, page.line.ends) {
        (Stand::On, Some(began), Some(ends)) => {
            let what = page.line.thing.name.clone();
            Some(view! { <LeftTime what began ends clock /> <hr /> })
        }
        _ => None,
    };
    let facts = facts(&page, clock);
    view! {
        <aside class="sticky card pad stack" aria-label="Details">
            {left}
            <Facts facts />
        </aside>
    }
}

fn facts(page: &RequestPage, clock: Clock) -> Vec<(&'static str, AnyView)> {
    let mut facts: Vec<(&'static str, AnyView)> = Vec::new();
    if !page.own {
        let who = page.person.clone().into();
        facts.push(("Who", view! { <Named who /> }.into_any()));
    }
    if let Some(filer) = page.asked_by.clone() {
        facts.push(("Asked by", view! { <Named who=filer.into() /> }.into_any()));
    }
    if page.sees_group {
        let (href, key) = (group_page(&page.line.thing), page.line.thing.key.clone());
        let what = match page.line.thing.kind() {
            TargetKind::Role => "Directory role",
            TargetKind::Member | TargetKind::Owner => "Group",
        };
        facts.push((what, view! { <a href=href><Key key /></a> }.into_any()));
    }
    if let Some(through) = page.through.clone() {
        facts.push(("Eligible through", view! { <bdi>{through.name}</bdi> }.into_any()));
    }
    if let Some(length) = page.line.length() {
        let from = if page.rules.approval.is_some() { "from the approval" } else { "at once" };
        let from =
            page.line.start.map_or_else(|| from.to_owned(), |start| format!("from {}", clock.at(start)));
        facts.push(("Asked for", format!("{}, {from}", length.words()).into_any()));
    }
    if page.line.is_renewal() {
        facts.extend(of_renewal(page, clock));
        return facts;
    }
    facts.push(("Allowed", format!("at most {}", page.rules.max.words()).into_any()));
    if !page.ticket.is_empty() {
        facts.push(("Ticket", view! { <bdi>{page.ticket.clone()}</bdi> }.into_any()));
    }
    if let Some(rule) = &page.rules.approval {
        let given = page.votes.iter().filter(|vote| vote.approves()).count();
        facts.push(("Approval", format!("{given} of {}", rule.needed).into_any()));
        if page.line.stand == Stand::Waiting {
            let text = who_decides(&page.deciders, usize::from(rule.needed));
            facts.push(("Who decides", view! { <Sentence text /> }.into_any()));
            if !page.away.is_empty() {
                facts.push(("Away", view! { <Sentence text=are_away(&page.away) /> }.into_any()));
            }
            if let Some(later) = &page.later {
                let text = later_too(later);
                facts.push(("If nobody does", view! { <Sentence text /> }.into_any()));
            }
        }
    }
    facts.push(("Policy", format!("version {}", page.policy_version).into_any()));
    facts
}

/// What is to be known of a request to extend or renew an assignment.
fn of_renewal(page: &RequestPage, clock: Clock) -> Vec<(&'static str, AnyView)> {
    let kind = if page.line.kind.as_deref() == Some("active") { "standing access" } else { "eligibility" };
    let mut facts = vec![("About", kind.into_any())];
    if let Some(given) = page.given {
        let kind = if given.kind == Kind::Active { "standing access" } else { "eligibility" };
        let span = view! { {kind} ", from " <When at=given.span.start clock /> " " <UntilWhen end=given.span.end clock /> };
        facts.push(("Given", span.into_any()));
    }
    if page.line.stand == Stand::Waiting {
        let names: Vec<String> = page.deciders.iter().map(|who| who.name.clone()).collect();
        let text = match names.as_slice() {
            [] => Text::say("An administrator of the group"),
            _ => Text::default().names(&names).then(", or an administrator"),
        };
        facts.push(("Who decides", view! { <Sentence text /> }.into_any()));
    }
    facts
}
