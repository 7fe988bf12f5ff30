//! A company of any size in a database of its own.

use crate::Result;
use domain::authz::Actor;
use domain::ids::PersonId;
use domain::policy::Policy;
use domain::role::Role;
use engine::ctx::{Ctx, Session, Via};
use engine::pool::trusting;
use engine::testkit::{approved_by, open_policy, settings};
use engine::{Engine, alike};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use std::str::FromStr;
use uuid::Uuid;

/// The database and everybody in it.
pub struct World {
    /// Runs as the restricted role, like the server.
    pub engine: Engine,
    /// May do everything.
    pub owner: PgPool,
    /// People who hold what is typical.
    pub people: i64,
    name: &'static str,
}

impl World {
    /// Makes the database anew and fills it, unless what an earlier run left may be used; `deep` people hold nothing yet.
    pub async fn build(url: &str, name: &'static str, people: i64, deep: i64) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)?.database(name);
        let owner = PgPoolOptions::new().max_connections(1).connect_lazy_with(options.clone());
        if !(kept() && filled(&owner).await) {
            eprintln!("filling {name}: {people} people");
            command(url, &format!("drop database if exists {name}")).await?;
            command(url, &format!("create database {name}")).await?;
            sqlx::migrate!("../../migrations").run(&owner).await?;
            fill(&mut *owner.acquire().await?, people, deep).await?;
        }
        let pool = trusting(PgPoolOptions::new()).max_connections(1).after_connect(|connection, _| {
            let like_the_server = "set role pimento_app; set jit = off";
            Box::pin(async move { sqlx::raw_sql(like_the_server).execute(connection).await.map(drop) })
        });
        let engine = Engine::new(pool.connect_with(options).await?, settings());
        Ok(Self { engine, owner, people, name })
    }

    /// Person number n.
    pub fn person(&self, n: i64) -> PersonId {
        PersonId(id(0xa, n))
    }

    /// Her name.
    pub async fn name(&self, n: i64) -> Result<String> {
        let name = sqlx::query_scalar("select display_name from users where id = $1").bind(self.person(n).0);
        Ok(name.fetch_one(&self.owner).await?)
    }

    /// Numbers spread over everybody, others in each turn.
    pub fn spread(&self, turn: usize, count: usize) -> impl Iterator<Item = i64> {
        let (people, turn) = (self.people, turn as i64);
        // a prime step meets everybody once, in no order that a disk or an index would like
        (0..count as i64).map(move |place| 1 + (turn * 104_729 + place * 7_919) % people)
    }

    /// Signed in, without any role.
    pub fn ctx(&self, person: PersonId) -> Ctx {
        self.ctx_with(person, &[])
    }

    /// Signed in as somebody who sees everything.
    pub fn reader(&self) -> Ctx {
        self.ctx_with(self.person(1), &[Role::GlobalReader, Role::GlobalAdministrator])
    }

    fn ctx_with(&self, person: PersonId, roles: &[Role]) -> Ctx {
        let actor = Actor { person, roles: roles.iter().copied().collect() };
        let via = Via {
            ip: "192.0.2.7".into(),
            user_agent: "Mozilla/5.0 (bench)".into(),
            trace_id: "bench".into(),
        };
        Ctx { actor, session: Session { hash: vec![7; 32], factor_at: None }, via }
    }

    /// Version and memory, for the record.
    pub async fn server(&self) -> Result<String> {
        let said = sqlx::query_scalar(
            "select current_setting('server_version') || ', shared_buffers ' || current_setting('shared_buffers')",
        );
        Ok(said.fetch_one(&self.owner).await?)
    }

    /// What is in it.
    pub async fn size(&self) -> Result<String> {
        let said = sqlx::query_scalar(
            "select (select count(*) from users) || ' people, ' || (select count(*) from groups) || ' groups, ' || \
               (select count(*) from assignments) || ' assignments, ' || (select count(*) from requests) || \
               ' requests, ' || (select count(*) from audit_events) || ' audit events, ' || \
               pg_size_pretty(pg_database_size(current_database()))",
        );
        Ok(said.fetch_one(&self.owner).await?)
    }

    /// How many events its audit has.
    pub async fn events(&self) -> Result<usize> {
        let said: i64 =
            sqlx::query_scalar("select count(*) from audit_events").fetch_one(&self.owner).await?;
        Ok(usize::try_from(said)?)
    }

    /// Drops the database: it is large.
    pub async fn forget(self, url: &str) -> Result<()> {
        if kept() {
            return Ok(());
        }
        self.engine.pool.close().await;
        self.engine.aside.close().await;
        self.owner.close().await;
        // a session may be there for a moment after its pool was closed
        command(url, &format!("drop database {} with (force)", self.name)).await
    }
}

/// The id of number n of a kind, as `names.sql` makes them.
pub fn id(kind: u128, n: i64) -> Uuid {
    Uuid::from_u128((kind << 124) | n.unsigned_abs() as u128)
}

/// Whether databases are kept for another run, and used again: for work on what is measured.
fn kept() -> bool {
    std::env::var_os("SCALE_KEEP").is_some()
}

async fn filled(owner: &PgPool) -> bool {
    let last = sqlx::query_scalar("select exists (select from groups where key = 'deep-1')");
    last.fetch_one(owner).await.unwrap_or(false)
}

async fn command(url: &str, sql: &str) -> Result<()> {
    let pool = PgPoolOptions::new().max_connections(1).connect(url).await?;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&pool).await?;
    pool.close().await;
    Ok(())
}

async fn fill(owner: &mut PgConnection, people: i64, deep: i64) -> Result<()> {
    let approved: Policy = approved_by(&[], 1);
    let open = open_policy();
    let settings = [
        ("scale.people", people.to_string()),
        ("scale.deep", deep.to_string()),
        ("scale.open", serde_json::to_string(&open)?),
        ("scale.approved", serde_json::to_string(&approved)?),
        ("work_mem", "256MB".to_owned()),
        ("maintenance_work_mem", "512MB".to_owned()),
    ];
    for (name, value) in settings {
        sqlx::query("select set_config($1, $2, false)").bind(name).bind(value).execute(&mut *owner).await?;
    }
    sqlx::raw_sql(include_str!("names.sql")).execute(&mut *owner).await?;
    let names: Vec<String> =
        sqlx::query_scalar("select distinct name from names").fetch_all(&mut *owner).await?;
    for some in names.chunks(50_000) {
        let keys: Vec<Vec<u8>> = some.iter().map(|name| alike::key(name)).collect();
        let insert =
            sqlx::query("insert into keys (name, key) select * from unnest($1::text[], $2::bytea[])");
        insert.bind(some).bind(keys).execute(&mut *owner).await?;
    }
    sqlx::raw_sql(include_str!("fill.sql")).execute(&mut *owner).await?;
    sqlx::raw_sql(include_str!("deep.sql")).execute(&mut *owner).await?;
    // tables are then as PostgreSQL's own upkeep leaves them
    sqlx::raw_sql("vacuum analyze").execute(&mut *owner).await?;
    Ok(())
}
