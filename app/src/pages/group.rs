//! The pages of one group, and their addresses.

pub mod assign;
pub mod assignments;
pub mod audit;
pub mod change;
pub mod head;
pub mod overview;
pub mod remove;
pub mod renewal;
pub mod requests;
pub mod said;
pub mod settings;
pub mod version;

use leptos::prelude::*;
use leptos_router::components::Route;
use leptos_router::{MatchNestedRoutes, SsrMode, path};

/// Everything below `/groups/{key}`.
#[component(transparent)]
pub fn GroupRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/groups/:key") view=overview::Overview ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/assignments") view=assignments::Assignments ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/assignments/remove") view=remove::Remove ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/assignments/:id/change") view=change::Change ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/assign") view=assign::Assign ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/settings") view=settings::Settings ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/settings/versions/:n") view=version::Version ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/requests") view=requests::Requests ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/renewals/:number") view=renewal::Renewal ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/audit") view=audit::Audit ssr=SsrMode::Async />
    }
    .into_inner()
}

/// The key in the address.
fn key() -> String {
    crate::ctx::param("key").unwrap_or_default()
}

/// Member or owner as the query says; member when it says nothing.
fn role() -> domain::target::Access {
    crate::ctx::query("role")
        .and_then(|word| domain::target::Access::parse(&word))
        .unwrap_or(domain::target::Access::Member)
}
