//! The operator gives a person a directory role for good, on the command line: how the first administrator comes to be.
//! Everybody else assigns roles as anything else is assigned ([`super::assign`]), under the role's policy.

use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::assignments::{self, NewAssignment};
use crate::db::{targets, users};
use crate::{Engine, Result, clock, ids};
use chrono::{DateTime, Utc};
use domain::assignment::{Kind, Origin};
use domain::audit::Event;
use domain::details;
use domain::ids::{AssignmentId, PersonId, TargetId};
use domain::refusal::{Code, Refusal};
use domain::role::Role;
use domain::span::Span;
use domain::target::Target;
use domain::text::Text;
use serde_json::json;
use sqlx::PgConnection;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Input {
    /// To whom.
    pub person: PersonId,
    /// What.
    pub role: Role,
    /// Why, for the audit.
    pub reason: String,
}

/// Gives it.
///
/// # Errors
/// Disabled or unknown person; held already; the reason is too long.
pub async fn grant_role(engine: &Engine, by: &By, input: Input) -> Result<AssignmentId> {
    let mut tx = engine.begin().await?;
    let target = targets::ensure(&mut tx, Target::Role(input.role)).await?;
    targets::lock_slot(&mut tx, input.person.into(), target).await?;
    let now = clock::now(&mut tx).await?;
    let unmet = unmet(&mut tx, &input, target, now).await?;
    let known = !unmet.iter().any(|refusal| refusal.code == Code::UnknownReference);
    let about = About {
        principal: known.then_some(input.person.into()),
        target: Some(target),
        reason: input.reason.clone(),
        facts: Some(json!({ "role": input.role.wire() })),
        ..About::default()
    };
    if !unmet.is_empty() {
        drop(tx);
        return Err(audit::refused(engine, by, Event::RoleGranted, about, unmet).await);
    }
    let id = AssignmentId(ids::new());
    let new = NewAssignment {
        id,
        target,
        principal: input.person.into(),
        kind: Kind::Active,
        origin: Origin::Assigned,
        span: Span::permanent(now),
        ground: None,
        request: None,
        created_by: by.person,
        reason: input.reason,
    };
    assignments::insert(&mut tx, &new).await?;
    audit::done(&mut tx, by, Event::RoleGranted, &About { assignment: Some(id), ..about }).await?;
    tx.commit().await?;
    Ok(id)
}

/// Why this person can't be given the role, if she can't.
async fn unmet(
    conn: &mut PgConnection,
    input: &Input,
    target: TargetId,
    now: DateTime<Utc>,
) -> Result<Vec<Refusal>> {
    let mut unmet: Vec<Refusal> = details::description(&input.reason, "reason").err().into_iter().collect();
    let mut no = |code, text: Text| unmet.push(Refusal::new(code, text).at("principal"));
    match users::find(conn, input.person).await? {
        None => no(Code::UnknownReference, "Nobody has this id.".into()),
        Some(user) if !user.person().able() => {
            let text = Text::default().name(user.display_name).then(" is disabled or deleted.");
            no(Code::PersonDisabled, text);
        }
        Some(_) if holds(conn, input.person, target, now).await? => {
            no(Code::Duplicate, "Holds this role already.".into());
        }
        Some(_) => {}
    }
    Ok(unmet)
}

async fn holds(
    conn: &mut PgConnection,
    person: PersonId,
    target: TargetId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let held = sqlx::query_scalar(
        "select exists (select from assignments where principal_id = $1 and target_id = $2 and kind = 'active' \
         and origin <> 'activated' and (ends_at is null or ends_at > $3))",
    )
    .bind(person.0)
    .bind(target.0)
    .bind(now)
    .fetch_one(conn)
    .await?;
    Ok(held)
}
