//! `/groups/{key}/reviews/new`: plans a review.

use crate::api::people::suggest;
use crate::ctx;
use crate::failure::Failure;
use crate::pages::group::head::{GroupPage, On};
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::access_review::plan::{Plan, Reviewers, Undecided};
use domain::access_review::schedule::Every;
use engine::ask::access_reviews::form;
use leptos::prelude::*;

/// The page.
#[component]
pub fn NewReview() -> impl IntoView {
    page(async {
        let key = crate::pages::group::group_key().ok_or(Failure::NotFound)?;
        let header = form(&ctx::engine()?, &ctx::caller()?, &key).await?;
        let named = suggest::picks("named[]", Vec::new(), Some(key.clone()), true).await?;
        let fallback = suggest::picks("fallback[]", Vec::new(), Some(key.clone()), true).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let name = format!("Access to {}", header.name).chars().take(200).collect::<String>();
        let back = format!("/groups/{key}/reviews");
        Ok::<_, Failure>(view! {
            <GroupPage frame header on=On::Reviews step="Plan a review" outcome="Nothing was planned.">
                <Post class="stack loose">
                    <HiddenField name="form" value=engine::ids::new().to_string() />
                    <div class="card pad stack">
                        <TextField name="name" label="Name" value=name />
                        <TextArea name="note" label="What reviewers should know" max=1024 optional=true />
                        <What />
                    </div>
                    <Who named fallback group=key />
                    <Time clock />
                    <End back />
                </Post>
            </GroupPage>
        })
    })
}

#[component]
fn What() -> impl IntoView {
    view! {
        <fieldset class="stack tight">
            <legend class="legend">"Who is reviewed"</legend>
            <CheckField name="members" label="Members" on=true />
            <CheckField name="owners" label="Owners" on=true />
        </fieldset>
        <fieldset class="stack tight">
            <legend class="legend">"Which assignments"</legend>
            <CheckField name="eligible" label="Eligible" note="May switch it on" on=true />
            <CheckField name="standing" label="Standing" note="Have it without activation" on=true />
        </fieldset>
        <p class="sm soft">
            "A round is about who is there when it begins. Whoever comes later is not part of it, and a group counts as one."
        </p>
    }
}

#[component]
fn Who(named: Picks, fallback: Picks, group: String) -> impl IntoView {
    let note = |reviewers: Reviewers| match reviewers {
        Reviewers::Owners => "Whoever owns the group at the time; nobody on themselves",
        Reviewers::Named => "Never on themselves either",
        Reviewers::Oneself => "Say whether they still need it. Groups are decided by the owners",
    };
    let choices =
        Reviewers::ALL.iter().map(|each| Choice::new(each.wire(), each.words()).note(note(*each))).collect();
    view! {
        <div class="card pad stack">
            <RadioField name="reviewers" legend="Who reviews" choices value=Reviewers::Owners.wire() />
            <PeopleField
                name="named[]"
                label="Reviewers"
                hint="Only if you name them."
                picks=named
                group=Some(group.clone())
                groups=true
            />
            <PeopleField
                name="fallback[]"
                label="Fallback reviewers"
                hint="Take over where no owner, or none of the named, can decide. Needed for a review by owners."
                picks=fallback
                group=Some(group)
                groups=true
            />
        </div>
    }
}

#[component]
fn Time(clock: Clock) -> impl IntoView {
    let days = |every: Every| format!("{} (at most {} days)", every.words(), every.longest());
    let choices = Every::ALL.map(|every| Choice::new(every.wire(), days(every))).into();
    view! {
        <div class="card pad stack">
            <SelectField name="every" label="How often" choices value=Every::Once.wire() />
            <TextField
                name="days"
                label="Days for deciding"
                value=Plan::default().days.to_string()
                hint="How long each round lasts."
            />
            <MomentField name="start" label="Begins" hint="Empty means at once." clock value=None optional=true />
            <CheckField
                name="remind"
                label="Mail the reviewers"
                note="At the start, at half time and a day before the end, as long as something is left"
                on=true
            />
        </div>
    }
}

#[component]
fn End(back: String) -> impl IntoView {
    let undecided = Undecided::ALL.iter().map(|each| Choice::new(each.wire(), each.words())).collect();
    let apply = vec![
        Choice::new("hand", "When somebody who manages the group says so"),
        Choice::new("self", "By itself, when the round ends"),
    ];
    view! {
        <div class="card pad stack">
            <CheckField name="justify" label="Every decision needs a reason" note="A denial always does" />
            <RadioField
                name="undecided"
                legend="What nobody decided"
                choices=undecided
                value=Undecided::Keep.wire()
            />
            <p class="sm soft">
                "Recommended to go: eligible and not activated for 30 days, or standing and not signed in for 30 days; never what was given less than 30 days ago."
            </p>
            <RadioField name="apply" legend="When decisions are applied" choices=apply value="hand" />
            <Actions>
                <Submit text="Plan the review" />
                <Go href=back text="Plan nothing" look=Look::Quiet />
            </Actions>
        </div>
    }
}
