//! Every address of the site, in tables that tests can read: pages, the forms posted to them, and server functions.

use crate::layers::csrf::Origins;
use crate::layers::headers::Secure;
use crate::layers::{calm, csrf, guard, headers, measure, peer, trace};
use crate::live::stream;
use crate::visit::Door;
use crate::web::Web;
use crate::{
    access_review_file, application_log_file, assets, export, files, health, insights_file, result_file, ui,
    visit,
};
use app::api;
use app::failure::Failure;
use app::forms::{Done, submit};
use app::routes::App;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{from_fn, from_fn_with_state as with};
use axum::response::{Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use http::StatusCode;
use serde::de::DeserializeOwned;
use server_fn::ServerFn;
use std::time::Duration;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tower_sessions::SessionManagerLayer;
use tower_sessions::cookie::SameSite;

/// The largest body of a form, in bytes (security.md 6.16).
const FORM: usize = 64 * 1024;
/// The largest body of a form with files in it, in bytes.
const FILES: usize = 32 * 1024 * 1024;
/// The largest body of a form with a sheet in it, in bytes: both as a file and pasted, and something around it.
const SHEET: usize = 3 * engine::bulk::read::LARGEST;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A form: the page it is posted to, and the server function it runs.
pub struct Form {
    /// The address of the page.
    pub path: &'static str,
    /// The address of the server function.
    pub endpoint: &'static str,
    handler: MethodRouter,
    /// Largest body, in bytes.
    largest: usize,
}

impl Form {
    /// Takes whole files.
    fn large(self) -> Self {
        Self { largest: FILES, ..self }
    }

    /// Answers with a file.
    fn file(self) -> Self {
        Self { handler: self.handler.layer(from_fn(export::instead)), ..self }
    }

    /// Takes a text in each of many rows.
    fn wide(self) -> Self {
        Self { largest: 8 * FORM, ..self }
    }

    /// Takes a sheet, also as a file.
    fn sheet(self) -> Self {
        Self { largest: SHEET, handler: self.handler.layer(from_fn(files::as_fields)), ..self }
    }
}

fn form<F>(path: &'static str) -> Form
where
    F: ServerFn<Output = Done, Error = Failure> + DeserializeOwned + 'static,
{
    Form { path, endpoint: F::PATH, handler: post(submit::<F>), largest: FORM }
}

/// The forms. A page with two forms has two addresses.
pub fn forms() -> Vec<Form> {
    vec![
        form::<api::access::activate::Activate>("/access/activate"),
        form::<api::access::activate_several::ActivateSeveral>("/access/activate-several"),
        form::<api::access::favour::Favour>("/access"),
        form::<api::access::break_glass::BreakGlass>("/access/break-glass"),
        form::<api::access::close_review::CloseReview>("/break-glass/{number}"),
        form::<api::access::extend::Extend>("/access/{assignment}/extend"),
        form::<api::access::ask_renewal::AskRenewal>("/access/{assignment}/renew"),
        form::<api::access::deactivate::Deactivate>("/access/{assignment}/deactivate"),
        form::<api::access::cancel::Cancel>("/requests/{number}/cancel"),
        form::<api::directory::create_group::CreateGroup>("/groups/new"),
        form::<api::directory::bring_in::BringIn>("/groups/discover"),
        form::<api::directory::edit_group::EditGroup>("/groups/{key}/edit"),
        form::<api::directory::delete_group::DeleteGroup>("/groups/{key}/delete"),
        form::<api::directory::restore_group::RestoreGroup>("/groups/{key}/restore"),
        form::<api::directory::add_member::AddMember>("/groups/{key}/membership"),
        form::<api::directory::remove_member::RemoveMember>("/groups/{key}/membership/remove"),
        form::<api::people::create::CreatePerson>("/people/new"),
        form::<api::people::edit::EditPerson>("/people/{user}/edit"),
        form::<api::people::disable::DisablePerson>("/people/{user}/disable"),
        form::<api::people::enable::EnablePerson>("/people/{user}/enable"),
        form::<api::people::delete::DeletePerson>("/people/{user}/delete"),
        form::<api::people::restore::RestorePerson>("/people/{user}/restore"),
        form::<api::people::invite::InvitePerson>("/people/{user}/link"),
        form::<api::people::reset_factors::ResetFactors>("/people/{user}/reset"),
        form::<api::session::sign_in::SignIn>("/sign-in"),
        form::<api::session::second::Second>("/sign-in/second"),
        form::<api::session::second::Second>("/sign-in/recovery"),
        form::<api::session::enrol::Enrol>("/sign-in/enrol"),
        form::<api::session::invitation::AcceptInvitation>("/invitation/{invitation}"),
        form::<api::session::sign_out::SignOut>("/sign-out"),
        form::<api::account::change_preferences::ChangePreferences>("/account"),
        form::<api::account::choose_mail::ChooseMail>("/account/mail"),
        form::<api::account::absence::ManageAbsence>("/account/absence"),
        form::<api::account::change_password::ChangePassword>("/account/password"),
        form::<api::account::replace_factor::ReplaceFactor>("/account/factors/replace"),
        form::<api::account::renew_recovery_codes::RenewRecoveryCodes>("/account/recovery-codes"),
        form::<api::account::end_session::EndSession>("/account/sessions"),
        form::<api::groups::activate_for::ActivateFor>("/groups/{key}/activate-for"),
        form::<api::groups::assign::Assign>("/groups/{key}/assign"),
        form::<api::groups::change::Change>("/groups/{key}/assignments/{id}/change"),
        form::<api::groups::remove::Remove>("/groups/{key}/assignments/remove"),
        form::<api::groups::decide_renewal::DecideRenewal>("/groups/{key}/renewals/{number}"),
        form::<api::policies::save::SavePolicy>("/groups/{key}/settings"),
        form::<api::access_reviews::plan::PlanAccessReview>("/groups/{key}/reviews/new"),
        form::<api::access_reviews::manage::ManageAccessReview>("/groups/{key}/reviews/{number}"),
        form::<api::access_reviews::decide::DecideAccessReview>("/reviews/{number}").wide(),
        form::<api::access_reviews::approve_recommended::ApproveRecommended>("/reviews/{number}/recommended"),
        form::<api::groups::activate_for::ActivateFor>("/roles/{role}/activate-for"),
        form::<api::groups::assign::Assign>("/roles/{role}/assign"),
        form::<api::groups::change::Change>("/roles/{role}/assignments/{id}/change"),
        form::<api::groups::remove::Remove>("/roles/{role}/assignments/remove"),
        form::<api::groups::decide_renewal::DecideRenewal>("/roles/{role}/renewals/{number}"),
        form::<api::policies::save::SavePolicy>("/roles/{role}/settings"),
        form::<api::audit::export::ExportAudit>("/audit/export").file(),
        form::<api::bulk::assign_many::AssignMany>("/assign"),
        form::<api::bulk::assign_sheet::AssignSheet>("/assign/sheet").sheet(),
        form::<api::admin::import::ImportDirectory>("/admin/import").large(),
        form::<api::admin::mail::ManageMail>("/admin/mail"),
        form::<api::admin::mail::ResendMail>("/admin/mail/{id}"),
        form::<api::admin::alerts::AcknowledgeAlert>("/admin/alerts/{id}"),
        form::<api::admin::alerts::SetAlerts>("/admin/alerts/settings"),
        form::<api::admin::applications::CreateApplication>("/admin/applications/new"),
        form::<api::admin::applications::ManageApplication>("/admin/applications/{id}"),
        form::<api::admin::applications::EditApplication>("/admin/applications/{id}/edit"),
        form::<api::admin::applications::RenewApplicationToken>("/admin/applications/{id}/token"),
        form::<api::admin::applications::AssignApplicationGroup>("/admin/applications/{id}/groups"),
        form::<api::admin::applications::ProvisionNow>("/admin/applications/{id}/now"),
        form::<api::admin::applications::DeleteApplication>("/admin/applications/{id}/delete"),
        form::<api::admin::hooks::CreateHook>("/admin/webhooks/new"),
        form::<api::admin::hooks::ManageHook>("/admin/webhooks/{id}"),
        form::<api::admin::hooks::EditHook>("/admin/webhooks/{id}/edit"),
        form::<api::admin::hooks::RenewHookSecret>("/admin/webhooks/{id}/secret"),
        form::<api::admin::hooks::DeleteHook>("/admin/webhooks/{id}/delete"),
        form::<api::admin::hooks::ResendDelivery>("/admin/webhooks/{id}/deliveries/{delivery}"),
        form::<api::demo::sign_in::DemoSignIn>("/demo/sign-in"),
        form::<api::approvals::decide::Decide>("/approvals"),
        form::<api::approvals::decide::Decide>("/approvals/{number}"),
    ]
}

/// The addresses of the pages, as axum writes them.
pub fn pages() -> Vec<String> {
    leptos_axum::generate_route_list(App).iter().map(|listing| listing.path().to_owned()).collect()
}

/// The addresses of the server functions. They are all called by POST, whatever they do.
pub fn functions() -> Vec<&'static str> {
    leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect()
}

/// Files to download, and what makes them.
pub fn downloads() -> Vec<(&'static str, MethodRouter)> {
    vec![
        ("/admin/applications/{id}/log/export.csv", get(application_log_file::csv)),
        ("/admin/applications/{id}/log/export.ndjson", get(application_log_file::ndjson)),
        ("/assign/{form}/result.csv", get(result_file::csv)),
        ("/groups/{key}/reviews/{number}/export.csv", get(access_review_file::csv)),
        ("/groups/{key}/insights/export.csv", get(insights_file::csv)),
        ("/insights/export.csv", get(insights_file::csv)),
        ("/roles/{role}/insights/export.csv", get(insights_file::csv)),
    ]
}

/// The addresses of streams.
pub fn streams() -> Vec<&'static str> {
    vec![stream::PATH]
}

