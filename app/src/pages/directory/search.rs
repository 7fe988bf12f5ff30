//! Groups and people by a few letters.

use super::groups::Row as GroupRow;
use crate::ctx::{self, caller, engine};
use crate::pages::people::{AccountState, address};
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::people::Row as FoundPerson;
use engine::ask::search::{self, Found};
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

/// `/search?q=`
#[component]
pub fn Search() -> impl IntoView {
    page(async {
        let text = ctx::query("q").unwrap_or_default();
        let found = search::search(&engine()?, &caller()?, &text).await?;
        if let Some(to) = exact(&found) {
            go_to(&to);
        }
        Ok(show(frame::here().await?, found, text))
    })
}

/// The one page that is meant, when the letters are the whole key or user name.
fn exact(found: &Found) -> Option<String> {
    let group = found.group.as_ref().map(|key| format!("/groups/{key}"));
    group.or_else(|| found.person.as_ref().map(|user_name| address(user_name)))
}

fn go_to(to: &str) {
    if let (Some(answer), Ok(to)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(to)) {
        answer.set_status(StatusCode::SEE_OTHER);
        answer.insert_header(header::LOCATION, to);
    }
}

fn show(frame: Frame, found: Found, text: String) -> impl IntoView {
    let nothing = found.groups.is_empty() && found.people.is_empty();
    let short = text.trim().chars().count() < 2;
    let purpose = if found.without_people {
        "Groups you may see, by name or key."
    } else {
        "Groups and people, by name, key or user name."
    };
    let query: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let more = (
        found.more_groups.then(|| format!("/groups?q={query}")),
        found.more_people.then(|| format!("/people?q={query}")),
    );
    view! {
        <Page frame title="Search" purpose searched=text>
            {(short && nothing)
                .then(|| view! { <Empty glyph=Glyph::Search heading="Two letters at least" text="Write a part of a name, a key or a user name into the field above." /> })}
            {(!short && nothing)
                .then(|| view! { <Empty glyph=Glyph::Search heading="Nothing found" text="No name, key or user name that you may see holds these letters." /> })}
            <Groups groups=found.groups more=more.0 />
            <People people=found.people more=more.1 />
        </Page>
    }
}

#[component]
fn Groups(groups: Vec<engine::ask::groups::Row>, more: Option<String>) -> impl IntoView {
    (!groups.is_empty()).then(|| {
        let rows: Vec<_> = groups.into_iter().map(|group| view! { <GroupRow group /> }).collect();
        let cols = ["Group", "Kind", "Can switch on", "On now", "Standing", "Owners", "State"];
        view! {
            <section aria-labelledby="groups">
                <SectionHead id="groups" heading="Groups" />
                <div class="card">
                    <Table cols=cols.map(Col::new).into()>{rows}</Table>
                </div>
                {more.map(|href| view! { <p class="mt4"><a href=href>"All groups with these letters"</a></p> })}
            </section>
        }
    })
}

#[component]
fn People(people: Vec<FoundPerson>, more: Option<String>) -> impl IntoView {
    (!people.is_empty()).then(|| {
        let rows: Vec<_> = people.into_iter().map(|person| view! { <PersonRow person /> }).collect();
        let cols = ["Person", "State"].map(Col::new).into();
        view! {
            <section aria-labelledby="people">
                <SectionHead id="people" heading="People" />
                <div class="card">
                    <Table cols class="cards late">
                        {rows}
                    </Table>
                </div>
                {more.map(|href| view! { <p class="mt4"><a href=href>"All people with these letters"</a></p> })}
            </section>
        }
    })
}

#[component]
fn PersonRow(person: FoundPerson) -> impl IntoView {
    let href = Some(address(&person.who.user_name));
    let who = Who { href, ..person.who.into() };
    view! {
        <tr>
            <RowHead>
                <Person who />
            </RowHead>
            <Cell label="State">
                <AccountState enabled=person.enabled guest=person.guest />
            </Cell>
        </tr>
    }
}
