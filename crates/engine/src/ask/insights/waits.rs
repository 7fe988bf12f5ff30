//! How long people waited for approval, and how their requests ended.

use super::Sight;
use crate::Result;
use domain::insight::waits::Waits;
use sqlx::{AssertSqlSafe, PgConnection};

/// What became of requests to activate or extend that asked for approval. Requests to extend or renew an assignment are
/// answered by whoever manages the group, and not counted here.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answers {
    /// From asking to the answer, of those that were approved or denied.
    pub waits: Waits,
    /// How many were approved.
    pub approved: u64,
    /// How many were denied.
    pub denied: u64,
    /// How many nobody answered in time.
    pub lapsed: u64,
}

impl Answers {
    /// All of these days together.
    pub fn sum(days: &[Answers]) -> Answers {
        let mut all = Answers::default();
        for day in days {
            all.waits.merge(&day.waits);
            all.approved += day.approved;
            all.denied += day.denied;
            all.lapsed += day.lapsed;
        }
        all
    }

    fn take(&mut self, action: &str, minutes: u32, times: u64) {
        match action {
            "request-approved" => self.approved += times,
            "request-denied" => self.denied += times,
            _ => {
                self.lapsed += times;
                return;
            }
        }
        self.waits.add(minutes, times);
    }
}

/// By the day of the answer.
pub(super) async fn by_day(conn: &mut PgConnection, sight: &Sight) -> Result<Vec<Answers>> {
    let sql = format!(
        "select width_bucket(e.at, $3), e.action, \
           greatest(floor(extract(epoch from e.at - r.created_at) / 60), 0)::bigint as minutes, count(*) \
         from audit_events e join requests r on r.id = e.request_id and r.kind is null \
         where e.action in ('request-approved', 'request-denied', 'request-lapsed') and e.outcome = 'done' and {} \
         group by 1, 2, 3",
        sight.of()
    );
    let found: Vec<(i32, String, i64, i64)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(&sight.targets)
        .bind(sight.from)
        .bind(&sight.starts)
        .fetch_all(conn)
        .await?;
    let mut days = vec![Answers::default(); sight.starts.len()];
    for (bucket, action, minutes, times) in found {
        if let Some(day) = sight.day(bucket).and_then(|day| days.get_mut(day)) {
            let minutes = u32::try_from(minutes).unwrap_or(u32::MAX);
            day.take(&action, minutes, u64::try_from(times).unwrap_or_default());
        }
    }
    Ok(days)
}
