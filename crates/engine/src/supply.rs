//! Who stands behind a policy that asks for approval, so that what nobody can approve is found before somebody asks.

use crate::Result;
use crate::approvers::{self, is_away};
use domain::approval;
use domain::approval::supply::Supply;
use domain::ids::{PersonId, TargetId};
use domain::policy::ApprovalRule;
use domain::target::Target;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Loads what the rule needs; `id` is the row of the target.
///
/// # Errors
/// The database can't be reached.
pub async fn load(
    conn: &mut PgConnection,
    target: Target,
    id: TargetId,
    rule: &ApprovalRule,
) -> Result<Supply> {
    let mut found = of_many(conn, &[(target, id, rule)]).await?;
    Ok(found.pop().unwrap_or_default())
}

/// The same for many, in their order, in three statements at most. They stop at what decides: nobody lists the thousand people of
/// a group to see that two of them can approve.
///
/// # Errors
/// The database can't be reached.
pub async fn of_many(
    conn: &mut PgConnection,
    asked: &[(Target, TargetId, &ApprovalRule)],
) -> Result<Vec<Supply>> {
    let mut able = able(conn, asked).await?;
    let mut found: Vec<Supply> = asked
        .iter()
        .map(|(_, id, rule)| {
            let (able, here) = able.remove(&id.0).unwrap_or_default();
            Supply { needed: rule.needed, able: able.into_iter().map(PersonId).collect(), here, asker: None }
        })
        .collect();
    let short: Vec<_> =
        asked.iter().zip(&found).filter(|(_, supply)| supply.is_short()).map(|(asked, _)| *asked).collect();
    let mut instead = stand_ins(conn, &short).await?;
    let tight: Vec<_> = asked.iter().zip(&found).filter(|(_, supply)| supply.is_tight()).collect();
    let tight = tight.into_iter().map(|((_, id, _), supply)| json!({ "target": id, "able": supply.able }));
    let mut askers = askers(conn, tight.collect()).await?;
    for ((_, id, _), supply) in asked.iter().zip(&mut found) {
        supply.here += instead.remove(&id.0).unwrap_or_default();
        supply.asker = askers.remove(&id.0).flatten().map(PersonId);
    }
    Ok(found)
}

/// What is asked of each target.
fn named(asked: &[(Target, TargetId, &ApprovalRule)]) -> Value {
    let row = |(target, id, rule): &(Target, TargetId, &ApprovalRule)| {
        let named = approval::countable(&rule.everybody(), target.group());
        let ids: Vec<Uuid> = named.iter().map(|approver| approver.id()).collect();
        json!({ "target": id, "but": target.group(), "ids": ids, "most": u32::from(rule.needed.max(1)) + 1 })
    };
    asked.iter().map(row).collect()
}

/// Of each target the able people, and how many of all who are able are not away: at most one more than are needed.
async fn able(
    conn: &mut PgConnection,
    asked: &[(Target, TargetId, &ApprovalRule)],
) -> Result<BTreeMap<Uuid, (Vec<Uuid>, usize)>> {
    let able = approvers::able_among("n.ids", "n.but");
    let sql = format!(
        "select n.target, array(select id from ({able}) able limit n.most), \
           (select count(*) from (select from ({able}) able where not {} limit n.most) here) \
         from jsonb_to_recordset($1) as n (target uuid, but uuid, ids uuid[], most integer)",
        is_away("able.id"),
    );
    let found: Vec<(Uuid, Vec<Uuid>, i64)> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(named(asked)).fetch_all(conn).await?;
    let here = |count| usize::try_from(count).unwrap_or_default();
    Ok(found.into_iter().map(|(target, able, count)| (target, (able, here(count)))).collect())
}

/// Of each target how many people who are here stand in for somebody who is able, and are not able themselves: nobody counts twice.
async fn stand_ins(
    conn: &mut PgConnection,
    short: &[(Target, TargetId, &ApprovalRule)],
) -> Result<BTreeMap<Uuid, usize>> {
    if short.is_empty() {
        return Ok(BTreeMap::new());
    }
    let able = approvers::able_among("n.ids", "n.but");
    let sql = format!(
        "select n.target, count(distinct s.delegate_id) from jsonb_to_recordset($1) as n (target uuid, but uuid, ids uuid[]) \
         cross join lateral ({able}) able join stand_ins s on s.person_id = able.id \
         where not {} and s.delegate_id not in (select id from ({able}) able) group by n.target",
        is_away("s.delegate_id"),
    );
    let found: Vec<(Uuid, i64)> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(named(short)).fetch_all(conn).await?;
    Ok(found
        .into_iter()
        .map(|(target, count)| (target, usize::try_from(count).unwrap_or_default()))
        .collect())
}

/// Of each target one person who may ask for it, eligible herself or in a group that is: one who can't approve, if any.
async fn askers(conn: &mut PgConnection, tight: Vec<Value>) -> Result<BTreeMap<Uuid, Option<Uuid>>> {
    if tight.is_empty() {
        return Ok(BTreeMap::new());
    }
    let may_ask = approvers::able_among(
        "array(select a.principal_id from assignments a where a.target_id = n.target and a.kind = 'eligible' \
           and a.starts_at <= clock() and (a.ends_at is null or a.ends_at > clock()))",
        "null::uuid",
    );
    let sql = format!(
        "select n.target, coalesce((select id from ({may_ask}) may where id <> all (n.able) limit 1), \
           (select id from ({may_ask}) may limit 1)) \
         from jsonb_to_recordset($1) as n (target uuid, able uuid[])"
    );
    let found: Vec<(Uuid, Option<Uuid>)> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(Value::from(tight)).fetch_all(conn).await?;
    Ok(found.into_iter().collect())
}
