//! Who can decide on a waiting request now: for mails, which say so to those who can and to nobody else. Whoever is away is not
//! asked, but who stands in for her.

use crate::db::requests::{self, RequestRow};
use crate::db::{policies, targets};
use crate::{Result, approvers, clock};
use chrono::{DateTime, Utc};
use domain::activation::Status;
use domain::approval;
use domain::ids::{PersonId, RequestId, TargetId};
use domain::policy::ApprovalRule;
use domain::policy::stricter::stricter;
use domain::target::Target;
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// The people whose vote would count now: named by the policy it was made under and the one in force, able, neither the one
/// who gets it nor who asked, and without a vote so far; for those who are away, who stands in for them. Where nobody else is
/// left, those who are away are asked all the same. Nobody once it is closed or has lapsed.
///
/// # Errors
/// The database can't be reached, or stored rules can't be read.
pub async fn deciding(conn: &mut PgConnection, request: RequestId) -> Result<BTreeSet<PersonId>> {
    let Some((row, rule, now)) = waiting(conn, request).await? else { return Ok(BTreeSet::new()) };
    able(conn, &row, &rule.at(row.created_at, now)).await
}

/// The same people in two parts: those named first, and the ones who can decide only because it has waited so long.
///
/// # Errors
/// As for [`deciding`].
pub async fn first_and_later(
    conn: &mut PgConnection,
    request: RequestId,
) -> Result<(BTreeSet<PersonId>, BTreeSet<PersonId>)> {
    let Some((row, rule, now)) = waiting(conn, request).await? else { return Ok(Default::default()) };
    let first = able(conn, &row, &rule).await?;
    let mut later = able(conn, &row, &rule.at(row.created_at, now)).await?;
    later.retain(|person| !first.contains(person));
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
async fn able(conn: &mut PgConnection, row: &RequestRow, rule: &ApprovalRule) -> Result<BTreeSet<PersonId>> {
    let group = targets::find(conn, TargetId(row.target_id)).await?.and_then(Target::group);
    let found = approvers::resolve(conn, &approval::countable(&rule.approvers, group), group).await?;
    let beneficiary = PersonId(row.principal_id);
    let filer = row.filer_id.map_or(beneficiary, PersonId);
    let given = approvers::given(conn, row.request_id()).await?;
    let mut able = approval::able(&found, beneficiary, filer);
    able.retain(|seat| !given.iter().any(|given| given.able && given.seat == *seat));
    let away = approvers::away(conn, &able).await?;
    if away.is_empty() {
        return Ok(able);
    }
    let stand_ins = approvers::stand_ins(conn, able.iter().copied().chain([beneficiary, filer])).await?;
    let for_who_asks = [beneficiary, filer].map(|asks| stand_ins.get(&asks).copied());
    let may = |instead: &PersonId| {
        *instead != beneficiary
            && *instead != filer
            && !for_who_asks.contains(&Some(*instead))
            && !given.iter().any(|given| given.by == *instead)
    };
    let present = able.iter().filter(|person| !away.contains(person)).copied();
    let instead: BTreeSet<PersonId> =
        away.iter().filter_map(|person| stand_ins.get(person)).copied().filter(may).collect();
    let gone = approvers::away(conn, &instead).await?;
    let asked: BTreeSet<PersonId> =
        present.chain(instead.into_iter().filter(|one| !gone.contains(one))).collect();
    // whoever stands in for who asks can only deny it
    let some_can_approve = asked.iter().any(|person| !for_who_asks.contains(&Some(*person)));
    Ok(if some_can_approve { asked } else { able })
}
