//! One request to an application over HTTP: after its turn in the bucket, with the token, and what came of it in the log.

use crate::outbound::exchange::Exchange;
use crate::provision::line::{Again, Line, Stop};
use crate::provision::log::{self, Attempt};
use crate::provision::{health, record};
use crate::{Error, Result};
use domain::provision::answer::{Meaning, Outcome, meaning};
use domain::provision::steps::Step;
use reqwest::Method;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_MATCH, USER_AGENT,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use uuid::Uuid;

/// Bytes of an answer that are read.
const MOST: usize = 1024 * 1024;
/// Bytes of one that holds a whole group.
const WHOLE: usize = 8 * MOST;
/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub method: Method,
    pub path: String,
    pub body: Option<Value>,
    pub step: Step,
    pub action: &'static str,
    pub group: Option<Uuid>,
    pub remote: Option<String>,
    /// Name of what it is about, as it is now.
    pub name: String,
    pub changed: Value,
    pub if_match: Option<String>,
    /// It gives membership of this group there: right before it is sent, that has to be wanted still.
    pub gives: Option<String>,
    /// The answer may be as large as a group is.
    pub whole: bool,
}

impl Call {
    pub(crate) fn get(path: String, step: Step, action: &'static str) -> Self {
        Self::of(Method::GET, path, None, step, action)
    }

    pub(crate) fn of(
        method: Method,
        path: String,
        body: Option<Value>,
        step: Step,
        action: &'static str,
    ) -> Self {
        let (name, changed) = (String::new(), Value::Array(Vec::new()));
        let (group, remote, if_match) = (None, None, None);
        Self {
            method,
            path,
            body,
            step,
            action,
            group,
            remote,
            name,
            changed,
            if_match,
            gives: None,
            whole: false,
        }
    }

    pub(crate) fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    pub(crate) fn in_group(self, group: Uuid) -> Self {
        Self { group: Some(group), ..self }
    }

    pub(crate) fn on(self, remote: &str) -> Self {
        Self { remote: Some(remote.to_owned()), ..self }
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub meaning: Meaning,
    pub exchange: Exchange,
}

impl Seen {
    /// The sentence for people; what the application said stands at its end.
    pub(crate) fn words(&self) -> String {
        let status = self.exchange.status.map(|status| format!(" ({status})")).unwrap_or_default();
        let said = [self.exchange.detail(), &self.exchange.problem].into_iter().find(|said| !said.is_empty());
        let said = said.map(|said| format!(" {}", log::short(said, 300))).unwrap_or_default();
        format!("{}{status}{said}", self.meaning.words())
    }

    fn attempt<'a>(&'a self, id: Uuid, call: &'a Call) -> Attempt<'a> {
        let code = match &self.exchange.outcome {
            Outcome::Answer { scim_type, .. } => scim_type.as_str(),
            _ => "",
        };
        Attempt {
            id,
            meaning: self.meaning,
            group: call.group,
            remote: call.remote.as_deref(),
            name: &call.name,
            step: call.step,
            action: call.action,
            changed: &call.changed,
            request: format!("{} {}", call.method, call.path),
            body: call.body.as_ref().map(ToString::to_string).unwrap_or_default(),
            status: self.exchange.status,
            code,
            answer: &self.exchange.text,
            problem: if self.meaning == Meaning::Done { String::new() } else { self.words() },
            took: self.exchange.took,
        }
    }

