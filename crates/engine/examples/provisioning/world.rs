//! A tenant in a database of its own, with one application.

use crate::Result;
use domain::duration::Minutes;
use domain::ids::{RequestKey, TargetId};
use domain::policy::evaluate::Answers;
use domain::provision::settings::Typed;
use domain::role::Role;
use domain::target::Access;
use domain::webhook::address::Rules;
use engine::act::activate::Activate;
use engine::act::assign_application_group::assign_application_group;
use engine::act::create_application::create_application;
use engine::outbound::Outbound;
use engine::pool::trusting;
use engine::provision::input::Input;
use engine::testkit::{World as Small, open_policy};
use engine::{Engine, Settings};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};
use std::str::FromStr;

/// Of no application in particular.
const TOKEN: &str = "token-of-the-measured-application";

/// The database and what is in it.
pub struct World {
    pub small: Small,
    /// As the server: with its rights, and connections enough for a worker.
    pub engine: Engine,
    pub target: TargetId,
}

/// A handle as the server has it.
pub async fn serving(url: &str, name: &str) -> Result<Engine> {
    let options = PgConnectOptions::from_str(url)?.database(name);
    let pool = trusting(PgPoolOptions::new()).max_connections(8).after_connect(|connection, _| {
        Box::pin(async move {
            sqlx::raw_sql("set role pimento_app; set jit = off").execute(connection).await.map(drop)
        })
    });
    Ok(Engine::new(pool.connect_with(options).await?, settings()?))
}

fn settings() -> Result<Settings> {
    let rules = Rules { http: true, networks: vec!["127.0.0.0/8".parse()?], ..Rules::default() };
    Ok(Settings { outbound: Outbound::new(rules, None)?, ..engine::testkit::settings() })
}

impl World {
    /// Makes the database anew, with an application at this address that is told of one group.
    pub async fn build(url: &str, name: &str, base: &str, change: impl FnOnce(&mut Typed)) -> Result<Self> {
        let mut conn = PgConnection::connect(url).await?;
        for statement in
            [format!("drop database if exists {name} with (force)"), format!("create database {name}")]
        {
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut conn).await?;
        }
        let options = PgConnectOptions::from_str(url)?.database(name);
        let owner: PgPool = PgPoolOptions::new().max_connections(8).connect_with(options).await?;
        sqlx::migrate!("../../migrations").run(&owner).await?;
        let mut small = Small::new(&owner);
        small.engine = Engine::new(owner, settings()?);
        let root = small.person("Root").await;
        small.role(root, Role::GlobalAdministrator).await;
        small.factor(root).await;
        let group = small.group("vault").await;
        let target = small.target(group, Access::Member).await;
        small.policy(target, open_policy()).await;
        let code = small.code(root).await;
        let mut settings = Typed::default();
        change(&mut settings);
        let input = Input {
            name: "Git".into(),
            base_url: base.into(),
            token: TOKEN.into(),
            settings,
            ..Input::default()
        };
        let ctx = small.ctx(root).await;
        let app = create_application(&small.engine, &ctx, &input, &code).await?;
        assign_application_group(&small.engine, &ctx, app, group, "Maintainer").await?;
        Ok(Self { engine: serving(url, name).await?, small, target })
    }

    /// The form of an activation for an hour.
    pub fn form(&self) -> Activate {
        let answers = Answers { length: Some(Minutes::hours(1)), ..Answers::default() };
        Activate { target: self.target, answers, code: String::new(), key: RequestKey(uuid::Uuid::now_v7()) }
    }

    /// A number.
    pub async fn count(&self, query: &str) -> Result<i64> {
        Ok(sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&self.small.engine.pool).await?)
    }

    /// Seconds, one for each row.
    pub async fn seconds(&self, query: &str) -> Result<Vec<f64>> {
        Ok(sqlx::query_scalar(AssertSqlSafe(query)).fetch_all(&self.small.engine.pool).await?)
    }
}
