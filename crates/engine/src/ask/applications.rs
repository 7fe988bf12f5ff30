//! Applications: all of them and one, with how they do; for who looks after them.

use crate::provision::input::{COLUMNS, Input};
use crate::{Ctx, Engine, Error, Result, authority};
use chrono::{DateTime, Utc};
use domain::authz::Action;
use domain::provision::settings::Typed;
use domain::provision::{Health, Kind};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// An application.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Application {
    /// Which.
    pub id: Uuid,
    kind: String,
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub base_url: String,
    /// The last letters of its token; nothing of a short one.
    pub token_end: String,
    /// Until when the token before counts besides.
    pub old_until: Option<DateTime<Utc>>,
    health: String,
    /// Why, if it is not well.
    pub health_why: String,
    /// Since when.
    pub health_at: DateTime<Utc>,
    /// In quarantine: when it is tried next.
    pub test_due_at: Option<DateTime<Utc>>,
    /// Until when nothing is sent because it asked for that, or gave no answers.
    pub rests_until: Option<DateTime<Utc>>,
    /// Since when accounts are held back, and how many.
    pub broken_at: Option<DateTime<Utc>>,
    /// Those.
    pub held: i64,
    /// Since when it is off.
    pub off_at: Option<DateTime<Utc>>,
    /// People whom it knows.
    pub people: i64,
    /// Memberships that it confirmed.
    pub members: i64,
    /// People to be worked on: something is to be taken away.
    pub removals: i64,
    /// People to be worked on otherwise.
    pub grants: i64,
    /// People of whom it failed.
    pub failed: i64,
    /// Since when the oldest of them waits.
    pub oldest_at: Option<DateTime<Utc>>,
    /// The last test of the connection, and what it found, one line each.
    pub tested_at: Option<DateTime<Utc>>,
    /// That.
    pub test_says: String,
    /// The last test write.
    pub write_tested_at: Option<DateTime<Utc>>,
    /// What it found.
    pub write_says: String,
    /// It went well: the older dialect may be chosen.
    pub write_well: bool,
    /// When everything was last compared.
    pub swept_at: Option<DateTime<Utc>>,
    /// What that found.
    pub sweep_says: String,
    /// Members there without a grant, as last found.
    pub drift_found: i64,
    /// Counts its changes.
    pub version: i32,
    /// When it was connected.
    pub made_at: DateTime<Utc>,
    /// By whom.
    pub made_by: Option<String>,
}

impl Application {
    /// What it is. A word that this version does not know reads as the usual kind; the worker refuses it.
    pub fn kind(&self) -> Kind {
        Kind::parse(&self.kind).unwrap_or_default()
    }

    /// How it does.
    pub fn health(&self) -> Health {
        Health::parse(&self.health).unwrap_or_default()
    }
}

/// A group that an application is told of.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Assigned {
    /// Which.
    pub group_id: Uuid,
    /// Its address.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What its members are there.
    pub role: String,
    /// The id it has there, once it has one.
    pub remote_id: Option<String>,
    /// Members that were confirmed.
    pub members: i64,
    /// Not assigned any more; people are still taken out.
    pub gone: bool,
}

/// One application, whole.
#[derive(Clone, Debug)]
pub struct Page {
    /// It.
    pub application: Application,
    /// As a form would hold it; the token is not among it.
    pub input: Input,
    /// Its groups, by name.
    pub groups: Vec<Assigned>,
    /// The reader may change it.
    pub manages: bool,
}

