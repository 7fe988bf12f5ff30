//! The demands of Larkfield Energy's groups: with and without approval, ticket, quorum, fresh code.

use super::story::Story;
use crate::audit::About;
use crate::db::targets;
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::audit::Event;
use domain::duration::Minutes;
use domain::ids::{GroupId, TargetId};
use domain::policy::{
    ActivationRules, ApprovalRule, Approver, AssignmentRules, JustificationRule, Policy, ProofRule,
    TicketRule,
};
use domain::role::Role;
use domain::target::{Access, Target};

const FRESH: ProofRule = ProofRule::Fresh { max_age: Minutes(5) };

/// How one target differs from the default.
struct Row {
    group: &'static str,
    access: Access,
    hours: u32,
    proof: ProofRule,
    /// Fewest characters; none: a reason is not asked.
    reason: Option<u16>,
    ticket: TicketRule,
    /// Who approves: people, or a group with a leading `@`.
    approvers: &'static [&'static str],
    needed: u8,
    /// Longest emergency, in hours.
    glass: Option<u32>,
}

const PLAIN: Row = Row {
    group: "",
    access: Access::Member,
    hours: 8,
    proof: FRESH,
    reason: Some(10),
    ticket: TicketRule::None,
    approvers: &[],
    needed: 1,
    glass: None,
};

const ROWS: &[Row] = &[
    Row {
        group: "prod-db-admins",
        hours: 4,
        reason: Some(20),
        ticket: TicketRule::Pattern,
        approvers: &["ben.lindqvist", "cleo.marchetti"],
        glass: Some(1),
        ..PLAIN
    },
    Row {
        group: "prod-db-admins",
        access: Access::Owner,
        hours: 2,
        reason: Some(20),
        approvers: &["cleo.marchetti", "ben.lindqvist", "soren.dahl"],
        needed: 2,
        ..PLAIN
    },
    Row {
        group: "billing-exports",
        hours: 4,
        ticket: TicketRule::Any,
        approvers: &["ben.lindqvist", "cleo.marchetti"],
        ..PLAIN
    },
    Row {
        group: "billing-exports",
        access: Access::Owner,
        hours: 2,
        approvers: &["ben.lindqvist", "cleo.marchetti", "priya.raman"],
        needed: 2,
        ..PLAIN
    },
    Row {
        group: "k8s-prod-breakfix",
        hours: 4,
        ticket: TicketRule::Pattern,
        approvers: &["soren.dahl", "cleo.marchetti"],
        ..PLAIN
    },
    Row { group: "grafana-editors", proof: ProofRule::None, reason: Some(5), ..PLAIN },
    Row {
        group: "grid-control",
        hours: 12,
        approvers: &["soren.dahl", "@platform-on-call"],
        needed: 2,
        ..PLAIN
    },
    Row { group: "vault-readers", hours: 4, approvers: &["@db-on-call"], ..PLAIN },
    Row { group: "pager-overrides", proof: ProofRule::Session, reason: None, ..PLAIN },
    Row { group: "crm-admins", hours: 2, ticket: TicketRule::Any, ..PLAIN },
    Row { group: "dns-editors", hours: 1, ..PLAIN },
    // its only approver has left the company
    Row { group: "helpdesk-tier2", approvers: &["gustav.holm"], ..PLAIN },
];

/// Directory roles that differ from the default; the group is none.
const ROLES: &[(Role, Row)] = &[(
    Role::PrivilegedAuthenticationAdministrator,
    Row { hours: 2, approvers: &["aino.virtanen", "tomasz.zielinski"], ..PLAIN },
)];

pub(super) async fn tell(story: &mut Story<'_>) -> Result<()> {
    let first = story.days_ago(205);
    for (role, row) in ROLES {
        let policy = policy(story, row)?;
        let target = targets::ensure(&mut story.tx, Target::Role(*role)).await?;
        save(story, (None, target), 1, &policy, first, "").await?;
    }
    for row in ROWS {
        let policy = policy(story, row)?;
        let of = (Some(story.group(row.group)?), story.target(row.group, row.access).await?.1);
        let tightened = row.group == "prod-db-admins" && row.access == Access::Member;
        if tightened {
            let mut before = policy.clone();
            before.activation.max = Minutes::hours(8);
            before.activation.ticket = TicketRule::None;
            save(story, of, 1, &before, first, "").await?;
            let at = story.days_ago(130);
            save(story, of, 2, &policy, at, "Audit finding F-12: long sessions without ticket").await?;
        } else {
            save(story, of, 1, &policy, first, "").await?;
        }
    }
    Ok(())
}

async fn save(
    story: &mut Story<'_>,
    (group, target): (Option<GroupId>, TargetId),
    version: i32,
    policy: &Policy,
    at: DateTime<Utc>,
    reason: &str,
) -> Result<()> {
    let by = story.person("aino.virtanen")?;
    let settings = serde_json::to_value(policy).map_err(|error| Error::Internal(error.to_string()))?;
    sqlx::query(
        "insert into policies (target_id, version, settings, saved_at, saved_by, reason) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(target.0)
    .bind(version)
    .bind(settings)
    .bind(at)
    .bind(by.0)
    .bind(reason)
    .execute(&mut *story.tx)
    .await?;
    let about = About {
        group,
        target: Some(target),
        reason: reason.to_owned(),
        policy_version: Some(version),
        ..About::default()
    };
    story.tell(at, Event::PolicySaved, Some(by), about);
    Ok(())
}

fn policy(story: &Story<'_>, row: &Row) -> Result<Policy> {
    let approvers = row.approvers.iter().map(|word| match word.strip_prefix('@') {
        Some(key) => story.group(key).map(Approver::Group),
        None => story.person(word).map(Approver::Person),
    });
    let approvers = approvers.collect::<Result<Vec<Approver>>>()?;
    let approval = (!approvers.is_empty()).then(|| ApprovalRule {
        approvers,
        needed: row.needed,
        wait: Minutes::days(1),
        escalation: None,
    });
    Ok(Policy {
        break_glass: row.glass.map(Minutes::hours),
        activation: ActivationRules {
            max: Minutes::hours(row.hours),
            proof: row.proof,
            justification: JustificationRule {
                required: row.reason.is_some(),
                min_length: row.reason.unwrap_or_default(),
            },
            ticket: row.ticket,
            approval,
        },
        // some of the rota is eligible without an end
        eligible: AssignmentRules { permanent: true, max: Minutes::days(365) },
        ..Policy::default()
    })
}
