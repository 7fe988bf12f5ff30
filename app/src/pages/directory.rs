//! Groups as the directory has them: the list, what can be brought in, changes by hand, search.

mod create;
mod delete;
mod deleted;
mod discover;
mod edit;
mod effective;
mod groups;
mod kind;
mod member_list;
mod membership;
mod remove_member;
pub mod said;
mod search;

use crate::failure::Failure;
use domain::group::GroupKind;
use domain::refusal::{Code, Refusal};
use leptos::prelude::*;
use leptos_router::components::Route;
use leptos_router::{MatchNestedRoutes, SsrMode, path};

/// The pages of this area.
#[component(transparent)]
pub fn DirectoryRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/groups") view=groups::Groups ssr=SsrMode::Async />
        <Route path=path!("/groups/new") view=create::NewGroup ssr=SsrMode::Async />
        <Route path=path!("/groups/discover") view=discover::Discover ssr=SsrMode::Async />
        <Route path=path!("/groups/deleted") view=deleted::DeletedGroups ssr=SsrMode::Async />
        <Route path=path!("/people/deleted") view=deleted::DeletedPeople ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/delete") view=delete::DeleteGroup ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/restore") view=delete::RestoreGroup ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/edit") view=edit::EditGroup ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/people") view=effective::EffectiveMembers ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/membership") view=membership::Membership ssr=SsrMode::Async />
        <Route path=path!("/groups/:key/membership/remove") view=remove_member::RemoveMember ssr=SsrMode::Async />
        <Route path=path!("/search") view=search::Search ssr=SsrMode::Async />
    }
    .into_inner()
}

/// "security" or "microsoft365", as a form sends it.
///
/// # Errors
/// It is neither.
pub fn kind_of_group(word: &str) -> Result<GroupKind, Failure> {
    let refusal = || Refusal::new(Code::BadValue, "Choose a kind of group.").at("kind");
    GroupKind::parse(word).ok_or_else(|| Failure::refused(refusal()))
}
