//! Access reviews: plans, rounds and the assignments in them.

use crate::{Error, Result};
use chrono::{DateTime, Utc};
use domain::access_review::plan::{Plan, Reviewers};
use domain::access_review::{Decision, Fate};
use domain::ids::{AccessReviewId, AccessReviewRoundId, GroupId, PersonId};
use domain::span::Span;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// A plan as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReviewRow {
    /// Id.
    pub id: Uuid,
    /// In addresses.
    pub number: i64,
    /// Of which group.
    pub group_id: Uuid,
    /// Name.
    pub name: String,
    /// What is reviewed, by whom, how.
    pub plan: Json<Plan>,
    /// First beginning.
    pub starts_at: DateTime<Utc>,
    /// Next beginning.
    pub next_at: Option<DateTime<Utc>>,
    /// Who planned it.
    pub created_by: Uuid,
    /// Stopped for good.
    pub stopped_at: Option<DateTime<Utc>>,
    /// The last beginning was left out then: whoever planned it does not manage the group any more.
    pub skipped_at: Option<DateTime<Utc>>,
}

/// A round as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RoundRow {
    /// Id.
    pub id: Uuid,
    /// In addresses of reviewers.
    pub number: i64,
    /// Its plan.
    pub review_id: Uuid,
    /// Which round of it.
    pub round: i32,
    /// Of which group.
    pub group_id: Uuid,
    /// Name, as it began.
    pub name: String,
    /// The plan, as it began.
    pub plan: Json<Plan>,
    /// Began.
    pub starts_at: DateTime<Utc>,
    /// Ends.
    pub ends_at: DateTime<Utc>,
    /// Somebody had it applied by hand.
    pub apply_by: Option<Uuid>,
    /// It is to be applied since.
    pub apply_at: Option<DateTime<Utc>>,
    /// All of it is applied.
    pub applied_at: Option<DateTime<Utc>>,
    /// Nothing is applied.
    pub stopped_at: Option<DateTime<Utc>>,
}

impl RoundRow {
    /// Typed id.
    pub fn id(&self) -> AccessReviewRoundId {
        AccessReviewRoundId(self.id)
    }

    /// Typed id of the group.
    pub fn group(&self) -> GroupId {
        GroupId(self.group_id)
    }

    /// Whether decisions are taken at this moment.
    pub fn open(&self, now: DateTime<Utc>) -> bool {
        self.stopped_at.is_none() && self.starts_at <= now && now < self.ends_at
    }

    /// Whether it is over and somebody has to say that it is applied.
    pub fn waits(&self, now: DateTime<Utc>) -> bool {
        self.ends_at <= now && self.apply_at.is_none() && self.stopped_at.is_none()
    }
}

/// The columns of a [`RoundRow`] from `access_review_rounds r`.
pub(crate) const ROUND: &str = "r.id, r.number, r.review_id, r.round, r.group_id, r.name, r.plan, r.starts_at, r.ends_at, \
    r.apply_by, r.apply_at, r.applied_at, r.stopped_at";

/// The columns of a [`ReviewRow`] from `access_reviews v`.
pub(crate) const REVIEW: &str = "v.id, v.number, v.group_id, v.name, v.plan, v.starts_at, v.next_at, v.created_by, v.stopped_at, v.skipped_at";

/// An assignment in a round, as use cases need it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ItemRow {
    /// Id.
    pub id: Uuid,
    /// Which assignment.
    pub assignment_id: Uuid,
    /// Whose.
    pub principal_id: Uuid,
    /// A group's.
    pub is_group: bool,
    /// She can act; a group always.
    pub able: bool,
    /// Of what.
    pub target_id: Uuid,
    /// As it was when somebody last decided on it.
    pub starts_at: DateTime<Utc>,
    /// As it was when somebody last decided on it.
    pub ends_at: Option<DateTime<Utc>>,
    /// As it is now.
    pub live_start: DateTime<Utc>,
    /// As it is now.
    pub live_end: Option<DateTime<Utc>>,
    /// It has ended: there is nothing to decide.
    pub over: bool,
    /// Keep or remove, as stored.
    pub recommended: String,
    /// Goes up with each decision.
    pub version: i32,
    /// As stored.
    pub decision: Option<String>,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub decided_by: Option<Uuid>,
    /// What came of it.
    pub outcome: Option<String>,
}

impl ItemRow {
    /// What was decided.
    ///
    /// # Errors
    /// A word in the row is unknown.
    pub fn decision(&self) -> Result<Option<Decision>> {
        let Some(word) = &self.decision else { return Ok(None) };
        Decision::parse(word).map(Some).ok_or_else(|| self.wrong("decision"))
    }

    /// What the evidence speaks for.
    ///
    /// # Errors
    /// A word in the row is unknown.
    pub fn recommended(&self) -> Result<Fate> {
        Fate::parse(&self.recommended).ok_or_else(|| self.wrong("recommended"))
    }

    /// The assignment as somebody last decided on it.
    pub fn span(&self) -> Span {
        Span { start: self.starts_at, end: self.ends_at }
    }

    /// The assignment as it is now.
    pub fn live(&self) -> Span {
        Span { start: self.live_start, end: self.live_end }
    }

    /// Nobody has decided on it, and there is something to decide.
    pub fn is_left(&self) -> bool {
        self.decision.is_none() && !self.over
    }

