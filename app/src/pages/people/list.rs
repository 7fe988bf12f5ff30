//! Everybody, by name.

use super::address;
use crate::ctx::{self, caller, engine};
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::by_name::Turn;
use engine::ask::people::{self, Row as Found, Show, Wanted};
use leptos::prelude::*;

/// `/people?q=&show=&after=&before=`
#[component]
pub fn People() -> impl IntoView {
    page(async {
        let wanted = Wanted {
            text: ctx::query("q").unwrap_or_default(),
            show: Show::parse(&ctx::query("show").unwrap_or_default()),
            turn: Turn::read(ctx::query("after").as_deref(), ctx::query("before").as_deref()),
        };
        let found = people::people(&engine()?, &caller()?, &wanted).await?;
        Ok(show(frame::here().await?, found, wanted))
    })
}

fn show(frame: Frame, found: people::People, wanted: Wanted) -> impl IntoView {
    let shown = i64::try_from(found.page.rows.len()).unwrap_or(i64::MAX);
    let turn = |name: &str, place: Option<String>| place.map(|place| query(&wanted, Some((name, &place))));
    let newer = turn("before", found.page.before);
    let older = turn("after", found.page.after);
    let rows: Vec<_> = found.page.rows.into_iter().map(|person| view! { <Row person /> }).collect();
    let content = if rows.is_empty() {
        view! {
            <Empty glyph=Glyph::Search heading="Nobody fits" text="Nobody's name, user name or mail address holds these letters.">
                <Go href="/people" text="Show everybody" />
            </Empty>
        }
        .into_any()
    } else {
        let cols = ["Person", "State", "On now", "Can switch on", "Standing"].map(Col::new).into();
        view! {
            <div class="card">
                <Table cols>{rows}</Table>
                <Pager says=counted(shown, "person", "people") newer older newer_word="Previous" older_word="Next" />
            </div>
        }
        .into_any()
    };
    let actions = view! {
        {found.restores.then(|| view! { <Go href="/people/deleted" text="Deleted" look=Look::Quiet /> })}
        {found.imports.then(|| view! { <Go href="/admin/import" text="Import" /> })}
        {found.creates.then(|| view! { <Go href="/people/new" text="New person" glyph=Glyph::Plus /> })}
    }
    .into_any();
    view! {
        <Page
            frame
            title="People"
            current=Some(Entry::People)
            purpose="Everybody in the directory, and how much each of them has."
            actions
            flash=said()
        >
            <Filters wanted />
            {content}
        </Page>
    }
}

#[component]
fn Filters(wanted: Wanted) -> impl IntoView {
    let words = |show| match show {
        Show::All => "Everybody",
        Show::Enabled => "Can sign in",
        Show::Disabled => "Disabled",
        Show::Guests => "Guests",
    };
    let choices = Show::ALL.into_iter().map(|show| Choice::new(show.wire(), words(show))).collect();
    view! {
        <form method="get" class="filters" role="search" aria-label="Find people">
            <TextField name="q" label="Name, user name or mail" kind="search" value=wanted.text box_class="grow" />
            <SelectField name="show" label="Show" choices value=wanted.show.wire() />
            <button class="btn">"Find"</button>
        </form>
    }
}

/// The same filters on another page of the list.
fn query(wanted: &Wanted, place: Option<(&str, &str)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if !wanted.text.is_empty() {
        query.append_pair("q", &wanted.text);
    }
    if wanted.show != Show::All {
        query.append_pair("show", wanted.show.wire());
    }
    if let Some((name, place)) = place {
        query.append_pair(name, place);
    }
    format!("/people?{}", query.finish())
}

#[component]
fn Row(person: Found) -> impl IntoView {
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
            <Cell label="On now" class="num">
                {number(person.on_now)}
            </Cell>
            <Cell label="Can switch on" class="num">
                {number(person.eligible)}
            </Cell>
            <Cell label="Standing" class="num">
                {number(person.standing)}
            </Cell>
        </tr>
    }
}

/// May sign in or not, and a guest where she is one.
#[component]
pub fn AccountState(
    /// May sign in.
    enabled: bool,
    /// Invited from outside.
    guest: bool,
) -> impl IntoView {
    let (tone, glyph, word) =
        if enabled { (Tone::Ok, Glyph::Check, "Enabled") } else { (Tone::Bad, Glyph::Slash, "Disabled") };
    view! {
        <span class="row">
            <Mark tone glyph text=word />
            {guest.then(|| view! { <Mark glyph=Glyph::User text="Guest" /> })}
        </span>
    }
}
