//! `/groups/{key}/assign`, `/roles/{role}/assign`: people and groups, role, eligible or active, until when, why.

use super::head::{GroupPage, On};
use crate::api::people::suggest::{self, Suggestion};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use chrono::{DateTime, Utc};
use domain::policy::{AssignmentRules, Policy};
use domain::target::{Access, TargetKind};
use engine::ask::assign_form;
use engine::ask::thing::Place;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Assign() -> impl IntoView {
    page(async {
        let (engine, caller, place) = (ctx::engine()?, ctx::caller()?, super::place()?);
        let shown = assign_form::assign_form(&engine, &caller, &place, &ctx::queries("people")).await?;
        let first = shown.people.into_iter().map(Suggestion::from).collect();
        let picks = suggest::picks("people[]", first, super::group_key(), true).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let kind =
            ctx::query("kind").filter(|word| word == "active").unwrap_or_else(|| "eligible".to_owned());
        let of_group = super::group_key();
        let role = of_group.is_some().then(|| {
            view! { <RadioField name="role" legend="Role" choices=roles() value=super::access().wire() /> }
        });
        let many = match &place {
            Place::Group(key) => format!("/assign?what={key}"),
            Place::Role(role) => format!("/assign?what={}.role", role.wire()),
        };
        let hint = match place {
            Place::Group(_) => {
                "Type a name or user name. What a group is eligible for, each of its members may activate for themselves."
            }
            Place::Role(_) => {
                "Type a name or user name. Only groups that are role-assignable can hold a role; what such a group is eligible for, each of its members may activate for themselves."
            }
        };
        let why = if shown.policies.iter().any(|(_, policy)| policy.active.justification) {
            "Needed for active assignments. Shown in the audit and to the person."
        } else {
            "Shown in the audit and to the person."
        };
        let asks_code = shown.policies.iter().any(|(_, policy)| policy.active.proof);
        Ok::<_, Failure>(view! {
            <GroupPage frame header=shown.header on=On::Assignments step="Assign people or groups" outcome="Nothing was assigned.">
                <Post class="stack loose">
                    <HiddenField name="form" value=engine::ids::new().to_string() />
                    <div class="card pad stack">
                        <PeopleField name="people[]" label="People or groups" hint picks group=of_group groups=true />
                        {role}
                        <RadioField name="kind" legend="Eligible or active" choices=kinds() value=kind />
                    </div>
                    <Window policies=shown.policies clock />
                    <div class="card pad stack">
                        <TextArea name="reason" label="Justification" hint=why max=2000 optional=true />
                        {asks_code.then(|| view! { <CodeField hint="Asked for active assignments. Each code works once." /> })}
                        <Actions>
                            <Submit text="Assign" />
                            <Go href=many text="Several groups, or a sheet" look=Look::Quiet />
                        </Actions>
                    </div>
                </Post>
            </GroupPage>
        })
    })
}

/// Member or owner, to choose from.
pub fn roles() -> Vec<Choice> {
    vec![
        Choice::new(Access::Member.wire(), "Member").note("Has what the group gives"),
        Choice::new(Access::Owner.wire(), "Owner").note("May change the group, and let others in"),
    ]
}

/// Eligible or active, to choose from.
pub fn kinds() -> Vec<Choice> {
    vec![
        Choice::new("eligible", "Eligible").note("May switch it on when needed"),
        Choice::new("active", "Active").note("Standing access, without activation. Not for yourself"),
    ]
}

#[component]
fn Window(policies: Vec<(TargetKind, Policy)>, clock: Clock) -> impl IntoView {
    let never =
        policies.iter().any(|(_, policy)| policy.eligible.permanent || policy.active.length.permanent);
    let limits = |of: fn(&Policy) -> AssignmentRules| {
        let each = policies.iter().map(|(kind, policy)| match kind {
            TargetKind::Role => limit(of(policy)),
            kind => format!("{} as {}", limit(of(policy)), access_word(*kind).to_lowercase()),
        });
        each.collect::<Vec<_>>().join(", ")
    };
    let most = format!(
        "Eligible: {}. Active: {}.",
        limits(|policy| policy.eligible),
        limits(|policy| policy.active.length)
    );
    // fits whichever role and kind is chosen
    let maxima = policies.iter().flat_map(|(_, policy)| [policy.eligible.max, policy.active.length.max]);
    let first = maxima.min().map(|most| clock.now + most.delta());
    view! {
        <div class="card pad stack">
            <Ends clock never start=None end=first permanent=false hint=most later=true />
        </div>
    }
}

/// How long an assignment may last, in words.
pub fn limit(rules: AssignmentRules) -> String {
    if rules.permanent { "no end needed".to_owned() } else { format!("at most {}", rules.max.words()) }
}

/// Start and end of an assignment.
#[component]
pub fn Ends(
    /// The reader's clock.
    clock: Clock,
    /// No end may be chosen.
    never: bool,
    /// The start there is; only shown when it lies ahead.
    start: Option<DateTime<Utc>>,
    /// The end there is, or the one that is offered.
    end: Option<DateTime<Utc>>,
    /// No end is chosen at first.
    permanent: bool,
    /// How long it may last.
    #[prop(into)]
    hint: String,
    /// Whether a start can be chosen.
    later: bool,
) -> impl IntoView {
    let choices = vec![Choice::new("end", "Until the time below"), Choice::new("never", "No end date")];
    view! {
        {later.then(|| view! { <MomentField name="start" label="From" hint="Empty means at once." clock value=start optional=true /> })}
        {never
            .then(|| view! { <RadioField name="until" legend="Ends" choices value=if permanent { "never" } else { "end" } /> })}
        <MomentField name="end" label="Until" hint clock value=end />
    }
}
