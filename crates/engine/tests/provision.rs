//! Provisioning: what arrives at a real SCIM server, and at one that does wrong what can be done wrong.

#![cfg(test)]

#[path = "provision/enqueue.rs"]
mod enqueue;
#[path = "provision/fake.rs"]
mod fake;
#[path = "provision/faults.rs"]
mod faults;
#[path = "provision/histories.rs"]
mod histories;
#[path = "provision/marks.rs"]
mod marks;
#[path = "provision/proofs.rs"]
mod proofs;
#[path = "provision/reading.rs"]
mod reading;
#[path = "provision/real.rs"]
mod real;
#[path = "provision/server.rs"]
mod server;
#[path = "provision/settings.rs"]
mod settings;
#[path = "provision/sweeps.rs"]
mod sweeps;

use chrono::TimeDelta;
use domain::assignment::Kind;
use domain::duration::Minutes;
use domain::ids::{AssignmentId, GroupId, PersonId, TargetId};
use domain::policy::evaluate::Answers;
use domain::provision::settings::Typed;
use domain::role::Role;
use domain::span::Span;
use domain::target::Access;
use domain::webhook::address::Rules;
use engine::act::activate::{Activate, activate};
use engine::act::assign_application_group::assign_application_group;
use engine::act::create_application::create_application;
use engine::act::deactivate::deactivate;
use engine::act::edit_application::edit_application;
use engine::ask::applications::application;
use engine::outbound::Outbound;
use engine::provision::{self, input::Input};
use engine::testkit::{World, key, open_policy};
use engine::{Ctx, Engine, Settings};
use sqlx::PgPool;
use std::time::Duration;
use uuid::Uuid;

/// Root administers the product, Ann is eligible for the group that the application is told of.
pub struct Cast {
    pub world: World,
    pub root: PersonId,
    pub ann: PersonId,
    pub group: GroupId,
    pub target: TargetId,
    pub app: Uuid,
}

/// The way out of tests: plain http to this machine, little patience.
fn outbound() -> Outbound {
    let rules = Rules { http: true, networks: vec!["127.0.0.0/8".parse().unwrap()], ..Rules::default() };
    Outbound::new(rules, None).unwrap().with_patience(Duration::from_millis(1000))
}

pub fn input(base_url: &str, token: &str) -> Input {
    let settings = Typed { per_second: 500, burst: 1000, ..Typed::default() };
    Input {
        kind: String::new(),
        name: "Git".into(),
        base_url: base_url.into(),
        token: token.into(),
        settings,
        leave_them: false,
    }
}

/// With an application at this address that is told of the group.
pub async fn cast(pool: &PgPool, input: &Input) -> Cast {
    let mut world = World::new(pool);
    let settings = Settings { outbound: outbound(), ..(*world.engine.settings).clone() };
    world.engine = Engine::new(pool.clone(), settings);
    let (root, ann) = (world.person("Root").await, world.person("Ann Ames").await);
    world.role(root, Role::GlobalAdministrator).await;
    world.factor(root).await;
    let group = world.group("vault").await;
    let target = world.target(group, Access::Member).await;
    world.policy(target, open_policy()).await;
    world.eligible(ann, target).await;
    let code = world.code(root).await;
    let app = create_application(&world.engine, &world.ctx(root).await, input, &code).await.unwrap();
    let cast = Cast { world, root, ann, group, target, app };
    cast.assign(group).await;
    cast
}

impl Cast {
    pub async fn boss(&self) -> Ctx {
        self.world.ctx(self.root).await
    }

    /// The application is told of this group.
    pub async fn assign(&self, group: GroupId) {
        assign_application_group(&self.world.engine, &self.boss().await, self.app, group, "Maintainer")
            .await
            .unwrap();
    }

    /// She switches it on.
    pub async fn on(&self, person: PersonId) -> AssignmentId {
        let ctx = self.world.ctx(person).await;
        let answers = Answers { length: Some(Minutes::hours(1)), ..Answers::default() };
        let form = Activate { target: self.target, answers, code: String::new(), key: key() };
        activate(&self.world.engine, &ctx, form).await.unwrap();
        let running = "select id from assignments where principal_id = $1 and target_id = $2 and origin = 'activated' and ends_at > clock()";
        let running = sqlx::query_scalar(running).bind(person.0).bind(self.target.0);
        AssignmentId(running.fetch_one(&self.world.engine.pool).await.unwrap())
    }

    /// She gives it back.
    pub async fn off(&self, person: PersonId, assignment: AssignmentId) {
        let ctx = self.world.ctx(person).await;
        deactivate(&self.world.engine, &ctx, assignment, key()).await.unwrap();
    }

    /// Somebody with access for so many minutes, from now on.
    pub async fn given(&self, person: PersonId, minutes: i64) -> AssignmentId {
        let span = Span::lasting(self.world.now().await, TimeDelta::minutes(minutes));
        self.world.assign(person, self.target, Kind::Active, span).await
    }

    /// As the worker does, with its rights.
    pub async fn round(&self) {
        provision::once(&self.world.restricted()).await.unwrap();
    }

    /// As if it were time to compare everything.
    pub async fn sweep(&self) {
        self.sql("update applications set swept_at = clock() - interval '2 days', sweep_lease = null").await;
        self.round().await;
    }

    /// The settings as they are, with something changed.
    pub async fn edit(&self, change: impl FnOnce(&mut Input)) -> Result<(), engine::Error> {
        let (engine, boss) = (&self.world.engine, self.boss().await);
        let page = application(engine, &boss, self.app).await.unwrap();
        let mut input = page.input;
        change(&mut input);
        let code = self.world.code(self.root).await;
        edit_application(engine, &boss, self.app, page.application.version, &input, &code).await
    }

    /// As if all gaps were over, so many times.
    pub async fn rounds(&self, times: usize) {
        for _ in 0..times {
            self.later().await;
            self.round().await;
        }
    }

    pub async fn later(&self) {
        self.world
            .sql(
                "update application_people set due_at = clock() where due_at is not null; \
                 update applications set paused_until = null, open_until = null",
            )
            .await;
    }

    pub async fn sql(&self, statement: &str) {
        self.world.sql(statement).await;
    }

    pub async fn count(&self, query: &'static str) -> i64 {
        self.world.count(query).await
    }

    /// A word from the database.
    pub async fn word(&self, query: &'static str) -> String {
        sqlx::query_scalar::<_, Option<String>>(query)
            .fetch_one(&self.world.engine.pool)
            .await
            .unwrap()
            .unwrap_or_default()
    }
}
