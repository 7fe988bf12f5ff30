//! One request: what was asked, who said what, what came of it, what is still to come.

use crate::act::request_for::ACTION;
use crate::ask::deciders::{self, Away, Later};
use crate::ask::frame::{self, Frame};
use crate::ask::renewals;
use crate::ask::requests::{Line, select};
use crate::ask::stand::Stand;
use crate::ask::who::Who;
use crate::db::groups::Label;
use crate::db::policies;
use crate::db::requests::{self, RequestRow};
use crate::{Ctx, Engine, Error, Result, authority, ids};
use chrono::{DateTime, Utc};
use domain::approval::Verdict;
use domain::assignment::Kind;
use domain::audit::Event;
use domain::authz::{Action, RequestFacts, allows};
use domain::ids::{AssignmentId, PersonId, RequestId, RequestKey};
use domain::policy::ActivationRules;
use domain::policy::stricter::stricter;
use domain::span::Span;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The page.
#[derive(Clone, Debug)]
pub struct RequestPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The request in one line.
    pub line: Line,
    /// Who gets the access.
    pub person: Who,
    /// Whether that is the reader.
    pub own: bool,
    /// Who asked, when that is not she.
    pub asked_by: Option<Who>,
    /// Whether the reader asked for somebody else.
    pub filed: bool,
    /// Whether the reader may see the group's page.
    pub sees_group: bool,
    /// The person's words.
    pub reason: String,
    /// The ticket.
    pub ticket: String,
    /// The group through which she was eligible, when it was not she herself.
    pub through: Option<Label>,
    /// The demands it was made under.
    pub rules: ActivationRules,
    /// Their version.
    pub policy_version: i32,
    /// Lapses then, while it waits.
    pub deadline: Option<DateTime<Utc>>,
    /// Who can decide, while it waits.
    pub deciders: Vec<Who>,
    /// Of them, who is away.
    pub away: Vec<Away>,
    /// Who can decide later too, while it waits.
    pub later: Option<Later>,
    /// Votes, in their order.
    pub votes: Vec<Vote>,
    /// What happened besides, in its order.
    pub events: Vec<Happened>,
    /// What came of it.
    pub assignment: Option<AssignmentId>,
    /// What the answer to a request to extend or renew gave.
    pub given: Option<Given>,
    /// Why that ended, once it has: a word of [`domain::assignment::EndReason`].
    pub end_reason: Option<String>,
    /// Whether the reader may take it back.
    pub may_cancel: bool,
    /// Whether the reader answers it on the group's page: a request to extend or renew that waits.
    pub may_answer: bool,
    /// Sent with a form, so that sending it twice has one effect.
    pub key: RequestKey,
}

/// A vote.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Vote {
    /// By whom.
    #[sqlx(flatten)]
    pub who: Who,
    /// Yes or no, as stored.
    pub verdict: String,
    /// The comment.
    pub reason: String,
    /// When.
    pub cast_at: DateTime<Utc>,
    /// For whom, where that is not herself: an approver who was away.
    pub instead_of: Option<String>,
}

impl Vote {
    /// Whether it is a yes.
    pub fn approves(&self) -> bool {
        Verdict::parse(&self.verdict) == Some(Verdict::Approve)
    }
}

/// What was given to somebody who asked to extend or renew, as it was then.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// Eligible or active.
    pub kind: Kind,
    /// From when until when.
    pub span: Span,
}

/// An event of the audit.
#[derive(Clone, Debug)]
pub struct Happened {
    /// What.
    pub event: Event,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom; `None` is the system.
    pub by: Option<String>,
    /// In words, if it says why.
    pub why: String,
}