const ALL: &str = "select a.id, a.kind, a.name, a.base_url, a.token_end, case when a.old_until > clock() then a.old_until end as old_until, \
     a.health, a.health_why, a.health_at, a.test_due_at, \
     case when greatest(a.paused_until, a.open_until) > clock() then greatest(a.paused_until, a.open_until) end as rests_until, \
     a.broken_at, a.off_at, a.tested_at, a.test_says, a.write_tested_at, a.write_says, a.write_well, a.swept_at, a.sweep_says, a.drift_found, \
     a.version, a.made_at, u.display_name as made_by, p.people, p.removals, p.grants, p.failed, p.held, p.oldest_at, \
     (select count(*) from application_members m where m.application_id = a.id and m.there = 'yes') as members \
     from applications a left join users u on u.id = a.made_by cross join lateral (select count(*) filter (where there <> 'no') as people, \
       count(*) filter (where due_at is not null and urgent) as removals, count(*) filter (where due_at is not null and not urgent) as grants, \
       count(*) filter (where state = 'failed') as failed, count(*) filter (where state = 'blocked' and due_at is null) as held, \
       min(queued_at) filter (where due_at is not null) as oldest_at from application_people where application_id = a.id) p \
     where a.deleted_at is null";

/// All of them, by name.
///
/// # Errors
/// Not for this person.
pub async fn applications(engine: &Engine, ctx: &Ctx) -> Result<Vec<Application>> {
    authority::require(ctx, &Action::ReadApplications)?;
    let all = format!("{ALL} order by lower(a.name)");
    Ok(sqlx::query_as(AssertSqlSafe(all)).fetch_all(&engine.pool).await?)
}

#[derive(sqlx::FromRow)]
struct Settings {
    dialect: String,
    probe: String,
    patches: bool,
    adds_twice: bool,
    delete_accept: bool,
    matching: Vec<String>,
    scope: String,
    leaving: String,
    drift: String,
    foreigners: String,
    sessions: String,
    breaker_most: i32,
    breaker_per_cent: i32,
    per_second: i32,
    burst: i32,
    in_flight: i32,
    sweep_minutes: i32,
}

/// One of them, with its settings and groups.
///
/// # Errors
/// Not for this person, or unknown.
pub async fn application(engine: &Engine, ctx: &Ctx, id: Uuid) -> Result<Page> {
    authority::require(ctx, &Action::ReadApplications)?;
    let one = format!("{ALL} and a.id = $1");
    let found: Option<Application> =
        sqlx::query_as(AssertSqlSafe(one)).bind(id).fetch_optional(&engine.pool).await?;
    let application = found.ok_or_else(Error::not_found)?;
    let set = format!("select {} from applications where id = $1", COLUMNS.join(", "));
    let set: Settings = sqlx::query_as(AssertSqlSafe(set)).bind(id).fetch_one(&engine.pool).await?;
    let groups = sqlx::query_as(
        "select g.group_id, d.key, d.display_name as name, g.role, g.remote_id, g.gone_at is not null as gone, \
           (select count(*) from application_members m where m.application_id = g.application_id and m.group_id = g.group_id \
             and m.there = 'yes') as members \
         from application_groups g join groups d on d.id = g.group_id where g.application_id = $1 and (g.gone_at is null \
           or exists (select from application_members m where m.application_id = $1 and m.group_id = g.group_id and m.there <> 'no')) \
         order by lower(d.display_name), g.group_id",
    )
    .bind(id)
    .fetch_all(&engine.pool)
    .await?;
    let input = Input {
        kind: application.kind.clone(),
        name: application.name.clone(),
        base_url: application.base_url.clone(),
        token: String::new(),
        settings: set.typed(),
        leave_them: false,
    };
    let manages = authority::require(ctx, &Action::ManageApplications).is_ok();
    Ok(Page { application, input, groups, manages })
}

impl Settings {
    fn typed(self) -> Typed {
        Typed {
            dialect: self.dialect,
            probe: self.probe,
            patches: self.patches,
            adds_twice: self.adds_twice,
            delete_accept: self.delete_accept,
            matching: self.matching,
            scope: self.scope,
            leaving: self.leaving,
            drift: self.drift,
            foreigners: self.foreigners,
            sessions: self.sessions,
            breaker_most: self.breaker_most,
            breaker_per_cent: self.breaker_per_cent,
            per_second: self.per_second,
            burst: self.burst,
            in_flight: self.in_flight,
            sweep_minutes: self.sweep_minutes,
        }
    }
}
