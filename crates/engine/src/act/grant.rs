//! What every grant writes, whichever way it came about: the span, the cut of what it continues, the event.

use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::assignments::{self, NewAssignment};
use crate::db::rows::Rows;
use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::activation::Ground;
use domain::assignment::{EndReason, Kind, Origin};
use domain::audit::Event;
use domain::ids::{AssignmentId, PersonId, PrincipalId, RequestId, TargetId};
use domain::span::Span;
use serde_json::json;
use sqlx::PgConnection;

/// What is granted to whom.
pub(super) struct Granting<'a> {
    /// From this request.
    pub request: RequestId,
    /// The id that the new activation gets.
    pub assignment: AssignmentId,
    /// Of what.
    pub target: TargetId,
    /// To whom.
    pub principal: PrincipalId,
    /// Rests on this.
    pub ground: Ground,
    /// Continues this activation.
    pub extends: Option<AssignmentId>,
    /// As written by the person.
    pub reason: &'a str,
}

/// Switches on. An extension cuts the old span at `now` and starts there: outwards one continuous membership.
pub(super) async fn live(
    tx: &mut Tx,
    by: &By,
    granting: &Granting<'_>,
    span: Span,
    about: About,
    now: DateTime<Utc>,
) -> Result<()> {
    cut(tx, granting, now).await?;
    let mut rows = Rows::default();
    put(&mut rows, by, granting, span, about);
    rows.write(tx).await
}

/// Ends what is continued.
pub(super) async fn cut(conn: &mut PgConnection, granting: &Granting<'_>, now: DateTime<Utc>) -> Result<()> {
    if let Some(old) = granting.extends {
        assignments::end(conn, old, now, EndReason::Continued).await?;
    }
    Ok(())
}

/// The span and its event, to be written together with other rows, after [`cut`].
pub(super) fn put(rows: &mut Rows, by: &By, granting: &Granting<'_>, span: Span, about: About) {
    let new = NewAssignment {
        id: granting.assignment,
        target: granting.target,
        principal: granting.principal,
        kind: Kind::Active,
        origin: Origin::Activated,
        span,
        ground: Some(granting.ground),
        request: Some(granting.request),
        created_by: Some(PersonId(granting.principal.0)),
        reason: granting.reason.to_owned(),
    };
    assignments::put(rows, &new);
    let event = if granting.extends.is_some() { Event::ActivationExtended } else { Event::ActivationStarted };
    let about = About {
        assignment: Some(granting.assignment),
        facts: Some(json!({
            "start": span.start, "end": span.end, "continues": granting.extends, "through": granting.ground.through,
        })),
        ..about
    };
    audit::put(rows, by, event, &about);
}
