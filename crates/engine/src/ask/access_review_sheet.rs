//! What a reviewer sees: her rounds, and in each the assignments that are hers to decide.

use super::access_review_lines::{self, Line};
use super::access_reviewing::REVIEWING;
use crate::access_review::tally::{Tally, tally};
use crate::access_review::{Bench, opened, seen};
use crate::act::decide_access_review::{MAX_AT_ONCE, recommended};
use crate::db::access_reviews::{self, ItemRow, ROUND, RoundRow};
use crate::db::groups;
use crate::{Ctx, Engine, Error, Result, clock};
use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

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
    pub all: i64,
    /// Of them, undecided.
    pub left: i64,
}

#[derive(sqlx::FromRow)]
struct Found {
    #[sqlx(flatten)]
    round: RoundRow,
    group_name: String,
}

/// Rounds that ask her, those that end first on top, and those of the last 90 days in which she decided, the newest first.
///
/// # Errors
/// The database can't be reached.
pub async fn access_review_inbox(engine: &Engine, ctx: &Ctx) -> Result<Vec<Mine>> {
    let mut conn = engine.pool.acquire().await?;
    let sql = format!(
        "with own as materialized (select id from groups_above($1)), reviewing as materialized ({REVIEWING}) \
         select {ROUND}, live.display_name as group_name \
         from access_review_rounds r join groups live on live.id = r.group_id and live.deleted_at is null \
         where r.id in (select id from reviewing) or (r.ends_at > clock() - interval '90 days' and r.id in ( \
           select i.round_id from access_review_items i where i.decided_by = $1)) \
         order by r.stopped_at is null and r.ends_at > clock() desc, \
           case when r.ends_at > clock() then r.ends_at end, r.ends_at desc limit 200"
    );
    let rounds: Vec<Found> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(ctx.person().0).fetch_all(&mut *conn).await?;
    let now = clock::now(&mut conn).await?;
    let mut found = Vec::new();
    for Found { round, group_name } in rounds {
        let open = round.open(now);
        // of what is over she sees only that she had a part in it
        let Tally { all, left } =
            if open { tally(&mut conn, &round, ctx.person()).await? } else { Tally::default() };
        if all > 0 || !open {
            let (number, ends_at) = (round.number, round.ends_at);
            found.push(Mine { number, name: round.name, group: group_name, ends_at, open, all, left });
        }
    }
    Ok(found)
}

/// A round as its reviewer works on it.
#[derive(Debug)]
pub struct Sheet {
    /// Which.
    pub round: RoundRow,
    /// Name of the group.
    pub group: String,
    /// Decisions are taken.
    pub open: bool,
    /// How many are hers.
    pub all: usize,
    /// Of them, undecided.
    pub left: usize,
    /// Of those, recommended to stay: what one button approves.
    pub recommended: usize,
    /// Those as they are now, in one word for the form to bring back.
    pub seen: String,
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
    let Loaded { sheet, hers, .. } = load(engine, ctx, number).await?;
    let mut conn = engine.pool.acquire().await?;
    let (lines, next) = access_review_lines::page(&mut conn, sheet.round.id(), Some(&hers), after).await?;
    Ok(Sheet { lines, next, ..sheet })
}

/// The same with all that one button would approve.
///
/// # Errors
/// As [`access_review_sheet`].
pub async fn recommended_of(engine: &Engine, ctx: &Ctx, number: i64) -> Result<Sheet> {
    let Loaded { sheet, recommended, .. } = load(engine, ctx, number).await?;
    let mut conn = engine.pool.acquire().await?;
    let lines =
        access_review_lines::load(&mut conn, sheet.round.id(), Some(&recommended), None, None).await?;
    Ok(Sheet { recommended: recommended.len(), lines, ..sheet })
}

struct Loaded {
    sheet: Sheet,
    hers: Vec<Uuid>,
    recommended: Vec<Uuid>,
}

async fn load(engine: &Engine, ctx: &Ctx, number: i64) -> Result<Loaded> {
    let mut conn = engine.pool.acquire().await?;
    let round = access_reviews::round(&mut conn, number).await?.ok_or_else(Error::not_found)?;
    let group = groups::find(&mut conn, round.group()).await?.ok_or_else(Error::not_found)?;
    let items = access_reviews::items_near(&mut conn, &round, ctx.person()).await?;
    let bench = Bench::of(&mut conn, &round, &items).await?;
    let hers: Vec<&ItemRow> = items.iter().filter(|item| bench.hers(ctx.person(), item)).collect();
    if hers.is_empty() {
        return Err(Error::not_found());
    }
    let now = clock::now(&mut conn).await?;
    let recommended = recommended(ctx, &bench, &items)?;
    let at_once = &recommended[..recommended.len().min(MAX_AT_ONCE)];
    let sheet = Sheet {
        group: group.display_name,
        open: round.open(now),
        all: hers.len(),
        left: hers.iter().filter(|item| item.is_left()).count(),
        recommended: recommended.len(),
        seen: seen::together(at_once.iter().copied()),
        lines: Vec::new(),
        next: None,
        opened: opened(engine, round.id(), ctx.person(), now)?,
        round,
    };
    let ids = |items: &[&ItemRow]| items.iter().map(|item| item.id).collect();
    Ok(Loaded { sheet, hers: ids(&hers), recommended: ids(at_once) })
}
