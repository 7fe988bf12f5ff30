//! What takes a walk over everything that is managed: page by page, so that no statement is long, and none locks anything that
//! people wait for.

use super::{Finding, Subject, judged};
use crate::db::policies;
use crate::{Result, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use domain::alert::rules::{self, Held, Used};
use domain::alert::settings::Settings;
use domain::alert::{Kind, Unit};
use domain::ids::TargetId;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Targets looked at in one statement.
const PAGE: i64 = 500;

/// Something under management.
#[derive(sqlx::FromRow)]
struct Target {
    id: Uuid,
    /// Since when; a role always was.
    managed_at: Option<DateTime<Utc>>,
    sensitive: bool,
}

/// Who holds it, as one statement counts.
#[derive(Clone, Copy, Default)]
struct Counts {
    standing: i64,
    only_eligible: i64,
    eligible: i64,
    outside: i64,
}

pub(super) async fn find(tx: &mut Tx, settings: &Settings, now: DateTime<Utc>) -> Result<Vec<Finding>> {
    let mut found = often(tx, settings, now).await?;
    found.extend(overall(tx, settings).await?);
    let holding = holding(tx, now).await?;
    let mut after = Uuid::nil();
    loop {
        let page = page(tx, after, &holding).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.id;
        look(tx, &page, settings, now, &mut found).await?;
    }
}

async fn page(tx: &mut Tx, after: Uuid, holding: &[Uuid]) -> Result<Vec<Target>> {
    Ok(sqlx::query_as(
        "select t.id, g.managed_at, t.role is not null or g.role_assignable or g.id = any ($3) as sensitive \
         from targets t left join groups g on g.id = t.group_id \
         where t.id > $1 and (t.role is not null or (g.managed_at is not null and g.deleted_at is null)) \
         order by t.id limit $2",
    )
    .bind(after)
    .bind(PAGE)
    .bind(holding)
    .fetch_all(&mut **tx)
    .await?)
}

async fn look(
    tx: &mut Tx,
    page: &[Target],
    settings: &Settings,
    now: DateTime<Utc>,
    found: &mut Vec<Finding>,
) -> Result<()> {
    let ids: Vec<Uuid> = page.iter().map(|target| target.id).collect();
    let counts = counts(tx, &ids, now).await?;
    for target in page {
        let Some(counts) = counts.get(&target.id) else { continue };
        let held = Held { standing: counts.standing, eligible: counts.only_eligible };
        let subject = Subject::target(target.id);
        found.extend(judged(settings, Kind::TooManyStanding, subject.clone(), |s| rules::standing(held, s)));
        if let Some(managed) = target.managed_at {
            let outside = counts.outside;
            found.extend(judged(settings, Kind::FoundOutside, subject, |s| {
                rules::outside(outside, managed, now, s)
            }));
        }
    }
    if settings.on(Kind::StaleEligibility) {
        for (target, used) in stale(tx, &ids, settings, now).await? {
            let subject = Subject::target(target);
            found.extend(judged(settings, Kind::StaleEligibility, subject, |s| rules::stale(used, s)));
        }
    }
    let usable = page.iter().filter(|target| target.sensitive);
    let eligible =
        usable.filter_map(|target| counts.get(&target.id).map(|c| (TargetId(target.id), c.eligible)));
    policies_of(tx, &eligible.filter(|(_, count)| *count > 0).collect(), settings, found).await
}

async fn counts(tx: &mut Tx, targets: &[Uuid], now: DateTime<Utc>) -> Result<BTreeMap<Uuid, Counts>> {
    let rows: Vec<(Uuid, i64, i64, i64, i64)> = sqlx::query_as(
        "select target_id, count(*) filter (where standing), count(*) filter (where not standing), \
           count(*) filter (where eligible), count(*) filter (where outside) from ( \
             select a.target_id, a.principal_id, bool_or(a.kind = 'active') as standing, \
               bool_or(a.kind = 'eligible') as eligible, \
               bool_or(a.origin = 'directory' and a.kind = 'active' and a.ends_at is null and not exists ( \
                 select from access_review_items i where i.assignment_id = a.id and i.decision = 'approve')) as outside \
             from assignments a \
             where a.target_id = any ($1) and a.origin <> 'activated' and a.starts_at <= $2 \
               and (a.ends_at is null or a.ends_at > $2) \
             group by 1, 2) holders group by 1",
    )
    .bind(targets)
    .bind(now)
    .fetch_all(&mut **tx)
    .await?;
    let read = |(target, standing, only_eligible, eligible, outside)| {
        (target, Counts { standing, only_eligible, eligible, outside })
    };
    Ok(rows.into_iter().map(read).collect())
}

/// As the report counts them ([`crate::insight`]), for the days of the threshold.
async fn stale(
    tx: &mut Tx,
    targets: &[Uuid],
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<Vec<(Uuid, Used)>> {
    let days = settings.limit(Kind::StaleEligibility, Unit::Days);
    let rows: Vec<(Uuid, i64, i64)> = sqlx::query_as(
        "select a.target_id, count(*), count(*) filter (where a.starts_at <= $3 \
             and not exists (select from assignments u where u.eligibility_id = a.id and u.starts_at > $3 and u.starts_at <= $2) \
             and not exists (select from assignments u where u.principal_id = a.principal_id and u.target_id = a.target_id \
               and u.kind = 'active' and u.origin = 'activated' and u.starts_at > $3 and u.starts_at <= $2)) \
         from assignments a where a.target_id = any ($1) and a.kind = 'eligible' and a.starts_at <= $2 \
           and (a.ends_at is null or a.ends_at > $2) group by 1",
    )
    .bind(targets)
    .bind(now)
    .bind(now - TimeDelta::days(i64::from(days)))
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|(target, eligible, unused)| (target, Used { unused, eligible })).collect())
}

