//! What a person asked for last of one target, to be offered again.

use crate::{Ctx, Result};
use domain::duration::Minutes;
use domain::ids::TargetId;
use serde::Deserialize;
use sqlx::PgConnection;

/// The last request to switch it on, whatever came of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, sqlx::FromRow)]
pub struct Last {
    /// R-number.
    pub number: i64,
    /// Asked length, in minutes.
    pub minutes: Option<i32>,
    /// The person's own words.
    pub reason: String,
}

impl Last {
    /// Asked length.
    pub fn length(&self) -> Option<Minutes> {
        self.minutes.and_then(|minutes| u32::try_from(minutes).ok()).map(Minutes)
    }
}

/// Finds it.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn find(conn: &mut PgConnection, ctx: &Ctx, target: TargetId) -> Result<Option<Last>> {
    let sql = "select number, asked_minutes as minutes, reason from requests \
         where principal_id = $1 and target_id = $2 and action = 'selfActivate' \
         order by created_at desc, id desc limit 1";
    Ok(sqlx::query_as(sql).bind(ctx.person().0).bind(target.0).fetch_optional(conn).await?)
}
