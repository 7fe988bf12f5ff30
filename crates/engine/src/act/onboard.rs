//! Brings groups under management, several in one go, with a result for each. There is no way back (product.md 4.11).

use crate::audit::{self, About};
use crate::db::groups::{self, GroupRow};
use crate::db::policies::{self, Versioned};
use crate::db::targets::{self, Hold};
use crate::settle::settle;
use crate::{Ctx, Engine, Error, Result, Tx, authority, clock};
use chrono::{DateTime, Utc};
use domain::audit::Event;
use domain::authz::{Action, allows};
use domain::ids::TargetId;
use domain::policy::Policy;
use domain::refusal::{Code, Refusal};
use domain::target::{Access, Target};
use serde_json::json;
use sqlx::PgConnection;

/// Most groups that one form brings in.
pub const MAX_AT_ONCE: usize = 50;

/// What became of one group.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Address, as asked.
    pub key: String,
    /// How many members and owners were found inside, or why not.
    pub result: Result<u64, Vec<Refusal>>,
}

/// Brings each of the groups (by address) under management; one that can't be does not hold up the others.
///
/// # Errors
/// Nothing or too much was chosen, or the database can't be reached.
pub async fn onboard(engine: &Engine, ctx: &Ctx, keys: &[String]) -> Result<Vec<Outcome>> {
    if keys.is_empty() || keys.len() > MAX_AT_ONCE {
        let text = format!("Choose 1 to {MAX_AT_ONCE} groups.");
        return Err(Refusal::new(Code::Missing, text.as_str()).at("pick").into());
    }
    let mut outcomes = Vec::with_capacity(keys.len());
    for key in keys {
        let result = match one(engine, ctx, key).await {
            Ok(found) => Ok(found),
            Err(Error::Refused(refusals)) => Err(refusals),
            Err(other) => return Err(other),
        };
        outcomes.push(Outcome { key: key.clone(), result });
    }
    Ok(outcomes)
}

async fn one(engine: &Engine, ctx: &Ctx, key: &str) -> Result<u64> {
    let mut tx = engine.begin().await?;
    let mut about = About::default();
    let outcome = attempt(&mut tx, ctx, key, &mut about).await;
    settle(engine, &ctx.by(), tx, Event::GroupOnboarded, about, outcome).await
}

async fn attempt(tx: &mut Tx, ctx: &Ctx, key: &str, about: &mut About) -> Result<u64> {
    let group = groups::by_key(tx, key).await?.ok_or_else(Error::not_found)?;
    // the group's row is what two people who bring in the same group meet at
    sqlx::query("select 1 from groups where id = $1 for no key update")
        .bind(group.id)
        .execute(&mut **tx)
        .await?;
    let group = groups::find(tx, group.group_id()).await?.ok_or_else(Error::not_found)?;
    about.group = Some(group.group_id());
    require(tx, ctx, &group).await?;
    group.rules()?.can_be_managed()?;
    let mut found = 0;
    for access in Access::ALL {
        let target = targets::ensure(tx, Target::of(group.group_id(), access)).await?;
        targets::lock(tx, target, Hold::Change).await?;
        if policies::current(tx, target).await?.version == 0 {
            let first = Versioned { version: 1, policy: Policy::default() };
            policies::insert(tx, target, &first, Some(ctx.person()), "").await?;
        }
        found += write_found(tx, ctx, &group, target).await?;
    }
    let now: DateTime<Utc> = clock::now(tx).await?;
    sqlx::query("update groups set managed_at = $2, managed_by = $3 where id = $1")
        .bind(group.id)
        .bind(now)
        .bind(ctx.person().0)
        .execute(&mut **tx)
        .await?;
    about.facts = Some(json!({ "found": found }));
    audit::done(tx, &ctx.by(), Event::GroupOnboarded, about).await?;
    Ok(found)
}

/// Whoever can see the group learns why she may not; to others it does not exist.
async fn require(conn: &mut PgConnection, ctx: &Ctx, group: &GroupRow) -> Result<()> {
    let facts = authority::group_facts(conn, ctx, group).await?;
    if allows(&ctx.actor, &Action::OnboardGroup(facts)) {
        return Ok(());
    }
    authority::require(ctx, &Action::SeeGroup(facts))?;
    Err(not_yours(group.role_assignable).into())
}

/// Why somebody who may see a group may not bring it in.
pub(crate) fn not_yours(role_assignable: bool) -> Refusal {
    let text = if role_assignable {
        "Role-assignable: this needs a role administrator or an owner."
    } else {
        "You are not an owner and hold no role for this."
    };
    Refusal::new(Code::NotAllowed, text)
}

/// Writes one event for everybody who is inside already and stays, as standing access. One statement, since a group
/// may hold many thousands.
async fn write_found(conn: &mut PgConnection, ctx: &Ctx, group: &GroupRow, target: TargetId) -> Result<u64> {
    let by = ctx.by();
    let written = sqlx::query(
        "insert into audit_events (action, outcome, actor_id, principal_id, group_id, target_id, assignment_id, \
         facts, session_hash, ip, user_agent, trace_id) \
         select $1, 'done', $2, a.principal_id, $3, a.target_id, a.id, \
           jsonb_build_object('kind', a.kind, 'start', a.starts_at, 'end', a.ends_at), encode($5, 'hex'), $6, $7, $8 \
         from active_now a where a.target_id = $4 order by a.id",
    )
    .bind(Event::AssignmentFound.wire())
    .bind(by.person.map(|id| id.0))
    .bind(group.id)
    .bind(target.0)
    .bind(&by.session_hash)
    .bind(&by.via.ip)
    .bind(&by.via.user_agent)
    .bind(&by.via.trace_id)
    .execute(conn)
    .await?;
    Ok(written.rows_affected())
}
