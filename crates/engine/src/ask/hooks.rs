//! Webhooks: all of them, one with its log, one delivery; for who looks after the product.

use crate::ask::cursor;
use crate::hook::deliver;
use crate::hook::payload::{self, Subject};
use crate::{Ctx, Engine, Error, Result, authority};
use chrono::{DateTime, Utc};
use domain::authz::Action;
use domain::webhook::Format;
use domain::webhook::choice::Topic;
use sqlx::{AssertSqlSafe, QueryBuilder};
use uuid::Uuid;

/// Rows of a page.
const PAGE: usize = 50;

/// Which deliveries.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Show {
    /// All.
    #[default]
    All,
    /// Not taken yet.
    Waiting,
    /// Taken.
    Delivered,
    /// Given up.
    Failed,
}

impl Show {
    /// All, in the order of the filter.
    pub const ALL: [Show; 4] = [Show::All, Show::Waiting, Show::Delivered, Show::Failed];

    /// The stable word, in the address and as stored.
    pub const fn wire(self) -> &'static str {
        match self {
            Show::All => "all",
            Show::Waiting => "waiting",
            Show::Delivered => "delivered",
            Show::Failed => "failed",
        }
    }

    /// From the address; anything else shows all.
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|show| show.wire() == word).unwrap_or_default()
    }
}

/// A hook.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Hook {
    /// Which.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// What may be shown of its address.
    pub shown: String,
    format: String,
    topics: Vec<String>,
    /// Refused tries are told too.
    pub refusals: bool,
    /// Since when it is off.
    pub off_at: Option<DateTime<Utc>>,
    /// Why, if it was not switched off by hand.
    pub off_why: String,
    /// Until when nothing is sent because it fails.
    pub rests_until: Option<DateTime<Utc>>,
    /// Until when the secret before counts besides.
    pub old_until: Option<DateTime<Utc>>,
    /// Counts its changes.
    pub version: i32,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// By whom.
    pub made_by: Option<String>,
    /// Not taken yet.
    pub waiting: i64,
    /// Taken in 24 h.
    pub delivered: i64,
    /// Given up in 30 days.
    pub failed: i64,
    /// When something was last taken.
    pub last_at: Option<DateTime<Utc>>,
}

impl Hook {
    /// How events are written for it.
    pub fn format(&self) -> Option<Format> {
        Format::parse(&self.format)
    }

    /// What it tells of.
    pub fn topics(&self) -> Vec<Topic> {
        self.topics.iter().filter_map(|word| Topic::parse(word)).collect()
    }
}

/// A delivery in the log.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    /// Which.
    pub id: Uuid,
    /// The stable word of the event, of anchors or of a test.
    pub kind: String,
    /// Number of the event.
    pub seq: Option<i64>,
    /// Position of the anchor.
    pub anchor: Option<i64>,
    /// `waiting`, `delivered` or `failed`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// When it was tried last.
    pub tried_at: Option<DateTime<Utc>>,
    /// When it is tried next.
    pub due_at: DateTime<Utc>,
    /// What the receiver answered last.
    pub status: Option<i32>,
    /// The beginning of that, as the receiver wrote it.
    pub answer: String,
    /// Why there is no answer.
    pub problem: String,
    /// How long the last try took.
    pub took_ms: Option<i32>,
}

impl Row {
    /// The id that the receiver sees.
    pub fn name(&self) -> String {
        deliver::name(self.id)
    }
}

/// A hook with its log.
#[derive(Clone, Debug)]
pub struct Log {
    /// The hook.
    pub hook: Hook,
    /// Newest first.
    pub rows: Vec<Row>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// One delivery.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Of which hook.
    pub hook: Hook,
    /// As in the log.
    pub row: Row,
    /// What is sent, as it would be composed now.
    pub body: String,
}

