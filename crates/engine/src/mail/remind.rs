//! Reminders: of what ends (assignments 14 days and one day before, activations 10 minutes before) and of what waits for an
//! answer. Each is made once, by whichever server looks first. Whether it still has something to say is judged when its mail leaves.

pub(crate) mod escalation;
mod waiting;

use crate::{Engine, Result};
use domain::ids::AssignmentId;
use domain::notice::Notice;
use sqlx::PgConnection;

/// Only what lasts longer gets the mail 14 days before its end: so it never comes within a day of the one that said until when
/// it lasts.
const LONG: &str = "15 days";
/// Only what lasts at least so long gets the mail a day before its end, for the same reason.
const SHORT: &str = "2 days";

/// What is reminded of, and which assignments it is about.
fn due() -> [(Notice, String); 3] {
    let lasts = "a.ends_at - a.starts_at";
    [
        (
            Notice::EndsSoon,
            format!(
                "a.origin = 'activated' and a.ends_at <= clock() + interval '10 minutes' and {lasts} >= interval '30 minutes'"
            ),
        ),
        (
            Notice::AssignmentEndsSoon,
            format!(
                "a.origin <> 'activated' and a.ends_at <= clock() + interval '14 days' and a.ends_at > clock() + interval '1 day' \
                 and {lasts} > interval '{LONG}'"
            ),
        ),
        (
            Notice::AssignmentEndsTomorrow,
            format!(
                "a.origin <> 'activated' and a.ends_at <= clock() + interval '1 day' and {lasts} >= interval '{SHORT}'"
            ),
        ),
    ]
}

/// What makes a reminder `$1` of the end of an assignment `a` the same.
const ONCE: &str = "$1 || ' ' || a.id || ' ' || extract(epoch from a.ends_at)::bigint";

/// Makes the reminders that are due. One whose end is moved later gets a new one for the new end.
///
/// # Errors
/// The database can't be reached.
pub async fn remind(engine: &Engine) -> Result<()> {
    for (notice, which) in due() {
        let sql = format!(
            "insert into notices (kind, principal_id, target_id, assignment_id, once) \
             select $1, a.principal_id, a.target_id, a.id, due.once from assignments a \
               cross join lateral (select {ONCE} as once) due \
              where not a.end_recorded and a.ends_at > clock() and a.starts_at <= clock() and {which} \
                and not exists (select from notices made where made.once = due.once) \
             on conflict (once) do nothing"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(notice.wire()).execute(&engine.pool).await?;
    }
    escalation::remind(engine).await?;
    waiting::remind(engine).await
}

/// Nobody is told 14 days before that this assignment ends as it does now: whoever moved the end tells of it in other words.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn told_otherwise(conn: &mut PgConnection, assignment: AssignmentId) -> Result<()> {
    let sql = format!(
        "insert into notices (kind, principal_id, target_id, assignment_id, once, told_at) \
         select $1, a.principal_id, a.target_id, a.id, {ONCE}, clock() from assignments a where a.id = $2 \
         on conflict (once) do nothing"
    );
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(Notice::AssignmentEndsSoon.wire())
        .bind(assignment.0)
        .execute(conn)
        .await?;
    Ok(())
}
