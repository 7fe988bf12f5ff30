//! Standing access against just-in-time access: how many people hold something always, how many only when they need it.

use super::Sight;
use crate::Result;
use crate::insight::HELD;
use chrono::{DateTime, Utc};
use domain::insight::share::per_cent;
use domain::insight::window::mondays;
use sqlx::{AssertSqlSafe, PgConnection};

/// People who held something directly at a moment; each is counted once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct Count {
    /// When.
    pub at: DateTime<Utc>,
    /// Some of it standing.
    pub standing: i64,
    /// All of it eligible: on when it is needed.
    pub eligible: i64,
}

impl Count {
    /// Share of those who hold nothing standing, in per cent.
    pub fn share(&self) -> Option<u64> {
        let [standing, eligible] = [self.standing, self.eligible].map(|n| u64::try_from(n).unwrap_or(0));
        per_cent(eligible, standing + eligible)
    }
}

/// At every Monday of the period, and last: now, or over everything at the worker's last count.
pub(super) async fn holders(conn: &mut PgConnection, sight: &Sight) -> Result<Vec<Count>> {
    let Some(targets) = &sight.targets else {
        let counted =
            sqlx::query_as("select at, standing, eligible from holder_counts where at >= $1 order by at");
        return Ok(counted.bind(sight.from).fetch_all(conn).await?);
    };
    let mut moments = mondays(sight.from, sight.now);
    moments.push(sight.now);
    let sql = format!(
        "with held as materialized ({HELD} and a.target_id = any ($1) and (a.ends_at is null or a.ends_at > $3)), \
         each as (select m.at, h.principal_id, bool_or(h.kind = 'active') as standing \
           from unnest($2::timestamptz[]) m(at) join held h on h.starts <= m.at and (h.ends is null or h.ends > m.at) \
           group by 1, 2) \
         select m.at, count(*) filter (where e.standing) as standing, count(*) filter (where not e.standing) as eligible \
         from unnest($2::timestamptz[]) m(at) left join each e on e.at = m.at group by m.at order by m.at"
    );
    let query = sqlx::query_as(AssertSqlSafe(sql)).bind(targets).bind(moments).bind(sight.from);
    Ok(query.fetch_all(conn).await?)
}
