//! The drift sweep: what an application really has is compared with what is wanted, group by group. What came there without a grant is
//! removed or reported; what is missing is given again; whoever is in although her removal was confirmed is taken out as if it never was.
//! Users and groups that nobody here knows are never touched.

use super::connector::{Connector, of_kind};
use super::line::{Line, Stop};
use super::{app, breaker, marks};
use crate::{Engine, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::provision::Drift;
use uuid::Uuid;

/// As which it stands in the log.
pub(crate) const WHY: &str = "sweep";
/// Groups in a row that could not be read, after which it is left: the next sweep begins behind them.
const TROUBLE: usize = 5;
/// Longest time between two signs that a sweep goes on, in minutes: longer than two requests can take.
const LEASE: i64 = 5;
/// Most people of whom it is noticed at once that nothing was noticed before.
const FORGOTTEN: i64 = 500;

/// An application whose turn it is; in quarantine only every hour.
const DUE: &str = "off_at is null and deleted_at is null and (paused_until is null or paused_until <= clock()) \
     and (open_until is null or open_until <= clock()) and (sweep_lease is null or sweep_lease < clock()) \
     and coalesce(swept_at, made_at) + make_interval(mins => case when health = 'quarantined' then greatest(60, sweep_minutes) \
       else sweep_minutes end) <= clock()";

/// What one sweep found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Groups that were read.
    pub groups: usize,
    /// Members there without a grant.
    pub extra: usize,
    /// Members who were not there.
    pub missing: usize,
    /// Of the first, those that were removed.
    pub removed: usize,
    /// Why it is not finished, one line for each group.
    pub problems: Vec<String>,
}

/// A group that is compared.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Group {
    pub group_id: Uuid,
    pub name: String,
    pub remote_id: String,
    /// The name it has there.
    pub remote_name: String,
    /// It was taken away: only whom we put there is looked for.
    pub gone: bool,
}

/// A sweep that nobody else does meanwhile.
struct Sweep<'a> {
    line: &'a Line,
    lease: DateTime<Utc>,
    /// The last group that was tried, until all were.
    last: Option<Uuid>,
}

/// Whose turn it is.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn due(engine: &Engine) -> Result<Vec<Uuid>> {
    let sql = format!("select id from applications where {DUE}");
    Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&engine.pool).await?)
}

/// Sweeps one application, unless somebody else does.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn sweep(engine: Engine, id: Uuid) -> Result<()> {
    let take = format!(
        "update applications set sweep_lease = clock() + interval '{LEASE} minutes' where id = $1 and {DUE} returning sweep_lease"
    );
    let lease = sqlx::query_scalar(sqlx::AssertSqlSafe(take)).bind(id).fetch_optional(&engine.pool).await?;
    let Some(lease) = lease else { return Ok(()) };
    let mut conn = engine.pool.acquire().await?;
    let app = app::load(&mut conn, &engine.settings, id).await?;
    drop(conn);
    let line = Line { engine, app, key: None, why: WHY.into(), actor: None };
    let mut sweep = Sweep { line: &line, lease, last: None };
    let (whole, says) = match sweep.compare().await {
        Ok(found) => (found.is_whole(), found.words()),
        Err(Stop::Lost) => return Ok(()),
        Err(Stop::Engine(error)) => {
            tracing::error!(?error, app = %line.app.name, "what it has could not be compared");
            (false, "It could not be finished here; the log says why.".into())
        }
        Err(Stop::Failed(why, _) | Stop::Blocked(why)) => (false, format!("It could not be finished: {why}")),
        Err(_) => (false, "It could not be finished: the application has to be left alone.".into()),
    };
    // what somebody allowed stays allowed until it was done, for a day
    sqlx::query(
        "update applications set swept_at = clock(), sweep_lease = null, sweep_says = $2, sweep_after = $5, \
           drift_allowed = drift_allowed and not $3 and allowed_at > clock() - interval '1 day' where id = $1 and sweep_lease = $4",
    )
    .bind(id)
    .bind(super::log::short(&line.app.scrubbed(&says), 2000))
    .bind(whole)
    .bind(sweep.lease)
    .bind(sweep.last)
    .execute(&line.engine.pool)
    .await?;
    Ok(())
}

impl Found {
    /// Everything was compared, and everything that may go went.
    fn is_whole(&self) -> bool {
        self.problems.is_empty() && self.removed == self.extra
    }

    fn words(&self) -> String {
        let Found { groups, extra, missing, removed, problems } = self;
        let found = format!(
            "{groups} groups: {extra} members without a grant, {removed} removed, {missing} missing."
        );
        if problems.is_empty() { found } else { format!("{found} Not finished. {}", problems.join(" ")) }
    }
}

