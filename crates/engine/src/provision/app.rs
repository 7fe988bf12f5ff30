//! An application as the worker needs it, with its token open.

use crate::outbound::exchange::Exchange;
use crate::secret::{self, Place};
use crate::{Error, Result, Settings};
use chrono::TimeDelta;
use domain::provision::breaker::Threshold;
use domain::provision::{Dialect, Drift, Foreign, Health, Kind, Leaving, Match, Probe, Sessions, filter};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sqlx::PgConnection;
use url::Url;
use uuid::Uuid;

/// For so long the token before counts besides.
pub(crate) const OVERLAP: TimeDelta = TimeDelta::hours(24);

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    base_url: String,
    token: Vec<u8>,
    old_token: Option<Vec<u8>>,
    dialect: String,
    probe: String,
    patches: bool,
    adds_twice: bool,
    delete_accept: bool,
    matching: Vec<String>,
    leaving: String,
    drift: String,
    foreigners: String,
    breaker_most: i32,
    breaker_per_cent: i32,
    health: String,
    kind: String,
    sessions: String,
}

/// An application. Its token is not shown by `Debug`.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub id: Uuid,
    pub name: String,
    base: String,
    pub token: SecretString,
    pub old_token: Option<SecretString>,
    pub dialect: Dialect,
    pub probe: Probe,
    pub patches: bool,
    pub adds_twice: bool,
    pub delete_accept: bool,
    pub matching: Vec<Match>,
    pub leaving: Leaving,
    pub drift: Drift,
    pub foreigners: Foreign,
    pub breaker: Threshold,
    pub health: Health,
    pub kind: Kind,
    pub sessions: Sessions,
}

/// Loads one that was not deleted.
///
/// # Errors
/// Deleted, a word in the row is unknown, or the token can't be opened.
pub(crate) async fn load(conn: &mut PgConnection, settings: &Settings, id: Uuid) -> Result<App> {
    let row: Option<Row> = sqlx::query_as(
        "select name, base_url, token, case when old_until > clock() then old_token end as old_token, dialect, probe, patches, \
           adds_twice, delete_accept, matching, leaving, drift, foreigners, breaker_most, breaker_per_cent, health, kind, sessions \
         from applications where id = $1 and deleted_at is null",
    )
    .bind(id)
    .fetch_optional(conn)
    .await?;
    let row = row.ok_or_else(Error::not_found)?;
    let unknown = |what: &str| Error::inconsistent("applications", id, what);
    let matching: Option<Vec<Match>> = row.matching.iter().map(|word| Match::parse(word)).collect();
    Ok(App {
        id,
        token: open(settings, id, &row.token)?,
        old_token: row.old_token.as_deref().map(|sealed| open(settings, id, sealed)).transpose()?,
        dialect: Dialect::parse(&row.dialect).ok_or_else(|| unknown("dialect"))?,
        probe: Probe::parse(&row.probe).ok_or_else(|| unknown("probe"))?,
        matching: matching.ok_or_else(|| unknown("matching"))?,
        leaving: Leaving::parse(&row.leaving).ok_or_else(|| unknown("leaving"))?,
        drift: Drift::parse(&row.drift).ok_or_else(|| unknown("drift"))?,
        foreigners: Foreign::parse(&row.foreigners).ok_or_else(|| unknown("foreigners"))?,
        kind: Kind::parse(&row.kind).ok_or_else(|| unknown("kind"))?,
        sessions: Sessions::parse(&row.sessions).ok_or_else(|| unknown("sessions"))?,
        health: Health::parse(&row.health).ok_or_else(|| unknown("health"))?,
        name: row.name,
        base: row.base_url,
        patches: row.patches,
        adds_twice: row.adds_twice,
        delete_accept: row.delete_accept,
        breaker: Threshold { most: row.breaker_most, per_cent: row.breaker_per_cent },
    })
}

impl App {
    /// Where it is, as an administrator wrote it.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// An address below the base.
    ///
    /// # Errors
    /// What is stored is no address.
    pub(crate) fn url(&self, path: &str) -> Result<Url> {
        let whole = format!("{}{path}", self.base.trim_end_matches('/'));
        Url::parse(&whole).map_err(|error| Error::inconsistent("applications", self.id, error))
    }

    /// The text without what nobody may read: an application may send the token back, as it is or as it is written in JSON or in an address.
    pub(crate) fn scrubbed(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for token in [Some(&self.token), self.old_token.as_ref()]
            .into_iter()
            .flatten()
            .map(ExposeSecret::expose_secret)
        {
            let json = token.replace('\\', "\\\\").replace('"', "\\\"");
            for written in [token.to_owned(), json.replace('/', "\\/"), json, filter::encoded(token)] {
                if text.contains(&written) {
                    text = text.replace(&written, "…");
                }
            }
        }
        text
    }

    /// Takes out of an answer what nobody may read, and what no database can hold.
    pub(crate) fn clean(&self, exchange: &mut Exchange) {
        exchange.text = self.plain(&exchange.text);
        exchange.problem = self.plain(&exchange.problem);
        for header in [&mut exchange.etag, &mut exchange.location].into_iter().flatten() {
            *header = self.plain(header);
        }
        self.clean_value(&mut exchange.body);
    }

    fn clean_value(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.plain(text),
            Value::Array(all) => all.iter_mut().for_each(|one| self.clean_value(one)),
            Value::Object(map) => map.values_mut().for_each(|one| self.clean_value(one)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn plain(&self, text: &str) -> String {
        self.scrubbed(text).replace('\0', "")
    }
}

/// Seals a token for its row; both tokens are sealed for the same place.
///
/// # Errors
/// As for [`secret::seal`].
pub(crate) fn seal(settings: &Settings, id: Uuid, token: &str) -> Result<Vec<u8>> {
    secret::seal(
        settings,
        Place { table: "applications", row: &id.to_string(), column: "token" },
        token.as_bytes(),
    )
}

fn open(settings: &Settings, id: Uuid, sealed: &[u8]) -> Result<SecretString> {
    let place = Place { table: "applications", row: &id.to_string(), column: "token" };
    let bytes = secret::open(settings, place, sealed)?;
    Ok(SecretString::from(String::from_utf8_lossy(&bytes).into_owned()))
}

/// What may be shown of a token. One that is short shows nothing.
pub(crate) fn end(token: &str) -> String {
    let letters: Vec<char> = token.chars().collect();
    if letters.len() < 16 { String::new() } else { letters[letters.len() - 4..].iter().collect() }
}
