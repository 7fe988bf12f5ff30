//! What the overview of a group and of a directory role says of each target: how many hold it, and its policy in two
//! sentences, with what should be put right.

use crate::db::{policies, targets};
use crate::subject::Subject;
use crate::{Result, approvers, supply};
use domain::ids::TargetId;
use domain::policy::{Policy, change, words};
use domain::target::{Target, TargetKind};
use sqlx::PgConnection;

/// How many have a target.
#[derive(Clone, Debug)]
pub struct Counts {
    /// Member, owner or role.
    pub kind: TargetKind,
    /// May activate.
    pub eligible: i64,
    /// On by activation.
    pub activated: i64,
    /// Active without activation.
    pub standing: i64,
}

/// A policy in two sentences.
#[derive(Clone, Debug)]
pub struct InWords {
    /// Becoming a member or an owner, or holding the role.
    pub kind: TargetKind,
    /// Version in force.
    pub version: i32,
    /// What it takes, who approves.
    pub sentences: [String; 2],
}

/// The policy of a target in words; `warnings` get what it leaves open, and first of all that nobody can approve.
pub(super) async fn policy(
    conn: &mut PgConnection,
    target: Target,
    role_assignable: bool,
    warnings: Option<&mut Vec<String>>,
) -> Result<InWords> {
    let target_id = targets::ensure(conn, target).await?;
    let current = policies::current(conn, target_id).await?;
    let rule = current.policy.activation.approval.as_ref();
    let named = rule.map(|rule| rule.approvers.clone()).unwrap_or_default();
    let names = approvers::names(conn, &named).await?;
    if let Some(warnings) = warnings {
        let who = match target.kind() {
            TargetKind::Member => "Becoming a member: ",
            TargetKind::Owner => "Becoming an owner: ",
            TargetKind::Role => "",
        };
        if let Some(gap) = gap(conn, target, target_id, &current.policy).await? {
            warnings.insert(0, format!("{who}{gap}"));
        }
        let found = change::warnings(&current.policy, role_assignable);
        warnings.extend(found.into_iter().map(|text| format!("{who}{text}")));
    }
    let names: Vec<String> = names.into_iter().map(|named| named.name).collect();
    let sentences = words::sentences(&current.policy, &names);
    Ok(InWords { kind: target.kind(), version: current.version, sentences })
}

/// Why nobody can approve what this policy asks approval for, if that is so.
pub(super) async fn gap(
    conn: &mut PgConnection,
    target: Target,
    id: TargetId,
    policy: &Policy,
) -> Result<Option<String>> {
    let Some(rule) = &policy.activation.approval else { return Ok(None) };
    let supply = supply::load(conn, target, id, rule).await?;
    Ok(supply.gap().map(|gap| gap.words(supply.able.len(), rule.needed)))
}

/// How many have each target of a group or role now.
pub(super) async fn counts(conn: &mut PgConnection, subject: &Subject) -> Result<Vec<Counts>> {
    let ids = subject.target_ids(conn).await?;
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
        "select t.kind, count(*) filter (where a.kind = 'eligible'), \
           count(*) filter (where a.kind = 'active' and a.origin = 'activated'), \
           count(*) filter (where a.kind = 'active' and a.origin <> 'activated') \
         from targets t join assignments a on a.target_id = t.id \
         where t.id = any ($1) and a.starts_at <= clock() and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at)) \
         group by t.kind",
    )
    .bind(&ids)
    .fetch_all(conn)
    .await?;
    let of = |target: Target| {
        let kind = target.kind();
        let row = rows.iter().find(|row| row.0 == kind.wire());
        let (eligible, activated, standing) = row.map_or((0, 0, 0), |row| (row.1, row.2, row.3));
        Counts { kind, eligible, activated, standing }
    };
    Ok(subject.targets().into_iter().map(of).collect())
}
