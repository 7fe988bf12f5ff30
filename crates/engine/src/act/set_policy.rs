//! Saves the next version of a target's policy. Running access keeps its spans; waiting requests are judged by the
//! stricter of the version they were made under and the one in force (product.md 4.4).

use crate::ask::thing::Pick;
use crate::audit::{self, About};
use crate::db::policies::{self, Versioned};
use crate::db::targets::Hold;
use crate::desk::{self, Desk};
use crate::settle::settle;
use crate::{Ctx, Engine, Result, Tx, approvers, authority, clock, step_up};
use chrono::{DateTime, Utc};
use domain::approval;
use domain::audit::Event;
use domain::ids::GroupId;
use domain::policy::{ApprovalRule, Approver, JustificationRule, Policy, evaluate};
use domain::refusal::{Code, Refusal};
use domain::text::Text;
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What the form says.
#[derive(Clone, Debug)]
pub struct Input {
    /// Of what.
    pub pick: Pick,
    /// The version that the form was made from.
    pub based_on: i32,
    /// The new demands.
    pub policy: Policy,
    /// Why.
    pub reason: String,
    /// Second-factor code.
    pub code: String,
}

/// Saves and gives the new version.
///
/// # Errors
/// Refused: not the actor's to manage, somebody saved meanwhile, inconsistent, nothing changed, the code.
pub async fn set_policy(engine: &Engine, ctx: &Ctx, input: Input) -> Result<i32> {
    let mut tx = engine.begin().await?;
    let mut about = About { reason: input.reason.clone(), ..About::default() };
    let outcome = attempt(engine, &mut tx, ctx, &input, &mut about).await;
    settle(engine, &ctx.by(), tx, Event::PolicySaved, about, outcome).await
}

async fn attempt(engine: &Engine, tx: &mut Tx, ctx: &Ctx, input: &Input, about: &mut About) -> Result<i32> {
    let mut desk = desk::open(tx, ctx, &input.pick, about).await?;
    desk.refresh(tx, ctx, Hold::Change).await?;
    let now = clock::now(tx).await?;
    if desk.policy.version != input.based_on {
        return Err(saved_meanwhile(tx, &desk, input.based_on).await?.into());
    }
    let unmet = judge(tx, ctx, &desk, &input.policy, &input.reason).await?;
    if !unmet.is_empty() {
        return Err(unmet.into());
    }
    let next = Versioned { version: desk.policy.version + 1, policy: input.policy.clone() };
    let subject = format!("{}:{}", desk.target_id, next.version);
    let proof = step_up::demand(engine, tx, ctx, &input.code, step_up::POLICY, &[subject], now).await?;
    policies::insert(tx, desk.target_id, &next, Some(ctx.person()), &input.reason).await?;
    about.policy_version = Some(next.version);
    about.proof = proof.first().copied();
    about.facts = Some(json!({
        "access": input.pick.kind, "before": desk.policy.policy, "after": next.policy, "version_before": desk.policy.version,
    }));
    audit::done(tx, &ctx.by(), Event::PolicySaved, about).await?;
    Ok(next.version)
}

/// Everything that stands against saving, each at its field; the preview shows the same.
///
/// # Errors
/// The database can't be reached.
pub async fn judge(
    conn: &mut PgConnection,
    ctx: &Ctx,
    desk: &Desk,
    policy: &Policy,
    reason: &str,
) -> Result<Vec<Refusal>> {
    let mut unmet = policy.check();
    if let Some(rule) = &policy.activation.approval {
        let second = rule.escalation.as_ref().map(|second| &second.approvers);
        let lists = [("approvers", Some(&rule.approvers), rule.needed), ("escalation_approvers", second, 1)];
        for (field, named, needed) in lists {
            if let Some(named) = named
                && !unmet.iter().any(|refusal| refusal.field.as_deref() == Some(field))
            {
                unmet.extend(judge_approvers(conn, ctx, desk, (field, named, needed)).await?);
            }
        }
    }
    let optional = JustificationRule { required: false, min_length: 0 };
    unmet.extend(evaluate::justification(optional, reason));
    if unmet.is_empty() && *policy == desk.policy.policy {
        unmet.push(Refusal::new(Code::NothingChanged, "Nothing would change."));
    }
    Ok(unmet)
}