const HOOKS: &str = "select h.id, h.name, h.shown, h.format, h.topics, h.refusals, h.off_at, h.off_why, \
     case when h.rests_until > clock() then h.rests_until end as rests_until, \
     case when h.old_until > clock() then h.old_until end as old_until, h.version, h.made_at, u.display_name as made_by, \
     (select count(*) from hook_deliveries d where d.hook_id = h.id and d.state = 'waiting') as waiting, \
     (select count(*) from hook_deliveries d where d.hook_id = h.id and d.state = 'delivered' \
        and d.closed_at > clock() - interval '1 day') as delivered, \
     (select count(*) from hook_deliveries d where d.hook_id = h.id and d.state = 'failed') as failed, \
     (select max(closed_at) from hook_deliveries d where d.hook_id = h.id and d.state = 'delivered') as last_at \
     from hooks h left join users u on u.id = h.made_by where h.deleted_at is null";
const ROWS: &str = "select id, kind, seq, anchor, state, attempts, made_at, tried_at, due_at, status, answer, problem, took_ms \
     from hook_deliveries";

/// All of them, by name.
///
/// # Errors
/// Not for this person.
pub async fn hooks(engine: &Engine, ctx: &Ctx) -> Result<Vec<Hook>> {
    authority::require(ctx, &Action::ReadHooks)?;
    let all = format!("{HOOKS} order by lower(h.name)");
    Ok(sqlx::query_as(AssertSqlSafe(all)).fetch_all(&engine.pool).await?)
}

/// One of them, to be changed.
///
/// # Errors
/// Not for this person, or unknown.
pub async fn managed(engine: &Engine, ctx: &Ctx, id: Uuid) -> Result<Hook> {
    authority::require(ctx, &Action::ManageHooks)?;
    hook(engine, id).await
}

async fn hook(engine: &Engine, id: Uuid) -> Result<Hook> {
    let one = format!("{HOOKS} and h.id = $1");
    let found = sqlx::query_as(AssertSqlSafe(one)).bind(id).fetch_optional(&engine.pool).await?;
    found.ok_or_else(Error::not_found)
}

/// One of them with its log.
///
/// # Errors
/// Not for this person, or unknown.
pub async fn log(engine: &Engine, ctx: &Ctx, id: Uuid, show: Show, after: Option<&str>) -> Result<Log> {
    authority::require(ctx, &Action::ReadHooks)?;
    let hook = hook(engine, id).await?;
    let mut list = QueryBuilder::new(ROWS);
    list.push(" where hook_id = ").push_bind(id);
    if show != Show::All {
        list.push(" and state = ").push_bind(show.wire());
    }
    if let Some((at, id)) = after.and_then(cursor::read::<(DateTime<Utc>, Uuid)>) {
        list.push(" and (made_at, id) < (").push_bind(at).push(", ").push_bind(id).push(")");
    }
    list.push(format!(" order by made_at desc, id desc limit {}", PAGE + 1));
    let mut rows: Vec<Row> = list.build_query_as().fetch_all(&engine.pool).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| cursor::write(&(row.made_at, row.id)));
    Ok(Log { hook, rows, next })
}

/// One delivery of a hook.
///
/// # Errors
/// Not for this person, or unknown.
pub async fn delivery(engine: &Engine, ctx: &Ctx, id: Uuid, delivery: Uuid) -> Result<Delivery> {
    authority::require(ctx, &Action::ReadHooks)?;
    let hook = hook(engine, id).await?;
    let one = format!("{ROWS} where hook_id = $1 and id = $2");
    let row: Option<Row> =
        sqlx::query_as(AssertSqlSafe(one)).bind(id).bind(delivery).fetch_optional(&engine.pool).await?;
    let row = row.ok_or_else(Error::not_found)?;
    let format = hook.format().ok_or_else(|| Error::inconsistent("hooks", id, "an unknown format"))?;
    let subject = Subject { kind: row.kind.clone(), seq: row.seq, anchor: row.anchor };
    let mut conn = engine.pool.acquire().await?;
    let body = payload::body(&mut conn, &engine.settings, format, &subject).await?;
    Ok(Delivery { hook, row, body: format!("{body:#}") })
}
