//! The access reviews of a group, for whoever may look inside it, and what the form that plans one needs.

use crate::ask::group_header::{self, Header};
use crate::{Ctx, Engine, Error, Result};
use chrono::{DateTime, Utc};
use domain::access_review::plan::Plan;
use domain::authz::Action;
use sqlx::types::Json;

/// The page.
#[derive(Clone, Debug)]
pub struct Reviews {
    /// Above the tabs.
    pub header: Header,
    /// Newest first.
    pub rows: Vec<Row>,
}

/// A review with its last round.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    /// In its address.
    pub number: i64,
    /// Name.
    pub name: String,
    /// As planned.
    pub plan: Json<Plan>,
    /// When the next round begins.
    pub next_at: Option<DateTime<Utc>>,
    /// Stopped for good.
    pub stopped_at: Option<DateTime<Utc>>,
    /// The last beginning was left out then: whoever planned it does not manage the group any more.
    pub skipped_at: Option<DateTime<Utc>>,
    /// Rounds before the last that wait to be applied, with their beginnings.
    pub waiting: Json<Vec<(i32, DateTime<Utc>)>>,
    /// Where its last round stands.
    #[sqlx(flatten)]
    pub stand: Stand,
}

/// Where a round stands; all empty before the first.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct Stand {
    /// Which round.
    pub round: Option<i32>,
    /// Ends or ended.
    pub ends_at: Option<DateTime<Utc>>,
    /// It is to be applied since.
    pub apply_at: Option<DateTime<Utc>>,
    /// All of it is applied.
    pub applied_at: Option<DateTime<Utc>>,
    /// Nothing is applied.
    pub round_stopped_at: Option<DateTime<Utc>>,
    /// Assignments in it.
    pub items: i64,
    /// Of them, decided.
    pub decided: i64,
}

/// Loads the page.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn access_reviews(engine: &Engine, ctx: &Ctx, key: &str) -> Result<Reviews> {
    let mut conn = engine.pool.acquire().await?;
    let (group, header) = group_header::load(&mut conn, ctx, key, Action::InspectAccessReviews).await?;
    let rows = sqlx::query_as(
        "select v.number, v.name, v.plan, v.next_at, v.stopped_at, v.skipped_at, \
           coalesce((select jsonb_agg(jsonb_build_array(w.round, w.starts_at) order by w.round) from access_review_rounds w \
             where w.review_id = v.id and w.round < r.round and w.ends_at <= clock() and w.apply_at is null \
               and w.stopped_at is null), '[]') as waiting, \
           r.round, r.ends_at, r.apply_at, r.applied_at, \
           r.stopped_at as round_stopped_at, \
           (select count(*) from access_review_items i where i.round_id = r.id) as items, \
           (select count(*) from access_review_items i where i.round_id = r.id and i.decision is not null) as decided \
         from access_reviews v left join lateral (select * from access_review_rounds r where r.review_id = v.id \
           order by r.round desc limit 1) r on true \
         where v.group_id = $1 order by v.number desc limit 200",
    )
    .bind(group.id)
    .fetch_all(&mut *conn)
    .await?;
    Ok(Reviews { header, rows })
}

/// The head of the form that plans a review, for whoever may.
///
/// # Errors
/// Unknown, not managed or not for this person, alike.
pub async fn form(engine: &Engine, ctx: &Ctx, key: &str) -> Result<Header> {
    let mut conn = engine.pool.acquire().await?;
    let (_, header) = group_header::load(&mut conn, ctx, key, Action::ManageAccessReviews).await?;
    if header.manages { Ok(header) } else { Err(Error::not_found()) }
}
