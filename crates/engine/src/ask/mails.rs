//! Mails: one's own of the last 30 days, and all of them for who looks after the product.

use crate::ask::cursor;
use crate::{Ctx, Engine, Error, Result, authority};
use chrono::{DateTime, Utc};
use domain::authz::Action;
use domain::notice::choice::Choice;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Rows of a page.
const PAGE: usize = 50;

/// Which mails.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Show {
    /// All.
    #[default]
    All,
    /// Not sent yet.
    Waiting,
    /// Sent.
    Sent,
    /// Readable here only: no mail server is set.
    Kept,
    /// Given up.
    Failed,
}

impl Show {
    /// All, in the order of the filter.
    pub const ALL: [Show; 5] = [Show::All, Show::Waiting, Show::Sent, Show::Kept, Show::Failed];

    /// The stable word, in the address and as stored.
    pub const fn wire(self) -> &'static str {
        match self {
            Show::All => "all",
            Show::Waiting => "waiting",
            Show::Sent => "sent",
            Show::Kept => "kept",
            Show::Failed => "failed",
        }
    }

    /// From the address; anything else shows all.
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|show| show.wire() == word).unwrap_or_default()
    }
}

/// A mail in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    /// Which.
    pub id: Uuid,
    /// `waiting`, `sent`, `kept`, `failed` or `moot`.
    pub state: String,
    /// As sent; empty while it waits.
    pub subject: String,
    /// What it tells of, as stored; `None` is a test.
    pub kind: Option<String>,
    /// To whom.
    pub address: String,
    /// To whom, if it is somebody of the directory.
    pub name: Option<String>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// When it was sent, kept or given up.
    pub closed_at: Option<DateTime<Utc>>,
    /// When it is tried next.
    pub due_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: i32,
    /// What the mail server said last.
    pub problem: String,
}

/// One mail.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Mail {
    /// As in lists.
    #[sqlx(flatten)]
    pub row: Row,
    /// The text part.
    pub body: String,
    /// The mail in which it came with others, if it did not come alone.
    pub digest_id: Option<Uuid>,
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// Newest first.
    pub rows: Vec<Row>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// How mail goes out.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The server and the sender in words; `None`: mails are kept here.
    pub server: Option<String>,
    /// Since when nothing is sent, who stopped it (`None` is the system) and why.
    pub stopped: Option<Stopped>,
    /// Not sent yet.
    pub waiting: i64,
    /// Sent in 24 h.
    pub sent: i64,
    /// Given up in 30 days.
    pub failed: i64,
    /// The list.
    pub page: Page,
}

/// The kill switch, when it is on.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Stopped {
    /// Since when.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Option<String>,
    /// Why.
    pub reason: String,
}

const COLUMNS: &str = "m.id, m.state, m.subject, n.kind, m.address, u.display_name as name, m.made_at, m.closed_at, m.due_at, \
     m.attempts, m.problem";
const FROM: &str =
    "from mails m left join notices n on n.id = m.notice_id left join users u on u.id = m.person_id";

/// The caller's own mails, newest first; those that had nothing to say are left out.
///
/// # Errors
/// The database can't be reached.
pub async fn own(engine: &Engine, ctx: &Ctx, after: Option<&str>) -> Result<Page> {
    let mut conn = engine.pool.acquire().await?;
    page(&mut conn, after, |list| {
        list.push(" and m.state <> 'moot' and m.made_at > clock() - interval '30 days' and m.person_id = ");
        list.push_bind(ctx.person().0);
    })
    .await
}

/// The kinds of mail that the caller does without.
///
/// # Errors
/// The database can't be reached.
pub async fn off(engine: &Engine, ctx: &Ctx) -> Result<BTreeSet<Choice>> {
    let words: Vec<String> = sqlx::query_scalar("select choice from mail_choices where person_id = $1")
        .bind(ctx.person().0)
        .fetch_all(&engine.pool)
        .await?;
    Ok(words.iter().filter_map(|word| Choice::parse(word)).collect())
}

/// One of the caller's own mails.
///
/// # Errors
/// Unknown or somebody else's, alike.
pub async fn own_one(engine: &Engine, ctx: &Ctx, id: Uuid) -> Result<Mail> {
    one(engine, id, Some(ctx.person().0)).await
}

/// How mail goes out, and the list, for who looks after the product.
///
/// # Errors
/// Not for this person.
pub async fn outlook(engine: &Engine, ctx: &Ctx, show: Show, after: Option<&str>) -> Result<Outlook> {
    authority::require(ctx, &Action::ReadMail)?;
    let mut conn = engine.pool.acquire().await?;
    let stopped = sqlx::query_as(
        "select s.stopped_at as at, u.display_name as by, s.reason from mail_switch s \
         left join users u on u.id = s.stopped_by where s.stopped_at is not null",
    )
    .fetch_optional(&mut *conn)
    .await?;
    let (waiting, sent, failed) = sqlx::query_as(
        "select (select count(*) from mails where state = 'waiting'), \
           (select count(*) from mails where state = 'sent' and closed_at > clock() - interval '1 day'), \
           (select count(*) from mails where state = 'failed' and closed_at > clock() - interval '30 days')",
    )
    .fetch_one(&mut *conn)
    .await?;
    let page = page(&mut conn, after, |list| {
        if show != Show::All {
            list.push(" and m.state = ").push_bind(show.wire());
        }
    })
    .await?;
    let server = engine.settings.post.as_ref().map(|post| post.words().to_owned());
    Ok(Outlook { server, stopped, waiting, sent, failed, page })
}

/// Any mail, for who looks after the product.
///
/// # Errors
/// Not for this person, or unknown.
pub async fn any_one(engine: &Engine, ctx: &Ctx, id: Uuid) -> Result<Mail> {
    authority::require(ctx, &Action::ReadMail)?;
    one(engine, id, None).await
}

async fn one(engine: &Engine, id: Uuid, of: Option<Uuid>) -> Result<Mail> {
    let sql = format!(
        "select {COLUMNS}, m.body, nullif(m.digest_id, m.id) as digest_id {FROM} where m.id = $1 and ($2::uuid is null or m.person_id = $2)"
    );
    let mail =
        sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).bind(of).fetch_optional(&engine.pool).await?;
    mail.ok_or_else(Error::not_found)
}

/// One page of those that `which` leaves; what is not asked is not in the statement, so that an index answers.
async fn page(
    conn: &mut PgConnection,
    after: Option<&str>,
    which: impl FnOnce(&mut QueryBuilder<Postgres>),
) -> Result<Page> {
    let mut list = QueryBuilder::new(format!("select {COLUMNS} {FROM} where true"));
    which(&mut list);
    if let Some((at, id)) = after.and_then(cursor::read::<(DateTime<Utc>, Uuid)>) {
        list.push(" and (m.made_at, m.id) < (").push_bind(at).push(", ").push_bind(id).push(")");
    }
    list.push(format!(" order by m.made_at desc, m.id desc limit {}", PAGE + 1));
    let mut rows: Vec<Row> = list.build_query_as().fetch_all(conn).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| cursor::write(&(row.made_at, row.id)));
    Ok(Page { rows, next })
}
