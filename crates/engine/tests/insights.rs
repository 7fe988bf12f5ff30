//! Reports on how access is used: every number is known from what was done, on a real database.
#![cfg(test)]

#[path = "insights/activity.rs"]
mod activity;
#[path = "insights/gaps.rs"]
mod gaps;
#[path = "insights/holders.rs"]
mod holders;
#[path = "insights/report.rs"]
mod report;
mod support;
#[path = "insights/unused.rs"]
mod unused;

mod stage {
    pub use chrono::{DateTime, TimeDelta, Utc};
    pub use domain::assignment::Kind;
    pub use domain::duration::Minutes;
    pub use domain::ids::{AssignmentId, GroupId, PersonId, TargetId};
    pub use domain::insight::idle::Idle;
    pub use domain::insight::window::Period;
    pub use domain::policy::evaluate::Answers;
    pub use domain::role::Role;
    pub use domain::span::Span;
    pub use domain::target::Access;
    pub use engine::act::activate::{Activate, Activated, activate};
    pub use engine::ask::insights::{Asked, Insights, Scope, insights};
    pub use engine::ask::thing::Place;
    pub use engine::testkit::{World, approved_by, key, open_policy};
    pub use sqlx::PgPool;

    /// Thursday noon in Berlin, one hour ahead of UTC.
    pub const NOW: &str = "2026-03-12T11:00:00Z";

    pub fn moment(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// Ann and Ben use what Olga owns; Rita reads everything.
    pub struct Stage {
        pub world: World,
        pub ann: PersonId,
        pub ben: PersonId,
        pub olga: PersonId,
        pub rita: PersonId,
        pub group: GroupId,
        pub target: TargetId,
    }

    impl Stage {
        /// Everything begins 300 days before `NOW`, where the clock is then.
        pub async fn new(pool: &PgPool) -> Self {
            let world = World::new(pool);
            to(&world, NOW).await;
            let [ann, ben, olga, rita] = [
                world.person("Ann").await,
                world.person("Ben").await,
                world.person("Olga").await,
                world.person("Rita").await,
            ];
            let group = world.group("db").await;
            world.role(rita, Role::GlobalReader).await;
            let target = world.target(group, Access::Member).await;
            world.standing(olga, world.target(group, Access::Owner).await).await;
            world.policy(target, open_policy()).await;
            // only a test may say that it was brought in long ago
            world
                .sql(&format!(
                    "alter table groups disable trigger keep_role_assignable; \
                     update groups set managed_at = timestamptz '{NOW}' - interval '300 days'; \
                     alter table groups enable trigger keep_role_assignable"
                ))
                .await;
            Self { world, ann, ben, olga, rita, group, target }
        }

        /// Eligible since `NOW` less so many days.
        pub async fn eligible(&self, person: PersonId, target: TargetId, days: i64) -> AssignmentId {
            let start = moment(NOW) - TimeDelta::days(days);
            self.world
                .assign(person, target, Kind::Eligible, Span::lasting(start, TimeDelta::days(400)))
                .await
        }

        /// Switches on for half an hour at this moment, and leaves the clock there.
        pub async fn on(&self, person: PersonId, target: TargetId, at: &str) -> Activated {
            to(&self.world, at).await;
            let answers = Answers { length: Some(Minutes(30)), ..Answers::default() };
            let input = Activate { target, answers, code: String::new(), key: key() };
            activate(&self.world.engine, &self.world.ctx(person).await, input).await.expect("activation")
        }

        /// The report as this person reads it at `NOW`.
        pub async fn read(&self, reader: PersonId, scope: Scope, asked: Asked) -> engine::Result<Insights> {
            to(&self.world, NOW).await;
            insights(&self.world.engine, &self.world.ctx(reader).await, &scope, asked).await
        }

        /// Of the group, for its owner.
        pub async fn of_group(&self, asked: Asked) -> Insights {
            self.read(self.olga, Scope::Of(Place::group("db")), asked).await.expect("report of the group")
        }

        /// Over everything.
        pub async fn of_all(&self, asked: Asked) -> Insights {
            self.read(self.rita, Scope::Everything, asked).await.expect("report over everything")
        }

        /// Lets the worker count until nothing is due; says how many moments it counted.
        pub async fn count(&self) -> usize {
            to(&self.world, NOW).await;
            let mut rounds = 0;
            while engine::insight::count(&self.world.engine).await.expect("count").is_some() {
                rounds += 1;
            }
            rounds
        }
    }

    /// Sets the clock.
    pub async fn to(world: &World, at: &str) {
        let machine: DateTime<Utc> =
            sqlx::query_scalar("select clock_timestamp()").fetch_one(&world.engine.pool).await.expect("time");
        world.move_clock(moment(at) - machine).await;
    }

    pub fn over(period: Period) -> Asked {
        Asked { period, ..Asked::default() }
    }
}
