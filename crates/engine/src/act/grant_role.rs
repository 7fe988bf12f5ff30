//! Gives a directory role, to have or to activate: to a person, or to a role-assignable group. What such a group is
//! eligible for, each of its members activates for herself.

use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::assignments::{self, NewAssignment};
use crate::db::{groups, targets, users};
use crate::{Ctx, Engine, Result, authority, clock, ids, nesting};
use chrono::{DateTime, Utc};
use domain::assignment::{Kind, Origin};
use domain::audit::Event;
use domain::authz::Action;
use domain::details;
use domain::ids::{AssignmentId, GroupId, PersonId, PrincipalId, TargetId};
use domain::policy::MIN_LENGTH;
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
    pub principal: PrincipalId,
    /// What.
    pub role: Role,
    /// To activate, or to have.
    pub kind: Kind,
    /// Until when; `None` is for good.
    pub end: Option<DateTime<Utc>>,
    /// Why, for the audit.
    pub reason: String,
}

/// Gives.
///
/// # Errors
/// Not allowed; to oneself; unfit, disabled or unknown principal; held already; the reason is too long.
pub async fn grant_role(engine: &Engine, ctx: &Ctx, input: Input) -> Result<AssignmentId> {
    authority::require(ctx, &Action::ManageRoles)?;
    grant_role_as(engine, &ctx.by(), input).await
}

/// Gives on behalf of the command line, which is trusted as the operator.
///
/// # Errors
/// As [`grant_role`].
pub async fn grant_role_as(engine: &Engine, by: &By, input: Input) -> Result<AssignmentId> {
    let mut tx = engine.begin().await?;
    let target = targets::ensure(&mut tx, Target::Role(input.role)).await?;
    let unmet = unfit(&mut tx, by, &input).await?;
    let known = !unmet.iter().any(|refusal| refusal.code == Code::UnknownReference);
    let about = About {
        principal: known.then_some(input.principal),
        target: Some(target),
        reason: input.reason.clone(),
        facts: Some(json!({ "role": input.role.wire(), "kind": input.kind, "end": input.end })),
        ..About::default()
    };
    let written = if unmet.is_empty() { write(&mut tx, by, target, &input).await? } else { Err(unmet) };
    match written {
        Ok(id) => {
            let about = About { assignment: Some(id), ..about };
            audit::done(&mut tx, by, Event::RoleGranted, &about).await?;
            tx.commit().await?;
            Ok(id)
        }
        Err(refusals) => {
            drop(tx);
            Err(audit::refused(engine, by, Event::RoleGranted, about, refusals).await)
        }
    }
}

/// Why this principal can't be given the role, if it can't.
async fn unfit(conn: &mut PgConnection, by: &By, input: &Input) -> Result<Vec<Refusal>> {
    let mut unmet: Vec<Refusal> = details::description(&input.reason, "reason").err().into_iter().collect();
    let own = match by.person {
        Some(person) => nesting::is_in(conn, person, GroupId(input.principal.0)).await?,
        None => false,
    };
    let mut no = |code, text: Text| unmet.push(Refusal::new(code, text).at("principal"));
    if own && input.kind == Kind::Active {
        no(Code::SelfAssignment, "Nobody gives herself a role. Ask another administrator.".into());
    }
    if let Some(user) = users::find(conn, PersonId(input.principal.0)).await? {
        if !user.person().able() {
            no(
                Code::PersonDisabled,
                Text::default().name(user.display_name).then(" is disabled or deleted."),
            );
        }
    } else if let Some(group) = groups::find(conn, GroupId(input.principal.0)).await? {
        if !group.role_assignable {
            let text = " is not role-assignable, and that is decided when a group is made. Make a new group.";
            no(Code::PrincipalUnfit, Text::default().name(group.display_name).then(text));
        }
    } else {
        no(Code::UnknownReference, "Nobody has this id.".into());
    }
    Ok(unmet)
}

async fn write(
    conn: &mut PgConnection,
    by: &By,
    target: TargetId,
    input: &Input,
) -> Result<Result<AssignmentId, Vec<Refusal>>> {
    targets::lock_slot(conn, input.principal, target).await?;
    let now = clock::now(conn).await?;
    if input.end.is_some_and(|end| end - now < MIN_LENGTH.delta()) {
        return Ok(Err(Refusal::new(Code::TooShort, "At least 5\u{a0}min.").at("end").into()));
    }
    let held: bool = sqlx::query_scalar(
        "select exists (select from assignments where principal_id = $1 and target_id = $2 and kind = $4 \
         and origin <> 'activated' and (ends_at is null or ends_at > $3))",
    )
    .bind(input.principal.0)
    .bind(target.0)
    .bind(now)
    .bind(input.kind.wire())
    .fetch_one(&mut *conn)
    .await?;
    if held {
        return Ok(Err(Refusal::new(Code::Duplicate, "Holds this role already, in this way.")
            .at("principal")
            .into()));
    }
    let new = NewAssignment {
        id: AssignmentId(ids::new()),
        target,
        principal: input.principal,
        kind: input.kind,
        origin: Origin::Assigned,
        span: Span { start: now, end: input.end },
        ground: None,
        request: None,
        created_by: by.person,
        reason: input.reason.clone(),
    };
    assignments::insert(conn, &new).await?;
    Ok(Ok(new.id))
}
