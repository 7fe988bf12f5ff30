//! The drift sweep: what an application really has is compared with what is wanted, group by group. What came there without a grant is
//! removed or reported; what is missing is given again. Users and groups that nobody here knows are never touched.

use super::client::{Call, Line, Stop};
use super::{app, breaker, group, marks, member};
use crate::{Engine, Result};
use domain::provision::answer::Meaning;
use domain::provision::steps::Step;
use domain::provision::{Drift, Probe, body, filter};
use reqwest::Method;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What one sweep found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Groups that were read.
    pub groups: usize,
    /// Members there without a grant.
    pub extra: usize,
    /// Members who were not there.
    pub missing: usize,
    /// Of the former, those that were removed.
    pub removed: usize,
}

#[derive(sqlx::FromRow)]
struct Group {
    group_id: Uuid,
    name: String,
    remote_id: String,
    remote_name: String,
}

/// Sweeps applications whose turn it is; in quarantine only every hour.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn sweep(engine: &Engine) -> Result<()> {
    let due: Vec<Uuid> = sqlx::query_scalar(
        "update applications set sweep_lease = clock() + interval '30 minutes' where id in (select id from applications \
           where off_at is null and deleted_at is null and (paused_until is null or paused_until <= clock()) \
             and (open_until is null or open_until <= clock()) and (sweep_lease is null or sweep_lease < clock()) \
             and coalesce(swept_at, made_at) + make_interval(mins => case when health = 'quarantined' then greatest(60, sweep_minutes) \
               else sweep_minutes end) <= clock() for update skip locked) returning id",
    )
    .fetch_all(&engine.pool)
    .await?;
    for id in due {
        let mut conn = engine.pool.acquire().await?;
        let app = app::load(&mut conn, &engine.settings, id).await?;
        drop(conn);
        let line = Line { engine: engine.clone(), app, key: None, why: "sweep".into(), actor: None };
        let says = match compare(&line).await {
            Ok(found) => format!(
                "{} groups: {} members without a grant, {} removed, {} missing.",
                found.groups, found.extra, found.removed, found.missing
            ),
            Err(Stop::Engine(error)) => return Err(error),
            Err(Stop::Failed(why, _) | Stop::Blocked(why)) => format!("It could not be finished: {why}"),
            Err(_) => "It could not be finished: the application has to be left alone.".into(),
        };
        sqlx::query(
            "update applications set swept_at = clock(), sweep_lease = null, sweep_says = $2, drift_allowed = false where id = $1",
        )
        .bind(id)
        .bind(line.app.scrubbed(&says))
        .execute(&engine.pool)
        .await?;
    }
    Ok(())
}

/// Compares everything.
pub(crate) async fn compare(line: &Line) -> Result<Found, Stop> {
    let groups: Vec<Group> = sqlx::query_as(
        "select g.group_id, coalesce(d.display_name, '') as name, g.remote_id, g.remote_name from application_groups g \
         left join groups d on d.id = g.group_id where g.application_id = $1 and g.remote_id is not null order by g.group_id",
    )
    .bind(line.app.id)
    .fetch_all(&line.engine.pool)
    .await?;
    let mut found = Found::default();
    let mut extras = Vec::new();
    for group in &groups {
        rename(line, group).await?;
        let Some(there) = read(line, group).await? else { continue };
        found.groups += 1;
        found.missing += missing(line, group, &there).await?;
        extras.extend(extra(line, group, &there).await?.into_iter().map(|user| (group, user)));
    }
    found.extra = extras.len();
    sqlx::query("update applications set drift_found = $2 where id = $1")
        .bind(line.app.id)
        .bind(i64::try_from(found.extra).unwrap_or(i64::MAX))
        .execute(&line.engine.pool)
        .await?;
    if line.app.drift == Drift::Report || extras.is_empty() || !may(line, found.extra).await? {
        return Ok(found);
    }
    for (group, user) in extras {
        found.removed += usize::from(remove(line, group, &user).await?);
    }
    Ok(found)
}

/// A group that is called otherwise here by now.
async fn rename(line: &Line, group: &Group) -> Result<(), Stop> {
    if group.name.is_empty() || group.name == group.remote_name || !line.app.patches {
        return Ok(());
    }
    let path = format!("/Groups/{}", filter::encoded(&group.remote_id));
    let body = body::rename(line.app.dialect, &group.name);
    let call = Call::of(Method::PATCH, path, Some(body), Step::Act, "update");
    if line.send(call.in_group(group.group_id).named(&group.name)).await?.meaning == Meaning::Done {
        let sql =
            "update application_groups set remote_name = $3 where application_id = $1 and group_id = $2";
        let named = sqlx::query(sql).bind(line.app.id).bind(group.group_id).bind(&group.name);
        named.execute(&line.engine.pool).await?;
    }
    Ok(())
}

