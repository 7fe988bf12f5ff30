//! What administrators and people did over time. Without it PostgreSQL would plan for empty tables.

use crate::Result;
use domain::policy::Policy;
use sqlx::PgPool;

/// People, and groups as many. More than one round can use up.
const PEOPLE: i32 = 50_000;

/// A person, a group, what she is eligible for and what she once activated; all ids drawn first, so that rows can name
/// each other.
const PAST: [&str; 10] = [
    "create temporary table made as select n, gen_random_uuid() as person, gen_random_uuid() as team, \
       gen_random_uuid() as target, gen_random_uuid() as eligibility, gen_random_uuid() as request, \
       gen_random_uuid() as activation, clock() - interval '60 days' as begun from generate_series(1, $1) n",
    "insert into principals (id, kind) select person, 'user' from made union all select team, 'group' from made",
    "insert into users (id, user_name, display_name) select person, 'person.' || n, 'Person ' || n from made",
    "insert into groups (id, key, display_name, managed_at) select team, 'group-' || n, 'Group ' || n, begun from made",
    "insert into targets (id, kind, group_id) select target, 'member', team from made union all \
       select gen_random_uuid(), 'owner', team from made",
    "insert into slots (principal_id, target_id) select person, target from made",
    "insert into assignments (id, target_id, principal_id, kind, origin, starts_at, ends_at, planned_end) \
       select eligibility, target, person, 'eligible', 'assigned', begun, begun + interval '1 year', \
         begun + interval '1 year' from made",
    "insert into requests (id, target_id, principal_id, filer_id, action, status, asked_minutes, eligibility_id, \
         assignment_id, policy_version, rules, content_hash, request_key, created_at, closed_at) \
       select request, target, person, person, 'selfActivate', 'Provisioned', 60, eligibility, activation, 1, '{}', \
         md5(request::text), gen_random_uuid(), begun, begun from made",
    "insert into assignments (id, target_id, principal_id, kind, origin, starts_at, ends_at, planned_end, \
         eligibility_id, request_id, end_reason, end_recorded) \
       select activation, target, person, 'active', 'activated', begun, begun + interval '1 hour', \
         begun + interval '1 hour', eligibility, request, 'Expired', true from made",
    "insert into audit_events (action, outcome, actor_id, principal_id, group_id, target_id, request_id, \
         assignment_id, at) \
       select 'activation-started', 'done', person, person, team, target, request, activation, begun from made",
];

/// Writes it in bulk; the policies in turn. Tables are then as PostgreSQL's own upkeep leaves them.
pub async fn fill(owner: &PgPool, policies: &[Policy; 2]) -> Result<()> {
    let settings = policies.iter().map(serde_json::to_value).collect::<std::result::Result<Vec<_>, _>>()?;
    let mut tx = owner.begin().await?;
    for (place, statement) in PAST.into_iter().enumerate() {
        let query = sqlx::query(statement);
        let query = if place == 0 { query.bind(PEOPLE) } else { query };
        query.execute(&mut *tx).await?;
    }
    sqlx::query(
        "insert into policies (target_id, version, settings) select target, 1, ($1::jsonb[])[1 + n % 2] from made",
    )
    .bind(settings)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    sqlx::raw_sql("vacuum analyze").execute(owner).await?;
    Ok(())
}
