//! What a reviewer sees: her rounds, and in each the assignments that are hers to decide.

use super::access_review_lines::{self, Line};
use crate::access_review::{Bench, left, opened};
use crate::act::decide_access_review::{MAX_AT_ONCE, recommended};
use crate::approvers::naming;
use crate::db::access_reviews::{self, ItemRow, ROUND, RoundRow};
use crate::db::groups;
use crate::{Ctx, Engine, Error, Result, clock};
use chrono::{DateTime, Utc};
use domain::ids::PersonId;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// The query for rounds that run and that the person $1, who is in the groups `own`, may be a reviewer of: some candidates
/// too many, since the rule decides.
pub(crate) const CANDIDATES: &str = concat!(
    "select r.id from access_review_rounds r join groups g on g.id = r.group_id and g.deleted_at is null \
     where r.stopped_at is null and r.applied_at is null and r.ends_at > clock() and ( \
       (r.plan -> 'named') @> any (",
    naming!("own"),
    ") or (r.plan -> 'fallback') @> any (",
    naming!("own"),
    ") or exists (select from targets t join active_now a on a.target_id = t.id \
            where t.group_id = r.group_id and t.kind = 'owner' and a.principal_id in (select id from own)) \
       or (r.plan ->> 'reviewers' = 'self' and exists (select from access_review_items i \
            where i.principal_id = $1 and i.round_id = r.id)))"
);

/// Of these rounds how many have something left for this person.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn waiting(conn: &mut PgConnection, person: PersonId, rounds: &[Uuid]) -> Result<i64> {
    let mut waiting = 0;
    for id in rounds {
        if let Some(round) = access_reviews::round_by_id(conn, *id).await? {
            waiting += i64::from(left(conn, &round, person).await? > 0);
        }
    }
    Ok(waiting)
}

/// A round in the list.
#[derive(Clone, Debug)]
pub struct Mine {
    /// In its address.
    pub number: i64,
    /// Name.
    pub name: String,
    /// Name of the group.
    pub group: String,
    /// Ends or ended.
    pub ends_at: DateTime<Utc>,
    /// Decisions are taken.
    pub open: bool,
    /// How many are hers.
    pub all: usize,
    /// Of them, undecided.
    pub left: usize,
}

/// Rounds that ask her, those that end first on top, and those of the last 90 days in which she decided.
///
/// # Errors
/// The database can't be reached.
pub async fn access_review_inbox(engine: &Engine, ctx: &Ctx) -> Result<Vec<Mine>> {
    let mut conn = engine.pool.acquire().await?;
    let sql = format!(
        "with own as materialized (select id from groups_above($1)) \
         select {ROUND} from access_review_rounds r join groups live on live.id = r.group_id and live.deleted_at is null \
         where r.id in ({CANDIDATES}) or (r.ends_at > clock() - interval '90 days' and exists ( \
           select from access_review_items i where i.round_id = r.id and i.decided_by = $1)) \
         order by r.ends_at limit 200"
    );
    let rounds: Vec<RoundRow> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(ctx.person().0).fetch_all(&mut *conn).await?;
    let now = clock::now(&mut conn).await?;
    let mut found = Vec::new();
    for round in rounds {
        let items = access_reviews::items(&mut conn, round.id()).await?;
        let bench = Bench::of(&mut conn, &round, &items).await?;
        let hers: Vec<_> = items.iter().filter(|item| is_hers(ctx, &bench, item)).collect();
        let Some(group) = groups::find(&mut conn, round.group()).await?.filter(|_| !hers.is_empty()) else {
            continue;
        };
        let left = hers.iter().filter(|item| item.decision.is_none()).count();
        found.push(Mine {
            number: round.number,
            open: round.open(now),
            group: group.display_name,
            ends_at: round.ends_at,
            all: hers.len(),
            name: round.name,
            left,
        });
    }
    found.sort_by_key(|mine| (!mine.open, mine.ends_at));
    Ok(found)
}

fn is_hers(ctx: &Ctx, bench: &Bench, item: &ItemRow) -> bool {
    bench.may(ctx.person(), item) || item.decided_by == Some(ctx.person().0)
}

/// A round as its reviewer works on it.
#[derive(Debug)]
pub struct Sheet {
    /// Which.
    pub round: RoundRow,
    /// Name of the group.
    pub group: String,
    /// What the group gives.
    pub gives: String,
    /// Decisions are taken.
    pub open: bool,
    /// How many are hers.
    pub all: usize,
    /// Of them, undecided.
    pub left: usize,
    /// Of those, recommended to stay: what one button approves.
    pub recommended: usize,
    /// This page.
    pub lines: Vec<Line>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// When this page was made, sealed.
    pub opened: String,
}

/// Loads the page for who reviews now, or decided something in it.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn access_review_sheet(engine: &Engine, ctx: &Ctx, number: i64, after: &str) -> Result<Sheet> {
    let (sheet, ids) = load(engine, ctx, number).await?;
    let mut conn = engine.pool.acquire().await?;
    let (lines, next) = access_review_lines::page(&mut conn, sheet.round.id(), Some(&ids), after).await?;
    Ok(Sheet { lines, next, ..sheet })
}

/// The same with all that one button would approve.
///
/// # Errors
/// As [`access_review_sheet`].
pub async fn recommended_of(engine: &Engine, ctx: &Ctx, number: i64) -> Result<Sheet> {
    let (sheet, _) = load(engine, ctx, number).await?;
    let mut conn = engine.pool.acquire().await?;
    let all = access_reviews::items(&mut conn, sheet.round.id()).await?;
    let bench = Bench::of(&mut conn, &sheet.round, &all).await?;
    let mut ids: Vec<Uuid> = recommended(ctx, &bench, &all)?.into_iter().map(|item| item.id).collect();
    ids.truncate(MAX_AT_ONCE);
    let lines = access_review_lines::load(&mut conn, sheet.round.id(), Some(&ids), None, None).await?;
    Ok(Sheet { recommended: ids.len(), lines, ..sheet })
}

async fn load(engine: &Engine, ctx: &Ctx, number: i64) -> Result<(Sheet, Vec<Uuid>)> {
    let mut conn = engine.pool.acquire().await?;
    let round = access_reviews::round(&mut conn, number).await?.ok_or_else(Error::not_found)?;
    let group = groups::find(&mut conn, round.group()).await?.ok_or_else(Error::not_found)?;
    let items = access_reviews::items(&mut conn, round.id()).await?;
    let bench = Bench::of(&mut conn, &round, &items).await?;
    let hers: Vec<&ItemRow> = items.iter().filter(|item| is_hers(ctx, &bench, item)).collect();
    if hers.is_empty() {
        return Err(Error::not_found());
    }
    let now = clock::now(&mut conn).await?;
    let sheet = Sheet {
        group: group.display_name,
        gives: group.description,
        open: round.open(now),
        all: hers.len(),
        left: hers.iter().filter(|item| item.decision.is_none()).count(),
        recommended: recommended(ctx, &bench, &items)?.len(),
        lines: Vec::new(),
        next: None,
        opened: opened(engine, round.id(), ctx.person(), now)?,
        round,
    };
    let ids = hers.iter().map(|item| item.id).collect();
    Ok((sheet, ids))
}
