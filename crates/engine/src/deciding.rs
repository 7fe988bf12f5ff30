//! Who can decide on a waiting request now: for mails, which say so to those who can and to nobody else. Whoever is away is not
//! asked, but who stands in for her.

use crate::db::requests::{self, RequestRow};
use crate::db::{policies, targets};
use crate::{Error, Result, approvers, clock};
use chrono::{DateTime, Utc};
use domain::activation::Status;
use domain::approval::{self, Here, Stage};
use domain::ids::{GroupId, PersonId, RequestId, TargetId};
use domain::policy::ApprovalRule;
use domain::policy::stricter::stricter;
use domain::target::Target;
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// The people whose vote would count now: named by the policy it was made under and the one in force, able, neither the one
/// who gets it nor who asked, and without a vote so far; for those who are away, who stands in for them. Whoever could
/// only deny it is not asked. Where nobody else is left, those who are away are asked all the same. Nobody once it is closed or has lapsed.
///
/// # Errors
/// The database can't be reached, or stored rules can't be read.
pub async fn deciding(conn: &mut PgConnection, request: RequestId) -> Result<Here> {
    let Some((row, rule, now)) = waiting(conn, request).await? else { return Ok(Here::new()) };
    able(conn, &row, &rule.at(row.asked(), now)).await
}

/// The same people in two parts: those named first, and the ones who can decide only because it has waited so long, or because too few of
/// the first are here.
///
/// # Errors
/// As for [`deciding`].
pub async fn first_and_later(conn: &mut PgConnection, request: RequestId) -> Result<(Here, Here)> {
    let Some((row, rule, now)) = waiting(conn, request).await? else { return Ok(Default::default()) };
    let first = able(conn, &row, &rule).await?;
    let mut later = able(conn, &row, &rule.at(row.asked(), now)).await?;
    later.retain(|person, _| !first.contains_key(person));
    Ok((first, later))
}

/// A request that waits, the demand for approval it is judged by, and the time.
async fn waiting(
    conn: &mut PgConnection,
    request: RequestId,
) -> Result<Option<(RequestRow, ApprovalRule, DateTime<Utc>)>> {
    let Some(row) = requests::find(conn, request).await? else { return Ok(None) };
    if row.status()? != Status::PendingApproval {
        return Ok(None);
    }
    let current = policies::current(conn, TargetId(row.target_id)).await?.policy.activation;
    let Some(rule) = stricter(&row.made_under()?, &current).approval else { return Ok(None) };
    let now = clock::now(conn).await?;
    if row.deadline_at.is_some_and(|deadline| deadline <= now) {
        return Ok(None);
    }
    Ok(Some((row, rule, now)))
}

/// The able people behind the approvers of this rule who have not voted.
async fn able(conn: &mut PgConnection, row: &RequestRow, rule: &ApprovalRule) -> Result<Here> {
    let group = targets::find(conn, TargetId(row.target_id)).await?.and_then(Target::group);
    let stage = stage(conn, row, group, Some(rule)).await?;
    let away = approvers::away(conn, &stage.may_be_away()).await?;
    let here = stage.could_approve(stage.here(&away));
    Ok(if here.is_empty() { stage.here(&BTreeSet::new()) } else { here })
}

/// A waiting request as approvers see it, by the rule as it stands for it now; `group` is the one entered, if it is a group's.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn stage(
    conn: &mut PgConnection,
    row: &RequestRow,
    group: Option<GroupId>,
    rule: Option<&ApprovalRule>,
) -> Result<Stage> {
    let beneficiary = PersonId(row.principal_id);
    let filer = row.filer_id.map_or(beneficiary, PersonId);
    let named = rule.map_or_else(Vec::new, |rule| approval::countable(&rule.approvers, group));
    let approvers = approvers::resolve(conn, &named, group).await?;
    let may_be_away = approvers.iter().copied().chain([beneficiary, filer]);
    Ok(Stage {
        beneficiary,
        filer,
        stand_ins: approvers::stand_ins(conn, may_be_away).await?,
        approvers,
        needed: rule.map_or(1, |rule| rule.needed),
        deadline: row
            .deadline_at
            .ok_or_else(|| Error::inconsistent("requests", row.id, "waits without a deadline"))?,
        given: approvers::given(conn, row.request_id()).await?,
        content_hash: row.content_hash.clone(),
    })
}
