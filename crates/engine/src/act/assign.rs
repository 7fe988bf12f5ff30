//! Gives several people, or groups, eligibility or standing access to one target, with a result for each. Those who pass are
//! written in one transaction, so that one second-factor code confirms them all or none.

use crate::ask::thing::Pick;
use crate::audit::{self, About};
use crate::db::admin_requests::{self, AdminRequest};
use crate::db::assignments::{self, NewAssignment};
use crate::db::groups;
use crate::db::principals::{self, PrincipalRow};
use crate::db::targets::{self, Hold};
use crate::desk::{self, Desk};
use crate::settle::settle;
use crate::{Ctx, Engine, Error, Result, Tx, authority, clock, ids, nesting, proof, step_up};
use chrono::{DateTime, Utc};
use domain::assignment::{self, Facts, Kind, Nesting, Newcomer, Origin, Wanted};
use domain::audit::Event;
use domain::ids::{AssignmentId, GroupId, PrincipalId, RequestId, RequestKey, TargetId};
use domain::principal::PrincipalKind;
use domain::refusal::{Code, Refusal};
use domain::span::Span;
use domain::target::Access;
use domain::text::Text;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most people that one form assigns.
pub const MAX_AT_ONCE: usize = 50;

/// What the form says.
#[derive(Clone, Debug)]
pub struct Input {
    /// What.
    pub pick: Pick,
    /// To whom.
    pub principals: Vec<PrincipalId>,
    /// Kind, window, reason.
    pub wanted: Wanted,
    /// Second-factor code, if one was asked.
    pub code: String,
    /// Of the form.
    pub key: RequestKey,
}

/// What became of one of them.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Who.
    pub principal: PrincipalId,
    /// Name.
    pub name: String,
    /// The window, or why not.
    pub result: Result<Span, Vec<Refusal>>,
}

/// Assigns.
///
/// # Errors
/// Refused as a whole: not the actor's to manage, nobody chosen, the code. What concerns one person is in her outcome.
pub async fn assign(engine: &Engine, ctx: &Ctx, input: Input) -> Result<Vec<Outcome>> {
    let mut tx = engine.begin().await?;
    let mut about = About { reason: input.wanted.reason.clone(), ..About::default() };
    let outcome = attempt(engine, &mut tx, ctx, &input, &mut about).await;
    settle(engine, &ctx.by(), tx, Event::AssignmentMade, about, outcome).await
}

async fn attempt(
    engine: &Engine,
    tx: &mut Tx,
    ctx: &Ctx,
    input: &Input,
    about: &mut About,
) -> Result<Vec<Outcome>> {
    let mut desk = desk::open(tx, ctx, &input.pick, about).await?;
    let chosen = chosen(tx, ctx, &input.principals).await?;
    if chosen.iter().any(|principal| principal.kind == "group") {
        nesting::lock(tx).await?;
    }
    for principal in &chosen {
        targets::lock_slot(tx, PrincipalId(principal.id), desk.target_id).await?;
    }
    desk.refresh(tx, ctx, Hold::Share).await?;
    let now = clock::now(tx).await?;
    let mut outcomes = Vec::with_capacity(chosen.len());
    let mut passed = Vec::new();
    for principal in &chosen {
        let result = match sent_before(tx, ctx, input.key, principal.id).await? {
            Some(span) => Ok(span),
            None => decide(tx, ctx, &desk, principal, &input.wanted, now).await?.inspect(|span| {
                passed.push((outcomes.len(), *span));
            }),
        };
        let (id, name) = (PrincipalId(principal.id), principal.display_name.clone());
        outcomes.push(Outcome { principal: id, name, result });
    }
    if asks_for_code(&desk, input.wanted.kind) && passed.len() > proof::MOST_SUBJECTS {
        let text = format!("One code confirms at most {} people. Choose fewer.", proof::MOST_SUBJECTS);
        return Err(Refusal::new(Code::BadValue, text.as_str()).at("principal").into());
    }
    let subjects: Vec<String> =
        passed.iter().map(|(at, _)| format!("{}:{}", desk.target_id, outcomes[*at].principal)).collect();
    let proofs = if !subjects.is_empty() && asks_for_code(&desk, input.wanted.kind) {
        step_up::demand(engine, tx, ctx, &input.code, step_up::ASSIGN, &subjects, now).await?
    } else {
        Vec::new()
    };
    for (index, (at, span)) in passed.into_iter().enumerate() {
        let proof = proofs.get(index).copied();
        let principal = outcomes[at].principal;
        let given = Given { principal, kind: input.wanted.kind, span, reason: &input.wanted.reason, proof };
        if let Err(refusal) = write(tx, ctx, &desk, &given, input.key, now).await? {
            outcomes[at].result = Err(refusal.into());
        }
    }
    write_refused(tx, ctx, &outcomes, about).await?;
    Ok(outcomes)
}

