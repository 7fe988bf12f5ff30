//! Webhooks: what arrives at a real receiver, what happens when it fails, and doors that stay closed.

#![cfg(test)]

#[path = "support/acceptor.rs"]
mod acceptor;
#[path = "hooks/backlog.rs"]
mod backlog;
#[path = "support/certificates.rs"]
mod certificates;
#[path = "hooks/delivery.rs"]
mod delivery;
#[path = "hooks/formats.rs"]
mod formats;
#[path = "hooks/manage.rs"]
mod manage;
#[path = "hooks/outside.rs"]
mod outside;
#[path = "hooks/reading.rs"]
mod reading;
#[path = "hooks/receiver.rs"]
mod receiver;

use domain::ids::PersonId;
use domain::role::Role;
use domain::webhook::address::Rules;
use engine::act::create_hook::{Created, create_hook};
use engine::act::switch_mail::switch_mail;
use engine::ask::hooks::{self, Row, Show};
use engine::hook::input::Input;
use engine::outbound::Outbound;
use engine::testkit::World;
use engine::{Engine, Settings, hook};
use receiver::Receiver;
use sqlx::PgPool;
use std::time::Duration;
use uuid::Uuid;

/// Root administers the product; webhooks may lead to this machine, and nothing waits for long.
struct Cast {
    world: World,
    root: PersonId,
}

/// The way out of tests: plain http to this machine, little patience.
fn outbound() -> Outbound {
    let rules = Rules { http: true, networks: vec!["127.0.0.0/8".parse().unwrap()], ..Rules::default() };
    Outbound::new(rules, None).unwrap().with_patience(Duration::from_millis(1500))
}

async fn cast(pool: &PgPool) -> Cast {
    let mut world = World::new(pool);
    let settings = Settings { outbound: outbound(), ..(*world.engine.settings).clone() };
    world.engine = Engine::new(pool.clone(), settings);
    let root = world.person("Root").await;
    world.role(root, Role::GlobalAdministrator).await;
    world.factor(root).await;
    Cast { world, root }
}

/// A hook of this format that tells of everything.
fn everything(name: &str, format: &str, address: String) -> Input {
    let topics = domain::audit::Class::ALL.map(|class| format!("all-{}", class.wire())).to_vec();
    Input { name: name.into(), address, format: format.into(), topics, refusals: true }
}

impl Cast {
    async fn make(&self, input: &Input) -> Created {
        let code = self.world.code(self.root).await;
        create_hook(&self.world.engine, &self.world.ctx(self.root).await, input, &code).await.unwrap()
    }

    /// A hook to this receiver that tells of mail that is switched, and has told of its own making already.
    async fn hook(&self, name: &str, receiver: &Receiver) -> Created {
        let topics = vec!["mail-stopped".into(), "mail-started".into(), "audit-anchor".into()];
        self.make(&Input { topics, ..everything(name, "json", receiver.address("/in")) }).await
    }

    /// Something happens, for this reason.
    async fn happens(&self, reason: &str) {
        let ctx = self.world.ctx(self.root).await;
        switch_mail(&self.world.engine, &ctx, true, "").await.unwrap();
        switch_mail(&self.world.engine, &ctx, false, reason).await.unwrap();
    }

    /// As the worker does, with its rights.
    async fn round(&self) {
        hook::once(&self.world.restricted()).await.unwrap();
    }

    /// As if all gaps were over.
    async fn later(&self) {
        self.world.sql("update hook_deliveries set due_at = clock() where state = 'waiting'; update hooks set rests_until = null").await;
    }

    /// Why what arrived happened.
    fn reasons(receiver: &Receiver) -> Vec<String> {
        let taken = receiver.taken();
        taken.iter().map(|t| t.json()["data"]["reason"].as_str().unwrap().to_owned()).collect()
    }

    async fn log(&self, hook: Uuid) -> Vec<Row> {
        let ctx = self.world.ctx(self.root).await;
        hooks::log(&self.world.engine, &ctx, hook, Show::All, None).await.unwrap().rows
    }
}
