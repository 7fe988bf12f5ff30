//! Whose session it is: what sign-in use cases answer, written into session and cookies.

use crate::ctx::{SessionChange, Stage, visit};
use crate::failure::Failure;
use crate::shell::site;
use domain::ids::PersonId;
use engine::act::sign_in::{self, SignedIn};
use http::header::{self, HeaderName};
use http::request::Parts;
use http::{HeaderValue, Uri};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// How long a browser stays known as one that a person has signed in from, in seconds.
const KNOWN: u32 = 365 * 24 * 60 * 60;

/// Gives the session to somebody, under a new id, and remembers the browser.
pub fn begin(signed_in: SignedIn) -> Result<(), Failure> {
    if let Some(device) = &signed_in.device {
        remember(device);
    }
    change(SessionChange::Begin {
        person: signed_in.person.0,
        stage: match signed_in.stage {
            sign_in::Stage::Second | sign_in::Stage::Enrol => Stage::Second,
            sign_in::Stage::Full => Stage::Full,
        },
        auth_at: signed_in.auth_at,
        mfa_at: signed_in.mfa_at,
        mfa_method: signed_in.method.map(|method| method.wire().to_owned()),
    })
}

/// The same person has shown a second factor again: the session gets a new id (SEC-02).
pub fn renew(mfa_method: &str) -> Result<(), Failure> {
    change(SessionChange::Renew { mfa_method: mfa_method.to_owned() })
}

/// It is over; the browser forgets what it keeps of this site (ASVS 14.3.1).
pub fn end() -> Result<(), Failure> {
    if let Some(answer) = use_context::<ResponseOptions>() {
        let what = HeaderValue::from_static("\"cache\", \"storage\"");
        answer.insert_header(HeaderName::from_static("clear-site-data"), what);
    }
    change(SessionChange::End)
}

/// The person whose password was right in this session and whose second factor is pending.
pub fn pending() -> Result<PersonId, Failure> {
    let visit = visit().filter(|visit| visit.stage == Stage::Second);
    visit.and_then(|visit| visit.person).map(PersonId).ok_or(Failure::SignedOut)
}

/// What this browser was remembered by; opens nothing but a count of tries of its own.
pub fn device() -> Option<String> {
    let parts = use_context::<Parts>()?;
    let cookies = parts.headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == device_cookie()).map(|(_, value)| value.to_owned())
}

fn device_cookie() -> &'static str {
    if site().secure { "__Host-device" } else { "device" }
}

fn remember(device: &str) {
    let secure = if site().secure { "; Secure" } else { "" };
    let cookie =
        format!("{}={device}; Path=/; HttpOnly; SameSite=Lax; Max-Age={KNOWN}{secure}", device_cookie());
    if let (Some(answer), Ok(cookie)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&cookie)) {
        answer.append_header(header::SET_COOKIE, cookie);
    }
}

fn change(change: SessionChange) -> Result<(), Failure> {
    let visit = visit().ok_or(Failure::SignedOut)?;
    visit.wish(|wishes| wishes.session = Some(change));
    Ok(())
}

/// Whether an address is a step of signing in: nobody is sent back there after signing in.
pub fn is_step(uri: &Uri) -> bool {
    uri.path().starts_with("/sign-in") || uri.path().starts_with("/invitation")
}
