//! Verifies the chain in the background, slice by slice, remembers how far it got, begins anew every day, and stops at the
//! first bad event. What it found stands on the page of the audit; an operator who has verified the whole database
//! ([`reset`]) sets it going again.

use super::{seals, stored};
use crate::{Engine, Result, clock};
use chrono::{DateTime, TimeDelta, Utc};
use domain::audit::anchor::key_id;
use domain::audit::chain::{Fault, Head, Verifier, Wrong};
use ed25519_dalek::VerifyingKey;
use sqlx::PgConnection;

/// Events of one slice: some milliseconds of work.
const SLICE: i64 = 2_000;
/// How long a pass holds: what was verified once may have been changed since.
const AGAIN: TimeDelta = TimeDelta::days(1);

/// What the verification found so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// No pass has come to the end of the chain yet.
    Nothing,
    /// Everything up to this position was whole at that time.
    Whole {
        /// Position.
        to: i64,
        /// When.
        at: DateTime<Utc>,
    },
    /// The first bad event.
    Bad {
        /// Its position; 0 where it has none.
        position: i64,
        /// What is wrong.
        what: String,
        /// When it was found.
        at: DateTime<Utc>,
    },
}

/// What one round did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Round {
    /// A slice was whole; there is more.
    More,
    /// The end of the chain is reached.
    End,
    /// A bad event was found now.
    Broken(Fault),
    /// Nothing: a bad event was found before, or somebody else is at it.
    Rests,
}

#[derive(sqlx::FromRow)]
struct State {
    position: i64,
    hash: Vec<u8>,
    chained_at: Option<DateTime<Utc>>,
    began_at: DateTime<Utc>,
    verified_at: Option<DateTime<Utc>>,
}

impl State {
    /// It has been at the end of the chain since it began.
    fn caught_up(&self) -> bool {
        self.verified_at.is_some_and(|at| at >= self.began_at)
    }

    fn head(&self) -> Result<Head> {
        let hash = stored::hash(self.position, &self.hash)?;
        Ok(Head { position: self.position, hash, chained_at: self.chained_at })
    }
}

/// What was found so far.
///
/// # Errors
/// The database can't be reached.
pub async fn found(conn: &mut PgConnection) -> Result<Found> {
    type Row = (Option<i64>, Option<DateTime<Utc>>, Option<i64>, Option<String>, Option<DateTime<Utc>>);
    let (to, verified, position, fault, at): Row =
        sqlx::query_as("select verified_to, verified_at, fault_position, fault, fault_at from audit_check")
            .fetch_one(conn)
            .await?;
    if let (Some(position), Some(what), Some(at)) = (position, fault, at) {
        return Ok(Found::Bad { position, what, at });
    }
    Ok(to.zip(verified).map_or(Found::Nothing, |(to, at)| Found::Whole { to, at }))
}

