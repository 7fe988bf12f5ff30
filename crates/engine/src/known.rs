//! Whether a person may know of a target: she sees its group, or she is or was eligible for it.

use crate::{Ctx, Error, Result, authority};
use domain::ids::TargetId;
use domain::target::Target;
use sqlx::PgConnection;

/// Whether the actor may.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn is_known(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: TargetId,
    target: Target,
) -> Result<bool> {
    let eligible: bool = sqlx::query_scalar(
        "select exists (select from groups_above($1) up join assignments a on a.principal_id = up.id \
           where a.target_id = $2 and a.kind = 'eligible')",
    )
    .bind(ctx.person().0)
    .bind(id.0)
    .fetch_one(&mut *conn)
    .await?;
    if eligible {
        return Ok(true);
    }
    match authority::require_known(conn, ctx, target).await {
        Ok(()) => Ok(true),
        Err(Error::Refused(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
