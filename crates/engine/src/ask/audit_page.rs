//! The audit: everything, of one group, of one person, or one's own; filtered, newest first, anchored pages.

pub(super) mod sight;

use crate::ask::audit_facts::{self, Fact};
use crate::ask::thing::Place;
use crate::audit::check::{self, Found};
use crate::audit::seals;
use crate::{Ctx, Engine, Result, authority};
use chrono::{DateTime, Utc};
use domain::audit::canonical::Hash;
use domain::audit::{Class, Event};
use domain::ids::PersonId;
use serde_json::Value;
use sight::{Sight, bound, matching, sight};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// Rows of a page.
const PAGE: i64 = 50;
/// Counting stops here: a page about more says "more than".
const COUNT_UP_TO: i64 = 10_000;

/// Whose audit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Everything the reader may read: all of it, or what she did, what concerns her and the groups she owns.
    Mine,
    /// This group or role.
    Of(Place),
    /// This person.
    Person(PersonId),
}

/// What the address asks for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// First moment inside.
    pub from: Option<DateTime<Utc>>,
    /// First moment outside.
    pub to: Option<DateTime<Utc>>,
    /// One kind of events.
    pub class: Option<Class>,
    /// Only what was refused.
    pub refused: bool,
    /// Part of a person's or group's name, a ticket, or a request number.
    pub about: String,
}

impl Filter {
    /// Leaves nothing out.
    pub fn is_open(&self) -> bool {
        let narrow = self.from.or(self.to).is_some() || self.class.is_some() || self.refused;
        !narrow && sight::about(self).is_empty()
    }
}

/// Which page: both directions hang on a number, so that new events never shift it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Page {
    /// The newest.
    #[default]
    Newest,
    /// What came before this event.
    Before(i64),
    /// What came after this event.
    After(i64),
}

/// The page.
#[derive(Clone, Debug)]
pub struct AuditPage {
    /// Reads everything, not only what concerns her.
    pub everything: bool,
    /// Newest first.
    pub rows: Vec<Row>,
    /// How many match the filter, up to [`AuditPage::capped`].
    pub count: i64,
    /// There are more than were counted.
    pub capped: bool,
    /// Earliest event that is kept.
    pub earliest: Option<DateTime<Utc>>,
    /// How far the chain was verified.
    pub chain: Found,
    /// Up to where events are sealed and no more here: position, and when that one was chained.
    pub sealed: Option<(i64, DateTime<Utc>)>,
    /// There are newer ones, after this event.
    pub newer: Option<i64>,
    /// There are older ones, before this event.
    pub older: Option<i64>,
}

/// One event.
#[derive(Clone, Debug)]
pub struct Row {
    /// Number.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub event: Option<Event>,
    /// Its stable word, also when this version does not know it.
    pub action: String,
    /// It was refused.
    pub refused: bool,
    /// Who; `None` is the system.
    pub actor: Option<Someone>,
    /// About whom.
    pub principal: Option<Someone>,
    /// Which group: its address and name.
    pub group: Option<(String, String)>,
    /// Its page is open to the reader.
    pub group_open: bool,
    /// Member, owner, or a directory role's word.
    pub access: Option<String>,
    /// R-number.
    pub request: Option<i64>,
    /// As written.
    pub reason: String,
    /// As written.
    pub ticket: String,
    /// Policy that was applied.
    pub policy_version: Option<i32>,
    /// How the actor confirmed it, and when.
    pub proof: Option<(String, DateTime<Utc>)>,
    /// Where from.
    pub ip: String,
    /// Further facts in words.
    pub facts: Vec<(String, Fact)>,
    /// Where it stands in the chain.
    pub place: Option<InChain>,
}

/// A place in the chain, and the hash that proves it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InChain {
    /// From 1, without gaps.
    pub position: i64,
    /// Over the event and the hash before.
    pub hash: Hash,
}

/// A name never stands alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Someone {
    /// Name.
    pub name: String,
    /// User name or key.
    pub handle: String,
}

#[derive(sqlx::FromRow)]
struct Raw {
    seq: i64,
    at: DateTime<Utc>,
    action: String,
    outcome: String,
    actor: Option<String>,
    actor_handle: Option<String>,
    principal: Option<String>,
    principal_handle: Option<String>,
    group_id: Option<Uuid>,
    group_key: Option<String>,
    group_name: Option<String>,
    access: Option<String>,
    request: Option<i64>,
    reason: String,
    ticket: String,
    policy_version: Option<i32>,
    proof_method: Option<String>,
    proof_at: Option<DateTime<Utc>>,
    ip: String,
    facts: Value,
    position: Option<i64>,
    hash: Option<Vec<u8>>,
}