/// Who is in it there; `None` where that is not shown, or the group is gone.
async fn read(line: &Line, group: &Group) -> Result<Option<BTreeSet<String>>, Stop> {
    if line.app.probe == Probe::None {
        return Ok(None);
    }
    let path = format!("/Groups/{}?attributes=members", filter::encoded(&group.remote_id));
    let seen =
        line.send(Call::get(path, Step::Import, "read").in_group(group.group_id).named(&group.name)).await?;
    match seen.meaning {
        Meaning::Done => {}
        Meaning::Gone => {
            line.must_be_alive().await?;
            group::lose(line, group.group_id, &group.remote_id).await?;
            return Ok(None);
        }
        _ => return Err(seen.stop()),
    }
    let members = seen.exchange.body["members"].as_array().cloned().unwrap_or_default();
    Ok(Some(members.iter().filter_map(|member| member["value"].as_str().map(str::to_owned)).collect()))
}

/// Who was in it and is not any more: looked at again, one by one. A list that is empty may be one that hides everybody, so that what
/// is there is not forgotten: it is only not known any more.
async fn missing(line: &Line, group: &Group, there: &BTreeSet<String>) -> Result<usize, Stop> {
    let there: Vec<&String> = there.iter().collect();
    let mut tx = line.engine.begin().await?;
    let lost: Vec<Uuid> = sqlx::query_scalar(
        "update application_members m set there = 'unknown', confirmed_at = null from application_people p \
         where m.application_id = $1 and m.group_id = $2 and m.wanted and m.there = 'yes' and p.application_id = $1 and p.user_id = m.user_id \
           and not p.remote_id = any ($3) and (p.leased_until is null or p.leased_until < clock()) returning m.user_id",
    )
    .bind(line.app.id)
    .bind(group.group_id)
    .bind(there)
    .fetch_all(&mut *tx)
    .await?;
    touch(&mut tx, line, &lost).await?;
    tx.commit().await?;
    Ok(lost.len())
}

async fn touch(conn: &mut sqlx::PgConnection, line: &Line, people: &[Uuid]) -> Result<()> {
    let sql = format!(
        "with x as materialized (select $1::uuid as application_id, u as user_id, 'sweep'::text as why, clock() as at \
           from unnest($2::uuid[]) u) {}",
        marks::TOUCH
    );
    sqlx::query(sqlx::AssertSqlSafe(sql)).bind(line.app.id).bind(people).execute(conn).await?;
    Ok(())
}

/// Who is in it there and should not be: also whom nobody here knows. Somebody who is being worked on is none of them.
async fn extra(line: &Line, group: &Group, there: &BTreeSet<String>) -> Result<Vec<String>, Stop> {
    let there: Vec<&String> = there.iter().collect();
    let extra = sqlx::query_scalar(
        "select r from unnest($3::text[]) r where not exists (select from application_people p where p.application_id = $1 and p.remote_id = r \
           and (p.generation <> p.done or p.leased_until > clock() or $2 in (select application_wants($1, p.user_id)))) order by 1",
    )
    .bind(line.app.id)
    .bind(group.group_id)
    .bind(there)
    .fetch_all(&line.engine.pool)
    .await?;
    Ok(extra)
}

/// So many at once look like an accident: a group that was there before it was assigned here.
async fn may(line: &Line, extra: usize) -> Result<bool, Stop> {
    let mut tx = line.engine.begin().await?;
    sqlx::query("select from applications where id = $1 for no key update")
        .bind(line.app.id)
        .execute(&mut *tx)
        .await?;
    let row: (i64, bool, bool) = sqlx::query_as(
        "select (select count(*) from application_people p where p.application_id = a.id and p.there <> 'no'), broken_at is not null, \
           drift_allowed from applications a where id = $1",
    )
    .bind(line.app.id)
    .fetch_one(&mut *tx)
    .await?;
    let (linked, broken, allowed) = row;
    let extra = i64::try_from(extra).unwrap_or(i64::MAX);
    if broken || (!allowed && line.app.breaker.trips(0, extra, linked)) {
        breaker::trip(&mut tx, line, extra).await?;
        tx.commit().await?;
        return Ok(false);
    }
    Ok(true)
}

/// One of them, if she is not to be in by now.
async fn remove(line: &Line, group: &Group, user: &str) -> Result<bool, Stop> {
    if extra(line, group, &[user.to_owned()].into()).await?.is_empty() {
        return Ok(false);
    }
    let seen = member::strip(line, group.group_id, &group.name, &group.remote_id, user).await?;
    Ok(seen.meaning == Meaning::Done)
}
