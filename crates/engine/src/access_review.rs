//! What the use cases and pages of access reviews share: who reviews now, whose an assignment is, and when a page was opened.

pub mod apply;
pub mod begin;
pub(crate) mod planner;
pub mod remind;
pub mod seen;
pub mod tally;

use crate::db::access_reviews::{ItemRow, RoundRow};
use crate::{Engine, Result, approvers, circle, secret};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::access_review::panel::{Panel, Whose};
use domain::access_review::plan::{Plan, Reviewers};
use domain::authz::AccessReviewFacts;
use domain::ids::{AccessReviewRoundId, GroupId, PersonId};
use sqlx::PgConnection;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Who reviews at this moment. Being in the group that is reviewed makes nobody a reviewer.
///
/// # Errors
/// The database can't be reached: never an empty set (C14).
pub async fn panel(conn: &mut PgConnection, group: GroupId, plan: &Plan) -> Result<Panel> {
    let first = match plan.reviewers {
        Reviewers::Owners | Reviewers::Oneself => circle::owners(conn, group).await?,
        Reviewers::Named => approvers::resolve(conn, &plan.named, Some(group)).await?,
    };
    let fallback = approvers::resolve(conn, &plan.fallback, Some(group)).await?;
    Ok(Panel { reviewers: plan.reviewers, first, fallback })
}

/// Everybody who is in each of the groups $1 or could be by activating, through whatever is in it.
const COULD_BE_IN: &str = "select g.id, array(with recursive down (id) as ( \
       select g.id \
       union \
       select a.principal_id from down join targets t on t.group_id = down.id and t.kind = 'member' \
       join assignments a on a.target_id = t.id and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at))) \
     select u.id from users u join down on down.id = u.id where u.deleted_at is null) \
   from unnest($1::uuid[]) as g (id)";

/// Panel and holders of a round, as they are now.
#[derive(Debug)]
pub struct Bench {
    /// Who reviews.
    pub panel: Panel,
    groups: BTreeMap<Uuid, Whose>,
}

impl Bench {
    /// Of a round, for these assignments.
    ///
    /// # Errors
    /// The database can't be reached.
    pub async fn of(conn: &mut PgConnection, round: &RoundRow, items: &[ItemRow]) -> Result<Self> {
        let groups: BTreeSet<Uuid> =
            items.iter().filter(|item| item.is_group).map(|item| item.principal_id).collect();
        let reviewers = round.plan.reviewers;
        // where each answers for herself, others are asked about groups only
        let panel = match reviewers {
            Reviewers::Oneself if groups.is_empty() => {
                Panel { reviewers, first: BTreeSet::new(), fallback: BTreeSet::new() }
            }
            _ => panel(conn, round.group(), &round.plan).await?,
        };
        let mut inside: Vec<(Uuid, Vec<Uuid>)> = Vec::new();
        if !groups.is_empty() {
            let groups: Vec<Uuid> = groups.into_iter().collect();
            inside = sqlx::query_as(COULD_BE_IN).bind(groups).fetch_all(conn).await?;
        }
        let whose = |people: Vec<Uuid>| Whose::Group(people.into_iter().map(PersonId).collect());
        Ok(Self { panel, groups: inside.into_iter().map(|(id, people)| (id, whose(people))).collect() })
    }

    /// Whose it is.
    pub fn whose(&self, item: &ItemRow) -> Cow<'_, Whose> {
        match self.groups.get(&item.principal_id) {
            Some(group) => Cow::Borrowed(group),
            None => Cow::Owned(Whose::Person(PersonId(item.principal_id))),
        }
    }

    /// Whether she may decide on it, or did.
    pub fn hers(&self, person: PersonId, item: &ItemRow) -> bool {
        self.may(person, item) || item.decided_by == Some(person.0)
    }

    /// It as the permission table sees it.
    pub fn facts(&self, person: PersonId, item: &ItemRow) -> AccessReviewFacts {
        let whose = self.whose(item);
        AccessReviewFacts {
            own: whose.is(person),
            oneself: self.panel.reviewers == Reviewers::Oneself && !item.is_group,
            reviewer: self.panel.may(person, &whose),
        }
    }

    /// Whether she may decide on it now.
    pub fn may(&self, person: PersonId, item: &ItemRow) -> bool {
        self.panel.may(person, &self.whose(item))
    }

    /// Whether anybody can decide on it as things are.
    pub fn anybody(&self, item: &ItemRow) -> bool {
        let herself = self.panel.reviewers == Reviewers::Oneself && !item.is_group;
        if herself { item.able } else { self.panel.anybody(&self.whose(item)) }
    }
}

fn place(row: &str) -> secret::Place<'_> {
    secret::Place { table: "access_review_rounds", row, column: "opened" }
}

fn row(round: AccessReviewRoundId, person: PersonId) -> String {
    format!("{round}{person}")
}

/// When a page was made, for its form to bring back: nobody can write it herself. Nothing is kept because somebody looked.
///
/// # Errors
/// No random bytes.
pub fn opened(
    engine: &Engine,
    round: AccessReviewRoundId,
    person: PersonId,
    at: DateTime<Utc>,
) -> Result<String> {
    let row = row(round, person);
    let sealed = secret::seal(&engine.settings, place(&row), &at.timestamp_millis().to_be_bytes())?;
    Ok(URL_SAFE_NO_PAD.encode(sealed))
}

/// The moment in it; nothing if it was not made for this person and round.
pub fn read_opened(
    engine: &Engine,
    round: AccessReviewRoundId,
    person: PersonId,
    word: &str,
) -> Option<DateTime<Utc>> {
    let sealed = URL_SAFE_NO_PAD.decode(word).ok()?;
    let row = row(round, person);
    let millis = secret::open(&engine.settings, place(&row), &sealed).ok()?;
    DateTime::from_timestamp_millis(i64::from_be_bytes(millis.try_into().ok()?))
}
