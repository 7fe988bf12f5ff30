//! From the session to the visitor of a request, and from the wishes of a page back to the session.

use crate::layers::peer::Peer;
use crate::live::{Hub, stream};
use crate::session_store::{Sessions, WHO, Who, hash};
use app::ctx::{Mark, RequestId, SessionChange, Stage, Visit, Wishes};
use app::forms::Flash;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::ids::PersonId;
use engine::ctx::Via;
use engine::{Ctx, Engine, authority};
use http::{StatusCode, header};
use rand::distr::{Alphanumeric, SampleString};
use std::error::Error;
use std::sync::PoisonError;
use tower_sessions::Session;
use tower_sessions::session::Id;

/// Keys of the session's own data.
const TOKEN: &str = "token";
const FLASH: &str = "flash";

/// A page that refreshes itself says so; that is no sign of a person (SEC-03).
const POLLING: &str = "x-polling";

/// Longest user agent that is kept, in characters.
const AGENT: usize = 200;

/// What recognising visitors takes.
#[derive(Clone)]
pub struct Door {
    /// Who has which roles now.
    pub engine: Engine,
    /// Whose session it is.
    pub sessions: Sessions,
    /// How far this server has looked.
    pub live: Hub,
}

/// What the session was when the request came.
struct Before {
    who: Who,
    from: Via,
    token: String,
    fresh: bool,
}

/// Puts the [`Visit`] into the request, and for signed-in people the [`Ctx`]; afterwards does to the session what the
/// page wished.
pub async fn visit(State(door): State<Door>, session: Session, mut request: Request, next: Next) -> Response {
    let from = via(&request);
    let polling = request.headers().contains_key(POLLING) || request.uri().path() == stream::PATH;
    let (visit, ctx, before) = match recognise(&door, &session, from, polling).await {
        Ok(recognised) => recognised,
        Err(error) => return broken(&*error),
    };
    let known = request.extensions_mut();
    known.insert(before.from.clone());
    known.insert(visit.clone());
    known.insert(Mark(door.live.mark()));
    known.insert(door.engine);
    if let Some(ctx) = ctx {
        known.insert(ctx);
    }
    let response = next.run(request).await;
    if response.status().is_server_error() {
        return response;
    }
    let wishes = std::mem::take(&mut *visit.wishes.lock().unwrap_or_else(PoisonError::into_inner));
    match grant(&session, wishes, before).await {
        Ok(()) => response,
        Err(error) => broken(&error),
    }
}

async fn recognise(
    door: &Door,
    session: &Session,
    from: Via,
    polling: bool,
) -> Result<(Visit, Option<Ctx>, Before), Box<dyn Error + Send + Sync>> {
    let (who, token) = known(session).await?;
    // the message is for the page that a person opens next
    let flash = if polling { None } else { session.get(FLASH).await? };
    let fresh = token.is_none();
    let token = token.unwrap_or_else(new_token);
    let mut stage = stage(&who.stage);
    let mut ctx = None;
    if let (Some(person), Some(id)) = (who.user_id, session.id()) {
        if !polling {
            door.sessions.touch(&id).await?;
        }
        if stage == Stage::Full {
            ctx = caller(door, PersonId(person), &id, &who, from.clone()).await?;
            stage = if ctx.is_some() { stage } else { Stage::Anonymous };
        }
    }
    let visit = Visit {
        stage,
        person: who.user_id,
        token: token.clone().into(),
        flash,
        wishes: Default::default(),
        handed: Default::default(),
    };
    Ok((visit, ctx, Before { who, from, token, fresh }))
}

/// The signed-in person with the roles held at this moment, so that a change bites on the next request (I-17).
async fn caller(door: &Door, person: PersonId, id: &Id, who: &Who, via: Via) -> engine::Result<Option<Ctx>> {
    let mut connection = door.engine.pool.acquire().await?;
    let actor = authority::actor(&mut connection, person).await?;
    Ok(actor.map(|actor| Ctx {
        actor,
        session: engine::ctx::Session { hash: hash(id), factor_at: who.mfa_at },
        via,
    }))
}

fn via(request: &Request) -> Via {
    let id = request.extensions().get::<RequestId>();
    let trace_id = id.map(|id| id.0.to_string()).unwrap_or_default();
    Via { ip: Peer::of(request), user_agent: agent(request), trace_id }
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
        SessionChange::Begin { person, stage, auth_at, mfa_at, mfa_method } => Who {
            auth_at: Some(auth_at),
            mfa_at,
            user_id: Some(person),
            stage: if stage == Stage::Full { "full" } else { "second" }.to_owned(),
            mfa_method,
            was,
            ip: before.from.ip.clone(),
            user_agent: before.from.user_agent.clone(),
            ..Who::default()
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

fn agent(request: &Request) -> String {
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    agent.unwrap_or_default().chars().take(AGENT).collect()
}

fn broken(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "session not available");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}
