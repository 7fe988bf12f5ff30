//! Alerts: a page of them, and one; for those who read everything.

use crate::alert::workers;
use crate::ask::cursor;
use crate::ask::thing::{COLUMNS as THING, Thing};
use crate::ask::who::Who;
use crate::db::alerts::{self as stored, facts};
use crate::{Ctx, Engine, Error, Result, authority, clock};
use chrono::{DateTime, Utc};
use domain::alert::facts::Facts;
use domain::alert::{Kind, Part, Severity, rules};
use domain::authz::{Action, allows};
use domain::target::TargetKind;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, QueryBuilder};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Rows of a page.
const PAGE: usize = 50;

/// Which alerts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Show {
    /// Somebody should look at them.
    #[default]
    Open,
    /// Somebody knows.
    Acknowledged,
    /// Not true any more.
    Closed,
}

impl Show {
    /// All, in the order of the page.
    pub const ALL: [Show; 3] = [Show::Open, Show::Acknowledged, Show::Closed];

    /// The word in the address.
    pub const fn wire(self) -> &'static str {
        match self {
            Show::Open => "open",
            Show::Acknowledged => "acknowledged",
            Show::Closed => "closed",
        }
    }

    /// From the address; anything else shows what is open.
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|show| show.wire() == word).unwrap_or_default()
    }

    /// The condition on an alert `a`.
    pub(super) const fn which(self) -> &'static str {
        match self {
            Show::Open => {
                "a.closed_at is null and (a.acknowledged_until is null or a.acknowledged_until <= clock())"
            }
            Show::Acknowledged => "a.closed_at is null and a.acknowledged_until > clock()",
            Show::Closed => "a.closed_at is not null",
        }
    }
}

/// Somebody said that she knows.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Until when it holds.
    pub until: DateTime<Utc>,
}

/// An alert.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Which.
    pub id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// What is known of it.
    pub facts: Facts,
    /// About which membership, ownership or role.
    pub thing: Option<Thing>,
    /// About whom.
    pub person: Option<Who>,
    /// About which request, by number.
    pub request: Option<i64>,
    /// About which webhook, and its name.
    pub hook: Option<(Uuid, String)>,
    /// About which application, and its name.
    pub application: Option<(Uuid, String)>,
    /// About which server.
    pub server: String,
    /// When it was first found.
    pub opened_at: DateTime<Utc>,
    /// When it was last found.
    pub seen_at: DateTime<Utc>,
    /// When it was not found any more.
    pub closed_at: Option<DateTime<Utc>>,
    /// Whether that is in force now.
    pub acknowledged: bool,
    /// The last acknowledgement, in force or run out.
    pub known: Option<Acknowledged>,
}

impl Alert {
    /// What it is about, as words; empty where that is the whole.
    pub fn subject(&self) -> String {
        let thing = self.thing.as_ref().map(|thing| match thing.kind() {
            TargetKind::Member => format!("{}, member", thing.name),
            TargetKind::Owner => format!("{}, owner", thing.name),
            TargetKind::Role => thing.name.clone(),
        });
        let person = self.person.as_ref().map(|person| person.name.clone());
        let hook = self.hook.as_ref().map(|(_, name)| name.clone());
        let application = self.application.as_ref().map(|(_, name)| name.clone());
        let server = (!self.server.is_empty()).then(|| self.server.clone());
        let parts: Vec<String> = [person, thing, hook, application, server].into_iter().flatten().collect();
        parts.join(", ")
    }
}

/// When a part was counted.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// At this moment.
    pub at: DateTime<Utc>,
    /// So many findings were more than are kept.
    pub left_out: i64,
}

