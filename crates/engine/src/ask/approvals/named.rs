//! For which requests a person is named as an approver, by herself or through a group, or somebody she stands in for is.

use crate::Result;
use crate::approvers::naming;
use chrono::{DateTime, Utc};
use domain::approval::Seats;
use domain::ids::{GroupId, PersonId};
use domain::policy::escalation::Asked;
use domain::policy::stricter::stricter;
use domain::policy::{ActivationRules, ApprovalRule, Policy};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// A person and those whom she stands in for, each with every group she lies in now.
#[derive(Clone, Debug)]
pub struct Named {
    pub(super) person: PersonId,
    seats: Seats,
}

/// True for requests `r` whose rules name one of the ids in $1: for now, or until they were closed. The first condition
/// is answered by an index.
pub(super) const NAMES_HER: &str = concat!(
    "(r.rules -> 'approval' <> 'null' and named_in(r.rules -> 'approval') @> any (",
    naming!("unnest($1::uuid[]) id"),
    ") and (r.escalates_at is null or named_now(r.rules -> 'approval', r.escalates_at, r.closed_at) @> any (",
    naming!("unnest($1::uuid[]) id"),
    ")))"
);

/// The policy in force for the target of requests `r`.
pub(super) const CURRENT: &str =
    "(select settings from policies p where p.target_id = r.target_id order by version desc limit 1)";

/// Most requests shown as waiting at once.
const MOST: i64 = 200;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    group_id: Option<Uuid>,
    principal_id: Uuid,
    filer_id: Option<Uuid>,
    asked: DateTime<Utc>,
    early: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    made_under: Json<ActivationRules>,
    current: Option<Json<Policy>>,
}

impl Named {
    /// Looks up whom the person stands in for, and in which groups each of them lies.
    ///
    /// # Errors
    /// The database can't be reached.
    pub async fn of(conn: &mut PgConnection, person: PersonId) -> Result<Self> {
        let found: Vec<(Uuid, Uuid)> =
            sqlx::query_as("select seat, id from seats_of($1)").bind(person.0).fetch_all(conn).await?;
        let mut seats = Seats::default();
        for (seat, id) in found {
            seats.add(PersonId(seat), GroupId(id));
        }
        Ok(Self { person, seats })
    }

    /// Everybody she sits for and every group they lie in, as ids.
    fn ids(&self) -> Vec<Uuid> {
        self.seats.all_ids().into_iter().map(|id| id.0).collect()
    }

    /// Her own of them: what is over is hers to read only where she was named herself.
    pub(super) fn own(&self) -> Vec<Uuid> {
        self.seats.ids(self.person).into_iter().map(|id| id.0).collect()
    }

    /// Those whom she stands in for.
    pub fn others(&self) -> Vec<Uuid> {
        self.seats.others(self.person).map(|person| person.0).collect()
    }

    /// In whose places she counts for a request to enter this group, if it is a group's, by this rule as it stands now.
    pub fn counting(
        &self,
        entry: Option<GroupId>,
        rule: &ApprovalRule,
        asks: [PersonId; 2],
    ) -> Vec<PersonId> {
        self.seats.counting(self.person, entry, rule, asks)
    }

    /// Requests that wait and name her, by the policy they were made under and the one in force; the oldest first.
    /// Those she voted on are among them.
    ///
    /// # Errors
    /// The database can't be reached, or stored rules can't be read.
    pub async fn waiting(&self, conn: &mut PgConnection) -> Result<Vec<Uuid>> {
        let sql = format!(
            "select r.id, t.group_id, r.principal_id, r.filer_id, r.created_at as asked, r.escalated_early_at as early, clock() as now, r.rules as made_under, {CURRENT} as current \
             from requests r join targets t on t.id = r.target_id \
             where r.status = 'PendingApproval' and r.deadline_at > clock() and {NAMES_HER} \
             order by r.created_at, r.number limit $2"
        );
        let rows: Vec<Row> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(self.ids()).bind(MOST).fetch_all(conn).await?;
        let counts = |row: &Row| {
            let current = row.current.as_ref().map(|policy| policy.0.clone()).unwrap_or_default();
            let rule = stricter(&row.made_under.0, &current.activation).approval;
            let rule = rule.map(|rule| rule.at(Asked { at: row.asked, early: row.early }, row.now));
            rule.is_some_and(|rule| self.shows(row, &rule))
        };
        Ok(rows.into_iter().filter(|row| counts(row)).map(|row| row.id).collect())
    }

    /// Whether it is hers to decide, or her own and shown for that: who asks sees it among those that name her.
    fn shows(&self, row: &Row, rule: &ApprovalRule) -> bool {
        let entry = row.group_id.map(GroupId);
        let beneficiary = PersonId(row.principal_id);
        let asks = [beneficiary, row.filer_id.map_or(beneficiary, PersonId)];
        let nobody = [PersonId(Uuid::nil()); 2];
        !self.counting(entry, rule, asks).is_empty()
            || asks.contains(&self.person) && !self.counting(entry, rule, nobody).is_empty()
    }

    /// A request by its R-number, if it names her, she voted on it, or it is her own; while it waits, also if it names
    /// somebody she stands in for.
    ///
    /// # Errors
    /// The database can't be reached.
    pub async fn find(&self, conn: &mut PgConnection, number: i64) -> Result<Option<Uuid>> {
        let sql = format!(
            "select r.id from requests r cross join lateral (select case when r.status = 'PendingApproval' then $1::uuid[] else $4::uuid[] end as ids) n \
             where r.number = $2 and ({} \
             or (r.rules -> 'approval' <> 'null' and (r.principal_id = $3 or r.filer_id = $3)) \
             or exists (select from votes v where v.request_id = r.id and v.approver_id = $3))",
            NAMES_HER.replace("$1", "n.ids")
        );
        let found = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(self.ids())
            .bind(number)
            .bind(self.person.0)
            .bind(self.own())
            .fetch_optional(conn)
            .await?;
        Ok(found)
    }
}