async fn policies_of(
    tx: &mut Tx,
    eligible: &BTreeMap<TargetId, i64>,
    settings: &Settings,
    found: &mut Vec<Finding>,
) -> Result<()> {
    let targets: BTreeSet<TargetId> = eligible.keys().copied().collect();
    for (target, versioned) in policies::current_of(tx, &targets).await? {
        let (rules_of, count) =
            (versioned.policy.activation, eligible.get(&target).copied().unwrap_or_default());
        let subject = Subject::target(target.0);
        let factor = |_: &Settings| rules::no_second_factor(&rules_of, count);
        found.extend(judged(settings, Kind::NoSecondFactor, subject.clone(), factor));
        let approval = |_: &Settings| rules::no_approval(&rules_of, count);
        found.extend(judged(settings, Kind::NoApproval, subject, approval));
    }
    Ok(())
}

/// Groups that hold a directory role or are eligible for one, and groups that get into them.
async fn holding(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar(
        "with recursive holding (id) as ( \
           select g.id from targets r join assignments a on a.target_id = r.id \
             join groups g on g.id = a.principal_id and g.deleted_at is null \
           where r.role is not null and a.starts_at <= $1 and (a.ends_at is null or a.ends_at > $1) \
           union \
           select g.id from holding h join targets t on t.group_id = h.id and t.kind = 'member' \
             join assignments a on a.target_id = t.id join groups g on g.id = a.principal_id and g.deleted_at is null \
           where a.starts_at <= $1 and (a.ends_at is null or a.ends_at > $1)) \
         select id from holding",
    )
    .bind(now)
    .fetch_all(&mut **tx)
    .await?)
}

/// Everybody over everything, as last counted for the report.
async fn overall(tx: &mut Tx, settings: &Settings) -> Result<Option<Finding>> {
    let last: Option<(i64, i64)> =
        sqlx::query_as("select standing, eligible from holder_counts order by at desc limit 1")
            .fetch_optional(&mut **tx)
            .await?;
    let Some((standing, eligible)) = last else { return Ok(None) };
    let held = Held { standing, eligible };
    Ok(judged(settings, Kind::TooManyStanding, Subject::default(), |settings| {
        rules::standing(held, settings)
    }))
}

async fn often(tx: &mut Tx, settings: &Settings, now: DateTime<Utc>) -> Result<Vec<Finding>> {
    if !settings.on(Kind::ActivatedOften) {
        return Ok(Vec::new());
    }
    let of = |unit| settings.limit(Kind::ActivatedOften, unit);
    let rows: Vec<(Uuid, Uuid, i64)> = sqlx::query_as(
        "select e.principal_id, e.target_id, count(*) from audit_events e join users u on u.id = e.principal_id \
           join things t on t.id = e.target_id and t.deleted_at is null \
         where e.action = 'activation-started' and e.outcome = 'done' and e.target_id is not null and e.at > $1 \
         group by 1, 2 having count(*) >= $2",
    )
    .bind(now - TimeDelta::days(i64::from(of(Unit::Days))))
    .bind(i64::from(of(Unit::Times)))
    .fetch_all(&mut **tx)
    .await?;
    let found = rows.into_iter().filter_map(|(person, target, times)| {
        let subject = Subject { target: Some(target), person: Some(person), ..Subject::default() };
        judged(settings, Kind::ActivatedOften, subject, |settings| rules::often(times, settings))
    });
    Ok(found.collect())
}
