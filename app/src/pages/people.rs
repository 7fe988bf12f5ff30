//! People: who there is, what each can reach, and changes by hand.

mod create;
mod credentials;
mod edit;
mod fields;
mod list;
mod person;
mod reach;
pub mod said;
mod state;
mod then;
mod why;

pub use list::AccountState;
pub use reach::steps;

use crate::failure::Failure;
use domain::principal::UserType;
use domain::refusal::{Code, Refusal};
use leptos::prelude::*;
use leptos_router::components::Route;
use leptos_router::{MatchNestedRoutes, SsrMode, path};

/// The pages of this area.
#[component(transparent)]
pub fn PeopleRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/people") view=list::People ssr=SsrMode::Async />
        <Route path=path!("/people/new") view=create::NewPerson ssr=SsrMode::Async />
        <Route path=path!("/people/:user") view=person::PersonPage ssr=SsrMode::Async />
        <Route path=path!("/people/:user/then") view=then::ThenPage ssr=SsrMode::Async />
        <Route path=path!("/people/:user/why") view=why::WhyPage ssr=SsrMode::Async />
        <Route path=path!("/people/:user/edit") view=edit::EditPerson ssr=SsrMode::Async />
        <Route path=path!("/people/:user/disable") view=state::DisablePerson ssr=SsrMode::Async />
        <Route path=path!("/people/:user/enable") view=state::EnablePerson ssr=SsrMode::Async />
        <Route path=path!("/people/:user/delete") view=state::DeletePerson ssr=SsrMode::Async />
        <Route path=path!("/people/:user/restore") view=state::RestorePerson ssr=SsrMode::Async />
        <Route path=path!("/people/:user/link") view=credentials::SignInLink ssr=SsrMode::Async />
        <Route path=path!("/people/:user/reset") view=credentials::ResetFactors ssr=SsrMode::Async />
    }
    .into_inner()
}

/// The address of a person's page. User names of a directory hold letters of any script, spaces and `#`.
pub fn address(user_name: &str) -> String {
    let mut address = "/people/".to_owned();
    for byte in user_name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    address
}

/// "member" or "guest", as a form sends it.
///
/// # Errors
/// It is neither.
pub fn kind_of_person(word: &str) -> Result<UserType, Failure> {
    let refusal = || Refusal::new(Code::BadValue, "Choose member or guest.").at("user_type");
    UserType::parse(word).ok_or_else(|| Failure::refused(refusal()))
}

#[cfg(test)]
mod tests {
    use super::address;
    use crate::go::LocalPath;

    #[test]
    fn every_user_name_makes_an_address_of_this_site() {
        for (name, path) in [
            ("ann.berg@larkfield.example", "/people/ann.berg@larkfield.example"),
            ("guest_a#EXT#@b", "/people/guest_a%23EXT%23@b"),
            ("zoë å/../x?y", "/people/zo%C3%AB%20%C3%A5%2F..%2Fx%3Fy"),
        ] {
            assert_eq!(address(name), path);
            assert!(LocalPath::parse(&address(name)).is_some(), "{name}");
        }
    }
}
