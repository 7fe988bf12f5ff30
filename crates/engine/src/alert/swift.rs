//! What is found by a few rows: whether the product keeps its word, and what the worker counted before.

use super::{Finding, Subject, judged, workers};
use crate::audit::anchors;
use crate::audit::stream::{self, Address};
use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::alert::facts::Facts;
use domain::alert::settings::Settings;
use domain::alert::{Kind, Unit, rules};
use domain::approval::supply::Gap;
use std::time::Duration;
use uuid::Uuid;

pub(super) async fn find(
    tx: &mut Tx,
    settings: &Settings,
    stream: Option<&Address>,
    now: DateTime<Utc>,
) -> Result<Vec<Finding>> {
    workers::forget(tx).await?;
    let mut found = workers::skewed(tx, settings).await?;
    found.extend(workers::missing(tx, settings, now).await?);
    found.extend(gaps(tx, settings).await?);
    found.extend(glass(tx, settings).await?);
    found.extend(hooks(tx, settings).await?);
    found.extend(applications(tx, settings).await?);
    found.extend(refused(tx, settings).await?);
    found.extend(mails(tx, settings).await?);
    let since = anchors::behind(tx).await?;
    let facts = since.map(|since| Facts::NotAnchored { since });
    found.extend(judged(settings, Kind::NotAnchored, Subject::default(), |_| facts));
    if let Some(address) = stream {
        found.extend(streamed(tx, settings, address).await?);
    }
    Ok(found)
}

