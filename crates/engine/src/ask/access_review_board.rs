//! A review as administrators see it: plan, progress, what reviewing cost whom, results.

use super::access_review_lines::{self, Line};
use crate::access_review::Bench;
use crate::approvers::{self, Named};
use crate::ask::group_header::{self, Header};
use crate::ask::who::Who;
use crate::db::access_reviews::{self, ItemRow, REVIEW, ROUND, ReviewRow, RoundRow};
use crate::{Ctx, Engine, Error, Result, clock};
use chrono::{DateTime, Utc};
use domain::access_review::effort::Effort;
use domain::access_review::verdict::fate;
use domain::access_review::{Decision, Fate};
use domain::authz::Action;
use domain::ids::{GroupId, PersonId};
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Most reviewers whose effort is listed.
const MOST: usize = 200;

/// The page.
#[derive(Debug)]
pub struct Board {
    /// Above the tabs.
    pub header: Header,
    /// The plan.
    pub review: ReviewRow,
    /// Who reviews, where that is named.
    pub named: Vec<Named>,
    /// Who takes over.
    pub fallback: Vec<Named>,
    /// All rounds, the newest first, with their beginnings.
    pub rounds: Vec<(i32, DateTime<Utc>)>,
    /// The round that is shown; none before the first.
    pub shown: Option<Shown>,
    /// The database's time of this look.
    pub now: DateTime<Utc>,
}

/// A round.
#[derive(Debug)]
pub struct Shown {
    /// Which.
    pub round: RoundRow,
    /// How many there are of each.
    pub sums: Sums,
    /// Undecided ones on which nobody can decide as things are.
    pub nobody: usize,
    /// How many would go if it were applied as things are.
    pub going: usize,
    /// What it cost whom, who did most first.
    pub efforts: Vec<(Who, Effort)>,
    /// This page of the results.
    pub lines: Vec<Line>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// How many there are of each.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    /// Assignments.
    pub items: i64,
    /// Approved.
    pub approved: i64,
    /// Denied.
    pub denied: i64,
    /// Looked at, and not known.
    pub unknown: i64,
    /// Taken away.
    pub removed: i64,
    /// Could not be taken away.
    pub refused: i64,
    /// Changed meanwhile, so nothing was done.
    pub moot: i64,
}

impl Sums {
    fn of(items: &[ItemRow]) -> Self {
        let count = |which: &dyn Fn(&ItemRow) -> bool| {
            i64::try_from(items.iter().filter(|item| which(item)).count()).unwrap_or(i64::MAX)
        };
        let decided = |word: Decision| count(&|item| item.decision.as_deref() == Some(word.wire()));
        let became = |word: &str| count(&|item| item.outcome.as_deref() == Some(word));
        Self {
            items: count(&|_| true),
            approved: decided(Decision::Approve),
            denied: decided(Decision::Deny),
            unknown: decided(Decision::Unknown),
            removed: became("removed"),
            refused: became("refused"),
            moot: became("moot"),
        }
    }

    /// Decided, in any way.
    pub fn decided(&self) -> i64 {
        self.approved + self.denied + self.unknown
    }
}

/// Loads the page: the round of this number, or the last.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn access_review_board(
    engine: &Engine,
    ctx: &Ctx,
    (key, number): (&str, i64),
    round: Option<i32>,
    after: &str,
) -> Result<Board> {
    let mut conn = engine.pool.acquire().await?;
    let (group, header) = group_header::load(&mut conn, ctx, key, Action::InspectAccessReviews).await?;
    let review = review(&mut conn, group.group_id(), number).await?;
    let rounds: Vec<(i32, DateTime<Utc>)> = sqlx::query_as(
        "select round, starts_at from access_review_rounds where review_id = $1 order by round desc limit 100",
    )
    .bind(review.id)
    .fetch_all(&mut *conn)
    .await?;
    let last = rounds.first().map(|(round, _)| *round);
    let shown = match round.or(last) {
        Some(wanted) => Some(shown(&mut conn, &review, wanted, after).await?),
        None => None,
    };
    Ok(Board {
        header,
        named: approvers::names(&mut conn, &review.plan.named).await?,
        fallback: approvers::names(&mut conn, &review.plan.fallback).await?,
        now: clock::now(&mut conn).await?,
        rounds,
        shown,
        review,
    })
}

