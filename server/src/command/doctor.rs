//! `pimento doctor`: looks at everything an installation rests on and says what is wrong, changing nothing.

use crate::assets;
use crate::config::Settings;
use crate::database::{Database, Use};
use crate::installation::anchor_key;
use crate::migrate::{Schema, state};
use anyhow::{Result, ensure};
use engine::audit::check::{self, Found};
use engine::audit::{anchors, stream};
use sqlx::{PgConnection, PgPool};
use std::time::Duration;

/// The oldest PostgreSQL that works.
const OLDEST: i32 = 15;

/// Events that were written so long ago should be with a SIEM.
const LATE: Duration = Duration::from_secs(120);

/// Prints one line per check.
///
/// # Errors
/// When something is wrong.
pub async fn doctor(settings: &Settings) -> Result<()> {
    let mut findings = Findings::default();
    findings.note(
        "built site",
        assets::manifest(&settings.site_dir).map(|files| format!("{} files named", files.len())),
    );
    findings.note(
        "key",
        if settings.key.is_some() { Ok("is set") } else { Err("none set: only for evaluation") },
    );
    findings.note(
        "anchors of the audit",
        match anchor_key(settings) {
            Ok(Some(_)) => Ok("are signed"),
            Ok(None) => {
                Err("no key: set PIMENTO_ANCHOR_KEY_FILE, else a rewritten audit can't be told".to_owned())
            }
            Err(error) => Err(error.to_string()),
        },
    );
    let database = Database::open(settings)?;
    match database.owner().await {
        Ok(mut owner) => server(&mut findings, &mut owner).await,
        Err(error) => findings.note("database", Err::<&str, _>(error)),
    }
    match database.pool(1, Use::Web).await {
        Ok(pool) => {
            role(&mut findings, &pool).await;
            chain(&mut findings, &pool).await;
            anchored(&mut findings, settings, &pool).await;
            streamed(&mut findings, settings, &pool).await;
        }
        Err(error) => findings.note("restricted role", Err::<&str, _>(error)),
    }
    database.close();
    ensure!(findings.wrong == 0, "{} of {} checks failed", findings.wrong, findings.all);
    Ok(())
}

#[derive(Default)]
struct Findings {
    all: usize,
    wrong: usize,
}

impl Findings {
    fn note(&mut self, what: &str, found: Result<impl std::fmt::Display, impl std::fmt::Display>) {
        self.all += 1;
        match found {
            Ok(fact) => println!("ok     {what}: {fact}"),
            Err(fault) => {
                self.wrong += 1;
                println!("wrong  {what}: {fault}");
            }
        }
    }
}

async fn server(findings: &mut Findings, owner: &mut PgConnection) {
    let version = sqlx::query_scalar::<_, i32>("select current_setting('server_version_num')::int / 10000");
    findings.note(
        "PostgreSQL",
        version.fetch_one(&mut *owner).await.map_err(|error| error.to_string()).and_then(|version| {
            if version >= OLDEST { Ok(version) } else { Err(format!("{version} is older than {OLDEST}")) }
        }),
    );
    let safe = sqlx::query_scalar::<_, bool>(
        "select current_setting('fsync')::bool and current_setting('synchronous_commit') <> 'off'",
    );
    findings.note(
        "what was answered survives a crash",
        match safe.fetch_one(&mut *owner).await {
            Ok(true) => Ok("yes"),
            Ok(false) => Err("no: fsync or synchronous_commit is off".to_owned()),
            Err(error) => Err(error.to_string()),
        },
    );
    findings.note(
        "schema",
        match state(&mut *owner).await {
            Ok(Schema::Current) => Ok("current"),
            Ok(Schema::Behind) => Err("older than this program: pimento migrate".to_owned()),
            Ok(Schema::Foreign) => Err("of another version of this program".to_owned()),
            Err(error) => Err(error.to_string()),
        },
    );
}

/// The running server must not be able to change history.
async fn role(findings: &mut Findings, pool: &PgPool) {
    let may = sqlx::query_scalar::<_, bool>(
        "select has_table_privilege('audit_events', 'update') or has_table_privilege('audit_events', 'delete') \
           or has_table_privilege('audit_events', 'truncate') or has_table_privilege('audit_seals', 'insert')",
    );
    findings.note(
        "restricted role",
        match may.fetch_one(pool).await {
            Ok(false) => Ok("can add to the audit and not change it"),
            Ok(true) => Err("could change the audit".to_owned()),
            Err(error) => Err(error.to_string()),
        },
    );
}

/// A key alone signs nothing.
async fn anchored(findings: &mut Findings, settings: &Settings, pool: &PgPool) {
    if !matches!(anchor_key(settings), Ok(Some(_))) {
        return;
    }
    let behind = async { anchors::behind(&mut *pool.acquire().await?).await };
    findings.note(
        "last anchor",
        match behind.await {
            Ok(None) => Ok("covers everything but the last minutes"),
            Ok(Some(since)) => {
                Err(format!("events since {since} are not anchored; the log of the workers says why"))
            }
            Err(error) => Err(error.to_string()),
        },
    );
}

/// What the worker's verification of the audit says.
async fn chain(findings: &mut Findings, pool: &PgPool) {
    let found = async { check::found(&mut *pool.acquire().await?).await };
    findings.note(
        "chain of the audit",
        match found.await {
            Ok(Found::Whole { to, at }) => Ok(format!("verified up to {to} at {at}")),
            Ok(Found::Nothing) => Ok("not yet verified to its end; a worker does that".to_owned()),
            Ok(Found::Bad { position, what, at }) => {
                Err(format!("position {position}: {what} (found at {at})"))
            }
            Err(error) => Err(error.to_string()),
        },
    );
}

/// What a SIEM is to hear is under way for a short time only.
async fn streamed(findings: &mut Findings, settings: &Settings, pool: &PgPool) {
    let Some(to) = &settings.stream else { return };
    let behind = async {
        let mut conn = pool.acquire().await?;
        stream::behind(&mut conn, &to.address, LATE).await
    };
    findings.note(
        "stream of the audit",
        match behind.await {
            Ok(None) => Ok(format!("{} has everything", to.address)),
            Ok(Some(why)) => Err(format!("{}: {why}", to.address)),
            Err(error) => Err(error.to_string()),
        },
    );
}
