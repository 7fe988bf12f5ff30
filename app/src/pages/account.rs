//! One's own account: how pages look, password, second factor, recovery codes, sessions.

pub mod absence;
pub mod factors;
pub mod mail;
pub mod offer;
pub mod overview;
pub mod password;
pub mod recovery_codes;
pub mod replace_factor;
pub mod sessions;

use crate::parts::tabs::{Tab, Tabs};
use leptos::prelude::*;
use leptos_router::components::Route;
use leptos_router::{MatchNestedRoutes, SsrMode, path};

/// A page of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Overview,
    Password,
    Factors,
    Codes,
    Sessions,
    Mail,
    Absence,
}

/// The pages of the account.
#[component]
fn AccountTabs(at: At) -> impl IntoView {
    let tabs = [
        (At::Overview, "Overview", "/account"),
        (At::Password, "Password", "/account/password"),
        (At::Factors, "Second factor", "/account/factors"),
        (At::Codes, "Recovery codes", "/account/recovery-codes"),
        (At::Sessions, "Sessions", "/account/sessions"),
        (At::Mail, "Mail", "/account/mail"),
        (At::Absence, "Absence", "/account/absence"),
    ];
    let tabs = tabs.into_iter().map(|(tab, label, href)| Tab::new(label, href, tab == at)).collect();
    view! { <Tabs label="Account" tabs /> }
}

/// The pages of the account.
#[component(transparent)]
pub fn AccountRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/account") view=overview::Overview ssr=SsrMode::Async />
        <Route path=path!("/account/password") view=password::Password ssr=SsrMode::Async />
        <Route path=path!("/account/factors") view=factors::Factors ssr=SsrMode::Async />
        <Route path=path!("/account/factors/replace") view=replace_factor::ReplaceFactor ssr=SsrMode::Async />
        <Route path=path!("/account/recovery-codes") view=recovery_codes::RecoveryCodes ssr=SsrMode::Async />
        <Route path=path!("/account/sessions") view=sessions::Sessions ssr=SsrMode::Async />
        <Route path=path!("/account/absence") view=absence::Absences ssr=SsrMode::Async />
        <Route path=path!("/account/mail") view=mail::Mails ssr=SsrMode::Async />
        <Route path=path!("/account/mail/:id") view=mail::OneMail ssr=SsrMode::Async />
    }
    .into_inner()
}