async fn review(conn: &mut PgConnection, group: GroupId, number: i64) -> Result<ReviewRow> {
    let sql = format!("select {REVIEW} from access_reviews v where v.group_id = $1 and v.number = $2");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(group.0).bind(number);
    found.fetch_optional(conn).await?.ok_or_else(Error::not_found)
}

async fn find_round(conn: &mut PgConnection, review: &ReviewRow, round: i32) -> Result<RoundRow> {
    let sql = format!("select {ROUND} from access_review_rounds r where r.review_id = $1 and r.round = $2");
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(review.id).bind(round);
    found.fetch_optional(conn).await?.ok_or_else(Error::not_found)
}

async fn shown(conn: &mut PgConnection, review: &ReviewRow, wanted: i32, after: &str) -> Result<Shown> {
    let round = find_round(conn, review, wanted).await?;
    let items = access_reviews::items(conn, round.id()).await?;
    let sums = Sums::of(&items);
    let bench = Bench::of(conn, &round, &items).await?;
    let nobody = |item: &&ItemRow| item.is_left() && item.outcome.is_none() && !bench.anybody(item);
    let nobody = items.iter().filter(nobody).count();
    let going = going(&round, &items)?;
    let efforts = efforts(conn, &round, &items, &bench).await?;
    let (lines, next) = access_review_lines::page(conn, round.id(), None, after).await?;
    Ok(Shown { round, sums, nobody, going, efforts, lines, next })
}

fn going(round: &RoundRow, items: &[ItemRow]) -> Result<usize> {
    let mut going = 0;
    for item in items.iter().filter(|item| !item.over && item.outcome.is_none()) {
        let fate = fate(item.decision()?, round.plan.undecided, item.recommended()?);
        going += usize::from(fate == Fate::Remove);
    }
    Ok(going)
}

/// Of everybody who decided, and of who can decide as things are.
async fn efforts(
    conn: &mut PgConnection,
    round: &RoundRow,
    items: &[ItemRow],
    bench: &Bench,
) -> Result<Vec<(Who, Effort)>> {
    let effort = |items| Effort { items, ..Effort::default() };
    let counts = bench.counts(items).into_iter();
    let mut found: BTreeMap<PersonId, Effort> =
        counts.map(|(person, items)| (person, effort(items))).collect();
    let done: Vec<(Uuid, i64, i64, i64, i64)> = sqlx::query_as(
        "select decided_by, count(*), count(*) filter (where decision = 'approve'), coalesce(sum(took_ms), 0)::bigint, \
           coalesce(max(took_ms), 0)::bigint \
         from access_review_items where round_id = $1 and decided_by is not null group by decided_by",
    )
    .bind(round.id)
    .fetch_all(&mut *conn)
    .await?;
    for (person, decided, approved, took_ms, slowest_ms) in done {
        let effort = found.entry(PersonId(person)).or_default();
        *effort = Effort { items: effort.items.max(decided), decided, approved, took_ms, slowest_ms };
    }
    let ids: Vec<Uuid> = found.keys().map(|person| person.0).collect();
    let people: Vec<Who> = sqlx::query_as(
        "select id, display_name as name, user_name, coalesce(department, '') as department from users \
         where id = any ($1) order by lower(display_name), id",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let effort = |who: &Who| found.get(&who.person()).copied().unwrap_or_default();
    let mut all: Vec<_> =
        people.into_iter().map(|who| (effort(&who), who)).map(|(e, who)| (who, e)).collect();
    all.sort_by_key(|(_, effort)| std::cmp::Reverse(effort.decided));
    all.truncate(MOST);
    Ok(all)
}

/// The whole round as a file, with the database's time of it.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn file(
    engine: &Engine,
    ctx: &Ctx,
    (key, number): (&str, i64),
    wanted: i32,
) -> Result<(String, DateTime<Utc>)> {
    let mut conn = engine.pool.acquire().await?;
    let (group, _) = group_header::load(&mut conn, ctx, key, Action::InspectAccessReviews).await?;
    let review = review(&mut conn, group.group_id(), number).await?;
    let round = find_round(&mut conn, &review, wanted).await?;
    let lines = access_review_lines::load(&mut conn, round.id(), None, None, None).await?;
    let now = clock::now(&mut conn).await?;
    Ok((super::access_review_file::write(&group.key, &round, &lines), now))
}