/// The whole site.
pub fn router(web: &Web) -> Router {
    let css: calm::Css = web.site.file("css").map(Into::into);
    Router::new()
        .merge(visited(web))
        .layer(with(Origins::of(&web.engine.settings.public_url), csrf::check))
        .merge(assets::routes(&web.site_dir))
        .merge(health::routes(web.engine.pool.clone()))
        .layer(with(web.proxies.clone(), peer::note))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(CatchPanicLayer::custom(calm::panicked))
        .layer(with(css, calm::explain))
        .layer(with(Secure(web.secure()), headers::protect))
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(4)))
        .layer(with(web.meters.clone(), measure::count))
        .layer(from_fn(trace::name))
}

/// What is for people with a session, or about to get one.
fn visited(web: &Web) -> Router {
    let door = Door { engine: web.engine.clone(), sessions: web.sessions(), live: web.live.clone() };
    let sessions = SessionManagerLayer::new(web.sessions())
        .with_name(if web.secure() { "__Host-sid" } else { "sid" })
        .with_secure(web.secure())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/");
    Router::new()
        .merge(shown(web))
        .merge(called(web))
        .merge(streamed(web))
        .fallback(nothing_here)
        .layer(axum::Extension(web.site.clone()))
        .layer(with(door, visit::visit))
        .layer(sessions)
}