/// The history tells of those who were refused as well as of those who passed.
async fn write_refused(
    conn: &mut PgConnection,
    ctx: &Ctx,
    outcomes: &[Outcome],
    about: &About,
) -> Result<()> {
    for outcome in outcomes {
        if let Err(refusals) = &outcome.result {
            let about = About {
                principal: Some(outcome.principal),
                facts: Some(audit::reasons(refusals)),
                ..about.clone()
            };
            audit::done_refused(conn, &ctx.by(), Event::AssignmentMade, &about).await?;
        }
    }
    Ok(())
}

/// The principals as they are, each once, in the order in which everybody locks their slots. A group that the actor can't
/// see is as unknown as one that is not there.
async fn chosen(conn: &mut PgConnection, ctx: &Ctx, wanted: &[PrincipalId]) -> Result<Vec<PrincipalRow>> {
    let ids: BTreeSet<PrincipalId> = wanted.iter().copied().collect();
    if ids.is_empty() {
        return Err(Refusal::new(Code::Missing, "Choose at least one person.").at("principal").into());
    }
    if ids.len() > MAX_AT_ONCE {
        let text = format!("Choose at most {MAX_AT_ONCE} people at once.");
        return Err(Refusal::new(Code::BadValue, text.as_str()).at("principal").into());
    }
    let unknown = || Refusal::new(Code::UnknownReference, "Nobody like that is here.").at("principal");
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.push(principals::find(conn, id).await?.ok_or_else(unknown)?);
    }
    let groups: Vec<Uuid> = rows.iter().filter(|row| row.kind == "group").map(|row| row.id).collect();
    if authority::open_groups(conn, ctx, &groups).await?.len() < groups.len() {
        return Err(unknown().into());
    }
    Ok(rows)
}

/// Whether giving this asks whoever gives it for a code.
pub fn asks_for_code(desk: &Desk, kind: Kind) -> bool {
    kind == Kind::Active && desk.policy.policy.active.proof
}

/// Judges one principal by the rules.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn decide(
    conn: &mut PgConnection,
    ctx: &Ctx,
    desk: &Desk,
    principal: &PrincipalRow,
    wanted: &Wanted,
    now: DateTime<Utc>,
) -> Result<Result<Span, Vec<Refusal>>> {
    let held = held(conn, PrincipalId(principal.id), desk.target_id, wanted.kind, None, now).await?;
    let facts = Facts {
        policy: &desk.policy.policy,
        group_open: desk.facts.managed,
        newcomer: newcomer(conn, desk, principal).await?,
        principal_able: principal.able,
        for_self: is_own(conn, ctx, PrincipalId(principal.id)).await?,
        held: &held,
        name: &principal.display_name,
    };
    Ok(assignment::assign(&facts, wanted, now))
}

/// Whether this is the actor herself, or a group she is in.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn is_own(conn: &mut PgConnection, ctx: &Ctx, principal: PrincipalId) -> Result<bool> {
    nesting::is_in(conn, ctx.person(), GroupId(principal.0)).await
}

/// What must be known of who would get it.
async fn newcomer(conn: &mut PgConnection, desk: &Desk, principal: &PrincipalRow) -> Result<Newcomer> {
    if principal.kind()? == PrincipalKind::User {
        return Ok(Newcomer::Person);
    }
    let (Some(into), Some(access)) = (desk.subject.group(), desk.target.access()) else {
        let group = groups::find(conn, GroupId(principal.id)).await?;
        return Ok(Newcomer::Carrier { role_assignable: group.is_some_and(|group| group.role_assignable) });
    };
    let circle = match access {
        Access::Member => nesting::circle(conn, GroupId(principal.id), into.group_id()).await?,
        Access::Owner => None,
    };
    Ok(Newcomer::Group(Nesting { access, protected: nesting::protected(conn, into).await?, circle }))
}

