//! The form that asks for a later end of an assignment, or for the same again.

use crate::ask::frame::{self, Frame};
use crate::ask::renewals;
use crate::ask::thing::Thing;
use crate::ask::who::Who;
use crate::db::assignments;
use crate::{Ctx, Engine, Error, Result, ids, renewal};
use chrono::{DateTime, Utc};
use domain::assignment::{Kind, Origin};
use domain::ids::{AssignmentId, RequestKey};
use domain::refusal::Refusal;
use domain::renewal::{AFTER, Asking, Offer, obstacles, offer};
use domain::span::Span;
use sqlx::PgConnection;

/// The form.
#[derive(Clone, Debug)]
pub struct RenewalForm {
    /// What surrounds it.
    pub frame: Frame,
    /// Of what.
    pub thing: Thing,
    /// Eligible or active.
    pub kind: Kind,
    /// Since when, until when.
    pub span: Span,
    /// What can be asked for.
    pub offer: Option<Offer>,
    /// The request lapses then.
    pub lapses: Option<DateTime<Utc>>,
    /// The owners who can answer; administrators may too.
    pub owners: Vec<Who>,
    /// Why nothing can be asked for.
    pub obstacles: Vec<Refusal>,
    /// Sent with the form, so that sending it twice has one effect.
    pub key: RequestKey,
}

/// Loads the form.
///
/// # Errors
/// Not found: there is no such assignment of this person's own that was given here.
pub async fn load(engine: &Engine, ctx: &Ctx, id: AssignmentId) -> Result<RenewalForm> {
    let mut conn = engine.pool.acquire().await?;
    let frame = frame::load(&mut conn, ctx).await?;
    let row = assignments::find(&mut conn, id).await?;
    row.filter(|row| row.principal_id == ctx.person().0 && row.origin == Origin::Assigned.wire())
        .ok_or_else(Error::not_found)?;
    let loaded = renewal::find(&mut conn, &[id]).await?.pop().ok_or_else(Error::not_found)?;
    let about = renewals::about(&mut conn, id.0).await?.ok_or_else(Error::not_found)?;
    let mut owners = renewals::answerers(&mut conn, about.thing.target).await?;
    owners.retain(|who| who.person() != ctx.person());
    let asking = Asking {
        held: loaded.held(),
        person_able: loaded.person_able,
        group_open: loaded.group_open,
        waiting_since: waiting_since(&mut conn, &loaded).await?,
    };
    Ok(RenewalForm {
        thing: about.thing,
        kind: loaded.kind,
        span: loaded.span,
        offer: offer(&asking.held, frame.now),
        lapses: loaded.span.end.map(|end| end + AFTER),
        obstacles: obstacles(&asking, frame.now),
        owners,
        key: RequestKey(ids::new()),
        frame,
    })
}

async fn waiting_since(conn: &mut PgConnection, loaded: &renewal::Loaded) -> Result<Option<DateTime<Utc>>> {
    let since = sqlx::query_scalar(
        "select created_at from requests where principal_id = $1 and target_id = $2 and kind = $3 \
         and status = 'PendingAdminDecision' and deadline_at > clock()",
    )
    .bind(loaded.principal.0)
    .bind(loaded.target.0)
    .bind(loaded.kind.wire())
    .fetch_optional(conn)
    .await?;
    Ok(since)
}

/// What an own assignment is of, for the message after the form.
///
/// # Errors
/// Not found: it is somebody else's, or its group is gone.
pub async fn thing(engine: &Engine, ctx: &Ctx, id: AssignmentId) -> Result<Thing> {
    let mut conn = engine.pool.acquire().await?;
    let row = assignments::find(&mut conn, id).await?.ok_or_else(Error::not_found)?;
    let about = renewals::about(&mut conn, row.id).await?.filter(|_| row.principal_id == ctx.person().0);
    Ok(about.ok_or_else(Error::not_found)?.thing)
}
