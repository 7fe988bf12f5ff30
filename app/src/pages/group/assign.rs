//! `/groups/{key}/assign`: people and groups, role, eligible or active, until when, why.

use super::head::{GroupPage, On};
use crate::api::people::suggest::{self, Suggestion};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use chrono::{DateTime, Utc};
use domain::policy::{AssignmentRules, Policy};
use domain::target::Access;
use engine::ask::assign_form;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Assign() -> impl IntoView {
    page(async {
        let (engine, caller, key) = (ctx::engine()?, ctx::caller()?, super::key());
        let shown = assign_form::assign_form(&engine, &caller, &key, &ctx::queries("people")).await?;
        let first = shown.people.into_iter().map(Suggestion::from).collect();
        let picks = suggest::picks("people[]", first, Some(key.clone()), true).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let kind =
            ctx::query("kind").filter(|word| word == "active").unwrap_or_else(|| "eligible".to_owned());
        let role = super::role().wire();
        let [member, owner] = [shown.member, shown.owner];
        let asks_code = member.active.proof || owner.active.proof;
        Ok::<_, Failure>(view! {
            <GroupPage frame header=shown.header on=On::Assignments step="Assign people or groups" outcome="Nothing was assigned.">
                <Post class="stack loose">
                    <HiddenField name="form" value=engine::ids::new().to_string() />
                    <div class="card pad stack">
                        <PeopleField name="people[]" label="People or groups" hint="Type a name or user name. What a group is eligible for, each of its members may activate for herself." picks group=Some(key) groups=true />
                        <RadioField name="role" legend="Role" choices=roles() value=role />
                        <RadioField name="kind" legend="Eligible or active" choices=kinds() value=kind />
                    </div>
                    <Window member owner clock />
                    <div class="card pad stack">
                        <TextArea name="reason" label="Justification" hint="Shown in the audit and to the person. Active assignments may need one." max=2000 optional=true />
                        {asks_code.then(|| view! { <CodeField hint="Asked for active assignments. Each code works once." /> })}
                        <Actions><Submit text="Assign" /></Actions>
                    </div>
                </Post>
            </GroupPage>
        })
    })
}

fn roles() -> Vec<Choice> {
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
fn Window(member: Policy, owner: Policy, clock: Clock) -> impl IntoView {
    let never = [member.eligible, member.active.length, owner.eligible, owner.active.length]
        .iter()
        .any(|rules| rules.permanent);
    let most = format!(
        "Eligible: {} as member, {} as owner. Active: {} as member, {} as owner.",
        limit(member.eligible),
        limit(owner.eligible),
        limit(member.active.length),
        limit(owner.active.length),
    );
    view! {
        <div class="card pad stack">
            <Ends clock never start=None end=Some(clock.now + member.eligible.max.delta()) permanent=false hint=most later=true />
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
            .then(|| view! { <RadioField name="until" legend="Until" choices value=if permanent { "never" } else { "end" } /> })}
        <MomentField name="end" label="Until" hint clock value=end />
    }
}
