//! All groups this person may see, by name.

use super::kind::{Kind, kinds};
use crate::ctx::{self, caller, engine};
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::group::GroupKind;
use domain::text::Text;
use engine::ask::by_name::Turn;
use engine::ask::groups::{self, Row as Found, Show, Wanted};
use leptos::prelude::*;

/// `/groups?q=&show=&kind=&after=&before=`
#[component]
pub fn Groups() -> impl IntoView {
    page(async {
        let wanted = Wanted {
            text: ctx::query("q").unwrap_or_default(),
            show: Show::parse(&ctx::query("show").unwrap_or_default()),
            kind: ctx::query("kind").as_deref().and_then(GroupKind::parse),
            turn: Turn::read(ctx::query("after").as_deref(), ctx::query("before").as_deref()),
        };
        let found = groups::groups(&engine()?, &caller()?, &wanted).await?;
        Ok(show(frame::here().await?, found, wanted))
    })
}

fn show(frame: Frame, found: groups::Groups, wanted: Wanted) -> impl IntoView {
    let shown = i64::try_from(found.page.rows.len()).unwrap_or(i64::MAX);
    let turn = |name: &str, place: Option<String>| place.map(|place| address(&wanted, (name, &place)));
    let newer = turn("before", found.page.before);
    let older = turn("after", found.page.after);
    let ticks = found.assigns;
    let rows: Vec<_> = found.page.rows.into_iter().map(|group| view! { <Row group ticks /> }).collect();
    let content = if rows.is_empty() {
        nothing(&wanted)
    } else {
        let cols = ["Group", "Kind", "Can switch on", "On now", "Standing", "Owners", "State"].map(Col::new);
        let cols = ticks.then(Col::check).into_iter().chain(cols).collect();
        view! {
            <div class="card">
                <Table cols>{rows}</Table>
                {ticks.then(|| view! { <Ticked /> })}
                <Pager says=counted(shown, "group", "groups") newer older newer_word="Previous" older_word="Next" />
            </div>
        }
        .into_any()
    };
    let purpose = if found.sees_all {
        "Every group of the directory, and who may be in it."
    } else {
        "Groups you are in, may be in, own or approve for."
    };
    let actions = view! {
        {found.restores.then(|| view! { <Go href="/groups/deleted" text="Deleted" look=Look::Quiet /> })}
        {ticks.then(|| view! { <Go href="/assign" text="Assign many" look=Look::Quiet /> })}
        <Go href="/groups/discover" text="Bring groups in" />
        {found.creates.then(|| view! { <Go href="/groups/new" text="New group" glyph=Glyph::Plus /> })}
    }
    .into_any();
    view! {
        <Page frame title="Groups" current=Some(Entry::Groups) purpose actions flash=said()>
            <Filters wanted />
            {content}
        </Page>
    }
}

fn nothing(wanted: &Wanted) -> AnyView {
    if *wanted.text == *"" && wanted.show == Show::All && wanted.kind.is_none() {
        let text = "Groups you are in, may be in, own or approve for stand here.";
        view! { <Empty glyph=Glyph::Users heading="No groups" text /> }.into_any()
    } else {
        let text = "No group you may see fits these filters.";
        view! {
            <Empty glyph=Glyph::Search heading="No group fits" text>
                <Go href="/groups" text="Clear filters" />
            </Empty>
        }
        .into_any()
    }
}

#[component]
fn Filters(wanted: Wanted) -> impl IntoView {
    let words = |show| match show {
        Show::All => "All",
        Show::Mine => "Mine",
        Show::Owned => "I own",
        Show::Managed => "Managed",
        Show::Unmanaged => "Not managed",
    };
    let shows = Show::ALL.into_iter().map(|show| Choice::new(show.wire(), words(show))).collect();
    let every = [Choice::new("", "Every kind")].into_iter().chain(kinds()).collect();
    view! {
        <form method="get" class="filters" role="search" aria-label="Find groups">
            <TextField name="q" label="Name or key" kind="search" value=wanted.text box_class="grow" />
            <SelectField name="show" label="Show" choices=shows value=wanted.show.wire() />
            <SelectField name="kind" label="Kind" choices=every value=wanted.kind.map_or("", GroupKind::wire) />
            <button class="btn">"Find"</button>
        </form>
    }
}

/// The same filters on another page of the list.
fn address(wanted: &Wanted, place: (&str, &str)) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if !wanted.text.is_empty() {
        query.append_pair("q", &wanted.text);
    }
    if wanted.show != Show::All {
        query.append_pair("show", wanted.show.wire());
    }
    if let Some(kind) = wanted.kind {
        query.append_pair("kind", kind.wire());
    }
    query.append_pair(place.0, place.1);
    format!("/groups?{}", query.finish())
}

/// Id of the form that the ticks belong to.
const TICKED: &str = "ticked";

/// What can be done with the ticked groups.
#[component]
fn Ticked() -> impl IntoView {
    view! {
        <form id=TICKED method="get" action="/assign" class="bulk">
            <span class="sm soft">"With the ticked groups:"</span>
            <button class="btn small">"Assign people"</button>
        </form>
    }
}

/// One group of a list.
#[component]
pub fn Row(
    /// Which.
    group: Found,
    /// Whether it can be ticked, to be assigned together with others.
    #[prop(optional)]
    ticks: bool,
) -> impl IntoView {
    let href = Some(format!("/groups/{}", group.key));
    let ownerless = group.managed && group.owners.is_empty();
    let count = |count: i64| if group.managed { number(count) } else { "–".to_owned() };
    let (eligible, on_now) = (count(group.eligible), count(group.on_now));
    let tick = ticks.then(|| {
        let label = format!("Select {}", group.name);
        view! { <CheckCell name="what" value=group.key.clone() label form=TICKED barred=!group.managed /> }
    });
    view! {
        <tr>
            {tick}
            <RowHead>
                <GroupName name=group.name href />
                <small>
                    <Key key=group.key />
                </small>
            </RowHead>
            <Cell label="Kind">
                <Kind
                    microsoft365=group.microsoft365
                    role_assignable=group.role_assignable
                    dynamic=group.dynamic
                    on_premises=group.on_premises
                />
            </Cell>
            <Cell label="Can switch on" class="num">
                {eligible}
            </Cell>
            <Cell label="On now" class="num">
                {on_now}
            </Cell>
            <Cell label="Standing" class="num">
                {number(group.standing)}
            </Cell>
            <Cell label="Owners">
                <Sentence text=Text::default().names(&group.owners) />
            </Cell>
            <Cell label="State">
                {if group.managed {
                    view! { <Mark tone=Tone::Ok glyph=Glyph::ShieldOk text="Managed" /> }.into_any()
                } else {
                    view! { <span class="soft">"Not managed"</span> }.into_any()
                }}
                {ownerless.then(|| view! { <Mark tone=Tone::Wait glyph=Glyph::Warn text="No owner" /> })}
            </Cell>
        </tr>
    }
}
