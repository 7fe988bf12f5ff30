//! What is typed about an application, what the rules say to it, and how an act on it ends.

use super::app;
use crate::audit::{self, About};
use crate::proof::Purpose;
use crate::{Ctx, Engine, Error, Result, Tx, clock, step_up};
use domain::audit::Event;
use domain::details;
use domain::provision::settings::{self, Typed};
use domain::provision::{Dialect, Kind, database};
use domain::refusal::{Code, Refusal};
use domain::webhook::address::Rules;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{PgConnection, Postgres};
use uuid::Uuid;

/// Least and most characters of a token.
const TOKEN: std::ops::RangeInclusive<usize> = 8..=4_000;

/// As typed.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// What it is, as a word; stays what it is once connected. Empty is the usual kind.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Where its SCIM begins, as `https://git.example/scim/v2`.
    pub base_url: String,
    /// With which it knows us; never shown. Empty keeps the one there is.
    pub token: String,
    /// Everything else.
    pub settings: Typed,
    /// With another address: who is a member at the old one stays there.
    pub leave_them: bool,
}

/// As understood.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub name: String,
    pub base_url: String,
    /// `None`: it stays what it is.
    pub token: Option<String>,
}

/// Everything that is wrong at once.
pub(crate) fn judge(
    rules: &Rules,
    input: &Input,
    kind: Kind,
    token_needed: bool,
) -> Result<Judged, Vec<Refusal>> {
    let name = details::name(&input.name, "name");
    let base = match kind {
        Kind::Scim => rules.read(&input.base_url, "base_url").and_then(|url| match url.query() {
            None => Ok(url.as_str().trim_end_matches('/').to_owned()),
            Some(_) => Err(Refusal::new(Code::BadInput, "The address can't hold a ?.").at("base_url")),
        }),
        Kind::Postgres => {
            database::read(&input.base_url, rules.http).map(|_| input.base_url.trim().to_owned())
        }
    };
    let token = match (input.token.trim(), token_needed) {
        ("", false) => Ok(None),
        (typed, _) => self::token(kind, typed).map(Some),
    };
    let settings = settings::judge(&input.settings, kind);
    match (name, base, token, settings) {
        (Ok(name), Ok(base_url), Ok(token), Ok(())) => Ok(Judged { name, base_url, token }),
        (name, base, token, settings) => {
            let wrong = [name.err(), base.err(), token.err()].into_iter().flatten();
            Err(wrong.chain(settings.err().unwrap_or_default()).collect())
        }
    }
}

/// The older way of writing removals empties a group where it is read as the standard says: it takes a test that saw that it does not.
///
/// # Errors
/// It is chosen, and no test saw that.
pub(crate) fn must_have_been_seen(typed: &Typed, legacy_well: bool) -> Result<(), Refusal> {
    if typed.dialect != Dialect::Legacy.wire() || legacy_well {
        return Ok(());
    }
    let text = "An application that reads removals as the standard says would empty the group. Test writing first: it tries this too.";
    Err(Refusal::new(Code::BadValue, text).at("dialect"))
}

/// A token as typed.
///
/// # Errors
/// Too short, too long, or nothing that a header can hold.
pub(crate) fn token(kind: Kind, typed: &str) -> Result<String, Refusal> {
    let typed = typed.trim();
    let header = kind == Kind::Scim;
    let says = match typed.len() {
        0 if header => return Err(Refusal::new(Code::Missing, "A token is needed.").at("token")),
        0 => return Err(Refusal::new(Code::Missing, "A password is needed.").at("token")),
        length if !TOKEN.contains(&length) && header => "A token has 8 to 4,000 characters.",
        length if !TOKEN.contains(&length) => "A password has 8 to 4,000 characters.",
        _ if header && !typed.bytes().all(|byte| byte.is_ascii_graphic()) => {
            "A token holds letters, digits and signs only."
        }
        _ if typed.chars().any(char::is_control) => "A password holds no control characters.",
        _ => return Ok(typed.to_owned()),
    };
    Err(Refusal::new(Code::BadInput, says).at("token"))
}

