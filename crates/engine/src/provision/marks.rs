//! From marks, which acts write, to keys, which the worker takes: who is concerned in which application.
//!
//! Marks of people are read many at once; one of a group leads to a page of people, and says then how far it came; one of a whole
//! application to one of each of its groups. A mark that can't be followed is put off and holds up no other.

use crate::{Engine, Result, Tx};
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// Marks of people that are read at once.
const PEOPLE: i64 = 200;
/// People of a group who are looked at again at once.
const PAGE: i64 = 500;
/// Longest time until a mark that could not be followed is tried again, in seconds.
const LONGEST: i32 = 300;

/// A mark `m` whose time has come.
const DUE: &str = "m.due_at <= (select clock()) and (m.retry_at is null or m.retry_at <= (select clock()))";
/// It is about one person.
const PERSON: &str = "m.application_id is null and exists (select from users u where u.id = m.principal_id)";

/// Makes keys of `x` (application_id, user_id, why, at), which `with` defines, and goes on with `then`, which sees them as `touched`: who
/// is to be looked at again in an application. Her wishes are compared with what is there when the key is worked on.
pub(crate) fn touch(with: &str, then: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!(
        "with {with}, \
         wants as materialized (select p.user_id, w.application_id, w.group_id from (select distinct user_id from x) p \
           cross join lateral applications_wanting(p.user_id) w), \
         lost as materialized (select m.application_id, m.user_id from x join application_members m on m.application_id = x.application_id \
             and m.user_id = x.user_id and m.there <> 'no' \
           where not exists (select from wants w where w.application_id = m.application_id and w.user_id = m.user_id and w.group_id = m.group_id)), \
         touched as (insert into application_people as p (application_id, user_id, urgent, why, queued_at, touched_at) \
           select x.application_id, x.user_id, (x.application_id, x.user_id) in (select application_id, user_id from lost), x.why, x.at, x.at \
           from x where (x.application_id, x.user_id) in (select application_id, user_id from wants) \
             or exists (select from application_people k where k.application_id = x.application_id and k.user_id = x.user_id) \
           order by 1, 2 \
           on conflict (application_id, user_id) do update set generation = p.generation + 1, due_at = least(p.due_at, clock()), \
             attempts = 0, urgent = p.urgent or excluded.urgent, touched_at = greatest(p.touched_at, excluded.touched_at), \
             why = case when excluded.touched_at >= p.touched_at then excluded.why else p.why end, \
             state = case when p.state = 'failed' then 'pending' else p.state end, \
             queued_at = case when p.done = p.generation then excluded.queued_at else p.queued_at end returning p.user_id) {then}"
    ))
}

/// Makes keys of marks of people that are due; says whether there may be more.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn people(engine: &Engine) -> Result<bool> {
    let mut tx = engine.begin().await?;
    let claim = format!(
        "select m.id from application_marks m where {DUE} and {PERSON} \
         order by m.why = 'person changed', m.due_at, m.id limit $1 for update of m skip locked"
    );
    let marks: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(claim)).bind(PEOPLE).fetch_all(&mut *tx).await?;
    if marks.is_empty() {
        tx.rollback().await?;
        return Ok(false);
    }
    let more = marks.len() >= usize::try_from(PEOPLE).unwrap_or(usize::MAX);
    if let Err(error) = follow_people(&mut tx, &marks).await {
        tx.rollback().await?;
        tracing::error!(?error, "people could not be looked at together; trying one by one");
        for mark in marks {
            alone(engine, mark).await?;
        }
        return Ok(more);
    }
    tx.commit().await?;
    Ok(more)
}

async fn alone(engine: &Engine, mark: i64) -> Result<()> {
    let mut tx = engine.begin().await?;
    match follow_people(&mut tx, &[mark]).await {
        Ok(()) => tx.commit().await,
        Err(error) => put_off(engine, tx, mark, error).await,
    }
}

/// Each person is compared whole, in every application.
async fn follow_people(tx: &mut Tx, marks: &[i64]) -> Result<()> {
    let sql = touch(
        "mark as (delete from application_marks where id = any ($1) returning principal_id, why, due_at), \
         x as materialized (select a.id as application_id, m.principal_id as user_id, max(m.why) as why, max(m.due_at) as at \
           from mark m cross join applications a where a.deleted_at is null group by 1, 2)",
        "select count(*) from touched",
    );
    sqlx::query(sql).bind(marks).execute(&mut **tx).await?;
    Ok(())
}

/// What is about many people.
#[derive(sqlx::FromRow)]
struct Mark {
    id: i64,
    group_id: Option<Uuid>,
    application_id: Option<Uuid>,
    why: String,
    due_at: DateTime<Utc>,
    after: Option<Uuid>,
}

/// Follows what is about many people, page by page, until nothing is due. One that was begun lets those pass that were not.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn groups(engine: &Engine) -> Result<()> {
    while page(engine).await? {}
    Ok(())
}

