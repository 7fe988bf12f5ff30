//! Why access was refused.

use super::Sight;
use crate::Result;
use domain::insight::reasons;
use domain::refusal::Code;
use sqlx::{AssertSqlSafe, PgConnection};

/// A reason, and how often it was given. One refused act may have several.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct Reason {
    /// The stable code.
    pub code: String,
    /// How often.
    pub times: i64,
}

impl Reason {
    /// In words; the code itself where this version does not know it.
    pub fn words(&self) -> &str {
        Code::parse(&self.code).map_or(self.code.as_str(), |code| reasons::words(code))
    }
}

pub(super) async fn reasons(conn: &mut PgConnection, sight: &Sight) -> Result<Vec<Reason>> {
    let sql = format!(
        "select r.code ->> 'code' as code, count(*) as times from audit_events e \
         cross join lateral jsonb_array_elements(case jsonb_typeof(e.facts -> 'refused') \
           when 'array' then e.facts -> 'refused' else '[]' end) r(code) \
         where e.outcome = 'refused' and {} and r.code ->> 'code' is not null \
         group by 1 order by 2 desc, 1",
        sight.of()
    );
    let query = sqlx::query_as(AssertSqlSafe(sql)).bind(&sight.targets).bind(sight.from);
    Ok(query.fetch_all(conn).await?)
}
