//! Deciding on requests, on a real database: who counts, when the time begins, what closes a request for ever.

#![cfg(test)]

#[path = "approvals/absence.rs"]
mod absence;
#[path = "approvals/behalf.rs"]
mod behalf;
#[path = "approvals/escalation.rs"]
mod escalation;
#[path = "approvals/hours.rs"]
mod hours;
#[path = "approvals/inbox.rs"]
mod inbox;
#[path = "approvals/own.rs"]
mod own;
#[path = "approvals/rules.rs"]
mod rules;
#[path = "support/mod.rs"]
mod statements;
#[path = "approvals/time.rs"]
mod time;
#[path = "approvals/together.rs"]
mod together;
#[path = "approvals/zombies.rs"]
mod zombies;

mod support {
    pub use chrono::TimeDelta;
    pub use domain::approval::{Tally, Verdict};
    pub use domain::duration::Minutes;
    pub use domain::ids::{GroupId, PersonId, RequestId, TargetId};
    pub use domain::policy::evaluate::Answers;
    pub use domain::policy::{ApprovalRule, Approver};
    pub use domain::refusal::Code;
    pub use domain::target::Access;
    pub use engine::act::activate::{Activate, Activated, activate};
    pub use engine::act::cancel::cancel;
    pub use engine::act::decide::{Decision, decide};
    pub use engine::act::sweep::sweep;
    pub use engine::testkit::{World, approved_by, key, open_policy};
    pub use sqlx::PgPool;

    /// Ann asks; Ben and Cleo approve.
    #[derive(Clone)]
    pub struct Cast {
        pub world: World,
        pub ann: PersonId,
        pub ben: PersonId,
        pub cleo: PersonId,
        pub group: GroupId,
        pub target: TargetId,
    }

    /// `approvals` of Ben and Cleo are needed.
    pub async fn cast(pool: &PgPool, approvals: u8) -> Cast {
        let world = World::new(pool);
        let (ann, ben, cleo) =
            (world.person("Ann").await, world.person("Ben").await, world.person("Cleo").await);
        let group = world.group("prod-db-admins").await;
        let target = world.target(group, Access::Member).await;
        world.policy(target, approved_by(&[ben, cleo], approvals)).await;
        world.eligible(ann, target).await;
        Cast { world, ann, ben, cleo, group, target }
    }

    /// What came of a decision: where it stands, or the code of the refusal.
    pub type Outcome = Result<Tally, Code>;

    impl Cast {
        /// Ann asks for so many minutes, from `ahead` on.
        pub async fn ask_for(&self, minutes: u32, ahead: Option<TimeDelta>) -> engine::Result<Activated> {
            let now = self.world.now().await;
            let start = ahead.map(|ahead| now + ahead);
            let answers = Answers { start, length: Some(Minutes(minutes)), ..Answers::default() };
            let form = Activate { target: self.target, answers, code: String::new(), key: key() };
            activate(&self.world.engine, &self.world.ctx(self.ann).await, form).await
        }

        /// Ann asks for an hour, now.
        pub async fn ask(&self) -> RequestId {
            self.ask_for(60, None).await.unwrap().request
        }

        pub async fn decision(&self, request: RequestId, verdict: Verdict) -> Decision {
            let seen = self.world.seen(request).await;
            Decision { request, verdict, reason: "because".into(), seen, cues: Vec::new() }
        }

        pub async fn vote(&self, by: PersonId, request: RequestId, verdict: Verdict) -> Outcome {
            let decisions = [self.decision(request, verdict).await];
            let decided =
                decide(&self.world.engine, &self.world.ctx(by).await, &decisions, "").await.unwrap();
            decided.into_iter().next().unwrap().result.map_err(|refusal| refusal.code)
        }

        pub async fn approve(&self, by: PersonId, request: RequestId) -> Outcome {
            self.vote(by, request, Verdict::Approve).await
        }

        pub async fn is_on(&self) -> bool {
            self.world.is_member(self.ann, self.group).await
        }

        /// The policy of the target names these.
        pub async fn named(&self, approvers: Vec<Approver>, needed: u8) {
            let mut policy = open_policy();
            policy.activation.approval =
                Some(ApprovalRule { approvers, needed, wait: Minutes::hours(24), escalation: None });
            self.world.policy(self.target, policy).await;
        }

        /// Why a request was closed, as people read it.
        pub async fn why(&self, request: RequestId) -> String {
            sqlx::query_scalar("select close_reason from requests where id = $1")
                .bind(request.0)
                .fetch_one(&self.world.engine.pool)
                .await
                .unwrap()
        }

        /// How often an event was written, done or refused.
        pub async fn events(&self, action: &str, outcome: &str) -> i64 {
            sqlx::query_scalar("select count(*) from audit_events where action = $1 and outcome = $2")
                .bind(action)
                .bind(outcome)
                .fetch_one(&self.world.engine.pool)
                .await
                .unwrap()
        }

        pub async fn grants(&self) -> i64 {
            self.world.count("select count(*) from assignments where origin = 'activated'").await
        }
    }
}