/// The columns of the settings, in the order of [`bind`], from `$4` on.
pub(crate) const COLUMNS: [&str; 17] = [
    "dialect",
    "probe",
    "patches",
    "adds_twice",
    "delete_accept",
    "matching",
    "scope",
    "leaving",
    "drift",
    "breaker_most",
    "breaker_per_cent",
    "per_second",
    "burst",
    "in_flight",
    "sweep_minutes",
    "foreigners",
    "sessions",
];

/// Binds the settings.
pub(crate) fn bind<'q>(
    query: Query<'q, Postgres, PgArguments>,
    typed: &'q Typed,
) -> Query<'q, Postgres, PgArguments> {
    query
        .bind(&typed.dialect)
        .bind(&typed.probe)
        .bind(typed.patches)
        .bind(typed.adds_twice)
        .bind(typed.delete_accept)
        .bind(&typed.matching)
        .bind(&typed.scope)
        .bind(&typed.leaving)
        .bind(&typed.drift)
        .bind(typed.breaker_most)
        .bind(typed.breaker_per_cent)
        .bind(typed.per_second)
        .bind(typed.burst)
        .bind(typed.in_flight)
        .bind(typed.sweep_minutes)
        .bind(&typed.foreigners)
        .bind(&typed.sessions)
}

/// Two applications can't have one name.
pub(crate) async fn untaken(conn: &mut PgConnection, id: Uuid, name: &str) -> Result<()> {
    let other = "select exists (select from applications where lower(name) = lower($2) and id <> $1 and deleted_at is null)";
    if sqlx::query_scalar(other).bind(id).bind(name).fetch_one(conn).await? {
        return Err(Refusal::new(Code::Taken, "There is an application of this name already.")
            .at("name")
            .into());
    }
    Ok(())
}

/// Holds an application for a change: its name.
///
/// # Errors
/// Unknown, or the database can't be reached.
pub(crate) async fn lock(conn: &mut PgConnection, id: Uuid) -> Result<String> {
    Ok(lock_with_kind(conn, id).await?.0)
}

/// The same, and what it is.
///
/// # Errors
/// Unknown, or the database can't be reached.
pub(crate) async fn lock_with_kind(conn: &mut PgConnection, id: Uuid) -> Result<(String, Kind)> {
    let held = "select name, kind from applications where id = $1 and deleted_at is null for no key update";
    let held: Option<(String, String)> = sqlx::query_as(held).bind(id).fetch_optional(conn).await?;
    let (name, kind) = held.ok_or_else(Error::not_found)?;
    Ok((name, Kind::parse(&kind).ok_or_else(|| Error::inconsistent("applications", id, "kind"))?))
}

/// Holds everything that is known of an application: keys, groups, then members, as everybody who holds several.
pub(crate) async fn hold_all(conn: &mut PgConnection, id: Uuid) -> Result<()> {
    for sql in [
        "select from application_people where application_id = $1 order by user_id for update",
        "select from application_groups where application_id = $1 order by group_id for update",
    ] {
        sqlx::query(sql).bind(id).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Takes the fresh code for it: the proof that was used up.
pub(crate) async fn confirm(
    engine: &Engine,
    tx: &mut Tx,
    ctx: &Ctx,
    code: &str,
    subject: String,
) -> Result<Option<Uuid>> {
    let now = clock::now(tx).await?;
    Ok(step_up::demand(engine, tx, ctx, code, Purpose::AdminOp, &[subject], now).await?.pop())
}

/// Commits what was done; what was refused is taken back and written down as refused.
pub(crate) async fn end<T>(
    engine: &Engine,
    ctx: &Ctx,
    tx: Tx,
    event: Event,
    outcome: Result<T>,
) -> Result<T> {
    match outcome {
        Ok(done) => {
            tx.commit().await?;
            Ok(done)
        }
        Err(Error::Refused(refusals)) => {
            tx.rollback().await?;
            // what does not exist leaves no trace
            if refusals.iter().any(|refusal| refusal.code == Code::NotFound) {
                return Err(Error::Refused(refusals));
            }
            Err(audit::refused(engine, &ctx.by(), event, About::default(), refusals).await)
        }
        Err(error) => Err(error),
    }
}

/// Seals a token and says what may be shown of it.
pub(crate) fn sealed(engine: &Engine, id: Uuid, token: &str) -> Result<(Vec<u8>, String)> {
    Ok((app::seal(&engine.settings, id, token)?, app::end(token)))
}
