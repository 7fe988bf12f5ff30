//! Reads what there is now, in one statement: the rows of access, and what the engine's own reads say of them.

use super::World;
use serde::Deserialize;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use uuid::Uuid;

/// Everything of a cast.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Of all rows of access, whole (I-16).
    pub hash: String,
    /// Events since the last look.
    pub events: Vec<Event>,
    pub grants: Vec<GrantRow>,
    pub asks: Vec<AskRow>,
    /// Effective people of groups, by `people_within`.
    pub members: Vec<(Uuid, Uuid)>,
    /// Effective owners and holders of roles, by `groups_above` and `active_now`: target and person.
    pub holders: Vec<(Uuid, Uuid)>,
    /// Newest version of each policy.
    pub policies: Vec<(Uuid, i32)>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    pub seq: i64,
    pub at: i64,
    pub outcome: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct GrantRow {
    pub id: Uuid,
    pub target: Uuid,
    pub principal: Uuid,
    pub kind: String,
    pub origin: String,
    pub start: i64,
    pub end: Option<i64>,
    pub eligibility: Option<Uuid>,
    pub through: Option<Uuid>,
    pub made_by: Option<Uuid>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct AskRow {
    pub id: Uuid,
    pub target: Uuid,
    pub principal: Uuid,
    pub filer: Uuid,
    pub status: String,
    pub deadline: Option<i64>,
    pub eligibility: Option<Uuid>,
    pub through: Option<Uuid>,
    pub extends: Option<Uuid>,
    pub closed_by: Option<Uuid>,
    /// Who decided, and in whose place.
    pub votes: Vec<(Uuid, Uuid)>,
    /// Others are let decide since then.
    pub early: Option<i64>,
    /// Whether a use of break glass waits for its review.
    pub owed: Option<bool>,
}

#[derive(FromRow)]
struct Glance {
    hash: String,
    events: Json<Vec<Event>>,
}

#[derive(FromRow)]
struct Whole {
    #[sqlx(flatten)]
    glance: Glance,
    #[sqlx(flatten)]
    more: More,
}

#[derive(FromRow)]
struct More {
    grants: Json<Vec<GrantRow>>,
    asks: Json<Vec<AskRow>>,
    members: Json<Vec<(Uuid, Uuid)>>,
    holders: Json<Vec<(Uuid, Uuid)>>,
    policies: Json<Vec<(Uuid, i32)>>,
}

const MICROS: &str = "(extract(epoch from {}) * 1000000)::bigint";

/// `$1` everybody and every group, `$2` the last event seen, `$3` people, `$4` groups, `$5` the groups'
/// own targets.
const HASH: &str = "select md5(concat( \
      (select string_agg(a::text, '|' order by a.id) from assignments a where a.principal_id = any ($1)), \
      (select string_agg(r::text, '|' order by r.id) from requests r where r.principal_id = any ($1)), \
      (select string_agg(v::text, '|' order by v.request_id, v.approver_id) from votes v where v.request_id in (select id from requests where principal_id = any ($1))), \
      (select string_agg(p::text, '|' order by p.target_id, p.version) from policies p where p.target_id = any ($5)), \
      (select string_agg(g::text, '|' order by g.request_id) from glass_reviews g where g.request_id in (select id from requests where principal_id = any ($1))), \
      (select string_agg(g::text, '|' order by g.id) from groups g where g.id = any ($4)), \
      (select string_agg(a::text, '|' order by a.person_id) from absences a where a.person_id = any ($3)), \
      (select string_agg(u::text, '|' order by u.id) from users u where u.id = any ($3)))) as hash, \
   (select coalesce(json_agg(json_build_object('seq', seq, 'at', {e.at}, 'outcome', outcome) order by seq), '[]') \
      from audit_events e where seq > $2) as events";

const MORE: &str = ", \
   (select coalesce(json_agg(json_build_object('id', a.id, 'target', a.target_id, 'principal', a.principal_id, 'kind', a.kind, \
      'origin', a.origin, 'start', {a.starts_at}, 'end', {a.ends_at}, 'eligibility', a.eligibility_id, 'through', a.through_id, \
      'made_by', a.created_by) order by a.created_at, a.id), '[]') from assignments a where a.principal_id = any ($1)) as grants, \
   (select coalesce(json_agg(json_build_object('id', r.id, 'target', r.target_id, 'principal', r.principal_id, 'filer', r.filer_id, \
      'status', r.status, 'deadline', {r.deadline_at}, 'eligibility', r.eligibility_id, 'through', r.through_id, \
      'extends', r.extends_id, 'closed_by', r.closed_by, \
      'votes', (select coalesce(json_agg(json_build_array(v.approver_id, coalesce(v.for_id, v.approver_id))), '[]') from votes v where v.request_id = r.id), \
      'early', {r.escalated_early_at}, \
      'owed', (select g.closed_at is null from glass_reviews g where g.request_id = r.id)) order by r.number), '[]') \
      from requests r where r.principal_id = any ($1) and r.action in ('selfActivate', 'selfExtend', 'selfRenew', 'adminActivate')) as asks, \
   (select coalesce(json_agg(json_build_array(root, p.id)), '[]') from unnest($4) root cross join lateral people_within(array[root]) p) as members, \
   (select coalesce(json_agg(json_build_array(h.target, h.person)), '[]') from ( \
      select distinct a.target_id as target, u.id as person from users u cross join lateral groups_above(u.id) up \
      join active_now a on a.principal_id = up.id join targets t on t.id = a.target_id and t.kind in ('owner', 'role') \
      where u.id = any ($3) and u.enabled and u.deleted_at is null) h) as holders, \
   (select coalesce(json_agg(json_build_array(p.target_id, p.version)), '[]') from ( \
      select target_id, max(version) as version from policies where target_id = any ($5) group by 1) p) as policies";

impl World {
    /// Looks at everything, and remembers the last event.
    pub async fn look(&mut self) -> Rows {
        let Whole { glance, more } = self.ask(&[HASH, MORE]).await;
        let more = Rows {
            hash: String::new(),
            events: Vec::new(),
            grants: more.grants.0,
            asks: more.asks.0,
            members: more.members.0,
            holders: more.holders.0,
            policies: more.policies.0,
        };
        self.seen(glance, more)
    }

    /// Looks only whether anything is another than before.
    pub async fn glance(&mut self, before: &Rows) -> Rows {
        let glance = self.ask(&[HASH]).await;
        self.seen(glance, before.clone())
    }

    fn seen(&mut self, glance: Glance, rest: Rows) -> Rows {
        self.seen = glance.events.0.last().map_or(self.seen, |event| event.seq);
        Rows { hash: glance.hash, events: glance.events.0, ..rest }
    }

    async fn ask<T: for<'r> FromRow<'r, PgRow> + Send + Unpin>(&self, parts: &[&str]) -> T {
        let everybody: Vec<Uuid> = self.people.iter().chain(&self.groups).copied().collect();
        let own: Vec<Uuid> = self.targets.values().copied().collect();
        sqlx::query_as(sqlx::AssertSqlSafe(statement(parts)))
            .bind(everybody)
            .bind(self.seen)
            .bind(&self.people)
            .bind(&self.groups)
            .bind(own)
            .fetch_one(&self.kit.engine.pool)
            .await
            .unwrap()
    }
}

/// With the moments as numbers.
fn statement(parts: &[&str]) -> String {
    let mut sql = parts.concat();
    for column in ["e.at", "a.starts_at", "a.ends_at", "r.deadline_at", "r.escalated_early_at"] {
        sql = sql.replace(&format!("{{{column}}}"), &MICROS.replace("{}", column));
    }
    sql
}
