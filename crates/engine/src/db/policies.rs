//! Policies: every saved version of a target's policy; the newest holds.

use crate::{Error, Result};
use domain::ids::{PersonId, TargetId};
use domain::policy::Policy;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A saved version. Version 0 is the default that holds before anything was saved.
#[derive(Clone, Debug, PartialEq)]
pub struct Versioned {
    /// Counts up from 1.
    pub version: i32,
    /// The demands.
    pub policy: Policy,
}

/// The policy in force.
///
/// # Errors
/// The database can't be reached, or the stored settings can't be read: undecided is never "no demands" (C14).
pub async fn current(conn: &mut PgConnection, target: TargetId) -> Result<Versioned> {
    let row: Option<(i32, serde_json::Value)> = sqlx::query_as(
        "select version, settings from policies where target_id = $1 order by version desc limit 1",
    )
    .bind(target.0)
    .fetch_optional(conn)
    .await?;
    versioned(target, row)
}

/// What a row of the newest version means.
///
/// # Errors
/// The stored settings can't be read.
pub(crate) fn versioned(target: TargetId, row: Option<(i32, serde_json::Value)>) -> Result<Versioned> {
    match row {
        None => Ok(Versioned { version: 0, policy: Policy::default() }),
        Some((version, settings)) => read(target, version, settings),
    }
}

/// The policies in force for several targets, in one statement.
///
/// # Errors
/// As for [`current`].
pub async fn current_of(
    conn: &mut PgConnection,
    targets: &BTreeSet<TargetId>,
) -> Result<BTreeMap<TargetId, Versioned>> {
    let ids: Vec<Uuid> = targets.iter().map(|target| target.0).collect();
    let rows: Vec<(Uuid, i32, serde_json::Value)> = sqlx::query_as(
        "select distinct on (target_id) target_id, version, settings from policies where target_id = any ($1) \
         order by target_id, version desc",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let untouched = || Versioned { version: 0, policy: Policy::default() };
    let mut found: BTreeMap<_, _> = targets.iter().map(|target| (*target, untouched())).collect();
    for (target, version, settings) in rows {
        found.insert(TargetId(target), read(TargetId(target), version, settings)?);
    }
    Ok(found)
}

fn read(target: TargetId, version: i32, settings: serde_json::Value) -> Result<Versioned> {
    let policy = serde_json::from_value(settings)
        .map_err(|error| Error::inconsistent("policies", format!("{target} v{version}"), error))?;
    Ok(Versioned { version, policy })
}

/// Writes the next version. The target's row must be locked for change.
///
/// # Errors
/// The database can't be reached, or somebody was quicker.
pub async fn insert(
    conn: &mut PgConnection,
    target: TargetId,
    next: &Versioned,
    saved_by: Option<PersonId>,
    reason: &str,
) -> Result<()> {
    let settings = serde_json::to_value(&next.policy).map_err(|error| Error::Internal(error.to_string()))?;
    sqlx::query(
        "insert into policies (target_id, version, settings, saved_by, reason) values ($1, $2, $3, $4, $5)",
    )
    .bind(target.0)
    .bind(next.version)
    .bind(settings)
    .bind(saved_by.map(|id| id.0))
    .bind(reason)
    .execute(conn)
    .await?;
    Ok(())
}

/// One saved version.
///
/// # Errors
/// The database can't be reached, or the stored settings can't be read.
pub async fn version(conn: &mut PgConnection, target: TargetId, number: i32) -> Result<Option<Policy>> {
    let settings: Option<serde_json::Value> =
        sqlx::query_scalar("select settings from policies where target_id = $1 and version = $2")
            .bind(target.0)
            .bind(number)
            .fetch_optional(conn)
            .await?;
    settings
        .map(serde_json::from_value)
        .transpose()
        .map_err(|error| Error::inconsistent("policies", format!("{target} v{number}"), error))
}
