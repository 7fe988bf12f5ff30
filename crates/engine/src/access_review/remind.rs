//! Tells reviewers of a round, once per event, however many servers look.

use crate::{Engine, Result};
use chrono::{DateTime, Utc};
use domain::access_review::schedule::{self, Reminder};
use domain::notice::Notice;
use sqlx::PgConnection;
use uuid::Uuid;

/// Writes a notice to whoever has something left in a round.
///
/// # Errors
/// The database can't be reached.
pub async fn notice(conn: &mut PgConnection, notice: Notice, round: Uuid) -> Result<()> {
    sqlx::query("insert into notices (kind, access_review_id, once) values ($1, $2, $3) on conflict (once) do nothing")
        .bind(notice.wire())
        .bind(round)
        .bind(format!("{} {round}", notice.wire()))
        .execute(conn)
        .await?;
    Ok(())
}

/// A round with something to be reminded of.
#[derive(sqlx::FromRow)]
struct Due {
    id: Uuid,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    remind_at: DateTime<Utc>,
}

/// Makes the reminders that are due.
///
/// # Errors
/// The database can't be reached.
pub async fn sweep(engine: &Engine) -> Result<usize> {
    let mut reminded = 0;
    loop {
        let mut tx = engine.begin().await?;
        let due: Option<Due> = sqlx::query_as(
            "select id, starts_at, ends_at, remind_at from access_review_rounds \
             where remind_at <= clock() order by remind_at limit 1 for update skip locked",
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(Due { id: round, starts_at, ends_at, remind_at }) = due else { return Ok(reminded) };
        let now = crate::clock::now(&mut tx).await?;
        let (which, next) = schedule::remind(starts_at, ends_at, remind_at, now);
        let kind = which.map(|which| match which {
            Reminder::Half => Notice::AccessReviewHalf,
            Reminder::LastDay => Notice::AccessReviewEnds,
        });
        if let Some(kind) = kind {
            notice(&mut tx, kind, round).await?;
            reminded += 1;
        }
        sqlx::query("update access_review_rounds set remind_at = $2 where id = $1")
            .bind(round)
            .bind(next)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
    }
}
