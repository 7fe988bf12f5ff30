//! How much of a round is whose, counted and not looked at one by one: a round may ask thousands of people.

use super::Bench;
use crate::Result;
use crate::db::access_reviews::{self, ItemRow, RoundRow};
use domain::access_review::panel::Reach;
use domain::access_review::plan::Reviewers;
use domain::ids::PersonId;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::{BTreeMap, BTreeSet};

/// What one person has of a round.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, sqlx::FromRow)]
pub struct Tally {
    /// Hers to decide, or decided by her.
    pub all: i64,
    /// Undecided ones that she can decide on now.
    pub left: i64,
}

/// Counts it.
///
/// # Errors
/// The database can't be reached.
pub async fn tally(conn: &mut PgConnection, round: &RoundRow, person: PersonId) -> Result<Tally> {
    let groups = access_reviews::items_of_groups(conn, round.id()).await?;
    let bench = Bench::of(conn, round, &groups).await?;
    let mut tally = of_people(conn, round, person, bench.panel.reach(person)).await?;
    for item in &groups {
        let may = bench.may(person, item);
        tally.all += i64::from(may || item.decided_by == Some(person.0));
        tally.left += i64::from(may && item.is_left());
    }
    Ok(tally)
}

async fn of_people(
    conn: &mut PgConnection,
    round: &RoundRow,
    person: PersonId,
    reach: Reach,
) -> Result<Tally> {
    let (within, other) = match reach {
        Reach::Nobody => ("i.principal_id = $3", None),
        Reach::Only(only) => ("i.principal_id = $3", Some(only.0)),
        Reach::Others => ("i.principal_id <> $3", Some(person.0)),
    };
    let sql = format!(
        "select count(*) as all, count(*) filter (where {within} and i.decision is null \
             and (a.ends_at is null or a.ends_at > clock())) as left \
         from access_review_items i join assignments a on a.id = i.assignment_id \
         where i.round_id = $1 and not i.is_group and ({within} or i.decided_by = $2)"
    );
    let tally = sqlx::query_as(AssertSqlSafe(sql)).bind(round.id).bind(person.0).bind(other);
    Ok(tally.fetch_one(conn).await?)
}

/// Everybody who can decide on something undecided of a round now.
///
/// # Errors
/// The database can't be reached.
pub async fn with_items_left(conn: &mut PgConnection, round: &RoundRow) -> Result<BTreeSet<PersonId>> {
    let mut items = access_reviews::items(conn, round.id()).await?;
    items.retain(ItemRow::is_left);
    let bench = Bench::of(conn, round, &items).await?;
    Ok(bench.counts(&items).into_keys().collect())
}

impl Bench {
    /// On how many of these each person can decide as things are.
    pub fn counts(&self, items: &[ItemRow]) -> BTreeMap<PersonId, i64> {
        let (mut held, mut found) = (BTreeMap::<PersonId, i64>::new(), BTreeMap::new());
        for item in items.iter().filter(|item| !item.is_group && self.anybody(item)) {
            *held.entry(PersonId(item.principal_id)).or_default() += 1;
        }
        let of = |person: &PersonId| held.get(person).copied().unwrap_or_default();
        let all: i64 = held.values().sum();
        for person in self.panel.first.union(&self.panel.fallback) {
            let count = match self.panel.reach(*person) {
                Reach::Nobody => 0,
                Reach::Only(only) => of(&only),
                Reach::Others => all - of(person),
            };
            found.insert(*person, count);
        }
        if self.panel.reviewers == Reviewers::Oneself {
            found = held;
        }
        for item in items.iter().filter(|item| item.is_group) {
            for person in self.panel.of(&self.whose(item)) {
                *found.entry(person).or_default() += 1;
            }
        }
        found.retain(|_, count| *count > 0);
        found
    }
}
