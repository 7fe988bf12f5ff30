//! Reviews of broken glass.

use crate::Result;
use chrono::{DateTime, Utc};
use domain::ids::{PersonId, RequestId, TargetId};
use sqlx::PgConnection;
use uuid::Uuid;

/// A review, as the use case that closes it needs it.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct ReviewRow {
    /// The request by which the glass was broken.
    pub request_id: Uuid,
    /// What was switched on.
    pub target_id: Uuid,
    /// By whom.
    pub person_id: Uuid,
    /// Closed at.
    pub closed_at: Option<DateTime<Utc>>,
}

/// When this person broke the glass here, if nobody has reviewed it.
///
/// # Errors
/// The database can't be reached.
pub async fn open_since(
    conn: &mut PgConnection,
    person: PersonId,
    target: TargetId,
) -> Result<Option<DateTime<Utc>>> {
    let since = sqlx::query_scalar(
        "select opened_at from glass_reviews where person_id = $1 and target_id = $2 and closed_at is null",
    );
    Ok(since.bind(person.0).bind(target.0).fetch_optional(conn).await?)
}

/// Opens a review.
///
/// # Errors
/// The database can't be reached, or one is open already.
pub async fn open(
    conn: &mut PgConnection,
    request: RequestId,
    target: TargetId,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into glass_reviews (request_id, target_id, person_id, opened_at) values ($1, $2, $3, $4)",
    )
    .bind(request.0)
    .bind(target.0)
    .bind(person.0)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Finds the review of a request by its R-number and locks it.
///
/// # Errors
/// The database can't be reached.
pub async fn lock(conn: &mut PgConnection, number: i64) -> Result<Option<ReviewRow>> {
    let row = sqlx::query_as(
        "select v.request_id, v.target_id, v.person_id, v.closed_at from glass_reviews v \
         join requests r on r.id = v.request_id where r.number = $1 for update of v",
    );
    Ok(row.bind(number).fetch_optional(conn).await?)
}

/// Closes a review.
///
/// # Errors
/// The database can't be reached, or refuses: it is closed, or its own person would close it.
pub async fn close(
    conn: &mut PgConnection,
    request: Uuid,
    by: PersonId,
    finding: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "update glass_reviews set closed_at = $2, closed_by = $3, finding = $4 where request_id = $1",
    )
    .bind(request)
    .bind(now)
    .bind(by.0)
    .bind(finding)
    .execute(conn)
    .await?;
    Ok(())
}