    fn wrong(&self, what: &str) -> Error {
        Error::inconsistent("access_review_items", self.id, what)
    }
}

const ITEM: &str = "select i.id, i.assignment_id, i.principal_id, i.is_group, i.target_id, \
      i.is_group or coalesce(u.enabled and u.deleted_at is null, false) as able, i.starts_at, i.ends_at, \
      a.starts_at as live_start, a.ends_at as live_end, coalesce(a.ends_at <= clock(), false) as over, \
      i.recommended, i.version, i.decision, i.reason, i.decided_by, i.outcome \
    from access_review_items i join assignments a on a.id = i.assignment_id left join users u on u.id = i.principal_id";

/// Finds a round by its number.
///
/// # Errors
/// The database can't be reached.
pub async fn round(conn: &mut PgConnection, number: i64) -> Result<Option<RoundRow>> {
    let sql = format!("select {ROUND} from access_review_rounds r where r.number = $1");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(number).fetch_optional(conn).await?)
}

/// Finds a round by its id.
///
/// # Errors
/// The database can't be reached.
pub async fn round_by_id(conn: &mut PgConnection, id: Uuid) -> Result<Option<RoundRow>> {
    let sql = format!("select {ROUND} from access_review_rounds r where r.id = $1");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?)
}

/// Finds a round by its number and keeps it from being ended, stopped or applied meanwhile.
///
/// # Errors
/// The database can't be reached.
pub async fn hold_round(conn: &mut PgConnection, number: i64) -> Result<Option<RoundRow>> {
    let sql = format!("select {ROUND} from access_review_rounds r where r.number = $1 for share");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(number).fetch_optional(conn).await?)
}

/// Finds a plan of this group by its number and locks it.
///
/// # Errors
/// The database can't be reached.
pub async fn lock_review(conn: &mut PgConnection, group: GroupId, number: i64) -> Result<Option<ReviewRow>> {
    let sql =
        format!("select {REVIEW} from access_reviews v where v.group_id = $1 and v.number = $2 for update");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(group.0).bind(number).fetch_optional(conn).await?)
}

/// Locks a round of a plan.
///
/// # Errors
/// The database can't be reached.
pub async fn lock_round(
    conn: &mut PgConnection,
    review: AccessReviewId,
    round: i32,
) -> Result<Option<RoundRow>> {
    let sql = format!(
        "select {ROUND} from access_review_rounds r where r.review_id = $1 and r.round = $2 for update"
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(review.0).bind(round).fetch_optional(conn).await?)
}

/// All assignments of a round.
///
/// # Errors
/// The database can't be reached.
pub async fn items(conn: &mut PgConnection, round: AccessReviewRoundId) -> Result<Vec<ItemRow>> {
    let sql = format!("{ITEM} where i.round_id = $1 order by i.id");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(round.0).fetch_all(conn).await?)
}

/// Those assignments of a round that may be this person's to decide: where each answers for herself, what she holds and what
/// groups hold, else all.
///
/// # Errors
/// The database can't be reached.
pub async fn items_near(conn: &mut PgConnection, round: &RoundRow, person: PersonId) -> Result<Vec<ItemRow>> {
    if round.plan.reviewers != Reviewers::Oneself {
        return items(conn, round.id()).await;
    }
    let sql = format!(
        "{ITEM} where i.id in (select id from access_review_items where round_id = $1 and is_group \
           union all select id from access_review_items where round_id = $1 and principal_id = $2) order by i.id"
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(round.id).bind(person.0).fetch_all(conn).await?)
}

/// The assignments of a round that groups hold.
///
/// # Errors
/// The database can't be reached.
pub async fn items_of_groups(conn: &mut PgConnection, round: AccessReviewRoundId) -> Result<Vec<ItemRow>> {
    let sql = format!("{ITEM} where i.round_id = $1 and i.is_group order by i.id");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(round.0).fetch_all(conn).await?)
}

/// Locks some assignments of a round, then reads them as they are.
///
/// # Errors
/// The database can't be reached.
pub async fn lock_items(
    conn: &mut PgConnection,
    round: AccessReviewRoundId,
    ids: &[Uuid],
) -> Result<Vec<ItemRow>> {
    sqlx::query(
        "select from access_review_items where round_id = $1 and id = any ($2) order by id for update",
    )
    .bind(round.0)
    .bind(ids)
    .execute(&mut *conn)
    .await?;
    let sql = format!("{ITEM} where i.round_id = $1 and i.id = any ($2) order by i.id");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(round.0).bind(ids).fetch_all(conn).await?)
}

/// Locks one that is not applied and that nobody else is applying.
///
/// # Errors
/// The database can't be reached.
pub async fn claim_item(conn: &mut PgConnection, id: Uuid) -> Result<Option<ItemRow>> {
    let sql = format!("{ITEM} where i.id = $1 and i.outcome is null for update of i skip locked");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?)
}

/// Writes what came of one, if nobody has.
///
/// # Errors
/// The database can't be reached.
pub async fn set_outcome(
    conn: &mut PgConnection,
    id: Uuid,
    outcome: &str,
    text: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let done = sqlx::query(
        "update access_review_items set outcome = $2, outcome_text = $3, applied_at = $4 where id = $1 and outcome is null",
    );
    done.bind(id).bind(outcome).bind(text).bind(now).execute(conn).await?;
    Ok(())
}
