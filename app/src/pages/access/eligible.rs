//! What can be switched on and what it needs, or why it can't be; and what ended lately.

use super::again::{LastTime, Repeat};
use super::favourite::{Star, StarForm, place};
use super::renewal::{AskAbout, Waits};
use super::{activate_page, group_page};
use crate::pages::people::steps;
use crate::parts::prelude::*;
use chrono::TimeDelta;
use domain::assignment::Kind;
use domain::policy::TicketRule;
use domain::policy::prompt::Prompts;
use domain::text::Text;
use engine::ask::my_access;
use engine::ask::thing::Thing;
use engine::db::groups::Label;
use leptos::prelude::*;

/// From this much on, the end of an eligibility is near.
const NEAR: TimeDelta = TimeDelta::days(14);

/// The table of eligibilities.
#[component]
pub fn Eligible(
    /// Favourites first, then most used.
    rows: Vec<my_access::Eligible>,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    if rows.is_empty() {
        let text = "When an owner or administrator makes you eligible for a group, it stands here.";
        return view! {
            <Empty glyph=Glyph::Key heading="You are not eligible for anything yet" text>
                <Go href="/groups" text="See groups" />
            </Empty>
        }
        .into_any();
    }
    let cols = ["Group", "Role", "You will need", "Longest", "Eligible until"].map(Col::new);
    let cols = [Col::check()].into_iter().chain(cols).chain([Col::actions()]).collect();
    let rows: Vec<_> = rows.into_iter().map(|row| view! { <Row row clock /> }).collect();
    view! {
        <div class="card">
            <Table cols>{rows}</Table>
            <div class="bulk">
                <form id=MANY method="get" action="/access/activate-several"></form>
                <StarForm />
                <span class="sm soft">"What is ticked is asked for together, on one page."</span>
                <div class="push">
                    <Submit text="Activate selected" form=MANY />
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// The form that takes what is ticked to one page.
const MANY: &str = "many";

#[component]
fn Row(row: my_access::Eligible, clock: Clock) -> impl IntoView {
    let (href, word) = match (row.obstacles.is_empty(), row.running) {
        (true, _) => (activate_page(&row.thing), "Activate"),
        (false, Some(on)) => (format!("/access/{on}/extend"), "Extend"),
        (false, None) => (activate_page(&row.thing), "Why?"),
    };
    let name = row.thing.name.clone();
    let select = format!("Select {name}, {}", access_word(row.thing.kind()));
    let (possible, pick) = (row.obstacles.is_empty(), row.thing.pick());
    let last = row.last.filter(|_| possible);
    let repeat = last.clone().map(|last| {
        let (thing, prompts) = (row.thing.clone(), row.prompts.clone());
        view! { <Repeat thing last prompts /> }
    });
    let ask = row.renewal.map(|renewal| view! { <AskAbout renewal name=name.clone() /> });
    let access = row.thing.kind();
    let needs = match row.obstacles.first() {
        Some(first) => view! { <span class="sm soft"><Sentence text=first.text.clone() /></span> }.into_any(),
        None => needs(&row.prompts),
    };
    view! {
        <tr id=place(&pick)>
            <CheckCell name="pick" value=pick.to_string() label=select form=MANY barred=!possible />
            <RowHead>
                <span class="nowrap-row">
                    <Star thing=row.thing.clone() on=row.favourite />
                    <span>
                        <Name thing=row.thing open=true />
                        <Through path=row.through />
                        {last.map(|last| view! { <LastTime last /> })}
                    </span>
                </span>
            </RowHead>
            <Cell label="Role">
                <RoleTag access />
            </Cell>
            <Cell label=if possible { "You will need" } else { "Why not now" } class="roomy">
                {needs}
            </Cell>
            <Cell label="Longest" class="nowrap num">
                {row.prompts.max.words()}
            </Cell>
            <Cell label="Eligible until" class="nowrap">
                <Ends end=row.until clock /> <Waits renewal=row.renewal />
            </Cell>
            <ActionCell>
                {repeat}
                <a class="btn small" href=href>
                    {word}
                    <Of name />
                </a>
                {ask}
            </ActionCell>
        </tr>
    }
}

#[component]
fn Name(thing: Thing, open: bool) -> impl IntoView {
    let href = open.then(|| group_page(&thing));
    view! {
        <GroupName name=thing.name href />
        <small class="muted">
            <bdi>{thing.description}</bdi>
        </small>
    }
}

/// The groups on the way, when she is not eligible herself.
#[component]
pub fn Through(
    /// From the one she is in directly to the one that is eligible.
    path: Vec<Label>,
) -> impl IntoView {
    (!path.is_empty()).then(|| {
        view! {
            <small class="path">"Through " {steps(path)}</small>
        }
    })
}

/// Each demand with drawing and word.
pub fn needs(prompts: &Prompts) -> AnyView {
    let approvals = match prompts.approvals {
        0 => None,
        1 => Some((Glyph::Inbox, "Approval".to_owned())),
        n => Some((Glyph::Inbox, format!("{n} approvals"))),
    };
    let code = prompts.code.then(|| (Glyph::Lock, "Code".to_owned()));
    let ticket = (prompts.ticket != TicketRule::None).then(|| (Glyph::Ticket, "Ticket".to_owned()));
    let items: Vec<_> = [code, approvals, ticket]
        .into_iter()
        .flatten()
        .map(|(name, word)| view! { <li><Icon name /> {word}</li> })
        .collect();
    if items.is_empty() {
        return view! { <span class="sm soft">{reason_only(prompts)}</span> }.into_any();
    }
    view! { <ul class="needs">{items}</ul> }.into_any()
}

fn reason_only(prompts: &Prompts) -> &'static str {
    if prompts.reason_min.is_some() { "Only a reason" } else { "Nothing" }
}

/// The end of an eligibility; one that is near stands out.
#[component]
fn Ends(end: Option<chrono::DateTime<chrono::Utc>>, clock: Clock) -> impl IntoView {
    let left = end.map(|end| end - clock.now).filter(|left| *left <= NEAR);
    match left {
        None => view! { <Until end clock /> }.into_any(),
        Some(left) => {
            let left = match left.num_days() {
                0 => "less than a day left".to_owned(),
                1 => "1 day left".to_owned(),
                days => format!("{days} days left"),
            };
            view! { <b><Until end clock /></b> <small>{left}</small> }.into_any()
        }
    }
}

/// The table of what ended.
#[component]
pub fn Expired(
    /// Newest first.
    rows: Vec<my_access::Expired>,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    if rows.is_empty() {
        let text = "What ended in the last 30 days stands here, with who can give it again.";
        return view! { <Empty glyph=Glyph::Minus heading="Nothing ended lately" text /> }.into_any();
    }
    let cols = ["Group", "Role", "Was", "Ended", "Who can give it again"].map(Col::new);
    let cols = cols.into_iter().chain([Col::actions()]).collect();
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let helpers = match row.owners.as_slice() {
                [] => Text::say("An administrator"),
                owners => Text::say("Its owners: ").names(owners),
            };
            let access = row.thing.kind();
            let was = if row.kind == Kind::Active { "Standing access" } else { "Eligible" };
            let name = row.thing.name.clone();
            let ask = row.renewal.map(|renewal| view! { <AskAbout renewal name /> });
            view! {
                <tr>
                    <RowHead>
                        <Name thing=row.thing open=false />
                    </RowHead>
                    <Cell label="Role">
                        <RoleTag access />
                    </Cell>
                    <Cell label="Was">{was}</Cell>
                    <Cell label="Ended">
                        <When at=row.ended clock /> <Waits renewal=row.renewal />
                    </Cell>
                    <Cell label="Who can give it again">
                        <Sentence text=helpers />
                    </Cell>
                    <ActionCell>{ask}</ActionCell>
                </tr>
            }
        })
        .collect();
    view! {
        <div class="card">
            <Table cols class="cards late">
                {rows}
            </Table>
        </div>
    }
    .into_any()
}
