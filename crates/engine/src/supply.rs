//! Who stands behind a policy that asks for approval, so that what nobody can approve is found before somebody asks.

use crate::{Result, approvers};
use domain::approval;
use domain::approval::supply::Supply;
use domain::ids::{PersonId, TargetId};
use domain::policy::ApprovalRule;
use domain::target::Target;
use sqlx::PgConnection;
use std::collections::BTreeSet;
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
    let named = approval::countable(&rule.everybody(), target.group());
    let able = approvers::resolve(conn, &named, target.group()).await?;
    let askers = askers(conn, id, able.len() + 1).await?;
    Ok(Supply { needed: rule.needed, here: able, away: BTreeSet::new(), askers })
}

/// Some of the able people who may ask for it: eligible themselves, or in a group that is.
async fn askers(conn: &mut PgConnection, id: TargetId, most: usize) -> Result<BTreeSet<PersonId>> {
    let people: Vec<Uuid> = sqlx::query_scalar(
        "with holders as materialized (select a.principal_id from assignments a where a.target_id = $1 \
             and a.kind = 'eligible' and a.starts_at <= clock() and (a.ends_at is null or a.ends_at > clock())) \
         (select u.id from holders h join users u on u.id = h.principal_id where u.enabled and u.deleted_at is null limit $2) \
         union (select id from people_within(array(select principal_id from holders)) limit $2)",
    )
    .bind(id.0)
    .bind(i64::try_from(most).unwrap_or(i64::MAX))
    .fetch_all(conn)
    .await?;
    Ok(people.into_iter().map(PersonId).collect())
}
