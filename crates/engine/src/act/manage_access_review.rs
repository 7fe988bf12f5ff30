//! Ends a round before its time, has a round applied, or stops a review for good.

use crate::access_review::apply;
use crate::audit::{self, About};
use crate::db::access_reviews::{self, ReviewRow, RoundRow};
use crate::settle::settle;
use crate::{Ctx, Engine, Error, Result, clock};
use chrono::{DateTime, Utc};
use domain::audit::Event;
use domain::ids::AccessReviewId;
use domain::refusal::{Code, Refusal};
use serde_json::json;
use sqlx::PgConnection;

/// What is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// The running round ends now.
    End,
    /// What was decided in the round that ended is applied.
    Apply,
    /// The running round is over without being applied, and no further one begins.
    Stop,
}

impl What {
    /// From the word of the button.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "end" => Some(What::End),
            "apply" => Some(What::Apply),
            "stop" => Some(What::Stop),
            _ => None,
        }
    }

    const fn event(self) -> Event {
        match self {
            What::End => Event::AccessReviewEnded,
            What::Apply => Event::AccessReviewApplied,
            What::Stop => Event::AccessReviewStopped,
        }
    }
}

/// What the form says.
#[derive(Clone, Debug)]
pub struct Input {
    /// Key of the group.
    pub key: String,
    /// Number of the review.
    pub number: i64,
    /// Which round of it, to end it or have it applied.
    pub round: i32,
    /// What to do.
    pub what: What,
    /// Ending a round that applies itself takes access away at once: somebody said that she knows.
    pub sure: bool,
}

/// Does it, and says whether all of the round is applied. Applying begins at once; what does not fit into one go follows by
/// itself.
///
/// # Errors
/// Refused: not the actor's to manage, or there is nothing to end, apply or stop.
pub async fn manage_access_review(engine: &Engine, ctx: &Ctx, input: Input) -> Result<bool> {
    let mut tx = engine.begin().await?;
    let mut about = About::default();
    let outcome = attempt(&mut tx, ctx, &input, &mut about).await;
    let round = settle(engine, &ctx.by(), tx, input.what.event(), about, outcome).await?;
    let Some(round) = round.filter(|round| round.apply_at.is_some()) else { return Ok(false) };
    apply::round(engine, &round).await?;
    let mut conn = engine.pool.acquire().await?;
    let round = access_reviews::round_by_id(&mut conn, round.id).await?;
    Ok(round.is_some_and(|round| round.applied_at.is_some()))
}

async fn attempt(
    conn: &mut PgConnection,
    ctx: &Ctx,
    input: &Input,
    about: &mut About,
) -> Result<Option<RoundRow>> {
    let group = super::plan_access_review::managed(conn, ctx, &input.key, about).await?;
    let review =
        access_reviews::lock_review(conn, group, input.number).await?.ok_or_else(Error::not_found)?;
    let round = access_reviews::lock_round(conn, AccessReviewId(review.id), input.round).await?;
    let now = clock::now(conn).await?;
    about.facts = Some(json!({ "review": review.name }));
    match (input.what, round) {
        (What::End, Some(round)) if round.open(now) && round.plan.auto_apply && !input.sure => {
            let text = "Say that what was denied may go at once.";
            Err(Refusal::new(Code::Missing, text).at("sure").into())
        }
        (What::End, Some(round)) if round.open(now) => end(conn, ctx, round, about, now).await.map(Some),
        (What::Apply, Some(round)) if round.waits(now) => apply_now(conn, ctx, round, now).await.map(Some),
        (What::Stop, _) => stop(conn, ctx, &review, about, now).await,
        (What::End, _) => Err(Refusal::new(Code::AlreadyClosed, "No round of it runs.").into()),
        (What::Apply, _) => {
            Err(Refusal::new(Code::AlreadyClosed, "Nothing of it waits to be applied.").into())
        }
    }
}

/// Whoever ends a round that applies itself has it applied.
async fn end(
    conn: &mut PgConnection,
    ctx: &Ctx,
    round: RoundRow,
    about: &About,
    now: DateTime<Utc>,
) -> Result<RoundRow> {
    let apply_at = round.plan.auto_apply.then_some(now);
    let apply_by = round.plan.auto_apply.then_some(ctx.person().0);
    sqlx::query(
        "update access_review_rounds set ends_at = $2, end_recorded = true, remind_at = null, apply_at = $3, apply_by = $4 \
         where id = $1",
    )
    .bind(round.id)
    .bind(now)
    .bind(apply_at)
    .bind(apply_by)
    .execute(&mut *conn)
    .await?;
    audit::done(conn, &ctx.by(), Event::AccessReviewEnded, about).await?;
    Ok(RoundRow { ends_at: now, apply_at, apply_by, ..round })
}

/// Its event is written when all of it is applied, with the sums.
async fn apply_now(
    conn: &mut PgConnection,
    ctx: &Ctx,
    round: RoundRow,
    now: DateTime<Utc>,
) -> Result<RoundRow> {
    sqlx::query("update access_review_rounds set apply_at = $2, apply_by = $3 where id = $1")
        .bind(round.id)
        .bind(now)
        .bind(ctx.person().0)
        .execute(conn)
        .await?;
    Ok(RoundRow { apply_at: Some(now), apply_by: Some(ctx.person().0), ..round })
}

/// Of no round that is left anything is applied.
async fn stop(
    conn: &mut PgConnection,
    ctx: &Ctx,
    review: &ReviewRow,
    about: &About,
    now: DateTime<Utc>,
) -> Result<Option<RoundRow>> {
    let left = sqlx::query(
        "update access_review_rounds set stopped_at = $2, remind_at = null \
         where review_id = $1 and apply_at is null and stopped_at is null",
    );
    let left = left.bind(review.id).bind(now).execute(&mut *conn).await?.rows_affected() > 0;
    if review.stopped_at.is_some() || (review.next_at.is_none() && !left) {
        return Err(Refusal::new(Code::AlreadyClosed, "It is over already.").into());
    }
    sqlx::query("update access_reviews set next_at = null, stopped_at = $2, stopped_by = $3 where id = $1")
        .bind(review.id)
        .bind(now)
        .bind(ctx.person().0)
        .execute(&mut *conn)
        .await?;
    audit::done(conn, &ctx.by(), Event::AccessReviewStopped, about).await?;
    Ok(None)
}