/// Those named in a list of the form must exist, and as many able people as are needed must stand behind them today
/// (product.md 4.2).
async fn judge_approvers(
    conn: &mut PgConnection,
    ctx: &Ctx,
    desk: &Desk,
    (field, named, needed): (&str, &[Approver], u8),
) -> Result<Vec<Refusal>> {
    let no = |text: Text| Refusal::new(Code::PolicyIncomplete, text).at(field);
    let mut unmet = Vec::new();
    let gone = unknown(conn, ctx, desk, named).await?;
    if gone > 0 {
        unmet.push(no(format!("{gone} of the approvers no longer exist. Choose others.").as_str().into()));
    }
    let countable = approval::countable(named, desk.target.group());
    if countable.len() < named.len() {
        unmet.push(no("A group can't approve entry into itself. Name its people or another group.".into()));
    }
    let able = approvers::resolve(conn, &countable, desk.target.group()).await?.len();
    if able < usize::from(needed) && unmet.is_empty() {
        let text = match able {
            0 => "Nobody named here can approve today: everybody is disabled or the groups are empty."
                .to_owned(),
            able => {
                format!("Only {able} of the people named here can approve today; {needed} are needed.")
            }
        };
        unmet.push(no(text.as_str().into()));
    }
    Ok(unmet)
}

/// How many of the named approvers are neither a person nor a group that is there.
async fn unknown(conn: &mut PgConnection, ctx: &Ctx, desk: &Desk, named: &[Approver]) -> Result<usize> {
    let hidden = hidden(conn, ctx, desk, named).await?;
    let ids: BTreeSet<Uuid> = named.iter().map(Approver::id).collect();
    let there = sqlx::query_scalar(
        "select id from users where id = any ($1) and deleted_at is null \
         union select id from groups where id = any ($1) and deleted_at is null",
    );
    let there: Vec<Uuid> = there.bind(Vec::from_iter(ids.iter().copied())).fetch_all(conn).await?;
    let there = there.into_iter().filter(|id| !hidden.contains(&GroupId(*id))).count();
    Ok(ids.len().saturating_sub(there))
}

/// Those of these groups that the actor can't see: for her they are not there, unless the policy names them already.
///
/// # Errors
/// The database can't be reached.
pub async fn hidden(
    conn: &mut PgConnection,
    ctx: &Ctx,
    desk: &Desk,
    named: &[Approver],
) -> Result<BTreeSet<GroupId>> {
    let known: BTreeSet<Approver> =
        desk.policy.policy.activation.approval.iter().flat_map(ApprovalRule::everybody).collect();
    let new = named.iter().filter(|approver| !known.contains(*approver));
    let groups: Vec<Uuid> = new.filter_map(Approver::group).map(|group| group.0).collect();
    let open = authority::open_groups(conn, ctx, &groups).await?;
    Ok(groups.into_iter().filter(|group| !open.contains(group)).map(GroupId).collect())
}

/// Names who saved the version in between, and both versions.
async fn saved_meanwhile(conn: &mut PgConnection, desk: &Desk, based_on: i32) -> Result<Refusal> {
    let by: Option<(Option<String>, DateTime<Utc>)> = sqlx::query_as(
        "select u.display_name, p.saved_at from policies p left join users u on u.id = p.saved_by \
         where p.target_id = $1 and p.version = $2",
    )
    .bind(desk.target_id.0)
    .bind(desk.policy.version)
    .fetch_optional(conn)
    .await?;
    let text = Text::say("Not saved. ");
    let text = match by {
        Some((Some(name), at)) => {
            text.name(name).then(format!(" saved version {} at ", desk.policy.version)).at(at)
        }
        Some((None, at)) => text.then(format!("Version {} was saved at ", desk.policy.version)).at(at),
        None => text.then("The policy is another one now"),
    };
    let text = text.then(format!(", after your version {based_on}. Both versions are below."));
    Ok(Refusal::new(Code::SavedMeanwhile, text))
}