/// Loads a page for whoever may read it.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn audit_page(
    engine: &Engine,
    ctx: &Ctx,
    scope: &Scope,
    filter: &Filter,
    page: Page,
) -> Result<AuditPage> {
    let mut conn = engine.pool.acquire().await?;
    let sight = sight(&mut conn, ctx, scope).await?;
    let mut raw = load(&mut conn, &sight, filter, page, PAGE + 1).await?;
    let more = raw.len() > PAGE as usize;
    raw.truncate(PAGE as usize);
    if matches!(page, Page::After(_)) {
        raw.reverse();
    }
    let (first, last) = (raw.first().map(|row| row.seq), raw.last().map(|row| row.seq));
    let (newer, older) = match page {
        Page::Newest => (None, more.then_some(last).flatten()),
        Page::Before(_) => (first, more.then_some(last).flatten()),
        Page::After(_) => (more.then_some(first).flatten(), last),
    };
    let count = count(&mut conn, &sight, filter).await?;
    let earliest = sqlx::query_scalar("select at from audit_events order by seq limit 1")
        .fetch_optional(&mut *conn)
        .await?;
    let chain = check::found(&mut conn).await?;
    let sealed = seals::last(&mut conn).await?.map(|seal| (seal.last, seal.last_chained_at));
    let groups: Vec<Uuid> = raw.iter().filter_map(|row| row.group_id).collect();
    let open = authority::open_groups(&mut conn, ctx, &groups).await?;
    let mut rows = Vec::with_capacity(raw.len());
    for row in raw {
        let group_open = row.group_id.is_some_and(|group| open.contains(&group));
        rows.push(Row { group_open, ..read(&mut conn, row).await? });
    }
    Ok(AuditPage {
        everything: sight.everything,
        rows,
        count: count.min(COUNT_UP_TO),
        capped: count > COUNT_UP_TO,
        earliest,
        chain,
        sealed,
        newer,
        older,
    })
}

/// What is shown of the events `e`.
const SHOWN: &str = "select e.seq, e.at, e.action, e.outcome, a.display_name as actor, a.user_name as actor_handle, \
      coalesce(u.display_name, pg.display_name) as principal, coalesce(u.user_name, pg.key) as principal_handle, \
      e.group_id, g.key as group_key, g.display_name as group_name, coalesce(t.role, t.kind) as access, r.number as request, \
      e.reason, e.ticket, e.policy_version, p.method as proof_method, p.verified_at as proof_at, e.ip, e.facts, \
      c.position, c.hash";
/// Where it stands.
const NAMED: &str = "left join users a on a.id = e.actor_id left join users u on u.id = e.principal_id \
    left join groups pg on pg.id = e.principal_id left join groups g on g.id = e.group_id \
    left join targets t on t.id = e.target_id left join requests r on r.id = e.request_id \
    left join proofs p on p.id = e.proof_id left join audit_chain c on c.seq = e.seq";

/// One event as who reads everything sees it, for those who are told of it; its group is not open to anybody in particular.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn one(conn: &mut PgConnection, seq: i64) -> Result<Option<Row>> {
    let sql = format!("{SHOWN} from audit_events e {NAMED} where e.seq = $1");
    let raw = sqlx::query_as(AssertSqlSafe(sql)).bind(seq).fetch_optional(&mut *conn).await?;
    match raw {
        Some(raw) => Ok(Some(read(conn, raw).await?)),
        None => Ok(None),
    }
}

async fn load(
    conn: &mut PgConnection,
    sight: &Sight,
    filter: &Filter,
    page: Page,
    limit: i64,
) -> Result<Vec<Raw>> {
    let (edge, side, order) = match page {
        Page::Newest => (i64::MAX, "<", "desc"),
        Page::Before(seq) => (seq, "<", "desc"),
        Page::After(seq) => (seq, ">", "asc"),
    };
    let matching = matching(sight, filter);
    let sql = format!(
        "{SHOWN} \
         from (select * from audit_events e where {matching} and e.seq {side} $9 order by e.seq {order} limit $10) e \
         {NAMED} \
         order by e.seq {order}"
    );
    let query = sqlx::query_as(AssertSqlSafe(sql));
    Ok(bound!(query, sight, filter).bind(edge).bind(limit).fetch_all(conn).await?)
}

async fn count(conn: &mut PgConnection, sight: &Sight, filter: &Filter) -> Result<i64> {
    let matching = matching(sight, filter);
    let sql = format!("select count(*) from (select from audit_events e where {matching} limit $9) found");
    let query = sqlx::query_scalar(AssertSqlSafe(sql));
    Ok(bound!(query, sight, filter).bind(COUNT_UP_TO + 1).fetch_one(conn).await?)
}

async fn read(conn: &mut PgConnection, raw: Raw) -> Result<Row> {
    let someone = |name: Option<String>, handle: Option<String>| {
        name.map(|name| Someone { name, handle: handle.unwrap_or_default() })
    };
    Ok(Row {
        seq: raw.seq,
        at: raw.at,
        event: Event::parse(&raw.action),
        refused: raw.outcome == "refused",
        action: raw.action,
        actor: someone(raw.actor, raw.actor_handle),
        principal: someone(raw.principal, raw.principal_handle),
        group: raw.group_key.zip(raw.group_name),
        group_open: false,
        access: raw.access,
        request: raw.request,
        reason: raw.reason,
        ticket: raw.ticket,
        policy_version: raw.policy_version,
        proof: raw.proof_method.zip(raw.proof_at),
        ip: raw.ip,
        facts: audit_facts::words(conn, &raw.facts).await?,
        place: raw.position.zip(raw.hash).and_then(|(position, hash)| {
            Hash::try_from(hash.as_slice()).ok().map(|hash| InChain { position, hash })
        }),
    })
}

/// A batch for an export, oldest first, after event `after`.
pub(super) async fn batch(
    conn: &mut PgConnection,
    sight: &Sight,
    filter: &Filter,
    after: i64,
    limit: i64,
) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for raw in load(conn, sight, filter, Page::After(after), limit).await? {
        rows.push(read(conn, raw).await?);
    }
    Ok(rows)
}