/// As of the worker's last count over everything ([`crate::insight`]).
async fn gaps(tx: &mut Tx, settings: &Settings) -> Result<Vec<Finding>> {
    let rows: Vec<(Uuid, String, i32, i32)> = sqlx::query_as(
        "select g.target_id, g.gap, g.able, g.needed from approval_gaps g \
         join things t on t.id = g.target_id and t.open and t.deleted_at is null",
    )
    .fetch_all(&mut **tx)
    .await?;
    // a kind that a newer server counts is not known here yet
    let read = |(target, gap, able, needed): (Uuid, String, i32, i32)| {
        let gap = Gap::parse(&gap)?;
        let (able, needed) =
            (u32::try_from(able).unwrap_or_default(), u8::try_from(needed).unwrap_or(u8::MAX));
        let facts = rules::gap(gap, able, needed);
        judged(settings, Kind::ApproverMissing, Subject::target(target), |_| Some(facts))
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

async fn glass(tx: &mut Tx, settings: &Settings) -> Result<Vec<Finding>> {
    let rows: Vec<(Uuid, Uuid, Uuid, DateTime<Utc>)> = sqlx::query_as(
        "select request_id, target_id, person_id, opened_at from glass_reviews where closed_at is null",
    )
    .fetch_all(&mut **tx)
    .await?;
    let found = rows.into_iter().filter_map(|(request, target, person, at)| {
        let subject = Subject {
            target: Some(target),
            person: Some(person),
            request: Some(request),
            ..Subject::default()
        };
        judged(settings, Kind::GlassOpen, subject, |_| Some(Facts::Glass { at }))
    });
    Ok(found.collect())
}

/// Off by hand is no failure.
async fn hooks(tx: &mut Tx, settings: &Settings) -> Result<Vec<Finding>> {
    let rows: Vec<(Uuid, bool, i32)> = sqlx::query_as(
        "select id, off_at is not null, failures from hooks where deleted_at is null and (off_at is null or off_why <> '')",
    )
    .fetch_all(&mut **tx)
    .await?;
    let found = rows.into_iter().filter_map(|(hook, off, failures)| {
        let subject = Subject { hook: Some(hook), ..Subject::default() };
        let failures = u32::try_from(failures).unwrap_or_default();
        judged(settings, Kind::HookFailing, subject, |settings| rules::hook(off, failures, settings))
    });
    Ok(found.collect())
}

/// Ended access that an application did not confirm, also where it is switched off; and those that can't be provisioned.
async fn applications(tx: &mut Tx, settings: &Settings) -> Result<Vec<Finding>> {
    let minutes = settings.limit(Kind::RemovalUnconfirmed, Unit::Minutes);
    let rows: Vec<Application> = sqlx::query_as(
        "select a.id, case when a.health = 'quarantined' then a.health_why when a.broken_at is not null \
             then 'More accounts would go at once than is allowed without somebody looking.' \
             when stuck.since is not null then 'What changed since ' || to_char(stuck.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || \
               ' UTC was not looked at yet: the log of the server may say why.' end as why, \
           count(w.since) as removals, count(w.since) filter (where w.since <= clock() - make_interval(mins => $1)) as late, \
           min(w.since) as since \
         from applications a left join lateral (select min(o.since) as since from ( \
             select m.user_id, m.asked_at as since from application_members m where m.application_id = a.id and not m.wanted and m.there <> 'no' \
             union all select p.user_id, p.touched_at from application_people p where p.application_id = a.id and p.urgent \
               and not exists (select from application_members m where m.application_id = a.id and m.user_id = p.user_id \
                 and not m.wanted and m.there <> 'no')) o group by o.user_id) w on true \
         cross join (select min(due_at) as since from application_marks \
             where due_at <= clock() - make_interval(mins => $1) and (failures > 0 or why <> 'person changed')) stuck \
         where a.deleted_at is null group by a.id, stuck.since",
    )
    .bind(i32::try_from(minutes).unwrap_or(i32::MAX))
    .fetch_all(&mut **tx)
    .await?;
    let mut found = Vec::new();
    for row in rows {
        let subject = Subject { application: Some(row.id), ..Subject::default() };
        let late = row.since.filter(|_| row.late > 0);
        let facts = late.map(|since| Facts::Removals { people: row.late, since });
        found.extend(judged(settings, Kind::RemovalUnconfirmed, subject.clone(), |_| facts));
        let facts = row.why.map(|why| Facts::Quarantine { why, removals: row.removals });
        found.extend(judged(settings, Kind::ApplicationQuarantined, subject, |_| facts));
    }
    Ok(found)
}

#[derive(sqlx::FromRow)]
struct Application {
    id: Uuid,
    why: Option<String>,
    removals: i64,
    late: i64,
    since: Option<DateTime<Utc>>,
}

/// What applications do not take, and what they have without a grant. One that is off, by hand or in quarantine, tells of that instead.
async fn refused(tx: &mut Tx, settings: &Settings) -> Result<Vec<Finding>> {
    let minutes = settings.limit(Kind::GrantFailing, Unit::Minutes);
    let rows: Vec<(Uuid, i64, i64, Option<DateTime<Utc>>)> = sqlx::query_as(
        "select a.id, a.drift_found, count(p.failing_since), min(p.failing_since) from applications a \
         left join application_people p on p.application_id = a.id and not p.urgent \
           and p.failing_since <= clock() - make_interval(mins => $1) \
         where a.deleted_at is null and a.off_at is null and a.health <> 'quarantined' group by a.id",
    )
    .bind(i32::try_from(minutes).unwrap_or(i32::MAX))
    .fetch_all(&mut **tx)
    .await?;
    let mut found = Vec::new();
    for (id, drift, people, since) in rows {
        let subject = Subject { application: Some(id), ..Subject::default() };
        let facts = since.map(|since| Facts::Grants { people, since });
        found.extend(judged(settings, Kind::GrantFailing, subject.clone(), |_| facts));
        found.extend(judged(settings, Kind::DriftFound, subject, |settings| rules::drift(drift, settings)));
    }
    Ok(found)
}

async fn mails(tx: &mut Tx, settings: &Settings) -> Result<Option<Finding>> {
    let hours = settings.limit(Kind::MailFailing, Unit::Hours);
    let failed: i64 = sqlx::query_scalar(
        "select count(*) from mails where state = 'failed' and closed_at > clock() - make_interval(hours => $1)",
    )
    .bind(i32::try_from(hours).unwrap_or(i32::MAX))
    .fetch_one(&mut **tx)
    .await?;
    Ok(judged(settings, Kind::MailFailing, Subject::default(), |settings| rules::mails(failed, settings)))
}

async fn streamed(tx: &mut Tx, settings: &Settings, address: &Address) -> Result<Option<Finding>> {
    let minutes = settings.limit(Kind::StreamBehind, Unit::Minutes);
    let late = Duration::from_secs(u64::from(minutes) * 60);
    let why = stream::behind(tx, address, late).await?;
    Ok(judged(settings, Kind::StreamBehind, Subject::default(), |_| why.map(|why| Facts::Stream { why })))
}
