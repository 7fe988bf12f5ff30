//! `/groups/{key}`: what the group gives, who gets in and how; warnings first.

use super::head::{GroupPage, On};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::target::TargetKind;
use engine::ask::at_a_glance::{Counts, InWords};
use engine::ask::group_header::Header;
use engine::ask::group_page::{self, Neighbour, RoleGiven};
use engine::ask::thing::Place;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Overview() -> impl IntoView {
    page(async {
        let shown =
            group_page::group_page(&ctx::engine()?, &ctx::caller()?, &ctx::param("key").unwrap_or_default())
                .await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let header = shown.header.clone();
        let actions = actions(&header);
        Ok::<_, Failure>(view! {
            <GroupPage frame header on=On::Overview actions>
                {shown.warnings.into_iter().map(|text| view! { <Notice tone=Tone::Wait><p>{text}</p></Notice> }).collect_view()}
                <div class="stack">
                    {(!shown.description.is_empty()).then(|| view! { <p><bdi>{shown.description}</bdi></p> })}
                    <Numbers counts=shown.counts />
                </div>
                <Gives roles=shown.roles inside_of=shown.inside_of clock />
                <Through nested=shown.nested />
                <Policies policies=shown.policies place=shown.header.place inspects=shown.header.inspects />
            </GroupPage>
        })
    })
}

/// What may be done with the group as a whole.
fn actions(header: &Header) -> Option<AnyView> {
    let edit = format!("/groups/{}/edit", header.key);
    let onboard = format!("/groups/discover?q={}", header.key);
    let delete = format!("/groups/{}/delete", header.key);
    let edit = header.edits.then(|| view! { <Go href=edit text="Edit" /> });
    let onboard = header
        .onboards
        .then(|| view! { <Go href=onboard text="Bring under management" look=Look::Primary /> });
    let delete = header.deletes.then(|| view! { <Go href=delete text="Delete" look=Look::Danger /> });
    (edit.is_some() || onboard.is_some() || delete.is_some())
        .then(|| view! { {edit} {onboard} {delete} }.into_any())
}

/// How many hold each target.
#[component]
pub fn Numbers(
    /// Of each.
    counts: Vec<Counts>,
) -> impl IntoView {
    let numbers = counts
        .into_iter()
        .flat_map(|counts| {
            let who = match counts.kind {
                TargetKind::Member => " members",
                TargetKind::Owner => " owners",
                TargetKind::Role => "",
            };
            let one = |label: String, value: i64, note: &str| Number {
                label,
                value: number(value),
                note: note.to_owned(),
                href: None,
            };
            [
                one(format!("Eligible{who}"), counts.eligible, "may activate"),
                one(format!("Active{who}"), counts.activated, "on by activation"),
                one(format!("Standing{who}"), counts.standing, "active without activation"),
            ]
        })
        .collect();
    view! { <Stats numbers /> }
}

#[component]
fn Gives(roles: Vec<RoleGiven>, inside_of: Vec<Neighbour>, clock: Clock) -> impl IntoView {
    let nothing = roles.is_empty() && inside_of.is_empty();
    let roles: Vec<_> = roles
        .into_iter()
        .map(|role| {
            let how = if role.active { "every active member holds it" } else { "each active member can activate it" };
            view! { <li><GroupName name=role.name href=role.open.then(|| format!("/roles/{}", role.word)) /> " (directory role): " {how} ", " <UntilWhen end=role.until clock /></li> }
        })
        .collect();
    let groups: Vec<_> = inside_of
        .into_iter()
        .map(|group| {
            view! { <li>"Membership of " <GroupName name=group.name href=group.open.then(|| format!("/groups/{}", group.key)) /> ", because it lies inside"</li> }
        })
        .collect();
    view! {
        <section class="section" aria-labelledby="gives">
            <SectionHead id="gives" heading="What it gives" />
            <div class="card pad">
                {if nothing {
                    view! { <p>"No directory role, and no other group. What applications give for it is decided there."</p> }.into_any()
                } else {
                    view! { <ul class="stack tight">{roles} {groups}</ul> }.into_any()
                }}
            </div>
        </section>
    }
}

#[component]
fn Through(nested: Vec<Neighbour>) -> impl IntoView {
    (!nested.is_empty()).then(|| {
        let rows: Vec<_> = nested
            .into_iter()
            .map(|group| {
                let people = counted(group.people, "person", "people");
                view! { <li><GroupName name=group.name href=group.open.then(|| format!("/groups/{}", group.key)) /> ": " {people} " inside now"</li> }
            })
            .collect();
        view! {
            <section class="section" aria-labelledby="through">
                <SectionHead id="through" heading="Who also gets in" says="through groups inside this one" />
                <div class="card pad"><ul class="stack tight">{rows}</ul></div>
            </section>
        }
    })
}

/// What it takes to switch each target on.
#[component]
pub fn Policies(
    /// The policies in words.
    policies: Vec<InWords>,
    /// Of which group or role.
    place: Place,
    /// The reader may see the whole policy.
    inspects: bool,
) -> impl IntoView {
    let cards: Vec<_> = policies
        .into_iter()
        .map(|policy| {
            let heading = super::settings::heading(policy.kind);
            let href = format!("{place}/settings{}", super::settings::which(policy.kind));
            view! {
                <div class="card pad stack tight">
                    <h3>{heading}</h3>
                    {policy.sentences.into_iter().map(|text| view! { <p><bdi>{text}</bdi></p> }).collect_view()}
                    {inspects.then(|| view! { <p class="sm"><a href=href>{format!("Policy, version {}", policy.version)}</a></p> })}
                </div>
            }
        })
        .collect();
    (!cards.is_empty()).then(|| {
        view! {
            <section class="section" aria-labelledby="policies">
                <SectionHead id="policies" heading="What it takes" />
                <div class="stack">{cards}</div>
            </section>
        }
    })
}
