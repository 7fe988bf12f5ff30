//! `/groups/{key}/assignments`, `/roles/{role}/assignments`: who is eligible, active, or was until lately.

mod row;

use super::head::{GroupPage, On};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::target::Access;
use engine::ask::group_assignments::{self, Filter, GroupAssignments, Tab as List};
use engine::ask::thing::Place;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Assignments() -> impl IntoView {
    page(async {
        let filter = Filter {
            tab: List::parse(&ctx::query("kind").unwrap_or_default()),
            access: ctx::query("role").and_then(|word| Access::parse(&word)),
            name: ctx::query("name").unwrap_or_default(),
            after: ctx::query("after").unwrap_or_default(),
        };
        let shown =
            group_assignments::group_assignments(&ctx::engine()?, &ctx::caller()?, &super::place()?, &filter)
                .await?;
        let frame = frame::here().await?;
        let header = shown.header.clone();
        let assign = header.manages.then(|| {
            view! { <Go href=format!("{}/assign", header.place) text="Assign people" look=Look::Primary glyph=Glyph::Plus /> }
                .into_any()
        });
        let (clock, people, reader) = (frame.clock, frame.may.people, frame.who.user_name.clone());
        Ok::<_, Failure>(view! {
            <GroupPage frame header on=On::Assignments actions=assign live=true>
                <div class="row">
                    <Segments label="Kind of assignment" tabs=lists(&shown, filter.tab) />
                    <Narrow filter=filter.clone() roles=matches!(shown.header.place, Place::Group(_)) />
                </div>
                <Rows shown filter clock people reader />
            </GroupPage>
        })
    })
}

fn lists(shown: &GroupAssignments, current: List) -> Vec<Tab> {
    List::ALL
        .into_iter()
        .zip(shown.counts)
        .map(|(list, count)| {
            let label = match list {
                List::Eligible => "Eligible",
                List::Active => "Active",
                List::Expired => "Expired",
            };
            let href = format!("{}/assignments?kind={}", shown.header.place, list.wire());
            Tab::new(label, href, list == current).count(count)
        })
        .collect()
}

#[component]
fn Narrow(filter: Filter, roles: bool) -> impl IntoView {
    let choices = vec![
        Choice::new("", "Member and owner"),
        Choice::new("member", "Member"),
        Choice::new("owner", "Owner"),
    ];
    view! {
        <form class="filters push" method="get" role="search" aria-label="Filter assignments">
            <HiddenField name="kind" value=filter.tab.wire() />
            <TextField name="name" label="Name" kind="search" value=filter.name hide_label=true placeholder="Name or user name" />
            {roles.then(|| view! { <SelectField name="role" label="Role" choices value=filter.access.map_or("", Access::wire) hide_label=true /> })}
            <button class="btn">"Filter"</button>
        </form>
    }
}

#[component]
fn Rows(
    shown: GroupAssignments,
    filter: Filter,
    clock: Clock,
    people: bool,
    reader: String,
) -> impl IntoView {
    if shown.rows.is_empty() {
        return nothing(&filter).into_any();
    }
    let (place, manages) = (shown.header.place, shown.header.manages);
    let bulk = manages && filter.tab != List::Expired;
    let (count, all) =
        (shown.rows.len(), shown.counts[List::ALL.iter().position(|list| *list == filter.tab).unwrap_or(0)]);
    let next = shown.next.map(|after| {
        let name: String = form_urlencoded::byte_serialize(filter.name.as_bytes()).collect();
        let role = filter.access.map_or("", Access::wire);
        format!("{place}/assignments?kind={}&role={role}&name={name}&after={after}", filter.tab.wire())
    });
    let action = format!("{place}/assignments/remove");
    let rows: Vec<_> = shown
        .rows
        .into_iter()
        .map(|row| view! { <row::Assignment row place=place.clone() list=filter.tab clock people manages reader=reader.clone() /> })
        .collect();
    view! {
        <div class="card mt4">
            <Table cols=columns(filter.tab, manages)>{rows}</Table>
            <div class="bulk">
                {bulk.then(|| view! {
                    <form id="bulk" method="get" action=action></form>
                    <span class="sm soft">"With the ticked people:"</span>
                    <Submit text="Remove" look=Look::Danger small=true form="bulk" />
                })}
                <span class="sm muted push">
                    {format!("{count} of {all} shown")}
                    {next.map(|href| view! { " · " <a href=href rel="next">"Next page"</a> })}
                </span>
            </div>
        </div>
        <p class="sm muted mt4">{format!("Times in {}.", clock.zone_word())}</p>
    }
    .into_any()
}

fn columns(list: List, manages: bool) -> Vec<Col> {
    let mut cols = Vec::new();
    if manages && list != List::Expired {
        cols.push(Col::check());
    }
    cols.extend([Col::new("Who"), Col::new("Role"), Col::new("Now")]);
    cols.push(Col::new(match list {
        List::Eligible => "Eligible until",
        List::Active => "Active until",
        List::Expired => "Ended",
    }));
    cols.push(Col::new("Last used"));
    if manages {
        cols.push(Col::actions());
    }
    cols
}

fn nothing(filter: &Filter) -> impl IntoView {
    let filtered = !filter.name.is_empty() || filter.access.is_some();
    let (heading, text) = match filter.tab {
        _ if filtered => ("Nobody matches", "Another name or role may find somebody."),
        List::Eligible => ("Nobody is eligible", "People who may switch this on appear here."),
        List::Active => {
            ("Nobody is active", "People who are on by activation, and standing access, appear here.")
        }
        List::Expired => {
            ("Nothing ended lately", "What ended in the last 30 days appears here, to be renewed.")
        }
    };
    view! { <Empty glyph=Glyph::Users heading text /> }
}
