//! What several use cases share who end much at once: a person is disabled or deleted, a group is deleted. Each end and
//! each closed request gets its event in the same statement, however many there are.

use crate::Result;
use crate::audit::spool;
use crate::ctx::By;
use chrono::{DateTime, Utc};
use domain::assignment::EndReason;
use domain::audit::Event;
use domain::notice::Notice;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// Why, by whom and when. The caller has locked the slots of what ends and has read `now` since.
pub(super) struct Closing<'a> {
    pub(super) by: &'a By,
    /// The person or group that goes: `$1` of the conditions.
    pub(super) of: Uuid,
    pub(super) now: DateTime<Utc>,
    pub(super) why: EndReason,
}

/// Which assignments `a` of targets `t` end.
pub(super) mod assignments {
    /// What she switched on.
    pub(in crate::act) const ON: &str = "a.principal_id = $1 and a.origin = 'activated'";
    /// Everything that is hers.
    pub(in crate::act) const ALL_OF_PERSON: &str = "a.principal_id = $1";
    /// What others hold for the group, and what the group holds.
    pub(in crate::act) const ALL_OF_GROUP: &str = "(t.group_id = $1 or a.principal_id = $1)";
}

/// Which requests `r` for targets `t` are closed.
pub(super) mod requests {
    /// For her, or asked by her for somebody else.
    pub(in crate::act) const OF_PERSON: &str = "(r.principal_id = $1 or r.filer_id = $1)";
    /// For the group, or through an eligibility of the group.
    pub(in crate::act) const OF_GROUP: &str = "(t.group_id = $1 or r.eligibility_id in \
         (select held.id from assignments held where held.principal_id = $1))";
}

impl Closing<'_> {
    /// Ends what is not over, and says how much that was.
    ///
    /// # Errors
    /// The database can't be reached.
    pub(super) async fn end(&self, conn: &mut PgConnection, which: &str) -> Result<u64> {
        let sql = format!(
            "with gone as ( \
               update assignments a set ends_at = greatest($2, a.starts_at), end_reason = $3, end_recorded = true \
               from targets t where t.id = a.target_id and not a.end_recorded \
                 and (a.ends_at is null or a.ends_at > $2) and {which} \
               returning a.id, a.target_id, t.group_id, a.principal_id, a.origin), \
             written as (insert into {events} (action, outcome, actor_id, principal_id, group_id, target_id, \
                 assignment_id, facts, session_hash, ip, user_agent, trace_id) \
               select case origin when 'activated' then $4 else $5 end, 'done', $6, principal_id, group_id, target_id, \
                 id, jsonb_build_object('why', $3::text), $7, $8, $9, $10 from gone), \
             noted as (insert into notices (kind, actor_id, principal_id, target_id, assignment_id) \
               select case origin when 'activated' then '{ended}' else '{assignment_ended}' end, $6, principal_id, target_id, id \
               from gone) \
             select count(*) from gone",
            events = spool::table(),
            ended = Notice::Ended.wire(),
            assignment_ended = Notice::AssignmentEnded.wire(),
        );
        let gone = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(self.of)
            .bind(self.now)
            .bind(self.why.wire())
            .bind(Event::ActivationEnded.wire())
            .bind(Event::AssignmentEnded.wire());
        self.count(gone, conn).await
    }

    /// Closes what is open, and says how much that was. `words` are for those who asked.
    ///
    /// # Errors
    /// The database can't be reached.
    pub(super) async fn close(&self, conn: &mut PgConnection, which: &str, words: &str) -> Result<u64> {
        let sql = format!(
            "with gone as ( \
               update requests r set status = 'Revoked', closed_at = $2, closed_by = $6, close_reason = $5 \
               from targets t where t.id = r.target_id and r.closed_at is null and {which} \
               returning r.id, r.target_id, t.group_id, r.principal_id), \
             written as (insert into {events} (action, outcome, actor_id, principal_id, group_id, target_id, \
                 request_id, facts, session_hash, ip, user_agent, trace_id) \
               select $4, 'done', $6, principal_id, group_id, target_id, id, jsonb_build_object('why', $3::text), \
                 $7, $8, $9, $10 from gone), \
             noted as (insert into notices (kind, actor_id, principal_id, target_id, request_id) \
               select '{closed}', $6, principal_id, target_id, id from gone) \
             select count(*) from gone",
            events = spool::table(),
            closed = Notice::Closed.wire(),
        );
        let gone = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(self.of)
            .bind(self.now)
            .bind(self.why.wire())
            .bind(Event::RequestRevoked.wire())
            .bind(words);
        self.count(gone, conn).await
    }

    async fn count<'q>(
        &'q self,
        query: sqlx::query::QueryScalar<'q, sqlx::Postgres, i64, sqlx::postgres::PgArguments>,
        conn: &mut PgConnection,
    ) -> Result<u64> {
        let session: String = self.by.session_hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let gone = query
            .bind(self.by.person.map(|id| id.0))
            .bind(session)
            .bind(&self.by.via.ip)
            .bind(&self.by.via.user_agent)
            .bind(&self.by.via.trace_id)
            .fetch_one(conn)
            .await?;
        Ok(gone.unsigned_abs())
    }
}
