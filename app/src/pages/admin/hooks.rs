//! Where events are sent: webhooks, their log, what was sent.

mod delivery;
mod fields;
mod form;
mod one;
pub mod said;

use crate::ctx;
use crate::failure::Failure;
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::authz::{Action, allows};
use engine::ask::hooks::{self, Hook};
use leptos::prelude::*;
use leptos_router::components::Route;
use leptos_router::{MatchNestedRoutes, SsrMode, path};
use uuid::Uuid;

/// `/admin/webhooks`
#[component]
pub fn Hooks() -> impl IntoView {
    page(async {
        let (engine, caller) = (ctx::engine()?, ctx::caller()?);
        let all = hooks::hooks(&engine, &caller).await?;
        let manages = allows(&caller.actor, &Action::ManageHooks);
        let frame = frame::here().await?;
        let clock = frame.clock;
        let add = manages.then(|| {
            view! { <Go href="/admin/webhooks/new" text="Add a webhook" look=Look::Primary glyph=Glyph::Plus /> }
                .into_any()
        });
        let content = if all.is_empty() {
            view! { <Empty glyph=Glyph::Plug heading="No webhooks yet" text="A webhook sends what happens to another program, to Slack or to Teams, as it happens." /> }
                .into_any()
        } else {
            table(all, clock)
        };
        Ok::<_, Failure>(view! {
            <Page
                frame
                title="Webhooks"
                current=Some(Entry::Hooks)
                purpose="What happens here, sent to other programs and to chats as it happens."
                actions=add.unwrap_or_else(|| ().into_any())
                flash=said()
            >
                {content}
            </Page>
        })
    })
}

fn table(all: Vec<Hook>, clock: Clock) -> AnyView {
    let rows: Vec<_> = all
        .into_iter()
        .map(|hook| {
            let (href, state, format) = (address(hook.id), state(&hook), format_words(&hook));
            let last = match hook.last_at {
                Some(at) => view! { <When at clock /> }.into_any(),
                None => "never".into_any(),
            };
            view! {
                <tr>
                    <RowHead><a href=href><bdi>{hook.name}</bdi></a></RowHead>
                    <Cell label="To"><bdi class="key">{hook.shown}</bdi></Cell>
                    <Cell label="Format">{format}</Cell>
                    <Cell label="State">{state}</Cell>
                    <Cell label="Waiting" class="num">{number(hook.waiting)}</Cell>
                    <Cell label="Given up" class="num">{number(hook.failed)}</Cell>
                    <Cell label="Last taken">{last}</Cell>
                </tr>
            }
        })
        .collect();
    let cols = ["Name", "To", "Format", "State", "Waiting", "Given up", "Last taken"].map(Col::new).to_vec();
    view! {
        <section class="card" aria-labelledby="hooks">
            <h2 class="vh" id="hooks">"Webhooks"</h2>
            <Table class="cards late" cols>{rows}</Table>
        </section>
    }
    .into_any()
}

fn address(hook: Uuid) -> String {
    format!("/admin/webhooks/{hook}")
}

fn format_words(hook: &Hook) -> &'static str {
    hook.format().map_or("unknown", domain::webhook::Format::words)
}

/// Where it stands, as a badge.
fn state(hook: &Hook) -> AnyView {
    let (tone, glyph, text) = match (hook.off_at, hook.rests_until) {
        (Some(_), _) if hook.off_why.is_empty() => (Tone::Plain, Glyph::Slash, "Off"),
        (Some(_), _) => (Tone::Bad, Glyph::Stop, "Switched off"),
        (None, Some(_)) => (Tone::Bad, Glyph::Warn, "Fails, tried again"),
        (None, None) => (Tone::Ok, Glyph::Check, "On"),
    };
    view! { <Mark tone glyph text /> }.into_any()
}

/// The hook that the address names.
fn id() -> Result<Uuid, Failure> {
    ctx::named("id")
}

fn crumbs(hook: &Hook, here: &str) -> Vec<Crumb> {
    let one = Crumb::to(hook.name.clone(), address(hook.id));
    vec![Crumb::to("Webhooks", "/admin/webhooks"), one, Crumb::here(here)]
}

/// The pages of webhooks.
#[component(transparent)]
pub fn HookRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/admin/webhooks") view=Hooks ssr=SsrMode::Async />
        <Route path=path!("/admin/webhooks/new") view=form::New ssr=SsrMode::Async />
        <Route path=path!("/admin/webhooks/:id") view=one::One ssr=SsrMode::Async />
        <Route path=path!("/admin/webhooks/:id/edit") view=form::Edit ssr=SsrMode::Async />
        <Route path=path!("/admin/webhooks/:id/secret") view=form::Secret ssr=SsrMode::Async />
        <Route path=path!("/admin/webhooks/:id/delete") view=one::Delete ssr=SsrMode::Async />
        <Route path=path!("/admin/webhooks/:id/deliveries/:delivery") view=delivery::Delivery ssr=SsrMode::Async />
    }
    .into_inner()
}
