//! Every page and its address. One line per area; the pages of an area are listed in its own file.

use crate::ctx::known;
use crate::failure::Failure;
use crate::pages::access::AccessRoutes;
use crate::pages::access_reviews::AccessReviewRoutes;
use crate::pages::account::AccountRoutes;
use crate::pages::admin::alerts::AlertRoutes;
use crate::pages::admin::applications::ApplicationRoutes;
use crate::pages::admin::hooks::HookRoutes;
use crate::pages::admin::import::Import;
use crate::pages::approvals::ApprovalsRoutes;
use crate::pages::audit::{Audit, Export};
use crate::pages::bulk::BulkRoutes;
use crate::pages::demo::Demo;
use crate::pages::directory::DirectoryRoutes;
use crate::pages::group::{GroupRoutes, RoleRoutes};
use crate::pages::insights::Insights;
use crate::pages::invitation::Invitation;
use crate::pages::people::PeopleRoutes;
use crate::pages::requests::RequestRoutes;
use crate::pages::roles::Roles;
use crate::pages::{Failed, admin, glass, sign_in, sign_out};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// The pages. All are rendered whole before the first byte is sent, so status and headers are right and nothing needs
/// a script.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // Said by the server for this one request, for example because nothing is at this address.
    if let Some(failure) = known::<Failure>() {
        return view! { <Failed failure /> }.into_any();
    }
    view! {
        <Router>
            <Routes fallback=|| view! { <Failed failure=Failure::NotFound /> }>
                <AccessRoutes />
                <RequestRoutes />
                // before the pages of one group: /groups/new is no key
                <DirectoryRoutes />
                <GroupRoutes />
                <Route path=path!("/roles") view=Roles ssr=SsrMode::Async />
                <RoleRoutes />
                <BulkRoutes />
                <Route path=path!("/break-glass") view=glass::Reviews ssr=SsrMode::Async />
                <Route path=path!("/break-glass/:number") view=glass::ReviewPage ssr=SsrMode::Async />
                <Route path=path!("/audit") view=Audit ssr=SsrMode::Async />
                <Route path=path!("/audit/export") view=Export ssr=SsrMode::Async />
                <Route path=path!("/insights") view=Insights ssr=SsrMode::Async />
                <AccountRoutes />
                <Route path=path!("/admin/import") view=Import ssr=SsrMode::Async />
                <Route path=path!("/admin/mail") view=admin::mail::Mails ssr=SsrMode::Async />
                <Route path=path!("/admin/mail/:id") view=admin::mail::OneMail ssr=SsrMode::Async />
                <HookRoutes />
                <ApplicationRoutes />
                <AlertRoutes />
                <PeopleRoutes />
                <Route path=path!("/sign-in") view=sign_in::SignIn ssr=SsrMode::Async />
                <Route path=path!("/sign-in/second") view=sign_in::Second ssr=SsrMode::Async />
                <Route path=path!("/sign-in/recovery") view=sign_in::Recovery ssr=SsrMode::Async />
                <Route path=path!("/sign-in/enrol") view=sign_in::Enrol ssr=SsrMode::Async />
                <Route path=path!("/invitation/:invitation") view=Invitation ssr=SsrMode::Async />
                <Route path=path!("/demo") view=Demo ssr=SsrMode::Async />
                <Route path=path!("/sign-out") view=sign_out::SignOut ssr=SsrMode::Async />
                <ApprovalsRoutes />
                <AccessReviewRoutes />
            </Routes>
        </Router>
    }
    .into_any()
}