/// Loads the page.
///
/// # Errors
/// Not found: there is no such request, or this person may not see it.
pub async fn load(engine: &Engine, ctx: &Ctx, number: i64) -> Result<RequestPage> {
    let mut conn = engine.pool.acquire().await?;
    let frame = frame::load(&mut conn, ctx).await?;
    let row = requests::by_number(&mut conn, number).await?.ok_or_else(Error::not_found)?;
    let line = line(&mut conn, row.id).await?.ok_or_else(Error::not_found)?;
    let votes = votes(&mut conn, row.id).await?;
    let deciding = if row.is_renewal() {
        who_answers(&mut conn, &row, &line).await?
    } else {
        who_decides(&mut conn, &row, &line, frame.now).await?
    };
    let me = ctx.person();
    let approver = deciding.decides.contains(&me) || votes.iter().any(|vote| vote.who.person() == me);
    let own = row.principal_id == me.0 || row.filer_id == Some(me.0);
    let facts = authority::target_facts(&mut conn, ctx, line.thing.target).await?;
    let facts = facts.map(|group| RequestFacts { own, approver, group });
    // of a group that is gone only the person's own history is left
    if !facts.as_ref().map_or(own, |facts| allows(&ctx.actor, &Action::SeeRequest(*facts))) {
        return Err(Error::not_found());
    }
    let open = row.status()?.is_open() && line.stand != Stand::Lapsed;
    let Deciding { able, away, later, rules, .. } =
        if line.stand == Stand::Waiting { deciding } else { Deciding::nobody(deciding.rules) };
    Ok(RequestPage {
        may_cancel: open && facts.is_some_and(|facts| allows(&ctx.actor, &Action::CancelRequest(facts))),
        may_answer: line.stand == Stand::Waiting
            && line.is_renewal()
            && !own
            && facts.is_some_and(|facts| allows(&ctx.actor, &Action::ManageAccess(facts.group))),
        sees_group: facts.is_some_and(|facts| allows(&ctx.actor, &Action::SeeGroup(facts.group))),
        person: person(&mut conn, row.principal_id).await?,
        events: events(&mut conn, row.id).await?,
        end_reason: end_reason(&mut conn, row.assignment_id).await?,
        through: through(&mut conn, row.id).await?,
        given: if row.is_renewal() { given(&mut conn, row.id).await? } else { None },
        own: row.principal_id == me.0,
        asked_by: match row.filer_id.filter(|filer| *filer != row.principal_id) {
            Some(filer) => Some(person(&mut conn, filer).await?),
            None => None,
        },
        filed: row.filer_id == Some(me.0) && row.principal_id != me.0,
        assignment: row.assignment_id.map(AssignmentId),
        deadline: row.deadline_at.filter(|_| line.stand == Stand::Waiting),
        deciders: able,
        away,
        later,
        key: RequestKey(ids::new()),
        reason: row.reason,
        ticket: row.ticket,
        policy_version: row.policy_version,
        frame,
        line,
        rules,
        votes,
    })
}

/// The id behind an R-number.
///
/// # Errors
/// Not found, or the database can't be reached. Says nothing about who may see it.
pub async fn id(engine: &Engine, number: i64) -> Result<RequestId> {
    let mut conn = engine.pool.acquire().await?;
    let row = requests::by_number(&mut conn, number).await?.ok_or_else(Error::not_found)?;
    Ok(row.request_id())
}

async fn line(conn: &mut PgConnection, id: Uuid) -> Result<Option<Line>> {
    let sql = format!("{} where r.id = $1 and (r.action like 'self%' or r.action = '{ACTION}')", select());
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?)
}

/// Who can decide, and by which demands it is judged.
struct Deciding {
    /// Whose approval counts.
    able: Vec<Who>,
    /// Everybody who can decide, with those who can only deny, and who stands in for somebody.
    decides: BTreeSet<PersonId>,
    away: Vec<Away>,
    later: Option<Later>,
    rules: ActivationRules,
}

impl Deciding {
    fn nobody(rules: ActivationRules) -> Self {
        Self { able: Vec::new(), decides: BTreeSet::new(), away: Vec::new(), later: None, rules }
    }
}

