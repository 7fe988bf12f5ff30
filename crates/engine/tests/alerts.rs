//! Alerts: what is found, that it opens once and closes by itself, and what becomes of one that somebody knows of.
#![cfg(test)]

#[path = "alerts/course.rs"]
mod course;
#[path = "alerts/found.rs"]
mod found;
#[path = "alerts/set.rs"]
mod set;
#[path = "alerts/told.rs"]
mod told;

mod stage {
    pub use chrono::TimeDelta;
    pub use domain::alert::facts::Facts;
    pub use domain::alert::{Kind, Unit};
    pub use domain::assignment::Kind as Held;
    pub use domain::ids::{PersonId, TargetId};
    pub use domain::refusal::Code;
    pub use domain::role::Role;
    pub use domain::span::Span;
    pub use domain::target::{Access, Target};
    pub use engine::act::acknowledge_alert::{self, acknowledge_alert};
    pub use engine::alert;
    pub use engine::alert::workers::Doing;
    pub use engine::ask::alerts::{self, Alert, Show};
    pub use engine::testkit::{World, open_policy};
    pub use sqlx::PgPool;
    pub use uuid::Uuid;

    /// Rita reads everything, Gwen is Global Administrator; a worker is there.
    pub struct Stage {
        pub world: World,
        pub rita: PersonId,
        pub gwen: PersonId,
    }

    impl Stage {
        pub async fn new(pool: &PgPool) -> Self {
            let world = World::new(pool);
            let (rita, gwen) = (world.person("Rita").await, world.person("Gwen").await);
            world.role(rita, Role::GlobalReader).await;
            world.role(gwen, Role::GlobalAdministrator).await;
            Self { world, rita, gwen }
        }

        /// A worker with a right clock counts everything once.
        pub async fn count(&self) {
            self.world.sql("delete from alert_counts").await;
            self.sign(0).await;
            assert_eq!(alert::count(&self.world.engine, None).await.unwrap(), 2);
        }

        /// A worker whose clock is so many milliseconds ahead gives a sign of life.
        pub async fn sign(&self, ahead: i64) {
            let own = self.world.now().await + TimeDelta::milliseconds(ahead);
            let mut conn = self.world.engine.pool.acquire().await.unwrap();
            alert::workers::sign(&mut conn, "one", Doing::Work, own).await.unwrap();
        }

        pub async fn shown(&self, show: Show) -> Vec<Alert> {
            let ctx = self.world.ctx(self.rita).await;
            alerts::alerts(&self.world.engine, &ctx, show, None).await.unwrap().rows
        }

        /// What is open of this kind, after a count.
        pub async fn open(&self, kind: Kind) -> Vec<(String, Facts)> {
            self.count().await;
            let shown = self.shown(Show::Open).await.into_iter().filter(|alert| alert.kind == kind);
            shown.map(|alert| (alert.subject(), alert.facts)).collect()
        }

        /// A group with so many standing and so many eligible members.
        pub async fn held(&self, key: &str, standing: usize, eligible: usize) -> TargetId {
            let group = self.world.group(key).await;
            let target = self.world.target(group, Access::Member).await;
            for number in 0..standing {
                self.stands(key, number, target).await;
            }
            for number in 0..eligible {
                let person = self.world.person(&format!("{key} eligible {number}")).await;
                self.world.eligible(person, target).await;
            }
            target
        }

        pub async fn stands(&self, key: &str, number: usize, target: TargetId) {
            let person = self.world.person(&format!("{key} standing {number}")).await;
            self.world.standing(person, target).await;
        }

        /// Acknowledges the only open alert of this kind.
        pub async fn acknowledge(&self, who: PersonId, kind: Kind, days: &str) -> engine::Result<()> {
            let id =
                sqlx::query_scalar("select id from alerts where kind = $1 order by opened_at desc limit 1");
            let alert: Uuid = id.bind(kind.wire()).fetch_one(&self.world.engine.pool).await.unwrap();
            let reason = "Known, the owner reviews it".to_owned();
            let input = acknowledge_alert::Input { alert, reason, days: days.into() };
            acknowledge_alert(&self.world.engine, &self.world.ctx(who).await, input).await
        }

        /// How many alerts of this kind there ever were.
        pub async fn ever(&self, kind: Kind) -> i64 {
            let count = sqlx::query_scalar("select count(*) from alerts where kind = $1").bind(kind.wire());
            count.fetch_one(&self.world.engine.pool).await.unwrap()
        }
    }

    pub fn codes<T: std::fmt::Debug>(result: engine::Result<T>) -> Vec<Code> {
        result.unwrap_err().refusals().iter().map(|refusal| refusal.code).collect()
    }
}
