//! The audit: everything, of one group, of one person, or one's own; filtered, newest first, anchored pages.

use crate::ask::audit_facts::{self, Fact};
use crate::ask::group_header;
use crate::ask::thing::Place;
use crate::{Ctx, Engine, Result, authority};
use chrono::{DateTime, Utc};
use domain::audit::{Class, Event};
use domain::authz::{Action, allows};
use domain::ids::{GroupId, PersonId};
use serde_json::Value;
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
}

/// What a reader may see, as bound into the statement.
#[derive(Clone, Debug, Default)]
pub(super) struct Sight {
    /// No bound at all.
    pub everything: bool,
    /// Of this group only.
    group: Option<Uuid>,
    /// Of this directory role only.
    target: Option<Uuid>,
    /// Of this person only: she did it, or it is about her.
    person: Option<Uuid>,
    /// What the reader did or what is about her.
    reader: Option<Uuid>,
    /// Groups that the reader owns.
    owned: Vec<Uuid>,
}

impl Sight {
    /// A scope was decided on; without one nothing is seen, whatever was forgotten.
    fn sees_something(&self) -> bool {
        let one = self.group.or(self.target).or(self.person).or(self.reader);
        self.everything || one.is_some()
    }
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
        newer,
        older,
    })
}

/// Decides what the reader sees of this scope.
pub(super) async fn sight(conn: &mut PgConnection, ctx: &Ctx, scope: &Scope) -> Result<Sight> {
    let me = ctx.person();
    let everything = allows(&ctx.actor, &Action::ReadAudit);
    match scope {
        Scope::Of(place) => {
            let (subject, _) = group_header::load_any(conn, ctx, place, Action::ReadGroupAudit).await?;
            match subject.group_id() {
                Some(group) => Ok(Sight { group: Some(group.0), ..Sight::default() }),
                None => {
                    let targets = subject.target_ids(conn).await?;
                    Ok(Sight { target: targets.first().copied(), ..Sight::default() })
                }
            }
        }
        Scope::Person(person) => {
            if *person != me {
                authority::require(ctx, &Action::ReadAudit)?;
            }
            Ok(Sight { person: Some(person.0), ..Sight::default() })
        }
        Scope::Mine if everything => Ok(Sight { everything, ..Sight::default() }),
        Scope::Mine => {
            let owned = owned(conn, me).await?.into_iter().map(|group| group.0).collect();
            Ok(Sight { reader: Some(me.0), owned, ..Sight::default() })
        }
    }
}

async fn owned(conn: &mut PgConnection, person: PersonId) -> Result<Vec<GroupId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "select distinct t.group_id from groups_above($1) up join active_now a on a.principal_id = up.id \
         join targets t on t.id = a.target_id and t.kind = 'owner' \
         join groups g on g.id = t.group_id and g.deleted_at is null",
    )
    .bind(person.0)
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(GroupId).collect())
}

/// The conditions of sight and filter over parameters $1 to $8, bound by [`bound`]. What is not asked is not in the
/// statement: PostgreSQL plans a condition that may or may not hold as one that no index answers.
fn matching(sight: &Sight, filter: &Filter) -> String {
    let conditions = [
        (sight.group.is_some(), "e.group_id = $1"),
        (sight.target.is_some(), "e.target_id = $1 and e.group_id is null"),
        (sight.person.is_some(), "(e.actor_id = $2 or e.principal_id = $2)"),
        (sight.reader.is_some(), "(e.actor_id = $3 or e.principal_id = $3 or e.group_id = any ($4))"),
        (filter.from.is_some(), "e.at >= $5"),
        (filter.to.is_some(), "e.at < $6"),
        (filter.class.is_some(), "e.action = any ($7)"),
        (filter.refused, "e.outcome = 'refused'"),
        (!about(filter).is_empty(), ABOUT),
    ];
    let asked = conditions.iter().filter(|(asked, _)| *asked).map(|(_, condition)| *condition);
    let seen = if sight.sees_something() { "true" } else { "false" };
    std::iter::once(seen).chain(asked).collect::<Vec<_>>().join(" and ")
}

/// Who, what or which request an event is about, by $8.
const ABOUT: &str = "(position($8 in lower(e.ticket)) > 0 \
    or exists (select from users u where u.id in (e.actor_id, e.principal_id) \
               and position($8 in lower(u.display_name || ' ' || u.user_name)) > 0) \
    or exists (select from groups n where n.id in (e.group_id, e.principal_id) \
               and position($8 in lower(n.display_name || ' ' || n.key)) > 0) \
    or exists (select from requests q where q.id = e.request_id and 'r-' || q.number = $8))";

/// Binds what [`matching`] names.
macro_rules! bound {
    ($query:expr, $sight:expr, $filter:expr) => {
        $query
            .bind($sight.group.or($sight.target))
            .bind($sight.person)
            .bind($sight.reader)
            .bind($sight.owned.clone())
            .bind($filter.from)
            .bind($filter.to)
            .bind($filter.class.map(|class| class.events().map(Event::wire).collect::<Vec<_>>()))
            .bind(about($filter))
    };
}

fn about(filter: &Filter) -> String {
    filter.about.trim().to_lowercase()
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
        "select e.seq, e.at, e.action, e.outcome, a.display_name as actor, a.user_name as actor_handle, \
           coalesce(u.display_name, pg.display_name) as principal, coalesce(u.user_name, pg.key) as principal_handle, \
           e.group_id, g.key as group_key, g.display_name as group_name, coalesce(t.role, t.kind) as access, r.number as request, \
           e.reason, e.ticket, e.policy_version, p.method as proof_method, p.verified_at as proof_at, e.ip, e.facts \
         from (select * from audit_events e where {matching} and e.seq {side} $9 order by e.seq {order} limit $10) e \
         left join users a on a.id = e.actor_id left join users u on u.id = e.principal_id \
         left join groups pg on pg.id = e.principal_id left join groups g on g.id = e.group_id \
         left join targets t on t.id = e.target_id left join requests r on r.id = e.request_id \
         left join proofs p on p.id = e.proof_id \
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