    /// Why the work stops here.
    pub(crate) fn stop(&self) -> Stop {
        match self.meaning {
            Meaning::Pause(seconds) => Stop::Pause(seconds as f64),
            Meaning::Wrong | Meaning::Unsupported | Meaning::TooMuch => {
                Stop::Failed(self.words(), Again::Later)
            }
            _ => Stop::Failed(self.words(), Again::Soon),
        }
    }
}

impl Line {
    /// Sends, waits for the answer, and writes both down.
    pub(crate) async fn send(&self, call: Call) -> Result<Seen, Stop> {
        self.wait_for_turn().await?;
        if let (Some(remote), Some(group), Some(key)) = (&call.gives, call.group, &self.key) {
            record::begin(self, key, group, remote).await?;
        }
        let id = crate::ids::new();
        let url = self.app.url(&call.path)?;
        let body = call.body.as_ref().map(|body| body.to_string().into_bytes());
        let outbound = &self.engine.settings.outbound;
        let most = if call.whole { WHOLE } else { MOST };
        let headers = self.headers(&call, id, &self.app.token)?;
        let mut exchange = outbound.exchange(call.method.clone(), &url, headers, body.clone(), most).await;
        // while a new token is not known there yet, the one before goes on
        if let (Meaning::Credentials, Some(old)) = (meaning(&exchange.outcome), &self.app.old_token) {
            self.hold_now().await?;
            let headers = self.headers(&call, id, old)?;
            exchange = outbound.exchange(call.method.clone(), &url, headers, body, most).await;
        }
        // before anything is read, kept or shortened: half a token is still one
        self.app.clean(&mut exchange);
        let seen = Seen { meaning: meaning(&exchange.outcome), exchange };
        log::write(self, &seen.attempt(id, &call)).await?;
        health::note(self, seen.meaning, is_transport(&seen.exchange.outcome), &seen.words()).await?;
        Ok(seen)
    }

    fn headers(&self, call: &Call, id: Uuid, token: &SecretString) -> Result<HeaderMap> {
        let odd = |error: reqwest::header::InvalidHeaderValue| Error::Internal(error.to_string());
        let mut headers = HeaderMap::new();
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).map_err(odd)?;
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
        headers.insert(USER_AGENT, HeaderValue::from_static(concat!("Pimento/", env!("CARGO_PKG_VERSION"))));
        let id = HeaderValue::from_str(&id.to_string()).map_err(odd)?;
        headers.insert(HeaderName::from_static("x-request-id"), id);
        if call.method != Method::DELETE || self.app.delete_accept {
            headers.insert(ACCEPT, HeaderValue::from_static("application/scim+json, application/json"));
        }
        if call.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/scim+json"));
        }
        if let Some(tag) = &call.if_match {
            headers.insert(IF_MATCH, HeaderValue::from_str(tag).map_err(odd)?);
        }
        Ok(headers)
    }

    /// Whether the base address answers as SCIM does: a 404 below it means what it says only then.
    pub(crate) async fn is_alive(&self) -> Result<bool, Stop> {
        let call = Call::get("/ServiceProviderConfig".into(), Step::Connect, "look").named(&self.app.name);
        let seen = self.send(call).await?;
        match seen.meaning {
            Meaning::Done if seen.exchange.body.is_object() => Ok(true),
            Meaning::Gone | Meaning::Done => {
                let call = Call::get(super::check::nobody(), Step::Connect, "look").named(&self.app.name);
                let seen = self.send(call).await?;
                let listed = domain::provision::listing::read(&seen.exchange.body).is_some();
                Ok(seen.meaning == Meaning::Done && listed)
            }
            _ => Err(seen.stop()),
        }
    }

    /// A 404 where the address itself is wrong says nothing about a user: then the application is left alone.
    pub(crate) async fn must_be_alive(&self) -> Result<(), Stop> {
        if self.is_alive().await? {
            return Ok(());
        }
        let why = "The address does not lead to SCIM: it answers 404.";
        health::quarantine(&self.engine, self.app.id, why).await?;
        Err(Stop::Failed(why.into(), Again::Soon))
    }
}

/// Whether it is known what became of a request.
fn is_transport(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Lost)
}

/// The application refused a PATCH. Whole resources are written from now on only if it says that it knows none: one answer may be that
/// of something in between.
pub(crate) async fn no_patches(line: &Line, refused: &Seen) -> Result<(), Stop> {
    let call = Call::get("/ServiceProviderConfig".into(), Step::Connect, "look").named(&line.app.name);
    let about = line.send(call).await?;
    if about.meaning != Meaning::Done || about.exchange.body["patch"]["supported"] != false {
        return Err(refused.stop());
    }
    let sql = "update applications set patches = false where id = $1";
    sqlx::query(sql).bind(line.app.id).execute(&line.engine.pool).await?;
    Ok(())
}
