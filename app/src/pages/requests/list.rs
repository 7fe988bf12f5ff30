//! My requests: newest first, with filters and a way to ask the same again.

use super::{Standing, action, word};
use crate::ctx::{self, caller, engine};
use crate::pages::access::activate_page;
use crate::pages::frame::around;
use crate::pages::page;
use crate::pages::said::said;
use crate::parts::prelude::*;
use domain::ids::PersonId;
use domain::text::Text;
use engine::ask::requests::{self, Filter, Line};
use engine::ask::stand::Stand;
use engine::db::requests::{name, parse_name};
use leptos::prelude::*;

/// `/requests?state=&group=&days=&before=`
#[component]
pub fn Requests() -> impl IntoView {
    page(async {
        let filter = Filter {
            stand: ctx::query("state").and_then(|word| Stand::parse(&word)),
            group: ctx::query("group").unwrap_or_default(),
            days: ctx::query("days").and_then(|days| days.parse().ok()),
            before: ctx::query("before").and_then(|before| parse_name(&before)),
        };
        let caller = caller()?;
        let answer = requests::load(&engine()?, &caller, &filter).await?;
        Ok(show(answer, filter, caller.person()))
    })
}

fn show(answer: requests::Requests, filter: Filter, me: PersonId) -> impl IntoView {
    let frame = around(answer.frame);
    let clock = frame.clock;
    let filtered = filter != Filter { before: filter.before, ..Filter::default() };
    let shown = answer.rows.len();
    let newest = address(&filter, None);
    let older = answer.next.map(|next| address(&filter, Some(next)));
    let newer = filter.before.map(|_| newest);
    let rows: Vec<_> = answer.rows.into_iter().map(|line| view! { <Row line me clock /> }).collect();
    let content = if rows.is_empty() {
        nothing(filtered).into_any()
    } else {
        let cols = ["Request", "Role", "Asked", "State", "Decided by"].map(Col::new);
        let cols = cols.into_iter().chain([Col::actions()]).collect();
        view! {
            <div class="card">
                <Table cols>{rows}</Table>
            </div>
            <Pager says=counted(i64::try_from(shown).unwrap_or(i64::MAX), "request", "requests") newer older newer_word="Newest" />
        }
        .into_any()
    };
    view! {
        <Page
            frame
            title="My requests"
            current=Some(Entry::Requests)
            purpose="Everything you asked for, or others asked for you, newest first."
            flash=said()
            live=true
        >
            <Filters filter />
            <div class="mt4">{content}</div>
        </Page>
    }
}

fn nothing(filtered: bool) -> AnyView {
    if filtered {
        let text = "Nothing you asked for fits these filters.";
        view! {
            <Empty glyph=Glyph::Search heading="No request fits" text>
                <Go href="/requests" text="Clear filters" />
            </Empty>
        }
        .into_any()
    } else {
        let text = "What you activate, extend and give back stands here.";
        view! {
            <Empty glyph=Glyph::History heading="You have not asked for anything yet" text>
                <Go href="/access" text="My access" />
            </Empty>
        }
        .into_any()
    }
}

#[component]
fn Filters(filter: Filter) -> impl IntoView {
    let states = Stand::ALL.into_iter().map(|stand| Choice::new(stand.word(), word(stand).1));
    let states = [Choice::new("", "Any state")].into_iter().chain(states).collect();
    let times = [
        ("", "Any time"),
        ("1", "Last day"),
        ("7", "Last 7 days"),
        ("30", "Last 30 days"),
        ("365", "Last year"),
    ];
    let times = times.into_iter().map(|(value, label)| Choice::new(value, label)).collect();
    view! {
        <form method="get" class="filters" role="search" aria-label="Filter requests">
            <SelectField name="state" label="State" choices=states value=filter.stand.map_or("", Stand::word) />
            <TextField name="group" label="Group" kind="search" value=filter.group />
            <SelectField
                name="days"
                label="Asked"
                choices=times
                value=filter.days.map(|days| days.to_string()).unwrap_or_default()
            />
            <button class="btn">"Show"</button>
        </form>
    }
}

/// The same filters, from another place on.
fn address(filter: &Filter, before: Option<i64>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(stand) = filter.stand {
        query.append_pair("state", stand.word());
    }
    if !filter.group.is_empty() {
        query.append_pair("group", &filter.group);
    }
    if let Some(days) = filter.days {
        query.append_pair("days", &days.to_string());
    }
    if let Some(before) = before {
        query.append_pair("before", &name(before));
    }
    match query.finish() {
        query if query.is_empty() => "/requests".to_owned(),
        query => format!("/requests?{query}"),
    }
}

#[component]
fn Row(line: Line, me: PersonId, clock: Clock) -> impl IntoView {
    let number = name(line.number);
    let length = line.length().map(|length| format!(" for {}", length.words())).unwrap_or_default();
    let again =
        (line.action == "selfActivate").then(|| format!("{}&again={number}", activate_page(&line.thing)));
    let (group, again_of) = (line.thing.name.clone(), line.thing.name.clone());
    let (what, decided_by) = (action(&line), Text::default().names(&line.decided_by));
    let (access, asked) = (line.thing.kind(), line.asked);
    let between = between(&line, me);
    view! {
        <tr>
            <RowHead>
                <a class="gname" href=format!("/requests/{number}")>
                    <bdi>{group}</bdi>
                </a>
                <small class="muted">{format!("{number} · {what}{length}")} {between}</small>
            </RowHead>
            <Cell label="Role">
                <RoleTag access />
            </Cell>
            <Cell label="Asked">
                <When at=asked clock />
            </Cell>
            <Cell label="State">
                <Standing line clock />
            </Cell>
            <Cell label="Decided by">
                <Sentence text=decided_by />
            </Cell>
            <ActionCell>
                {again
                    .map(|href| {
                        view! {
                            <a class="btn small" href=href>
                                "Ask again"
                                <span class="vh">" " <bdi>{again_of}</bdi></span>
                            </a>
                        }
                    })}
            </ActionCell>
        </tr>
    }
}

/// Who asked for whom, where that is not one and the same.
fn between(line: &Line, me: PersonId) -> Option<AnyView> {
    let filer = line.asked_by.clone()?;
    let text = if line.principal_id == me.0 {
        Text::say(" · asked by ").name(filer)
    } else {
        Text::say(" · for ").name(&line.for_whom)
    };
    Some(view! { <Sentence text /> }.into_any())
}
