//! The people of an application, and the queue: who waits, since when, and why.

use crate::ask::cursor;
use crate::{Ctx, Engine, Result, authority};
use chrono::{DateTime, Utc};
use domain::authz::Action;
use sqlx::QueryBuilder;
use uuid::Uuid;

/// Rows of a page.
const PAGE: usize = 50;

/// Which of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Show {
    /// To be worked on, in the order in which they are.
    #[default]
    Queue,
    /// It failed.
    Failed,
    /// Held back until somebody allows it.
    Held,
    /// All, by id.
    All,
}

impl Show {
    /// All, in the order of the filter.
    pub const ALL: [Show; 4] = [Show::Queue, Show::Failed, Show::Held, Show::All];

    /// The word in addresses.
    pub const fn wire(self) -> &'static str {
        match self {
            Show::Queue => "queue",
            Show::Failed => "failed",
            Show::Held => "held",
            Show::All => "all",
        }
    }

    /// From the address; anything else shows the queue.
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|show| show.wire() == word).unwrap_or_default()
    }

    const fn which(self) -> &'static str {
        match self {
            Show::Queue => "p.due_at is not null",
            Show::Failed => "p.state = 'failed'",
            Show::Held => "p.state = 'blocked' and p.due_at is null",
            Show::All => "true",
        }
    }
}

/// A person whom an application knows, or is to know.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    /// Who.
    pub user_id: Uuid,
    /// Her name.
    pub name: String,
    /// With which she signs in.
    pub user_name: String,
    /// The id that she has there.
    pub remote_id: Option<String>,
    /// `pending`, `applied`, `failed`, `blocked` or `out`.
    pub state: String,
    /// Why it is not done.
    pub problem: String,
    /// Something is to be taken away from her.
    pub urgent: bool,
    /// Since when she waits.
    pub queued_at: DateTime<Utc>,
    /// When she is worked on next; nothing if there is nothing to do.
    pub due_at: Option<DateTime<Utc>>,
    /// A server is at it.
    pub under_way: bool,
    /// Tries that failed.
    pub attempts: i32,
    /// What she was looked at for.
    pub why: String,
    /// Groups she is to be in now, by name: whether she is in scope, and why.
    pub wants: Vec<String>,
}

/// A page of them.
#[derive(Clone, Debug)]
pub struct Page {
    /// Those.
    pub rows: Vec<Row>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// A page of people.
///
/// # Errors
/// Not for this person.
pub async fn application_people(
    engine: &Engine,
    ctx: &Ctx,
    id: Uuid,
    show: Show,
    after: Option<&str>,
) -> Result<Page> {
    authority::require(ctx, &Action::ReadApplications)?;
    let mut list = QueryBuilder::new(
        "select p.user_id, u.display_name as name, u.user_name, p.remote_id, p.state, p.problem, p.urgent, p.queued_at, p.due_at, \
           coalesce(p.leased_until > clock(), false) as under_way, p.attempts, p.why, \
           array(select d.display_name from application_wants(p.application_id, p.user_id) w join groups d on d.id = w order by 1) as wants \
         from application_people p join users u on u.id = p.user_id where p.application_id = ",
    );
    list.push_bind(id).push(" and ").push(show.which());
    let queue = show == Show::Queue;
    if queue {
        if let Some((calm, due, id)) = after.and_then(cursor::read::<(bool, DateTime<Utc>, Uuid)>) {
            list.push(" and (not p.urgent, p.due_at, p.user_id) > (").push_bind(calm).push(", ");
            list.push_bind(due).push(", ").push_bind(id).push(")");
        }
        list.push(" order by not p.urgent, p.due_at, p.user_id");
    } else {
        if let Some(id) = after.and_then(cursor::read::<Uuid>) {
            list.push(" and p.user_id > ").push_bind(id);
        }
        list.push(" order by p.user_id");
    }
    list.push(format!(" limit {}", PAGE + 1));
    let mut rows: Vec<Row> = list.build_query_as().fetch_all(&engine.pool).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| match row.due_at.filter(|_| queue) {
        Some(due) => cursor::write(&(!row.urgent, due, row.user_id)),
        None => cursor::write(&row.user_id),
    });
    Ok(Page { rows, next })
}