/// One page of alerts.
#[derive(Clone, Debug)]
pub struct Page {
    /// The gravest first, of each the newest; those that are over, the newest first.
    pub rows: Vec<Alert>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// How many are open and nobody knows of, and how many are acknowledged.
    pub open: i64,
    /// See there.
    pub acknowledged: i64,
    /// When what is read at once was counted, and what takes a walk; `None` before the first time.
    pub swift: Option<Counted>,
    /// See there.
    pub whole: Option<Counted>,
    /// No worker is there now: what this page shows may be old.
    pub no_worker: Option<Facts>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    severity: i16,
    facts: Value,
    target_id: Option<Uuid>,
    person_id: Option<Uuid>,
    person: Option<String>,
    user_name: Option<String>,
    department: Option<String>,
    request: Option<i64>,
    hook_id: Option<Uuid>,
    hook: Option<String>,
    application_id: Option<Uuid>,
    application: Option<String>,
    server: String,
    opened_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    in_force: bool,
    acknowledged_at: Option<DateTime<Utc>>,
    acknowledged_by: Option<String>,
    acknowledged_reason: String,
    acknowledged_until: Option<DateTime<Utc>>,
}

const ROWS: &str = "select a.id, a.kind, a.severity, a.facts, a.target_id, a.person_id, u.display_name as person, u.user_name, \
       u.department, r.number as request, a.hook_id, h.name as hook, a.application_id, p.name as application, a.server, a.opened_at, a.seen_at, a.closed_at, \
       coalesce(a.acknowledged_until > clock(), false) as in_force, a.acknowledged_at, k.display_name as acknowledged_by, \
       a.acknowledged_reason, a.acknowledged_until \
     from alerts a left join users u on u.id = a.person_id left join requests r on r.id = a.request_id \
       left join hooks h on h.id = a.hook_id left join applications p on p.id = a.application_id left join users k on k.id = a.acknowledged_by";

/// A page of them.
///
/// # Errors
/// Not for this person.
pub async fn alerts(engine: &Engine, ctx: &Ctx, show: Show, after: Option<&str>) -> Result<Page> {
    authority::require(ctx, &Action::ReadAlerts)?;
    let mut conn = engine.pool.acquire().await?;
    let mut list = QueryBuilder::new(format!("{ROWS} where {}", show.which()));
    match show {
        Show::Closed => {
            if let Some((at, id)) = after.and_then(cursor::read::<(DateTime<Utc>, Uuid)>) {
                list.push(" and (a.closed_at, a.id) < (").push_bind(at).push(", ").push_bind(id).push(")");
            }
            list.push(" order by a.closed_at desc, a.id desc");
        }
        Show::Open | Show::Acknowledged => {
            if let Some((rank, at, id)) = after.and_then(cursor::read::<(i16, DateTime<Utc>, Uuid)>) {
                list.push(" and (a.severity > ").push_bind(rank).push(" or (a.severity = ").push_bind(rank);
                list.push(" and (a.opened_at, a.id) < (").push_bind(at).push(", ").push_bind(id).push(")))");
            }
            list.push(" order by a.severity, a.opened_at desc, a.id desc");
        }
    }
    list.push(format!(" limit {}", PAGE + 1));
    let mut rows: Vec<Row> = list.build_query_as().fetch_all(&mut *conn).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| match row.closed_at {
        Some(at) => cursor::write(&(at, row.id)),
        None => cursor::write(&(row.severity, row.opened_at, row.id)),
    });
    let (open, acknowledged) = totals(&mut conn).await?;
    Ok(Page {
        rows: read(&mut conn, rows).await?,
        next,
        open,
        acknowledged,
        swift: counted(&mut conn, Part::Swift).await?,
        whole: counted(&mut conn, Part::Whole).await?,
        no_worker: no_worker(&mut conn).await?,
    })
}

/// How many of each severity nobody has acknowledged, the gravest first; for a card elsewhere.
///
/// # Errors
/// Not for this person.
pub async fn by_severity(engine: &Engine, ctx: &Ctx) -> Result<Vec<(Severity, i64)>> {
    authority::require(ctx, &Action::ReadAlerts)?;
    let which = Show::Open.which();
    let sql = format!("select a.severity, count(*) from alerts a where {which} group by 1");
    let rows: Vec<(i16, i64)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&engine.pool).await?;
    let of =
        |severity: Severity| rows.iter().find(|(rank, _)| *rank == severity.rank()).map_or(0, |(_, n)| *n);
    Ok(Severity::ALL.map(|severity| (severity, of(severity))).into())
}