/// Spans of this kind that are not over, activations and `but` left out.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn held(
    conn: &mut PgConnection,
    principal: PrincipalId,
    target: TargetId,
    kind: Kind,
    but: Option<AssignmentId>,
    now: DateTime<Utc>,
) -> Result<Vec<Span>> {
    let rows: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)> = sqlx::query_as(
        "select starts_at, ends_at from assignments where principal_id = $1 and target_id = $2 and kind = $3 \
         and origin <> 'activated' and id is distinct from $4 and (ends_at is null or ends_at > $5) \
         order by starts_at",
    )
    .bind(principal.0)
    .bind(target.0)
    .bind(kind.wire())
    .bind(but.map(|id| id.0))
    .bind(now)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(start, end)| Span { start, end }).collect())
}

/// What the same form gave this principal before, if it was sent twice.
async fn sent_before(
    conn: &mut PgConnection,
    ctx: &Ctx,
    form: RequestKey,
    principal: Uuid,
) -> Result<Option<Span>> {
    let found: Option<(DateTime<Utc>, Option<DateTime<Utc>>)> = sqlx::query_as(
        "select a.starts_at, a.ends_at from requests r join assignments a on a.request_id = r.id \
         where r.filer_id = $1 and r.request_key = $2",
    )
    .bind(ctx.person().0)
    .bind(admin_requests::key_for(form, principal).0)
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|(start, end)| Span { start, end }))
}

/// What is given to one principal.
pub(super) struct Given<'a> {
    /// To whom.
    pub principal: PrincipalId,
    /// Eligible or active.
    pub kind: Kind,
    /// As decided.
    pub span: Span,
    /// As written.
    pub reason: &'a str,
    /// Proof that was used.
    pub proof: Option<Uuid>,
}

/// Writes request, assignment and audit row, and gives the assignment. A duplicate that slipped past the slot's lock meets the database's own
/// constraint and comes back as the refusal it is, with nothing of this principal written.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn write(
    conn: &mut PgConnection,
    ctx: &Ctx,
    desk: &Desk,
    given: &Given<'_>,
    form: RequestKey,
    now: DateTime<Utc>,
) -> Result<Result<AssignmentId, Refusal>> {
    let mut savepoint = conn.begin().await?;
    match rows(&mut savepoint, ctx, desk, given, form, now).await {
        Ok(assignment) => {
            savepoint.commit().await?;
            Ok(Ok(assignment))
        }
        Err(error) if is_duplicate(&error) => {
            savepoint.rollback().await?;
            Ok(Err(duplicate()))
        }
        Err(error) => Err(error),
    }
}

async fn rows(
    conn: &mut PgConnection,
    ctx: &Ctx,
    desk: &Desk,
    given: &Given<'_>,
    form: RequestKey,
    now: DateTime<Utc>,
) -> Result<AssignmentId> {
    let request = AdminRequest {
        id: RequestId(ids::new()),
        action: "adminAssign",
        target: desk.target_id,
        principal: given.principal,
        filer: ctx.person(),
        kind: given.kind,
        span: given.span,
        reason: given.reason.to_owned(),
        assignment: None,
        policy_version: desk.policy.version,
        rules: desk.policy.policy.activation.clone(),
        key: admin_requests::key_for(form, given.principal.0),
    };
    admin_requests::insert(conn, &request, now).await?;
    let new = NewAssignment {
        id: AssignmentId(ids::new()),
        target: desk.target_id,
        principal: given.principal,
        kind: given.kind,
        origin: Origin::Assigned,
        span: given.span,
        ground: None,
        request: Some(request.id),
        created_by: Some(ctx.person()),
        reason: given.reason.to_owned(),
    };
    assignments::insert(conn, &new).await?;
    let about = About {
        principal: Some(given.principal),
        group: desk.group(),
        target: Some(desk.target_id),
        request: Some(request.id),
        assignment: Some(new.id),
        reason: given.reason.to_owned(),
        policy_version: Some(desk.policy.version),
        proof: given.proof,
        facts: Some(json!({
            "kind": given.kind, "start": given.span.start, "end": given.span.end,
            "to_self": is_own(conn, ctx, given.principal).await?,
        })),
        ..About::default()
    };
    audit::done(conn, &ctx.by(), Event::AssignmentMade, &about).await?;
    Ok(new.id)
}

/// Whether the database refused a second assignment of one kind at one instant.
pub(super) fn is_duplicate(error: &Error) -> bool {
    matches!(error, Error::Database(sqlx::Error::Database(db)) if db.constraint() == Some("one_assignment"))
}

/// The refusal for it.
pub(super) fn duplicate() -> Refusal {
    let text = Text::say("An assignment of this kind already covers this time. Change that one instead.");
    Refusal::new(Code::Duplicate, text).at("principal")
}
