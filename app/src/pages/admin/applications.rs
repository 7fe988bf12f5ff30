//! Applications that follow the groups: how each does, how it is set, what it was told.

mod fields;
mod form;
mod groups;
mod log;
mod now;
mod one;
mod people;
pub mod said;

use crate::ctx;
use crate::failure::Failure;
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::authz::{Action, allows};
use domain::provision::Health;
use engine::ask::applications::{self, Application};
use leptos::prelude::*;
use leptos_router::components::Route;
use leptos_router::{MatchNestedRoutes, SsrMode, path};
use uuid::Uuid;

/// `/admin/applications`
#[component]
pub fn Applications() -> impl IntoView {
    page(async {
        let (engine, caller) = (ctx::engine()?, ctx::caller()?);
        let all = applications::applications(&engine, &caller).await?;
        let manages = allows(&caller.actor, &Action::ManageApplications);
        let frame = frame::here().await?;
        let clock = frame.clock;
        let add = manages.then(|| {
            view! { <Go href="/admin/applications/new" text="Connect an application" look=Look::Primary glyph=Glyph::Plus /> }
                .into_any()
        });
        let content = if all.is_empty() {
            view! { <Empty glyph=Glyph::Plug heading="No applications yet" text="An application that speaks SCIM, or a PostgreSQL database, follows the groups within seconds: who is in one gets its access there, and loses it at the end." /> }
                .into_any()
        } else {
            table(all, clock)
        };
        Ok::<_, Failure>(view! {
            <Page
                frame
                title="Applications"
                current=Some(Entry::Applications)
                purpose="Applications that follow the groups within seconds, and confirm that ended access is gone."
                actions=add.unwrap_or_else(|| ().into_any())
                flash=said()
            >
                {content}
            </Page>
        })
    })
}

fn table(all: Vec<Application>, clock: Clock) -> AnyView {
    let rows: Vec<_> = all
        .into_iter()
        .map(|app| {
            let (href, state) = (address(app.id), state(&app));
            let oldest = match app.oldest_at {
                Some(at) => view! { "since " <When at clock /> }.into_any(),
                None => "none".into_any(),
            };
            view! {
                <tr>
                    <RowHead><a href=href><bdi>{app.name}</bdi></a></RowHead>
                    <Cell label="State">{state}</Cell>
                    <Cell label="People" class="num">{number(app.people)}</Cell>
                    <Cell label="Members" class="num">{number(app.members)}</Cell>
                    <Cell label="To take away" class="num">{number(app.removals)}</Cell>
                    <Cell label="To give" class="num">{number(app.grants)}</Cell>
                    <Cell label="Failed" class="num">{number(app.failed)}</Cell>
                    <Cell label="Oldest that waits">{oldest}</Cell>
                </tr>
            }
        })
        .collect();
    let cols =
        ["Name", "State", "People", "Members", "To take away", "To give", "Failed", "Oldest that waits"]
            .map(Col::new)
            .to_vec();
    view! {
        <section class="card" aria-labelledby="applications">
            <h2 class="vh" id="applications">"Applications"</h2>
            <Table class="cards late" cols>{rows}</Table>
        </section>
    }
    .into_any()
}

fn address(application: Uuid) -> String {
    format!("/admin/applications/{application}")
}

/// How it does, as a badge.
fn state(app: &Application) -> AnyView {
    let (tone, glyph, text) = match (app.off_at, app.health(), app.broken_at, app.rests_until) {
        (Some(_), ..) => (Tone::Wait, Glyph::Slash, "Stopped"),
        (_, Health::Quarantined, ..) => (Tone::Bad, Glyph::Stop, "In quarantine"),
        (_, _, Some(_), _) => (Tone::Bad, Glyph::Warn, "Holds accounts back"),
        (_, Health::Degraded, ..) => (Tone::Wait, Glyph::Warn, "Degraded"),
        (_, _, _, Some(_)) => (Tone::Wait, Glyph::Clock, "Rests"),
        (_, Health::Healthy, None, None) => (Tone::Ok, Glyph::Check, "Healthy"),
    };
    view! { <Mark tone glyph text /> }.into_any()
}

/// The application that the address names.
fn id() -> Result<Uuid, Failure> {
    ctx::named("id")
}

fn crumbs(app: &Application, here: &str) -> Vec<Crumb> {
    let one = Crumb::to(app.name.clone(), address(app.id));
    vec![Crumb::to("Applications", "/admin/applications"), one, Crumb::here(here)]
}

/// The application that the address names, for who may change it.
async fn managed() -> Result<applications::Page, Failure> {
    let found = applications::application(&ctx::engine()?, &ctx::caller()?, id()?).await?;
    if found.manages { Ok(found) } else { Err(Failure::NotFound) }
}

/// The pages of applications.
#[component(transparent)]
pub fn ApplicationRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/admin/applications") view=Applications ssr=SsrMode::Async />
        <Route path=path!("/admin/applications/new") view=form::New ssr=SsrMode::Async />
        <Route path=path!("/admin/applications/:id") view=one::One ssr=SsrMode::Async />
        <Route path=path!("/admin/applications/:id/edit") view=form::Edit ssr=SsrMode::Async />
        <Route path=path!("/admin/applications/:id/token") view=form::Token ssr=SsrMode::Async />
        <Route path=path!("/admin/applications/:id/groups") view=groups::Assign ssr=SsrMode::Async />
        <Route path=path!("/admin/applications/:id/people") view=people::People ssr=SsrMode::Async />
        <Route path=path!("/admin/applications/:id/now") view=now::Now ssr=SsrMode::Async />
        <Route path=path!("/admin/applications/:id/log") view=log::Log ssr=SsrMode::Async />
        <Route path=path!("/admin/applications/:id/log/:attempt") view=log::One ssr=SsrMode::Async />
        <Route path=path!("/admin/applications/:id/delete") view=one::Delete ssr=SsrMode::Async />
    }
    .into_inner()
}