/// Verifies the next slice.
///
/// # Errors
/// The database can't be reached.
pub async fn slice(engine: &Engine) -> Result<Round> {
    let mut tx = engine.begin().await?;
    let state: Option<State> = sqlx::query_as(
        "select position, hash, chained_at, began_at, verified_at from audit_check \
         where fault is null for update skip locked",
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(state) = state else { return Ok(Round::Rests) };
    let now = clock::now(&mut tx).await?;
    let round = match look(engine, &mut tx, &state).await? {
        Ok((head, false)) => {
            keep(&mut tx, head).await?;
            Round::More
        }
        Ok((head, true)) => {
            keep(&mut tx, head).await?;
            end(&mut tx, head, now, state.caught_up() && now - state.began_at >= AGAIN).await?;
            Round::End
        }
        Err(fault) => {
            stop(&mut tx, &fault, now).await?;
            Round::Broken(fault)
        }
    };
    tx.commit().await?;
    Ok(round)
}

/// The end of the slice, and whether that is the end of the chain; or what is wrong.
async fn look(
    engine: &Engine,
    conn: &mut PgConnection,
    state: &State,
) -> Result<Result<(Head, bool), Fault>> {
    // in this order: whatever an anchor or the end of the chain speaks of is visible to the next statement
    let anchors = stored::anchors(conn, state.position).await?;
    let end = stored::head(conn).await?;
    let links = stored::links(conn, state.position, SLICE).await?;
    let own = engine.settings.anchors.as_ref().map(|signing| signing.public());
    let signed = own.as_ref().map_or(Ok(()), |key| {
        let id = key_id(key);
        anchors.iter().filter(|anchor| anchor.key_id == id).try_for_each(|anchor| anchor.check(key))
    });
    if let Err(fault) = signed {
        return Ok(Err(fault));
    }
    let mut verifier = Verifier::after(state.head()?, anchors);
    if let Err(fault) = links.iter().try_for_each(|link| verifier.take(link)) {
        return Ok(Err(fault));
    }
    let head = verifier.head();
    if head.position < end.position && !links.is_empty() {
        return Ok(Ok((head, false)));
    }
    Ok(ended(conn, &verifier, state, end, own).await?.map(|()| (head, true)))
}

/// What can only be said at the end of the chain.
async fn ended(
    conn: &mut PgConnection,
    verifier: &Verifier,
    state: &State,
    end: Head,
    own: Option<VerifyingKey>,
) -> Result<Result<(), Fault>> {
    let head = verifier.head();
    if head.position < end.position {
        return Ok(Err(Fault::at(head.position + 1, Wrong::Gap(head.position + 1))));
    }
    if end.position < state.position {
        return Ok(Err(Fault::at(state.position, Wrong::Tail(end.position))));
    }
    if let Err(fault) = verifier.end() {
        return Ok(Err(fault));
    }
    // reads everything, so once in a pass
    if state.caught_up() {
        return Ok(Ok(()));
    }
    if let Some(seq) = stored::outside(conn, 1).await?.first() {
        return Ok(Err(Fault::at(0, Wrong::Outside(*seq))));
    }
    match (seals::sound(conn, &[]).await?, own) {
        (Ok(()), Some(key)) => seals::own(conn, &key).await,
        (sound, _) => Ok(sound),
    }
}

async fn keep(conn: &mut PgConnection, head: Head) -> Result<()> {
    sqlx::query("update audit_check set position = $1, hash = $2, chained_at = $3 where position <> $1")
        .bind(head.position)
        .bind(head.hash.0.as_slice())
        .bind(head.chained_at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Written at most every ten seconds when nothing moved.
async fn end(conn: &mut PgConnection, head: Head, now: DateTime<Utc>, again: bool) -> Result<()> {
    sqlx::query(
        "update audit_check set verified_to = $1, verified_at = $2 \
         where verified_to is distinct from $1 or verified_at < $2 - interval '10 seconds' or verified_at < began_at",
    )
    .bind(head.position)
    .bind(now)
    .execute(&mut *conn)
    .await?;
    if again { begin(conn, now).await } else { Ok(()) }
}

async fn begin(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
    let start = seals::start(conn).await?;
    keep(conn, start).await?;
    sqlx::query("update audit_check set began_at = $1").bind(now).execute(conn).await?;
    Ok(())
}

async fn stop(conn: &mut PgConnection, fault: &Fault, now: DateTime<Utc>) -> Result<()> {
    sqlx::query("update audit_check set fault_position = $1, fault = $2, fault_at = $3")
        .bind(fault.position)
        .bind(fault.what.to_string())
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Keeps the verification from its next slice until this transaction ends; `false` if it has found something.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn hold(conn: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar("select fault is null from audit_check for update").fetch_one(conn).await?)
}

/// Goes on behind what was sealed, if it did not get so far yet.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn skip(conn: &mut PgConnection, sealed: Head) -> Result<()> {
    let at: i64 = sqlx::query_scalar("select position from audit_check").fetch_one(&mut *conn).await?;
    if at < sealed.position { keep(conn, sealed).await } else { Ok(()) }
}

/// Forgets what was found and begins anew: for an operator who has just verified everything.
///
/// # Errors
/// The database can't be reached.
pub async fn reset(conn: &mut PgConnection) -> Result<()> {
    let now = clock::now(conn).await?;
    sqlx::query("update audit_check set fault_position = null, fault = null, fault_at = null")
        .execute(&mut *conn)
        .await?;
    begin(conn, now).await
}
