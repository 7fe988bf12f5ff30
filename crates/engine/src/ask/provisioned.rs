//! What became of somebody's access in applications: usable since when, waiting, failed why; taken away, or not yet.

use crate::{Ctx, Engine, Result, authority};
use chrono::{DateTime, Utc};
use domain::authz::Action;
use domain::ids::PersonId;
use sqlx::PgConnection;
use uuid::Uuid;

/// How it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum State {
    /// It works there; it took so many seconds.
    Usable {
        /// From the change here to the confirmation there.
        seconds: i64,
    },
    /// It is on its way since then.
    Waiting {
        /// When it was asked for.
        since: DateTime<Utc>,
    },
    /// It did not work, and is tried again.
    Failed {
        /// Why.
        why: String,
    },
    /// It does not go on by itself now: quarantine, switched off, or held back.
    Blocked {
        /// Why.
        why: String,
    },
    /// It ended, and the application confirmed that; it took so many seconds.
    Removed {
        /// From the end here to the confirmation there.
        seconds: i64,
    },
    /// It ended here, and the application did not confirm that: to be shown in red.
    NotRemoved {
        /// When it ended.
        since: DateTime<Utc>,
        /// Why not yet, if something went wrong.
        why: String,
    },
}

/// One membership in one application.
#[derive(Clone, Debug)]
pub struct Provisioned {
    /// The application.
    pub application: Uuid,
    /// Its name.
    pub name: String,
    /// The group that gives it.
    pub group: Uuid,
    /// Its name.
    pub group_name: String,
    /// What its members are there.
    pub role: String,
    /// How it stands.
    pub state: State,
}

#[derive(sqlx::FromRow)]
struct Row {
    application: Uuid,
    name: String,
    group_id: Uuid,
    group_name: String,
    role: String,
    wanted: bool,
    there: Option<String>,
    asked_at: Option<DateTime<Utc>>,
    confirmed_at: Option<DateTime<Utc>>,
    queued_at: Option<DateTime<Utc>>,
    problem: Option<String>,
    state: Option<String>,
    /// The worker has seen the last change.
    seen: bool,
    stops: Option<String>,
    now: DateTime<Utc>,
}

/// One's own: everything that is on, not removed yet, or was removed within a day. One statement; most have no application at all.
///
/// # Errors
/// The database can't be reached.
pub async fn mine(engine: &Engine, ctx: &Ctx) -> Result<Vec<Provisioned>> {
    let mut conn = engine.pool.acquire().await?;
    let mut all = of_person(&mut conn, ctx.person()).await?;
    // what an application said is for those who look after it
    for one in &mut all {
        if let State::Failed { why } | State::Blocked { why } | State::NotRemoved { why, .. } = &mut one.state
        {
            why.truncate(why.find(". ").map_or(why.len(), |end| end + 1));
        }
    }
    Ok(all)
}

/// Somebody's, for who looks after applications.
///
/// # Errors
/// Not for this person.
pub async fn of(engine: &Engine, ctx: &Ctx, person: PersonId) -> Result<Vec<Provisioned>> {
    authority::require(ctx, &Action::ReadApplications)?;
    let mut conn = engine.pool.acquire().await?;
    of_person(&mut conn, person).await
}

pub(crate) async fn of_person(conn: &mut PgConnection, person: PersonId) -> Result<Vec<Provisioned>> {
    let rows: Vec<Row> = sqlx::query_as(
        "with wants as materialized (select application_id, group_id from applications_wanting($1)) \
         select * from (select a.id as application, a.name, g.group_id, d.display_name as group_name, g.role, \
             w.group_id is not null as wanted, m.there, m.asked_at, m.confirmed_at, p.queued_at, \
             coalesce(nullif(m.problem, ''), p.problem) as problem, p.state, \
             coalesce(p.generation = p.done or m.wanted = (w.group_id is not null), false) as seen, \
             case when a.off_at is not null then 'Provisioning of it is stopped.' when a.health = 'quarantined' then 'It is in quarantine.' end as stops, \
             clock() as now \
           from application_groups g join applications a on a.id = g.application_id and a.deleted_at is null join groups d on d.id = g.group_id \
           left join wants w on w.application_id = a.id and w.group_id = g.group_id \
           left join application_members m on m.application_id = a.id and m.group_id = g.group_id and m.user_id = $1 \
           left join application_people p on p.application_id = a.id and p.user_id = $1) x \
         where wanted or there <> 'no' or confirmed_at > clock() - interval '1 day' order by lower(name), lower(group_name), group_id",
    )
    .bind(person.0)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Row::read).collect())
}

impl Row {
    fn read(self) -> Provisioned {
        let state = if self.wanted { self.given() } else { self.taken() };
        Provisioned {
            application: self.application,
            name: self.name,
            group: self.group_id,
            group_name: self.group_name,
            role: self.role,
            state,
        }
    }

    /// From the change to the confirmation, a second at least: nothing is shown as having taken no time.
    fn seconds(&self) -> Option<i64> {
        let took = self.confirmed_at? - self.asked_at?;
        Some(took.num_seconds().max(0) + i64::from(took.subsec_nanos() > 0))
    }

    fn since(&self) -> DateTime<Utc> {
        let known = if self.seen { self.asked_at } else { self.queued_at };
        known.unwrap_or(self.now)
    }

    fn why(&self) -> String {
        self.problem.clone().unwrap_or_default()
    }

    fn given(&self) -> State {
        let state = self.state.as_deref();
        match (self.there.as_deref(), self.seconds(), &self.stops) {
            (Some("yes"), Some(seconds), _) if self.seen => State::Usable { seconds },
            (_, _, Some(why)) => State::Blocked { why: why.clone() },
            _ if state == Some("failed") => State::Failed { why: self.why() },
            _ if state == Some("blocked") => State::Blocked { why: self.why() },
            _ => State::Waiting { since: self.since() },
        }
    }

    fn taken(&self) -> State {
        match (self.there.as_deref(), self.seconds()) {
            (Some("no"), Some(seconds)) if self.seen => State::Removed { seconds },
            (Some("no") | None, _) => State::Removed { seconds: 0 },
            _ => {
                let stopped = self.stops.as_deref().filter(|why| why.contains("stopped")).map(str::to_owned);
                State::NotRemoved { since: self.since(), why: stopped.unwrap_or_else(|| self.why()) }
            }
        }
    }
}
