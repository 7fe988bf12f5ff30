//! From the session to the visitor of a request, and from the wishes of a page back to the session.

use crate::layers::peer::Peer;
use crate::session_store::{Sessions, WHO, Who, hash};
use app::ctx::{SessionChange, Stage, Visit, Wishes};
use app::forms::Flash;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use rand::distr::{Alphanumeric, SampleString};
use std::sync::PoisonError;
use tower_sessions::Session;

/// Keys of the session's own data.
const TOKEN: &str = "token";
const FLASH: &str = "flash";

/// Longest user agent that is kept, in characters.
const AGENT: usize = 200;

/// Puts the [`Visit`] into the request, and afterwards does to the session what the page wished.
pub async fn visit(
    State(store): State<Sessions>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let read = async {
        Ok::<_, tower_sessions::session::Error>((known(&session).await?, session.get(FLASH).await?))
    };
    let ((who, token), flash) = match read.await {
        Ok(read) => read,
        Err(error) => return broken(&error),
    };
    let fresh = token.is_none();
    let token = token.unwrap_or_else(new_token);
    let visit = Visit {
        stage: stage(&who.stage),
        person: who.user_id,
        token: token.clone().into(),
        flash,
        wishes: Default::default(),
    };
    let from = Who { ip: Peer::of(&request), user_agent: agent(&request), ..Who::default() };
    let seen = who.user_id.is_some() && !polling(&request);
    if let Some(id) = session.id()
        && seen
        && let Err(error) = store.touch(&id).await
    {
        return broken(&error);
    }
    request.extensions_mut().insert(visit.clone());
    let response = next.run(request).await;
    if response.status().is_server_error() {
        return response;
    }
    let wishes = std::mem::take(&mut *visit.wishes.lock().unwrap_or_else(PoisonError::into_inner));
    match grant(&session, wishes, Before { who, from, token, fresh }).await {
        Ok(()) => response,
        Err(error) => broken(&error),
    }
}

/// What the session was when the request came.
struct Before {
    who: Who,
    from: Who,
    token: String,
    fresh: bool,
}

async fn known(session: &Session) -> Result<(Who, Option<String>), tower_sessions::session::Error> {
    // Reading a value of a request without a cookie makes no session.
    Ok((session.get(WHO).await?.unwrap_or_default(), session.get(TOKEN).await?))
}

/// Does to the session what a page or form wished for.
async fn grant(
    session: &Session,
    wishes: Wishes,
    before: Before,
) -> Result<(), tower_sessions::session::Error> {
    if wishes.flash_shown {
        session.remove::<Flash>(FLASH).await?;
    }
    match wishes.session {
        // Not `flush`: that would use the old id again for the message of the next page.
        Some(SessionChange::End) => {
            session.clear().await;
            session.cycle_id().await?;
        }
        Some(change) => begin(session, change, &before).await?,
        None if before.fresh && wishes.token_shown => session.insert(TOKEN, &before.token).await?,
        None => {}
    }
    if let Some(flash) = wishes.flash {
        session.insert(FLASH, flash).await?;
    }
    Ok(())
}

/// A new id, a new token, and the columns that say whose it is.
async fn begin(
    session: &Session,
    change: SessionChange,
    before: &Before,
) -> Result<(), tower_sessions::session::Error> {
    let was = session.id().map(|id| hash(&id));
    let who = match change {
        SessionChange::Begin { person, stage, mfa_method } => Who {
            user_id: Some(person),
            stage: if stage == Stage::Full { "full" } else { "second" }.to_owned(),
            mfa_method,
            was,
            ..before.from.clone()
        },
        SessionChange::Renew { mfa_method } => {
            Who { mfa_at: None, mfa_method: Some(mfa_method), was, ..before.who.clone() }
        }
        SessionChange::End => return Ok(()),
    };
    session.cycle_id().await?;
    session.insert(WHO, who).await?;
    session.insert(TOKEN, new_token()).await
}

/// 190 bits from the operating system's generator.
fn new_token() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), 32)
}

fn stage(word: &str) -> Stage {
    match word {
        "full" => Stage::Full,
        "second" => Stage::Second,
        _ => Stage::Anonymous,
    }
}

/// A page that refreshes itself says so; that is no sign of a person (SEC-03).
fn polling(request: &Request) -> bool {
    request.headers().contains_key("x-polling")
}

fn agent(request: &Request) -> String {
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    agent.unwrap_or_default().chars().take(AGENT).collect()
}

fn broken(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "session not available");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}
