//! The pages of one group or directory role, and their addresses.

pub mod activate_for;
pub mod assign;
pub mod assignments;
pub mod audit;
mod behalf_people;
pub mod change;
pub mod head;
pub mod insights;
pub mod overview;
pub mod remove;
pub mod renewal;
pub mod requests;
pub mod reviews;
pub mod role;
pub mod said;
pub mod settings;
pub mod version;

use crate::ctx;
use crate::failure::Failure;
use domain::role::Role;
use domain::target::Access;
use engine::ask::thing::Place;
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
        <Route path=path!("/groups/:key/activate-for") view=activate_for::ActivateFor ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/assign") view=assign::Assign ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/settings") view=settings::Settings ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/settings/versions/:n") view=version::Version ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/requests") view=requests::Requests ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/renewals/:number") view=renewal::Renewal ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/audit") view=audit::Audit ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/reviews") view=reviews::Reviews ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/reviews/new") view=reviews::new::NewReview ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/reviews/:number") view=reviews::board::OneReview ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/insights") view=insights::Insights ssr=SsrMode::Async />
    }
    .into_inner()
}

/// Everything below `/roles/{role}`: the same pages, about a directory role.
#[component(transparent)]
pub fn RoleRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/roles/:role") view=role::Overview ssr=SsrMode::Async />
        <Route path=path!("/roles/:role/assignments") view=assignments::Assignments ssr=SsrMode::Async />
        <Route path=path!("/roles/:role/assignments/remove") view=remove::Remove ssr=SsrMode::Async />
        <Route path=path!("/roles/:role/assignments/:id/change") view=change::Change ssr=SsrMode::Async />
        <Route path=path!("/roles/:role/activate-for") view=activate_for::ActivateFor ssr=SsrMode::Async />
        <Route path=path!("/roles/:role/assign") view=assign::Assign ssr=SsrMode::Async />
        <Route path=path!("/roles/:role/settings") view=settings::Settings ssr=SsrMode::Async />
        <Route path=path!("/roles/:role/settings/versions/:n") view=version::Version ssr=SsrMode::Async />
        <Route path=path!("/roles/:role/requests") view=requests::Requests ssr=SsrMode::Async />
        <Route path=path!("/roles/:role/renewals/:number") view=renewal::Renewal ssr=SsrMode::Async />
        <Route path=path!("/roles/:role/audit") view=audit::Audit ssr=SsrMode::Async />
        <Route path=path!("/roles/:role/insights") view=insights::Insights ssr=SsrMode::Async />
    }
    .into_inner()
}

/// The group or role in the address.
fn place() -> Result<Place, Failure> {
    match (ctx::param("key"), ctx::param("role")) {
        (Some(key), _) => Ok(Place::Group(key)),
        (None, role) => {
            let role = role.and_then(|word| Role::parse(&word));
            role.map(Place::Role).ok_or(Failure::NotFound)
        }
    }
}

/// The key of the group in the address, for fields that look people up for it.
fn group_key() -> Option<String> {
    ctx::param("key")
}

/// Member or owner as the query says; member when it says nothing. Says nothing of a role.
fn access() -> Access {
    ctx::query("role").and_then(|word| Access::parse(&word)).unwrap_or(Access::Member)
}