impl Sweep<'_> {
    /// Compares everything. A group that can't be read keeps no other from it.
    async fn compare(&mut self) -> Result<Found, Stop> {
        forgotten(self.line).await?;
        let groups = groups(self.line).await?;
        let mut found = Found::default();
        let (mut extras, mut row) = (Vec::new(), 0);
        for group in &groups {
            self.go_on().await?;
            self.last = Some(group.group_id);
            match self.group(group, &mut found).await {
                Ok(users) => {
                    row = 0;
                    extras.extend(users.into_iter().map(|user| (group, user)));
                }
                Err(Stop::Failed(why, _)) => {
                    row += 1;
                    found.problems.push(format!("{}: {why}", group.name));
                }
                Err(stop) => return Err(stop),
            }
            if row >= TROUBLE {
                break;
            }
        }
        if row < TROUBLE {
            self.last = None;
        }
        found.extra = extras.len();
        let noted = "update applications set drift_found = $2 where id = $1";
        let count = i64::try_from(found.extra).unwrap_or(i64::MAX);
        sqlx::query(noted).bind(self.line.app.id).bind(count).execute(&self.line.engine.pool).await?;
        if self.line.app.drift == Drift::Report || extras.is_empty() || !may(self.line, count).await? {
            return Ok(found);
        }
        for (group, user) in extras {
            self.go_on().await?;
            match remove(self.line, group, &user).await {
                Ok(()) => found.removed += 1,
                Err(Stop::Failed(why, _)) => found.problems.push(format!("{}: {why}", group.name)),
                Err(stop) => return Err(stop),
            }
        }
        Ok(found)
    }

    /// A sign that it goes on.
    async fn go_on(&mut self) -> Result<(), Stop> {
        let on = format!(
            "update applications set sweep_lease = clock() + interval '{LEASE} minutes' where id = $1 and sweep_lease = $2 and off_at is null \
               and deleted_at is null returning sweep_lease"
        );
        let on = sqlx::query_scalar(sqlx::AssertSqlSafe(on)).bind(self.line.app.id).bind(self.lease);
        self.lease = on.fetch_optional(&self.line.engine.pool).await?.ok_or(Stop::Lost)?;
        Ok(())
    }

    /// One group: who is in it there and should not be.
    async fn group(&self, group: &Group, found: &mut Found) -> Result<Vec<String>, Stop> {
        // the lease was renewed right before
        let (line, before) = (self.line, self.lease - TimeDelta::minutes(LEASE));
        if !group.gone && !group.name.is_empty() && group.name != group.remote_name {
            of_kind!(line, rename(line, group).await)?;
        }
        let Some(there) = of_kind!(line, members(line, group).await)? else { return Ok(Vec::new()) };
        found.groups += 1;
        returned(line, group, &there, before).await?;
        if group.gone {
            return Ok(Vec::new());
        }
        found.missing += missing(line, group, &there, before).await?;
        Ok(extra(line, group, &there).await?)
    }
}

/// Those that are assigned, and those that were until everybody is out.
async fn groups(line: &Line) -> Result<Vec<Group>, Stop> {
    let groups = sqlx::query_as(
        "select g.group_id, coalesce(d.display_name, '') as name, g.remote_id, g.remote_name, g.gone_at is not null as gone \
         from application_groups g left join groups d on d.id = g.group_id where g.application_id = $1 and g.remote_id is not null \
           and (g.gone_at is null or exists (select from application_members m where m.application_id = $1 and m.group_id = g.group_id \
             and m.there <> 'no')) \
         order by g.group_id > (select coalesce(sweep_after, '00000000-0000-0000-0000-000000000000') from applications where id = $1) desc, g.group_id",
    );
    Ok(groups.bind(line.app.id).fetch_all(&line.engine.pool).await?)
}

/// Of whom it should have been noticed before that something is to be done: a mark that was never written, or never followed. Who waits
/// already is left to it, unless something is there of hers that nobody knows to be urgent.
async fn forgotten(line: &Line) -> Result<(), Stop> {
    let sql = marks::touch(
        "inside as materialized (select g.group_id, p.id as user_id from application_groups g join applications a on a.id = g.application_id \
             cross join lateral people_within(array[g.group_id]) p join users u on u.id = p.id and (a.scope = 'all' or u.user_type = 'member') \
           where g.application_id = $1 and g.gone_at is null), \
         found as (select user_id, bool_or(owes) as owes from ( \
             select i.user_id, false as owes from inside i where not exists (select from application_members m where m.application_id = $1 \
               and m.group_id = i.group_id and m.user_id = i.user_id and m.wanted and m.there = 'yes') \
             union all select m.user_id, m.there <> 'no' from application_members m where m.application_id = $1 and (m.wanted or m.there <> 'no') \
               and not exists (select from inside i where i.group_id = m.group_id and i.user_id = m.user_id)) f group by user_id), \
         x as materialized (select $1::uuid as application_id, f.user_id, 'sweep'::text as why, clock() as at from found f \
           where not exists (select from application_people k where k.application_id = $1 and k.user_id = f.user_id and k.due_at is not null \
             and (k.urgent or not f.owes)) order by f.user_id limit $2)",
        "select count(*) from touched",
    );
    sqlx::query(sql).bind(line.app.id).bind(FORGOTTEN).execute(&line.engine.pool).await?;
    Ok(())
}