/// Pages, and the forms posted to them.
fn shown(web: &Web) -> Router {
    let mut shown = Router::new().route("/", get(async || Redirect::to("/access")));
    for path in pages().iter().filter(|path| here(web, path)) {
        shown = shown.route(path, get(app::shell::render));
    }
    for Form { path, handler, largest, .. } in forms().into_iter().filter(|form| here(web, form.path)) {
        shown = shown.route(path, handler.layer(RequestBodyLimitLayer::new(largest)));
    }
    for (path, handler) in downloads() {
        shown = shown.route(path, handler);
    }
    shown.layer(from_fn(guard::pages))
}

/// Server functions at their own addresses.
fn called(web: &Web) -> Router {
    let paths = functions().into_iter().filter(|path| here(web, path));
    paths
        .fold(Router::new(), |router, path| router.route(path, post(ui::call)))
        .layer(from_fn(export::instead))
        .layer(from_fn(guard::functions))
        .layer(RequestBodyLimitLayer::new(FORM))
}

/// What stays open. Also a GET is taken from pages of this site only: another one could use the streams of a session up.
fn streamed(web: &Web) -> Router {
    Router::new()
        .route(stream::PATH, get(stream::events))
        .layer(from_fn(guard::functions))
        .layer(with(Origins::of(&web.engine.settings.public_url), csrf::own_only))
        .layer(axum::Extension(web.live.clone()))
}

/// Whether an address exists on this server.
fn here(web: &Web, path: &str) -> bool {
    web.site.demo || !(path.starts_with("/demo") || path.starts_with("/api/ui/demo"))
}

async fn nothing_here(request: Request) -> Response {
    app::shell::failed(request.into_parts().0, Failure::NotFound).await
}
