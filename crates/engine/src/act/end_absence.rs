//! Saying that one is back.

use crate::audit::{self, About};
use crate::{Ctx, Engine, Result};
use domain::audit::Event;

/// The caller is back. Who was not away stays so, and nothing is written.
///
/// # Errors
/// The database can't be reached.
pub async fn end_absence(engine: &Engine, ctx: &Ctx) -> Result<()> {
    let mut tx = engine.begin().await?;
    let ended = sqlx::query("delete from absences where person_id = $1 and until > clock()")
        .bind(ctx.person().0)
        .execute(&mut *tx)
        .await?;
    if ended.rows_affected() == 0 {
        return tx.rollback().await;
    }
    let about = About { principal: Some(ctx.person().into()), ..About::default() };
    audit::done(&mut tx, &ctx.by(), Event::AbsenceEnded, &about).await?;
    tx.commit().await
}