/// Who counts: named by the policy it was made under and by the one in force.
async fn who_decides(
    conn: &mut PgConnection,
    row: &RequestRow,
    line: &Line,
    now: DateTime<Utc>,
) -> Result<Deciding> {
    let made_under = row.made_under()?;
    let current = policies::current(conn, line.thing.id()).await?.policy.activation;
    let approval = stricter(&made_under, &current).approval.map(|rule| rule.at(row.asked(), now));
    let found = deciders::load(conn, approval.as_ref().map(|rule| (rule, line.thing.target))).await?;
    let beneficiary = PersonId(row.principal_id);
    let filer = row.filer_id.map_or(beneficiary, PersonId);
    let Some(rule) = approval else { return Ok(Deciding::nobody(made_under)) };
    let asks = [beneficiary, filer];
    let later = Later::of(&rule, &found, (line.thing.target, asks), row.asked());
    let able = found.may_approve(&rule, line.thing.target, asks);
    Ok(Deciding {
        decides: found.decide(&rule, line.thing.target, asks),
        away: found.away(&able, asks),
        able,
        later,
        rules: made_under,
    })
}

/// Who answers a request to extend or renew an assignment: the owners, but for herself, or who gives directory roles.
/// Administrators of the group may too; they are not named.
async fn who_answers(conn: &mut PgConnection, row: &RequestRow, line: &Line) -> Result<Deciding> {
    let mut owners = renewals::answerers(conn, line.thing.target).await?;
    owners.retain(|who| who.id != row.principal_id);
    let decides = owners.iter().map(Who::person).collect();
    Ok(Deciding { able: owners, decides, ..Deciding::nobody(row.made_under()?) })
}

async fn person(conn: &mut PgConnection, id: Uuid) -> Result<Who> {
    let sql = "select id, display_name as name, user_name, coalesce(department, '') as department from users where id = $1";
    let found = sqlx::query_as(sql).bind(id).fetch_optional(conn).await?;
    found.ok_or_else(|| Error::inconsistent("users", id, "a request for nobody"))
}

async fn votes(conn: &mut PgConnection, request: Uuid) -> Result<Vec<Vote>> {
    let sql = "select u.id, u.display_name as name, u.user_name, coalesce(u.department, '') as department, \
                 v.verdict, v.reason, v.cast_at, \
                 f.display_name as instead_of \
               from votes v join users u on u.id = v.approver_id left join users f on f.id = v.for_id \
               where v.request_id = $1 order by v.cast_at, u.id";
    Ok(sqlx::query_as(sql).bind(request).fetch_all(conn).await?)
}

async fn through(conn: &mut PgConnection, request: Uuid) -> Result<Option<Label>> {
    let sql =
        "select g.key, g.display_name from requests r join groups g on g.id = r.through_id where r.id = $1";
    let found: Option<(String, String)> = sqlx::query_as(sql).bind(request).fetch_optional(conn).await?;
    Ok(found.map(|(key, name)| Label { key, name }))
}

async fn given(conn: &mut PgConnection, request: Uuid) -> Result<Option<Given>> {
    let sql = "select facts -> 'kind', facts -> 'after' from audit_events \
               where request_id = $1 and action = $2 and outcome = 'done' and facts ? 'after'";
    let found: Option<(Json<Kind>, Json<Span>)> =
        sqlx::query_as(sql).bind(request).bind(Event::RequestApproved.wire()).fetch_optional(conn).await?;
    Ok(found.map(|(Json(kind), Json(span))| Given { kind, span }))
}

async fn events(conn: &mut PgConnection, request: Uuid) -> Result<Vec<Happened>> {
    let rows: Vec<(String, DateTime<Utc>, Option<String>, String)> = sqlx::query_as(
        "select e.action, e.at, u.display_name, coalesce(nullif(e.facts ->> 'why', ''), \
           case when e.action in ('request-approved', 'request-denied') then e.reason end, '') from audit_events e \
         left join users u on u.id = e.actor_id where e.request_id = $1 and e.outcome = 'done' order by e.seq",
    )
    .bind(request)
    .fetch_all(conn)
    .await?;
    let event = |(action, at, by, why): (String, _, _, _)| {
        Some(Happened { event: Event::parse(&action)?, at, by, why })
    };
    Ok(rows.into_iter().filter_map(event).collect())
}

async fn end_reason(conn: &mut PgConnection, assignment: Option<Uuid>) -> Result<Option<String>> {
    let sql = "select coalesce(end_reason, 'expired') from assignments where id = $1 and ends_at <= clock()";
    Ok(sqlx::query_scalar(sql).bind(assignment).fetch_optional(conn).await?)
}
