//! A person marks what she wants to find first, or no longer. It changes a page and no access, and so leaves no trace in
//! the audit.

use crate::db::targets;
use crate::known::is_known;
use crate::{Ctx, Engine, Error, Result};
use domain::ids::TargetId;

/// What is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    /// A favourite from now on.
    Add,
    /// One no longer.
    Remove,
}

/// Marks it, or takes the mark away; what is so already stays so.
///
/// # Errors
/// Not found: this person may not know of it.
pub async fn favour(engine: &Engine, ctx: &Ctx, id: TargetId, wish: Wish) -> Result<()> {
    let mut tx = engine.begin().await?;
    let target = targets::find(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let known = is_known(&mut tx, ctx, id, target).await?;
    if wish == Wish::Add && !known {
        return Err(Error::not_found());
    }
    let sql = match wish {
        Wish::Add => "insert into favourites (person_id, target_id) values ($1, $2) on conflict do nothing",
        Wish::Remove => "delete from favourites where person_id = $1 and target_id = $2",
    };
    let done = sqlx::query(sql).bind(ctx.person().0).bind(id.0).execute(&mut *tx).await?;
    // what became unknown can be unmarked, and what was never known looks like what does not exist
    if !known && done.rows_affected() == 0 {
        return Err(Error::not_found());
    }
    tx.commit().await?;
    Ok(())
}