async fn page(engine: &Engine) -> Result<bool> {
    let mut tx = engine.begin().await?;
    let claim = format!(
        "select m.id, m.group_id, m.application_id, m.why, m.due_at, m.after from application_marks m where {DUE} and not ({PERSON}) \
         order by m.after is not null, m.due_at, m.id limit 1 for update of m skip locked"
    );
    let mark: Option<Mark> = sqlx::query_as(AssertSqlSafe(claim)).fetch_optional(&mut *tx).await?;
    let Some(mark) = mark else {
        tx.rollback().await?;
        return Ok(false);
    };
    match follow(&mut tx, &mark).await {
        Ok(()) => tx.commit().await?,
        Err(error) => put_off(engine, tx, mark.id, error).await?,
    }
    Ok(true)
}

/// What is done once, before the first page.
async fn begin(tx: &mut Tx, mark: &Mark) -> Result<()> {
    let same = format!(
        "delete from application_marks where id in (select m.id from application_marks m where {DUE} and not ({PERSON}) and m.id <> $1 \
           and m.after is null and m.group_id is not distinct from $2 and m.application_id is not distinct from $3 for update of m skip locked)"
    );
    let same = sqlx::query(AssertSqlSafe(same)).bind(mark.id).bind(mark.group_id).bind(mark.application_id);
    same.execute(&mut **tx).await?;
    if let (Some(app), None) = (mark.application_id, mark.group_id) {
        // each of its groups by itself; what is left to this mark are those whom the application knows
        let each = "insert into application_marks (due_at, application_id, group_id, why) select $2, application_id, group_id, $3 \
             from application_groups where application_id = $1";
        sqlx::query(each).bind(app).bind(mark.due_at).bind(&mark.why).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Of a group, everybody is who should be in or out of those above it; of an application everybody whom it knows or is to know.
async fn follow(tx: &mut Tx, mark: &Mark) -> Result<()> {
    if mark.after.is_none() {
        begin(tx, mark).await?;
    }
    let sql = touch(
        "told as materialized (select g.application_id, g.group_id, g.gone_at from application_groups g where case when $2::uuid is null \
           then g.group_id in (select id from groups_above($1)) else g.application_id = $2 and g.group_id = $1 end), \
         inside as materialized (select o.application_id, o.group_id, p.id as user_id from told o \
           cross join lateral people_within(array[o.group_id]) p where o.gone_at is null and p.id > $3), \
         found as ( \
           select i.application_id, i.user_id from inside i where $2 is not null or not exists (select from application_members m \
             where m.application_id = i.application_id and m.group_id = i.group_id and m.user_id = i.user_id and m.wanted and m.there = 'yes') \
           union \
           select m.application_id, m.user_id from told o join application_members m on m.application_id = o.application_id \
             and m.group_id = o.group_id and m.user_id > $3 and ($2 is not null or (m.there <> 'no' \
               and not exists (select from inside i where i.application_id = m.application_id and i.group_id = m.group_id and i.user_id = m.user_id))) \
           union \
           select p.application_id, p.user_id from application_people p where $1 is null and p.application_id = $2 and p.user_id > $3), \
         these as materialized (select distinct user_id from found order by 1 limit $4), \
         x as materialized (select application_id, user_id, $5::text as why, $6::timestamptz as at from found \
           where user_id in (select user_id from these))",
        "select user_id from these, (select count(*) from touched) t order by 1 desc",
    );
    let these: Vec<Uuid> = sqlx::query_scalar(sql)
        .bind(mark.group_id)
        .bind(mark.application_id)
        .bind(mark.after.unwrap_or_default())
        .bind(PAGE)
        .bind(&mark.why)
        .bind(mark.due_at)
        .fetch_all(&mut **tx)
        .await?;
    let whole = these.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
    match these.first().filter(|_| whole) {
        Some(last) => {
            let on = "update application_marks set after = $2, failures = 0, retry_at = null where id = $1";
            sqlx::query(on).bind(mark.id).bind(last).execute(&mut **tx).await?
        }
        None => {
            let done = "delete from application_marks where id = $1";
            sqlx::query(done).bind(mark.id).execute(&mut **tx).await?
        }
    };
    Ok(())
}

/// Later, and longer each time.
async fn put_off(engine: &Engine, tx: Tx, mark: i64, error: crate::Error) -> Result<()> {
    tx.rollback().await?;
    tracing::error!(?error, mark, "what an act marked could not be followed; it is put off");
    let sql = "update application_marks set failures = failures + 1, \
         retry_at = clock() + make_interval(secs => least($2, power(2, least(failures + 1, 20)))) where id = $1";
    sqlx::query(sql).bind(mark).bind(f64::from(LONGEST)).execute(&engine.pool).await?;
    Ok(())
}

/// Everybody who is or was in this group of an application, or in any of it, is looked at again by the worker.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn everybody(
    conn: &mut PgConnection,
    app: Uuid,
    group: Option<Uuid>,
    why: &str,
) -> Result<()> {
    let sql =
        "insert into application_marks (due_at, application_id, group_id, why) values (clock(), $1, $2, $3)";
    sqlx::query(sql).bind(app).bind(group).bind(why).execute(conn).await?;
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
