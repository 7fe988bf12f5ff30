//! Everybody who effectively is in a group or owns it, now, and through which path.

use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::group::head::{GroupPage, On};
use crate::pages::people::{address, steps};
use crate::pages::then::{As, Then};
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::effective_members::{self, EffectiveMembers as Found, PAGE, Row as Member, Wanted};
use leptos::prelude::*;

/// `/groups/{key}/people?q=&page=&at=`
#[component]
pub fn EffectiveMembers() -> impl IntoView {
    page(async {
        let key = ctx::param("key").ok_or(Failure::NotFound)?;
        let page = ctx::query("page").and_then(|page| page.parse().ok()).unwrap_or_default();
        let frame = frame::here().await?;
        let then = Then::asked(frame.clock);
        let wanted = Wanted { text: ctx::query("q").unwrap_or_default(), page, at: then.at };
        let found = effective_members::effective_members(&engine()?, &caller()?, &key, &wanted).await?;
        Ok(show(frame, found, wanted, then))
    })
}

fn show(frame: Frame, found: Found, wanted: Wanted, then: Then) -> impl IntoView {
    let back = format!("/groups/{}", found.header.key);
    let clock = frame.clock;
    let typed = then.typed.clone();
    let turn = |page: usize| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if then.at.is_some() {
            query.append_pair("at", &then.typed);
        }
        if !wanted.text.is_empty() {
            query.append_pair("q", &wanted.text);
        }
        format!("{back}/people?{}", query.append_pair("page", &page.to_string()).finish())
    };
    let newer = wanted.page.checked_sub(1).map(turn);
    let older =
        (wanted.page.saturating_add(1).saturating_mul(PAGE) < found.count).then(|| turn(wanted.page + 1));
    let count = i64::try_from(found.count).unwrap_or(i64::MAX);
    view! {
        <GroupPage frame header=found.header on=On::People>
            <p class="sm soft">"Everybody who effectively is a member or owner at one moment, and how."</p>
            <form method="get" class="filters" role="search" aria-label="Find people and moments">
                <TextField name="q" label="Name or user name" kind="search" value=wanted.text box_class="grow" />
                <TextField name="at" label="At" hint="Empty: now." kind="datetime-local" value=typed />
                <button class="btn">"Show"</button>
            </form>
            <As then clock sealed=found.sealed />
            <section class="section" aria-labelledby="owners">
                <SectionHead id="owners" heading="Owners" count=i64::try_from(found.owners.len()).unwrap_or(i64::MAX) />
                <div class="card">
                    <People rows=found.owners clock />
                </div>
            </section>
            <section class="section" aria-labelledby="members">
                <SectionHead id="members" heading="Members" count />
                <div class="card">
                    <People rows=found.members clock />
                    <Pager says=counted(count, "person", "people") newer older newer_word="Previous" older_word="Next" />
                </div>
            </section>
        </GroupPage>
    }
}

#[component]
fn People(rows: Vec<Member>, clock: Clock) -> impl IntoView {
    if rows.is_empty() {
        let text = "Whoever is in, directly or through other groups, stands here.";
        return view! { <Empty glyph=Glyph::Users heading="Nobody now" text /> }.into_any();
    }
    let cols = ["Person", "Path", "Until"].map(Col::new).into();
    let rows: Vec<_> = rows.into_iter().map(|member| view! { <Row member clock /> }).collect();
    view! { <Table cols>{rows}</Table> }.into_any()
}

#[component]
fn Row(member: Member, clock: Clock) -> impl IntoView {
    let href = Some(address(&member.who.user_name));
    let who = Who { href, ..member.who.into() };
    let steps = steps(member.path.into_iter().skip(1));
    let path = if steps.is_empty() {
        view! { <span class="soft">"Directly"</span> }.into_any()
    } else {
        view! { <span class="path">"Through " {steps}</span> }.into_any()
    };
    view! {
        <tr>
            <RowHead>
                <Person who />
            </RowHead>
            <Cell label="Path">{path}</Cell>
            <Cell label="Until" class="nowrap">
                {match member.until {
                    Some(at) => view! { <When at clock /> }.into_any(),
                    None => "No end date".into_any(),
                }}
            </Cell>
        </tr>
    }
}
