//! Break glass: the form, and the reviews that its uses opened.

use crate::ask::thing::{COLUMNS, Pick, Thing};
use crate::ask::who::Who;
use crate::ask::{frame, frame::Frame, thing};
use crate::db::glass_reviews;
use crate::standing::{self, Loaded};
use crate::{Ctx, Engine, Error, Result, authority, ids};
use chrono::{DateTime, Utc};
use domain::activation::{Emergency, Offer, obstacles_in_emergency, offers};
use domain::authz::{Action, ReviewFacts, allows};
use domain::duration::Minutes;
use domain::ids::{PersonId, RequestKey};
use domain::policy::{ActivationRules, emergency};
use domain::refusal::Refusal;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// The form.
#[derive(Clone, Debug)]
pub struct GlassForm {
    /// What surrounds it.
    pub frame: Frame,
    /// What would be switched on.
    pub thing: Thing,
    /// The demands.
    pub rules: ActivationRules,
    /// The lengths, with the end of each.
    pub offers: Vec<Offer>,
    /// Why it can't be done; then there is nothing to fill in.
    pub obstacles: Vec<Refusal>,
    /// Of the form.
    pub key: RequestKey,
}

/// Loads the form.
///
/// # Errors
/// Not found: there is no such group, this person may not know of it, or it has no break glass.
pub async fn form(engine: &Engine, ctx: &Ctx, pick: &Pick) -> Result<GlassForm> {
    let mut conn = engine.pool.acquire().await?;
    let frame = frame::load(&mut conn, ctx).await?;
    let (me, now) = (ctx.person(), frame.now);
    let thing = thing::find(&mut conn, pick).await?;
    let Loaded { mut standing, policy, .. } =
        standing::load(&mut conn, me, me, thing.id(), None, now, None).await?;
    let longest = policy.policy.break_glass.ok_or_else(Error::not_found)?;
    if standing.eligibilities.is_empty() && standing.before.is_empty() {
        return Err(Error::not_found());
    }
    let unreviewed = glass_reviews::open_since(&mut conn, me, thing.id()).await?;
    let emergency = Emergency { longest: Some(longest), unreviewed };
    let obstacles = obstacles_in_emergency(&standing, emergency, now);
    standing.rules = emergency::rules(longest);
    Ok(GlassForm {
        offers: offers(&standing, now, now),
        rules: standing.rules,
        key: RequestKey(ids::new()),
        obstacles,
        thing,
        frame,
    })
}

/// A use of break glass and its review.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Review {
    /// R-number.
    pub number: i64,
    /// What was switched on.
    #[sqlx(flatten)]
    pub thing: Thing,
    person: Uuid,
    person_name: String,
    person_user_name: String,
    person_department: String,
    /// Why, in the person's words.
    pub reason: String,
    /// For how long it was asked for.
    pub minutes: Option<i32>,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// Reviewed at.
    pub closed_at: Option<DateTime<Utc>>,
    /// Name of the reviewer.
    pub closed_by: Option<String>,
    /// What was found.
    pub finding: String,
    role_assignable: bool,
    /// The reader can close it.
    #[sqlx(skip)]
    pub may_close: bool,
}

impl Review {
    /// Who broke it.
    pub fn who(&self) -> Who {
        Who {
            id: self.person,
            name: self.person_name.clone(),
            user_name: self.person_user_name.clone(),
            department: self.person_department.clone(),
        }
    }

    /// For how long it was asked for.
    pub fn length(&self) -> Option<Minutes> {
        self.minutes.and_then(|minutes| u32::try_from(minutes).ok()).map(Minutes)
    }
}

/// Most closed reviews that the list shows; the rest is in the audit.
const MOST: i64 = 100;

/// Reviews that this person may see, open ones first, then the newest.
///
/// # Errors
/// The database can't be reached.
pub async fn reviews(engine: &Engine, ctx: &Ctx) -> Result<Vec<Review>> {
    let mut conn = engine.pool.acquire().await?;
    load(&mut conn, ctx, None).await
}

/// One review, for its page.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn review(engine: &Engine, ctx: &Ctx, number: i64) -> Result<Review> {
    let mut conn = engine.pool.acquire().await?;
    load(&mut conn, ctx, Some(number)).await?.pop().ok_or_else(Error::not_found)
}

async fn load(conn: &mut PgConnection, ctx: &Ctx, number: Option<i64>) -> Result<Vec<Review>> {
    let sql = format!(
        "select r.number, {COLUMNS}, u.id as person, u.display_name as person_name, \
           u.user_name as person_user_name, coalesce(u.department, '') as person_department, r.reason, r.asked_minutes as minutes, v.opened_at, v.closed_at, \
           c.display_name as closed_by, v.finding, t.role_assignable \
         from glass_reviews v join requests r on r.id = v.request_id join things t on t.id = v.target_id \
         join users u on u.id = v.person_id left join users c on c.id = v.closed_by \
         where $1::bigint is null or r.number = $1 order by v.closed_at is not null, v.opened_at desc limit $2"
    );
    let rows: Vec<Review> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(number).bind(MOST).fetch_all(&mut *conn).await?;
    let groups: Vec<Uuid> = rows.iter().filter_map(|row| Some(row.thing.group()?.0)).collect();
    let owned = authority::owned(conn, ctx, &groups).await?;
    let judged = rows.into_iter().filter_map(|mut row| {
        let own = ctx.person() == PersonId(row.person);
        let facts = ReviewFacts {
            own,
            owner: row.thing.group().is_some_and(|group| owned.contains(&group.0)),
            role_assignable: row.role_assignable,
        };
        row.may_close = row.closed_at.is_none() && allows(&ctx.actor, &Action::CloseReview(facts));
        allows(&ctx.actor, &Action::SeeReview(facts)).then_some(row)
    });
    Ok(judged.collect())
}
