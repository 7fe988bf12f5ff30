//! Who is away: oneself, and those whom one stands in for.

use crate::ask::who::{self, Who};
use crate::{Ctx, Engine, Result};
use chrono::{DateTime, Utc};
use domain::ids::PersonId;
use sqlx::{AssertSqlSafe, PgConnection};

/// Somebody who is away now.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Absence {
    /// Since then.
    pub from_at: DateTime<Utc>,
    /// Back then.
    pub until: DateTime<Utc>,
    /// The other one: who stands in, or whom the reader stands in for. Nobody: nobody stands in, or she can't any more.
    #[sqlx(json(nullable))]
    pub other: Option<Who>,
}

/// Who is away, as far as it concerns one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Absences {
    /// Her own, if she is away.
    pub own: Option<Absence>,
    /// Of those she stands in for; who is back first comes first.
    pub others: Vec<Absence>,
}

/// Those that concern the caller.
///
/// # Errors
/// The database can't be reached.
pub async fn absences(engine: &Engine, ctx: &Ctx) -> Result<Absences> {
    of(&mut *engine.pool.acquire().await?, ctx.person()).await
}

/// Those that concern this person, whoever asks.
pub(crate) async fn of(conn: &mut PgConnection, person: PersonId) -> Result<Absences> {
    let own = format!(
        "select a.from_at, a.until, case when d.id is not null then {} end as other from absences a \
         left join stand_ins s on s.person_id = a.person_id left join users d on d.id = s.delegate_id \
         where a.person_id = $1 and a.from_at <= clock() and a.until > clock()",
        who::json("d"),
    );
    let own = sqlx::query_as(AssertSqlSafe(own)).bind(person.0).fetch_optional(&mut *conn).await?;
    let others = format!(
        "select a.from_at, a.until, {} as other from stand_ins s join absences a on a.person_id = s.person_id \
         join users u on u.id = s.person_id where s.delegate_id = $1 order by a.until, u.id",
        who::json("u"),
    );
    let others = sqlx::query_as(AssertSqlSafe(others)).bind(person.0).fetch_all(&mut *conn).await?;
    Ok(Absences { own, others })
}
