//! Whom an event concerns: whose access it is, who asked, who decides, who owns the group, and who looks at its pages.

use crate::ask::thing::Place;
use crate::ctx::{Session, Via};
use crate::{Ctx, Error, Result, authority, circle, subject};
use domain::authz::{Action, allows};
use domain::ids::{PersonId, TargetId};
use domain::role::Role;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// An open page.
#[derive(Clone, Debug)]
pub struct Watcher {
    /// Who looks at it.
    pub person: PersonId,
    /// The group or role it is about, if it is a page of one.
    pub place: Option<Place>,
}

/// What an event was about.
#[derive(sqlx::FromRow)]
struct Change {
    target: Option<Uuid>,
    group_key: Option<String>,
    role: Option<String>,
    /// It is about extending or renewing an assignment.
    renewal: bool,
}

impl Change {
    fn place(&self) -> Option<Place> {
        match (&self.group_key, &self.role) {
            (Some(key), _) => Some(Place::group(key)),
            (None, Some(role)) => Role::parse(role).map(Place::Role),
            (None, None) => None,
        }
    }
}

/// The events with these numbers that changed something: a refusal does only where it closes a request.
const CHANGED: &str = "changed as materialized ( \
    select e.actor_id, e.principal_id, r.principal_id as beneficiary_id, r.filer_id, r.rules, t.id as target_id, t.role, \
           coalesce(t.group_id, e.group_id) as group_id, r.kind is not null and r.action like 'self%' as renewal \
      from audit_events e left join requests r on r.id = e.request_id \
      left join targets t on t.id = coalesce(e.target_id, r.target_id) \
     where e.seq = any ($1) and (e.outcome = 'done' or r.id is not null))";

/// Which of these pages are to be looked at again after these events, by their place in the list.
///
/// # Errors
/// The database can't be reached.
pub async fn told(conn: &mut PgConnection, events: &[i64], watchers: &[Watcher]) -> Result<BTreeSet<usize>> {
    if events.is_empty() || watchers.is_empty() {
        return Ok(BTreeSet::new());
    }
    let changes = changes(conn, events).await?;
    let mut people = concerned(conn, events, watchers).await?;
    for change in changes.iter().filter(|change| change.renewal) {
        if let Some(target) = change.target {
            people.extend(circle::deciders_of_renewals(conn, TargetId(target)).await?);
        }
    }
    let places: Vec<Place> = changes.iter().filter_map(Change::place).collect();
    let mut told = BTreeSet::new();
    for (at, watcher) in watchers.iter().enumerate() {
        let there = watcher.place.as_ref().filter(|place| places.contains(place));
        if people.contains(&watcher.person) || looks_inside(conn, watcher.person, there).await? {
            told.insert(at);
        }
    }
    Ok(told)
}

async fn changes(conn: &mut PgConnection, events: &[i64]) -> Result<Vec<Change>> {
    let sql = format!(
        "with {CHANGED} select distinct c.target_id as target, g.key as group_key, c.role, coalesce(c.renewal, false) as renewal \
         from changed c left join groups g on g.id = c.group_id"
    );
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(events).fetch_all(conn).await?)
}

/// Those of the people looking who are named by the events or by what they are about, or lie in a group that is, or stand in for such a person. An event
/// about nobody, a changed policy for example, concerns everybody who has or may have what it is about.
async fn concerned(
    conn: &mut PgConnection,
    events: &[i64],
    watchers: &[Watcher],
) -> Result<BTreeSet<PersonId>> {
    let sql = format!(
        "with {CHANGED}, lists as ( \
           select named_in(rules -> 'approval') as list from changed \
           union all \
           select named_in(p.settings #> '{{activation,approval}}') from policies p \
            where p.target_id in (select target_id from changed) \
              and p.version = (select max(newer.version) from policies newer where newer.target_id = p.target_id)), \
         named as materialized ( \
           select unnest(array[actor_id, principal_id, beneficiary_id, filer_id]) as id from changed \
           union select coalesce(one ->> 'person', one ->> 'group')::uuid from lists, \
             jsonb_array_elements(list) one \
           union select a.principal_id from targets o join active_now a on a.target_id = o.id \
             where o.kind = 'owner' and o.group_id in (select group_id from changed) \
           union select a.principal_id from changed c \
             cross join lateral (select id from targets where id = c.target_id \
               union select id from targets where group_id = c.group_id and c.target_id is null) t \
             join assignments a on a.target_id = t.id and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at)) \
            where c.principal_id is null and c.beneficiary_id is null), \
         within as materialized (select n.id from named n join groups g on g.id = n.id) \
         select looking.id from (select distinct unnest($2::uuid[]) as id) looking \
          where looking.id in (select id from named where id is not null) \
             or (exists (select from within) \
                 and exists (select from groups_above(looking.id) up where up.id in (select id from within))) \
             or exists (select from stand_ins s cross join lateral groups_above(s.person_id) up \
                 where s.delegate_id = looking.id and up.id in (select id from named))"
    );
    let looking: Vec<Uuid> = watchers.iter().map(|watcher| watcher.person.0).collect();
    let found: Vec<Uuid> =
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(events).bind(looking).fetch_all(conn).await?;
    Ok(found.into_iter().map(PersonId).collect())
}

/// Whether this person may see, now, who has what there.
async fn looks_inside(conn: &mut PgConnection, person: PersonId, place: Option<&Place>) -> Result<bool> {
    let Some(place) = place else { return Ok(false) };
    let Some(actor) = authority::actor(conn, person).await? else { return Ok(false) };
    let ctx = Ctx { actor, session: Session::default(), via: Via::default() };
    let subject = match subject::at(conn, place).await {
        Ok(subject) => subject,
        Err(Error::Refused(_)) => return Ok(false),
        Err(error) => return Err(error),
    };
    let facts = subject.facts(conn, &ctx).await?;
    Ok(allows(&ctx.actor, &Action::InspectAccess(facts)))
}
