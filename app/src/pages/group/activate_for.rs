//! `/groups/{key}/activate-for`, `/roles/{role}/activate-for`: asks for somebody who is eligible and can't ask herself.

use super::behalf_people;
use super::head::{GroupPage, On};
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::access::activate::{HowLong, Reasons, What};
use crate::pages::access::confirm::{ItIsYou, Why};
use crate::pages::access::outlook::Outlook;
use crate::pages::frame::around;
use crate::pages::page;
use crate::parts::prelude::*;
use chrono::{DateTime, Utc};
use domain::ids::PersonId;
use engine::ask::activation_form::ActivationForm;
use engine::ask::behalf_form::{self, BehalfForm};
use engine::ask::who::Who as Known;
use leptos::prelude::*;
use uuid::Uuid;

/// Above what is in the way.
const BARRED: &str = "This can't be asked on behalf now.";

/// The page, with `principal` or, when it is still to be chosen of a group, `within`, and `role` in its query.
#[component]
pub fn ActivateFor() -> impl IntoView {
    page(async {
        let asked = |name: &str| ctx::query(name).and_then(|id| id.parse::<Uuid>().ok());
        let (caller, pick) = (caller()?, super::place()?.pick(super::access()));
        let principal = match (asked("principal"), asked("within")) {
            (Some(id), _) => PersonId(id),
            (None, Some(group)) => return behalf_people::choose(pick, group).await,
            (None, None) => return Err(Failure::NotFound),
        };
        let shown = behalf_form::load(&engine()?, &caller, &pick, principal).await?;
        Ok(show(shown, caller.session.factor_at).into_any())
    })
}

fn show(shown: BehalfForm, signed_in: Option<DateTime<Utc>>) -> impl IntoView {
    let BehalfForm { header, person, form } = shown;
    let frame = around(form.frame.clone());
    let clock = frame.clock;
    let back = format!("{}/assignments", header.place);
    let content = if form.not_at_all.is_empty() {
        view! { <Questions person form signed_in back clock /> }.into_any()
    } else {
        view! {
            <div class="ask">
                <Reasons reasons=form.not_at_all.clone() lead=BARRED />
                <ForWhom person />
                <What form />
                <Actions>
                    <Go href=back text="Back to the assignments" />
                </Actions>
            </div>
        }
        .into_any()
    };
    view! {
        <GroupPage frame header on=On::Assignments step="Ask on behalf" outcome="Nothing was asked.">
            {content}
        </GroupPage>
    }
}

#[component]
fn Questions(
    person: Known,
    form: ActivationForm,
    signed_in: Option<DateTime<Utc>>,
    back: String,
    clock: Clock,
) -> impl IntoView {
    let key = Answers::here().value("form").map_or_else(|| form.key.to_string(), str::to_owned);
    let (principal, role) = (person.id.to_string(), form.thing.kind().wire());
    let in_group = form.thing.group().is_some();
    view! {
        <Post class="split">
            <HiddenField name="principal" value=principal />
            {in_group.then(|| view! { <HiddenField name="role" value=role /> })}
            <HiddenField name="form" value=key />
            <div class="ask">
                {(!form.not_now.is_empty()).then(|| view! { <Reasons reasons=form.not_now.clone() lead=BARRED /> })}
                <ForWhom person />
                <What form=form.clone() />
                <HowLong form=form.clone() clock />
                <Why prompts=form.prompts.clone() />
                <ItIsYou rule=form.rules.proof asked=form.prompts.code signed_in clock />
            </div>
            <Outlook rules=form.rules deciders=form.deciders away=form.away later=form.later asked_for=form.asked_for clock />
            <Actions>
                <Submit text="Ask for them" />
                <Go href=back text="Back" look=Look::Quiet />
            </Actions>
        </Post>
    }
}

#[component]
fn ForWhom(person: Known) -> impl IntoView {
    view! {
        <section aria-labelledby="a-whom">
            <h2 id="a-whom">"For whom"</h2>
            <div class="card pad stack">
                <Person who=person.into() />
                <p class="sm soft">
                    "For somebody who can't ask right now, for example on the phone at night. They see that you asked, and can take it back."
                </p>
            </div>
        </section>
    }
}
