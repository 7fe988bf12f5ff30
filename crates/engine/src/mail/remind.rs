//! Reminders: of what ends (assignments 14 days and one day before, activations 10 minutes before) and of what waits for an
//! answer. Each is made once, by whichever server looks first. Whether it still has something to say is judged when its mail leaves.

pub(crate) mod escalation;
mod waiting;

use crate::{Engine, Result};
use domain::notice::Notice;

/// What is reminded of, and which assignments it is about. A span too short to need the reminder gets none.
const DUE: [(Notice, &str); 3] = [
    (
        Notice::EndsSoon,
        "a.origin = 'activated' and a.ends_at <= clock() + interval '10 minutes' \
         and a.ends_at - a.starts_at >= interval '30 minutes'",
    ),
    (
        Notice::AssignmentEndsSoon,
        "a.origin <> 'activated' and a.ends_at <= clock() + interval '14 days' and a.ends_at > clock() + interval '1 day' \
         and a.ends_at - a.starts_at >= interval '28 days'",
    ),
    (
        Notice::AssignmentEndsTomorrow,
        "a.origin <> 'activated' and a.ends_at <= clock() + interval '1 day' and a.ends_at - a.starts_at >= interval '2 days'",
    ),
];

/// Makes the reminders that are due. One whose end is moved later gets a new one for the new end.
///
/// # Errors
/// The database can't be reached.
pub async fn remind(engine: &Engine) -> Result<()> {
    for (notice, which) in DUE {
        let sql = format!(
            "insert into notices (kind, principal_id, target_id, assignment_id, once) \
             select $1, a.principal_id, a.target_id, a.id, due.once from assignments a \
               cross join lateral (select $1 || ' ' || a.id || ' ' || extract(epoch from a.ends_at)::bigint as once) due \
              where not a.end_recorded and a.ends_at > clock() and a.starts_at <= clock() and {which} \
                and not exists (select from notices made where made.once = due.once) \
             on conflict (once) do nothing"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(notice.wire()).execute(&engine.pool).await?;
    }
    escalation::remind(engine).await?;
    waiting::remind(engine).await
}
