//! What an operator's monitoring is told of the whole installation: a few numbers, each part by one statement. It names
//! applications and kinds of things; nobody and nothing else.

pub mod news;

use crate::Result;
use sqlx::PgConnection;

/// How the audit does.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Audit {
    /// The last position of the chain.
    pub position: i64,
    /// Up to where it is anchored.
    pub anchored: i64,
    /// How old the last anchor is; `None` where there is none.
    pub anchor_age: Option<f64>,
    /// How old the first event is that no anchor covers; 0 if there is none.
    pub unanchored_age: f64,
    /// Up to where it was found whole.
    pub verified: i64,
    /// Something in it was changed by somebody.
    pub tampered: bool,
    /// Events that wait in the spool.
    pub spooled: i64,
}

/// Reads it.
///
/// # Errors
/// The database can't be reached.
pub async fn audit(conn: &mut PgConnection) -> Result<Audit> {
    let audit = sqlx::query_as(
        "with anchored as (select position, at from audit_anchors order by position desc limit 1) \
         select coalesce((select max(position) from audit_chain), 0) as position, \
           coalesce((select position from anchored), 0) as anchored, \
           (select extract(epoch from clock() - at)::float8 from anchored) as anchor_age, \
           coalesce((select extract(epoch from clock() - c.chained_at)::float8 from audit_chain c \
             where c.position > coalesce((select position from anchored), 0) order by c.position limit 1), 0) as unanchored_age, \
           coalesce(k.verified_to, 0) as verified, k.fault is not null as tampered, \
           (select count(*) from audit_spool) as spooled from audit_check k",
    );
    Ok(audit.fetch_one(conn).await?)
}

/// What waits to be sent in one way.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Outbox {
    /// `mail` or `webhook`.
    pub way: String,
    /// How many wait.
    pub waiting: i64,
    /// How long the oldest of them has waited; 0 if none does.
    pub oldest_age: f64,
    /// How many were given up and are kept.
    pub failed: i64,
}

/// Mails and deliveries of webhooks. What was given up is deleted after 30 days.
///
/// # Errors
/// The database can't be reached.
pub async fn outboxes(conn: &mut PgConnection) -> Result<Vec<Outbox>> {
    let outboxes = sqlx::query_as(
        "select 'mail' as way, count(*) filter (where state = 'waiting') as waiting, \
           coalesce(extract(epoch from clock() - min(made_at) filter (where state = 'waiting'))::float8, 0) as oldest_age, \
           count(*) filter (where state = 'failed') as failed from mails where state in ('waiting', 'failed') \
         union all \
         select 'webhook', coalesce(sum(d.waiting), 0)::bigint, \
           coalesce(extract(epoch from clock() - min(d.oldest))::float8, 0), coalesce(sum(d.failed), 0)::bigint \
         from hooks h cross join lateral (select count(*) filter (where state = 'waiting') as waiting, \
             min(queued_at) filter (where state = 'waiting') as oldest, count(*) filter (where state = 'failed') as failed \
           from hook_deliveries where hook_id = h.id and state in ('waiting', 'failed')) d where h.deleted_at is null",
    );
    Ok(outboxes.fetch_all(conn).await?)
}

/// Open alerts of a kind. What somebody acknowledged is counted apart, as long as that holds.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Alerts {
    /// The stable word of the kind.
    pub kind: String,
    /// How many nobody has acknowledged.
    pub open: i64,
    /// How many somebody has.
    pub acknowledged: i64,
}

/// Of every kind that has any.
///
/// # Errors
/// The database can't be reached.
pub async fn alerts(conn: &mut PgConnection) -> Result<Vec<Alerts>> {
    let alerts = sqlx::query_as(
        "select kind, count(*) filter (where not known) as open, count(*) filter (where known) as acknowledged \
         from (select kind, coalesce(acknowledged_until > clock(), false) as known from alerts where closed_at is null) a \
         group by kind order by kind",
    );
    Ok(alerts.fetch_all(conn).await?)
}

/// How an application does.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// It is in quarantine.
    pub quarantined: bool,
    /// It is switched off.
    pub off: bool,
    /// People of whom something is to be taken away.
    pub removals: i64,
    /// For how long the oldest of these has waited; 0 if none does.
    pub removals_age: f64,
    /// People otherwise to be worked on.
    pub grants: i64,
    /// The same of these.
    pub grants_age: f64,
    /// Members there without a grant, as the last comparison found.
    pub drift: i64,
}

/// All of them, by name.
///
/// # Errors
/// The database can't be reached.
pub async fn applications(conn: &mut PgConnection) -> Result<Vec<Application>> {
    let applications = sqlx::query_as(
        "select a.name, a.health = 'quarantined' as quarantined, a.off_at is not null as off, a.drift_found as drift, \
           p.removals, p.grants, coalesce(extract(epoch from clock() - p.taking)::float8, 0) as removals_age, \
           coalesce(extract(epoch from clock() - p.giving)::float8, 0) as grants_age \
         from applications a cross join lateral (select count(*) filter (where urgent) as removals, \
             count(*) filter (where not urgent) as grants, min(queued_at) filter (where urgent) as taking, \
             min(queued_at) filter (where not urgent) as giving \
           from application_people where application_id = a.id and due_at is not null) p \
         where a.deleted_at is null order by lower(a.name)",
    );
    Ok(applications.fetch_all(conn).await?)
}