async fn totals(conn: &mut PgConnection) -> Result<(i64, i64)> {
    let sql = format!(
        "select (select count(*) from alerts a where {}), (select count(*) from alerts a where {})",
        Show::Open.which(),
        Show::Acknowledged.which()
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).fetch_one(conn).await?)
}

async fn counted(conn: &mut PgConnection, part: Part) -> Result<Option<Counted>> {
    let row: Option<(DateTime<Utc>, i64)> =
        sqlx::query_as("select at, left_out from alert_counts where part = $1")
            .bind(part.wire())
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|(at, left_out)| Counted { at, left_out }))
}

/// Asked at each look, since who would write it down is missing.
async fn no_worker(conn: &mut PgConnection) -> Result<Option<Facts>> {
    let settings = stored::settings(conn).await?.settings;
    let since = workers::last_seen(conn).await?;
    Ok(rules::no_worker(since, clock::now(conn).await?, &settings))
}

/// An alert, with whether the reader may acknowledge it now.
#[derive(Clone, Debug)]
pub struct One {
    /// The alert.
    pub alert: Alert,
    /// She may.
    pub may_acknowledge: bool,
    /// It is about her, and somebody else must.
    pub own: bool,
}

/// One of them.
///
/// # Errors
/// Not for this person, or unknown.
pub async fn alert(engine: &Engine, ctx: &Ctx, id: Uuid) -> Result<One> {
    authority::require(ctx, &Action::ReadAlerts)?;
    let mut conn = engine.pool.acquire().await?;
    let alert = find(&mut conn, id).await?.ok_or_else(Error::not_found)?;
    let own = alert.person.as_ref().is_some_and(|person| person.id == ctx.person().0);
    let may = allows(&ctx.actor, &Action::AcknowledgeAlert { own });
    Ok(One { may_acknowledge: may && alert.closed_at.is_none(), own, alert })
}

/// One of them, whoever asks.
pub(crate) async fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<Alert>> {
    let one = format!("{ROWS} where a.id = $1");
    let row: Option<Row> = sqlx::query_as(AssertSqlSafe(one)).bind(id).fetch_optional(&mut *conn).await?;
    Ok(read(conn, row.into_iter().collect()).await?.pop())
}

async fn read(conn: &mut PgConnection, rows: Vec<Row>) -> Result<Vec<Alert>> {
    let targets: Vec<Uuid> = rows.iter().filter_map(|row| row.target_id).collect();
    let sql = format!("select {THING} from things t where t.id = any ($1)");
    let things: Vec<Thing> = sqlx::query_as(AssertSqlSafe(sql)).bind(targets).fetch_all(conn).await?;
    let things: BTreeMap<Uuid, Thing> = things.into_iter().map(|thing| (thing.target_id, thing)).collect();
    rows.into_iter().map(|row| row.alert(&things)).collect()
}

impl Row {
    fn alert(self, things: &BTreeMap<Uuid, Thing>) -> Result<Alert> {
        let id = self.id;
        let person = match (self.person_id, self.person, self.user_name) {
            (Some(id), Some(name), Some(user_name)) => {
                Some(Who { id, name, user_name, department: self.department.unwrap_or_default() })
            }
            _ => None,
        };
        let known = match (self.acknowledged_at, self.acknowledged_until) {
            (Some(at), Some(until)) => Some(Acknowledged {
                at,
                by: self.acknowledged_by.unwrap_or_default(),
                reason: self.acknowledged_reason,
                until,
            }),
            _ => None,
        };
        Ok(Alert {
            id,
            kind: Kind::parse(&self.kind).ok_or_else(|| Error::inconsistent("alerts", id, "kind"))?,
            facts: facts(id, self.facts)?,
            thing: self.target_id.and_then(|target| things.get(&target).cloned()),
            person,
            request: self.request,
            hook: self.hook_id.zip(self.hook),
            application: self.application_id.zip(self.application),
            server: self.server,
            opened_at: self.opened_at,
            seen_at: self.seen_at,
            closed_at: self.closed_at,
            acknowledged: self.in_force,
            known,
        })
    }
}
