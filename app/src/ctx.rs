//! What one request knows: its visitor, the engine, the site. The server puts these into the request; pages, server
//! functions and forms read them here.

use crate::failure::Failure;
use crate::forms::{Answers, Flash, Once};
use chrono::{DateTime, Utc};
use engine::ctx::Via;
use engine::{Ctx, Engine};
use http::request::Parts;
use http::{Extensions, StatusCode};
use leptos::nonce::Nonce;
use leptos::prelude::{WithUntracked, provide_context, use_context};
use leptos_axum::ResponseOptions;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// The engine behind this site.
pub fn engine() -> Result<Engine, Failure> {
    known().ok_or_else(|| Failure::internal(&"a request without an engine"))
}

/// Who is asking: a signed-in, enabled person with the roles held now.
pub fn caller() -> Result<Ctx, Failure> {
    known().ok_or(Failure::SignedOut)
}

/// Where the request comes from; also known of people who are not signed in.
pub fn via() -> Via {
    known().unwrap_or_default()
}

/// How far a session has got (SEC-05). Only [`Stage::Full`] has any rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nobody yet.
    Anonymous,
    /// The password was right, the second factor is pending.
    Second,
    /// Signed in.
    Full,
}

/// What a use case of sign-in wants to happen to the session. Every change gives it a new id (SEC-02).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionChange {
    /// From now on it belongs to this person.
    Begin {
        /// Whose it is.
        person: Uuid,
        /// [`Stage::Second`] or [`Stage::Full`].
        stage: Stage,
        /// When the password was right.
        auth_at: DateTime<Utc>,
        /// When a second factor was shown, if one was.
        mfa_at: Option<DateTime<Utc>>,
        /// Which one.
        mfa_method: Option<String>,
    },
    /// The same person has just shown a second factor again.
    Renew {
        /// Which one.
        mfa_method: String,
    },
    /// It is over.
    End,
}

/// What a page or form wants to happen to the session; done by the server after the answer has been made.
#[derive(Debug, Default)]
pub struct Wishes {
    /// The token was written into a form, so it has to be kept.
    pub token_shown: bool,
    /// The one-time message was shown, so it has to go.
    pub flash_shown: bool,
    /// A one-time message for the next page.
    pub flash: Option<Flash>,
    /// A change of whose session it is.
    pub session: Option<SessionChange>,
}

/// The visitor of one request.
#[derive(Clone, Debug)]
pub struct Visit {
    /// How far the session has got.
    pub stage: Stage,
    /// Whose session it is; also known when only the second factor is missing.
    pub person: Option<Uuid>,
    /// The secret that every form of this session carries.
    pub token: Arc<str>,
    /// The one-time message for the next page.
    pub flash: Option<Flash>,
    /// What shall happen to the session.
    pub wishes: Arc<Mutex<Wishes>>,
    /// What the form of this request hands over to its page.
    pub handed: Arc<Mutex<Extensions>>,
}

impl Visit {
    /// Writes down a wish.
    pub fn wish(&self, change: impl FnOnce(&mut Wishes)) {
        change(&mut self.wishes.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// The id of a request: shown to people as a reference, written into log and audit.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

/// Up to where in the audit the server had looked when the request came: what the page certainly holds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mark(pub i64);

/// Hands an answer over to the page of the form, which is shown in this same request ([`crate::forms::Done::here`]).
pub fn hand<T: Clone + Send + Sync + 'static>(answer: T) {
    if let Some(visit) = visit() {
        visit.handed.lock().unwrap_or_else(PoisonError::into_inner).insert(answer);
    }
}

/// What the form of this request handed over.
pub fn handed<T: Clone + Send + Sync + 'static>() -> Option<T> {
    visit()?.handed.lock().unwrap_or_else(PoisonError::into_inner).get().cloned()
}

/// Makes what the server put into the request available to pages and server functions. Runs before each of them.
pub fn provide() {
    let Some(parts) = use_context::<Parts>() else { return };
    let known = &parts.extensions;
    if let Some(nonce) = known.get::<Nonce>() {
        provide_context(nonce.clone());
    }
    if let Some(answers) = known.get::<Answers>() {
        provide_context(answers.clone());
    }
    if let Some(once) = known.get::<Once>() {
        provide_context(once.clone());
    }
    if let (Some(status), Some(answer)) = (known.get::<StatusCode>(), use_context::<ResponseOptions>()) {
        answer.set_status(*status);
    }
}

/// Anything the server put into the request.
pub fn known<T: Clone + Send + Sync + 'static>() -> Option<T> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<T>().cloned())
}

/// The visitor of this request.
pub fn visit() -> Option<Visit> {
    known()
}

/// The token for the hidden field of a form.
pub fn token() -> String {
    visit().map_or_else(String::new, |visit| {
        visit.wish(|wishes| wishes.token_shown = true);
        visit.token.to_string()
    })
}

/// The one-time message for this page, if there is one.
pub fn flash() -> Option<Flash> {
    let visit = visit()?;
    let flash = visit.flash.clone()?;
    visit.wish(|wishes| wishes.flash_shown = true);
    Some(flash)
}

/// The reference of this request, for people and for the log.
pub fn reference() -> String {
    known::<RequestId>().map_or_else(String::new, |id| id.0.to_string())
}

/// The address of this request with its query.
pub fn known_path() -> String {
    use_context::<Parts>()
        .and_then(|parts| parts.uri.path_and_query().map(|path| path.as_str().to_owned()))
        .unwrap_or_else(|| "/".to_owned())
}

/// A parameter of the address of the page, for example `key` of `/groups/:key`.
pub fn param(name: &str) -> Option<String> {
    leptos_router::hooks::use_params_map().with_untracked(|map| map.get(name))
}

/// A parameter that is an id or a number; what is none names nothing.
pub fn named<T: std::str::FromStr>(name: &str) -> Result<T, Failure> {
    param(name).and_then(|word| word.parse().ok()).ok_or(Failure::NotFound)
}

/// A value of the query of this request.
pub fn query(name: &str) -> Option<String> {
    queries(name).into_iter().next()
}

/// All values of a name in the query of this request.
pub fn queries(name: &str) -> Vec<String> {
    let Some(parts) = use_context::<Parts>() else { return Vec::new() };
    let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    pairs.filter(|(known, _)| known == name).map(|(_, value)| value.into_owned()).collect()
}

/// A request whose forms carry this token.
#[cfg(test)]
pub(crate) fn parts_with_token(token: &str) -> Parts {
    let (mut parts, ()) = http::Request::new(()).into_parts();
    let visit = Visit {
        stage: Stage::Full,
        person: None,
        token: token.into(),
        flash: None,
        wishes: Arc::default(),
        handed: Arc::default(),
    };
    parts.extensions.insert(visit);
    parts
}
