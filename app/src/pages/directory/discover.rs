//! Groups that can be brought under management, and why the others can't.

use super::kind::{Kind, kinds};
use crate::ctx::{self, caller, engine};
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::group::{GroupKind, Membership};
use domain::principal::Source;
use domain::text::Text;
use engine::ask::by_name::{Page as Found, Turn};
use engine::ask::discover::{self, Row as Group, Wanted};
use leptos::prelude::*;

/// The id of the form, which the boxes in the rows belong to.
const FORM: &str = "bring";

/// `/groups/discover?q=&kind=&show=&after=&before=`
#[component]
pub fn Discover() -> impl IntoView {
    page(async {
        let wanted = Wanted {
            text: ctx::query("q").unwrap_or_default(),
            kind: ctx::query("kind").as_deref().and_then(GroupKind::parse),
            owned: ctx::query("show").as_deref() == Some("owned"),
            turn: Turn::read(ctx::query("after").as_deref(), ctx::query("before").as_deref()),
        };
        let found = discover::discover(&engine()?, &caller()?, &wanted).await?;
        Ok(show(frame::here().await?, found, wanted))
    })
}

fn show(frame: Frame, found: Found<Group>, wanted: Wanted) -> impl IntoView {
    let crumbs = vec![Crumb::to("Groups", "/groups"), Crumb::here("Bring under management")];
    let clock = frame.clock;
    let shown = i64::try_from(found.rows.len()).unwrap_or(i64::MAX);
    let turn = |name: &str, place: Option<String>| place.map(|place| address(&wanted, (name, &place)));
    let newer = turn("before", found.before);
    let older = turn("after", found.after);
    let rows: Vec<_> = found.rows.into_iter().map(|group| view! { <Row group clock /> }).collect();
    let content = if rows.is_empty() {
        let text = "Groups that you own or administrate and that are not managed yet stand here.";
        view! { <Empty glyph=Glyph::Users heading="No group to bring in" text /> }.into_any()
    } else {
        let heads = ["Group", "Kind", "Inside now", "Can it be managed?"].map(Col::new);
        let cols = [Col::check()].into_iter().chain(heads).collect();
        view! {
            <div class="card mt4">
                <Table cols>{rows}</Table>
                <div class="bulk">
                    <span class="sm soft">
                        "They start with the default policy: 8 h, second factor, justification. Change it after that."
                    </span>
                    <button class="btn primary push" form=FORM>
                        "Bring selected groups in"
                        <Icon name=Glyph::Arrow />
                    </button>
                </div>
                <Pager says=counted(shown, "group", "groups") newer older newer_word="Previous" older_word="Next" />
            </div>
        }
        .into_any()
    };
    view! {
        <Page
            frame
            title="Bring groups under management"
            current=Some(Entry::Groups)
            crumbs
            purpose="People who are inside stay inside and are listed as standing access. From then on you can make people eligible instead."
            flash=said()
            outcome="Nothing was brought in."
        >
            <Notice tone=Tone::Wait>
                <p>
                    <strong>"This cannot be undone."</strong>
                    " A managed group stays managed, so that nobody can switch its rules off quietly. You can always remove all assignments."
                </p>
            </Notice>
            <Filters wanted />
            <Post id=FORM />
            {content}
        </Page>
    }
}

#[component]
fn Filters(wanted: Wanted) -> impl IntoView {
    let every = [Choice::new("", "Every kind")].into_iter().chain(kinds()).collect();
    let shows = vec![Choice::new("", "All I may see"), Choice::new("owned", "Only those I own")];
    view! {
        <form method="get" class="filters" role="search" aria-label="Find groups">
            <TextField name="q" label="Name or key" kind="search" value=wanted.text box_class="grow" />
            <SelectField name="kind" label="Kind" choices=every value=wanted.kind.map_or("", GroupKind::wire) />
            <SelectField name="show" label="Show" choices=shows value=if wanted.owned { "owned" } else { "" } />
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
    if let Some(kind) = wanted.kind {
        query.append_pair("kind", kind.wire());
    }
    if wanted.owned {
        query.append_pair("show", "owned");
    }
    query.append_pair(place.0, place.1);
    format!("/groups/discover?{}", query.finish())
}

#[component]
fn Row(group: Group, clock: Clock) -> impl IntoView {
    let barred = group.why_not.is_some();
    let on = !barred && Answers::here().chose("pick", &group.key);
    let rules = group.group;
    let (key, name, within) = (group.key.clone(), group.name.clone(), inside(&group));
    let href = Some(format!("/groups/{key}"));
    view! {
        <tr>
            <CheckCell
                name="pick[]"
                value=key.clone()
                label=format!("Select {name}")
                form=FORM
                on
                barred
            />
            <RowHead>
                <GroupName name href />
                <small>
                    <Key key />
                </small>
            </RowHead>
            <Cell label="Kind">
                <Kind
                    microsoft365=rules.kind == GroupKind::Microsoft365
                    role_assignable=rules.role_assignable
                    dynamic=rules.membership == Membership::Dynamic
                    on_premises=rules.source == Source::OnPremises
                />
            </Cell>
            <Cell label="Inside now">{within}</Cell>
            <Cell label="Can it be managed?">
                <Answer group clock />
            </Cell>
        </tr>
    }
}

fn inside(group: &Group) -> String {
    let owners = i64::try_from(group.owners.len()).unwrap_or(i64::MAX);
    let mut words = vec![counted(group.people, "person", "people")];
    if group.nested > 0 {
        words.push(counted(group.nested, "group", "groups"));
    }
    words.push(counted(owners, "owner", "owners"));
    words.join(", ")
}

/// "Yes", or why not and whom to ask.
#[component]
fn Answer(group: Group, clock: Clock) -> impl IntoView {
    let Some(why) = group.why_not else {
        let because = if group.owned { "Yes, you are an owner" } else { "Yes, as administrator" };
        return view! {
            <span class="nowrap-row">
                <Icon name=Glyph::Check />
                <span>{because}</span>
            </span>
        }
        .into_any();
    };
    let since = group.managed_at.map(|at| {
        view! {
            " Since "
            <When at clock form=Form::Day />
            "."
        }
    });
    let ask = why.code == domain::refusal::Code::NotAllowed && !group.owners.is_empty();
    let ask = ask.then(|| view! { <Sentence text=Text::say(" Ask ").names(&group.owners).then(".") /> });
    view! {
        <span class="nowrap-row">
            <Icon name=Glyph::Slash />
            <span class="soft">
                <Sentence text=why.text />
                {since}
                {ask}
            </span>
        </span>
    }
    .into_any()
}