/// Who was in it and is not any more: looked at again, one by one. A list that is empty may be one that hides everybody, so that what
/// is there is not forgotten: it is only not known any more.
async fn missing(line: &Line, group: &Group, there: &[String], before: DateTime<Utc>) -> Result<usize, Stop> {
    let which = "m.wanted and m.there = 'yes' and not p.remote_id = any ($3) and m.confirmed_at < $4";
    change(line, group, there, before, which, "there = 'unknown', confirmed_at = null").await
}

/// Who was put in by us, was taken out, and is in all the same: her access ended, so that it goes before everything else, and neither
/// the breaker nor the choice to report only has a say in it. What was confirmed while the group was read is believed.
async fn returned(line: &Line, group: &Group, there: &[String], before: DateTime<Utc>) -> Result<(), Stop> {
    let which = "not m.wanted and m.there = 'no' and p.remote_id = any ($3) and m.confirmed_at < $4";
    let set = "there = 'yes', confirmed_at = null, problem = 'Is in although the application had confirmed the removal.'";
    change(line, group, there, before, which, set).await.map(drop)
}

/// Changes what is known of those whom nobody works on, and has them looked at again. Their keys are held first, then what is known of
/// them is changed, in the order of everybody who holds both.
async fn change(
    line: &Line,
    group: &Group,
    there: &[String],
    before: DateTime<Utc>,
    which: &str,
    set: &str,
) -> Result<usize, Stop> {
    let which = format!("{which} and (p.leased_until is null or p.leased_until < clock())");
    let hold = format!(
        "select p.user_id from application_people p join application_members m on m.application_id = $1 and m.group_id = $2 \
           and m.user_id = p.user_id where p.application_id = $1 and {which} and $5::uuid[] is not null order by p.user_id for update of p"
    );
    // once more, now that nobody can take their keys
    let set = format!(
        "update application_members m set {set} from application_people p where p.application_id = $1 and p.user_id = any ($5) \
           and m.application_id = $1 and m.group_id = $2 and m.user_id = p.user_id and {which} returning m.user_id"
    );
    let mut tx = line.engine.begin().await?;
    let mut these: Vec<Uuid> = Vec::new();
    for sql in [hold, set] {
        let found = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(line.app.id)
            .bind(group.group_id)
            .bind(there)
            .bind(before);
        these = found.bind(these).fetch_all(&mut *tx).await?;
    }
    again(&mut tx, line, &these).await?;
    tx.commit().await?;
    Ok(these.len())
}

async fn again(conn: &mut sqlx::PgConnection, line: &Line, people: &[Uuid]) -> Result<()> {
    let sql = marks::touch(
        "x as materialized (select $1::uuid as application_id, u as user_id, 'sweep'::text as why, clock() as at from unnest($2::uuid[]) u)",
        "select count(*) from touched",
    );
    sqlx::query(sql).bind(line.app.id).bind(people).execute(conn).await?;
    Ok(())
}

/// Who is in it there and should not be, and was never put there by us: also whom nobody here knows. Somebody who is being worked on
/// is none of them.
async fn extra(line: &Line, group: &Group, there: &[String]) -> Result<Vec<String>> {
    let extra = sqlx::query_scalar(
        "select r from unnest($3::text[]) r where not exists (select from application_people p left join application_members m \
             on m.application_id = $1 and m.group_id = $2 and m.user_id = p.user_id \
           where p.application_id = $1 and p.remote_id = r and (p.generation <> p.done or p.leased_until > clock() or m.wanted is not null \
             or $2 in (select application_wants($1, p.user_id)))) order by 1",
    );
    Ok(extra.bind(line.app.id).bind(group.group_id).bind(there).fetch_all(&line.engine.pool).await?)
}

/// So many at once look like an accident: a group that was there before it was assigned here.
async fn may(line: &Line, extra: i64) -> Result<bool, Stop> {
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
    if broken || (!allowed && line.app.breaker.trips(0, extra, linked)) {
        breaker::trip(&mut tx, line, extra).await?;
        tx.commit().await?;
        return Ok(false);
    }
    tx.rollback().await?;
    Ok(true)
}

/// One of them, if she is not to be in by now.
async fn remove(line: &Line, group: &Group, user: &str) -> Result<(), Stop> {
    if extra(line, group, &[user.to_owned()]).await?.is_empty() {
        return Ok(());
    }
    of_kind!(line, strip(line, group, user).await)
}
