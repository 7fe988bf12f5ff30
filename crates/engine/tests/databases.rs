//! Roles of a second, real PostgreSQL server that follow the groups.

#![cfg(test)]

#[path = "support/certificates.rs"]
mod certificates;
#[path = "databases/fooled.rs"]
mod fooled;
#[path = "databases/roles.rs"]
mod roles;
#[path = "databases/second.rs"]
mod second;

use chrono::TimeDelta;
use domain::assignment::Kind as Assigned;
use domain::ids::{GroupId, PersonId, TargetId};
use domain::provision::Kind;
use domain::provision::settings::Typed;
use domain::role::Role;
use domain::span::Span;
use domain::target::Access;
use domain::webhook::address::Rules;
use engine::act::assign_application_group::assign_application_group;
use engine::act::create_application::create_application;
use engine::act::edit_application::edit_application;
use engine::ask::applications::application;
use engine::outbound::Outbound;
use engine::provision::{self, input::Input};
use engine::testkit::World;
use engine::{Ctx, Engine, Error, Settings};
use second::Second;
use sqlx::PgPool;
use uuid::Uuid;

/// Root administers the product; Ann, who can log in to the database as `ann.ames`, is nobody there yet.
pub struct Cast {
    pub world: World,
    pub root: PersonId,
    pub ann: PersonId,
    pub group: GroupId,
    pub target: TargetId,
    pub app: Uuid,
    pub second: Second,
}

/// With a database whose role `ops` is what members of the group get.
pub async fn cast(pool: &PgPool) -> Cast {
    let second = Second::start().await;
    second
        .run(
            "create role ops; create role dba; create role \"ann.ames\" login password 'hers'; \
        grant ops, dba to pimento with admin option; grant pg_signal_backend to pimento",
        )
        .await;
    let mut world = World::new(pool);
    let rules = Rules { http: true, networks: vec!["127.0.0.0/8".parse().unwrap()], ..Rules::default() };
    let outbound = Outbound::new(rules, Some(&second.authority)).unwrap();
    let settings = Settings { outbound, ..(*world.engine.settings).clone() };
    world.engine = Engine::new(pool.clone(), settings);
    let (root, ann) = (world.person("Root").await, world.person("Ann Ames").await);
    world.role(root, Role::GlobalAdministrator).await;
    world.factor(root).await;
    let group = world.group("vault").await;
    let target = world.target(group, Access::Member).await;
    let code = world.code(root).await;
    let input = input(&second.address(), second::PASSWORD);
    let app = create_application(&world.engine, &world.ctx(root).await, &input, &code).await.unwrap();
    let cast = Cast { world, root, ann, group, target, app, second };
    cast.assign(group, "ops").await.unwrap();
    cast
}

pub fn input(address: &str, password: &str) -> Input {
    let settings = Typed { per_second: 500, burst: 1000, ..Typed::usual(Kind::Postgres) };
    let (kind, name) = (Kind::Postgres.wire().into(), "Shop".into());
    Input { kind, name, base_url: address.into(), token: password.into(), settings, leave_them: false }
}

impl Cast {
    pub async fn boss(&self) -> Ctx {
        self.world.ctx(self.root).await
    }

    pub async fn assign(&self, group: GroupId, role: &str) -> Result<(), Error> {
        assign_application_group(&self.world.engine, &self.boss().await, self.app, group, role).await
    }

    /// Access for an hour from now on.
    pub async fn given(&self, person: PersonId) {
        let span = Span::lasting(self.world.now().await, TimeDelta::hours(1));
        self.world.assign(person, self.target, Assigned::Active, span).await;
    }

    /// It ends now.
    pub async fn ended(&self) {
        self.world.sql("update assignments set ends_at = clock(), end_recorded = true where kind = 'active' and ends_at > clock()").await;
    }

    /// As the worker does, with its rights, as if all gaps were over.
    pub async fn round(&self) {
        self.world
            .sql(
                "update application_people set due_at = clock() where due_at is not null; \
                update applications set paused_until = null, open_until = null",
            )
            .await;
        provision::once(&self.world.restricted()).await.unwrap();
    }

    /// The settings as they are, with something changed.
    pub async fn edit(&self, change: impl FnOnce(&mut Input)) -> Result<(), Error> {
        let (engine, boss) = (&self.world.engine, self.boss().await);
        let page = application(engine, &boss, self.app).await.unwrap();
        let mut input = page.input;
        change(&mut input);
        let code = self.world.code(self.root).await;
        edit_application(engine, &boss, self.app, page.application.version, &input, &code).await
    }

    pub async fn sweep(&self) {
        self.world.sql("update applications set swept_at = clock() - interval '2 days'").await;
        self.round().await;
    }

    pub async fn word(&self, query: &'static str) -> String {
        let word = sqlx::query_scalar::<_, Option<String>>(query).fetch_optional(&self.world.engine.pool);
        word.await.unwrap().flatten().unwrap_or_default()
    }
}
