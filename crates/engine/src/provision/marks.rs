//! From marks, which acts write, to keys, which the worker takes: who is concerned in which application.

use crate::{Engine, Result};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Marks that are read at once.
const BATCH: i64 = 500;

/// Who is to be looked at again in an application: its wishes for her are compared with what is there.
pub(crate) const TOUCH: &str = "insert into application_people as p (application_id, user_id, urgent, why, queued_at, touched_at) \
     select x.application_id, x.user_id, exists (select from application_members m where m.application_id = x.application_id \
         and m.user_id = x.user_id and m.there <> 'no' and m.group_id not in (select application_wants(x.application_id, x.user_id))), \
       x.why, x.at, x.at \
     from x where exists (select from application_people k where k.application_id = x.application_id and k.user_id = x.user_id) \
       or exists (select application_wants(x.application_id, x.user_id)) \
     order by 1, 2 \
     on conflict (application_id, user_id) do update set generation = p.generation + 1, due_at = least(p.due_at, clock()), \
       attempts = 0, urgent = p.urgent or excluded.urgent, why = excluded.why, touched_at = excluded.touched_at, \
       state = case when p.state = 'failed' then 'pending' else p.state end, \
       queued_at = case when p.done = p.generation then excluded.queued_at else p.queued_at end";

/// Group, principal, what for, and when it was due.
type Mark = (Option<Uuid>, Option<Uuid>, String, DateTime<Utc>);

/// Makes keys of what is due; says whether there may be more.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn dispatch(engine: &Engine) -> Result<bool> {
    let mut tx = engine.begin().await?;
    let marks: Vec<Mark> = sqlx::query_as(
        "delete from application_marks where id in (select id from application_marks where due_at <= clock() \
           order by due_at, id limit $1 for update skip locked) returning group_id, principal_id, why, due_at",
    )
    .bind(BATCH)
    .fetch_all(&mut *tx)
    .await?;
    if marks.is_empty() {
        return Ok(false);
    }
    let more = marks.len() >= usize::try_from(BATCH).unwrap_or(usize::MAX);
    let (mut groups, mut principals, mut whys, mut at) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (group, principal, why, due) in marks {
        groups.push(group);
        principals.push(principal);
        whys.push(why);
        at.push(due);
    }
    // a person is compared whole in each application; of a group, everybody is who should be in or out of those above it
    let sql = format!(
        "with mark as (select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) m (group_id, principal_id, why, at)), \
         above as materialized (select g.application_id, g.group_id, max(m.why) as why, max(m.at) as at from mark m \
           cross join lateral groups_above(m.group_id) up join application_groups g on g.group_id = up.id \
           where m.group_id is not null and not exists (select from users u where u.id = m.principal_id) group by 1, 2), \
         found as (select a.id as application_id, m.principal_id as user_id, m.why, m.at from mark m join users u on u.id = m.principal_id \
             cross join applications a where a.deleted_at is null \
           union all \
           select o.application_id, p.id, o.why, o.at from above o cross join lateral people_within(array[o.group_id]) p \
             where not exists (select from application_members m where m.application_id = o.application_id and m.group_id = o.group_id \
               and m.user_id = p.id and m.wanted and m.there = 'yes') \
           union all \
           select o.application_id, m.user_id, o.why, o.at from above o join application_members m on m.application_id = o.application_id \
             and m.group_id = o.group_id and m.there <> 'no' \
             where m.user_id not in (select id from people_within(array[o.group_id]))), \
         x as materialized (select application_id, user_id, max(why) as why, max(at) as at from found group by 1, 2) {TOUCH}"
    );
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(groups)
        .bind(principals)
        .bind(whys)
        .bind(at)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(more)
}

/// Everybody who is or was in this group, or in any: when a group is assigned, or not any more; when accounts may go again.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn touch_all(
    conn: &mut PgConnection,
    app: Uuid,
    group: Option<Uuid>,
    why: &str,
) -> Result<()> {
    let sql = format!(
        "with found as (select p.user_id from application_people p where p.application_id = $1 and $2::uuid is null \
           union select m.user_id from application_members m where m.application_id = $1 and m.group_id = $2 \
           union select p.id from application_groups g cross join lateral people_within(array[g.group_id]) p \
             where g.application_id = $1 and g.gone_at is null and (g.group_id = $2 or $2 is null)), \
         x as materialized (select $1::uuid as application_id, user_id, $3::text as why, clock() as at from found) {TOUCH}"
    );
    sqlx::query(sqlx::AssertSqlSafe(sql)).bind(app).bind(group).bind(why).execute(conn).await?;
    Ok(())
}

/// What begins or ends later in this group, or in what lies in it: marks were not written while the group was not assigned.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn mark_later(conn: &mut PgConnection, group: Uuid) -> Result<()> {
    sqlx::query(
        "with recursive down (id) as ( \
           select $1::uuid \
           union \
           select a.principal_id from down join targets t on t.group_id = down.id and t.kind = 'member' \
           join assignments a on a.target_id = t.id and a.kind = 'active' and (a.ends_at is null or a.ends_at > clock()) \
           join groups g on g.id = a.principal_id) \
         insert into application_marks (due_at, group_id, principal_id, why) \
         select moment.at, t.group_id, a.principal_id, moment.why from down \
         join targets t on t.group_id = down.id and t.kind = 'member' join assignments a on a.target_id = t.id and a.kind = 'active', \
         lateral (values (a.starts_at, 'start of ' || a.id), (a.ends_at, 'end of ' || a.id)) moment (at, why) where moment.at > clock()",
    )
    .bind(group)
    .execute(conn)
    .await?;
    Ok(())
}
