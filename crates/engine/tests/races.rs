//! Races by pairs: two connections, a barrier, 200 rounds each, or as many as `PIMENTO_ROUNDS` says (security.md
//! section 7). Whoever commits first wins; the other is told; no round may leave access that nobody granted.

#![cfg(test)]

mod support {
    pub use domain::approval::Verdict;
    pub use domain::duration::Minutes;
    pub use domain::ids::{AssignmentId, GroupId, PersonId, RequestId, TargetId};
    pub use domain::policy::evaluate::Answers;
    pub use domain::refusal::Code;
    pub use domain::target::Access;
    pub use engine::Result;
    pub use engine::act::activate::{Activate, Activated, activate};
    pub use engine::act::cancel::cancel;
    pub use engine::act::deactivate::deactivate;
    pub use engine::act::decide::{Decided, Decision, decide};
    pub use engine::act::remove_assignment::{self, remove_assignment};
    pub use engine::act::sweep::sweep;
    pub use engine::ask::thing::Place;
    pub use engine::testkit::race::{Handicap, rounds, together};
    pub use engine::testkit::{World, approved_by, key, open_policy};

    /// Ann asks, Ben and Cleo may approve.
    pub struct Cast {
        pub world: World,
        pub ann: PersonId,
        pub ben: PersonId,
        pub cleo: PersonId,
        pub group: GroupId,
        pub target: TargetId,
    }

    pub async fn cast(pool: &sqlx::PgPool, approvals: u8) -> Cast {
        let world = World::new(pool);
        let (ann, ben, cleo) =
            (world.person("Ann").await, world.person("Ben").await, world.person("Cleo").await);
        let group = world.group("prod-db-admins").await;
        let target = world.target(group, Access::Member).await;
        let policy = if approvals == 0 { open_policy() } else { approved_by(&[ben, cleo], approvals) };
        world.policy(target, policy).await;
        world.eligible(ann, target).await;
        Cast { world, ann, ben, cleo, group, target }
    }

    impl Cast {
        pub async fn ask(&self) -> Activated {
            let ctx = self.world.ctx(self.ann).await;
            activate(&self.world.engine, &ctx, self.form()).await.unwrap()
        }

        pub fn form(&self) -> Activate {
            let answers = Answers { length: Some(Minutes::hours(1)), ..Answers::default() };
            Activate { target: self.target, answers, code: String::new(), key: key() }
        }

        pub async fn vote(&self, request: RequestId, verdict: Verdict) -> Decision {
            let seen = self.world.seen(request).await;
            Decision { request, verdict, reason: "because".into(), seen, cues: Vec::new() }
        }

        /// A decision of one person as a future that owns what it needs.
        pub async fn deciding(
            &self,
            by: PersonId,
            request: RequestId,
            verdict: Verdict,
        ) -> impl Future<Output = Result<Vec<Decided>>> + Send + 'static {
            let (engine, ctx) = (self.world.engine.clone(), self.world.ctx(by).await);
            let decisions = vec![self.vote(request, verdict).await];
            async move { decide(&engine, &ctx, &decisions, "").await }
        }

        /// Ends everything, so that the next round starts clean.
        pub async fn clear(&self) {
            self.world
                .sql(
                    "update requests set status = 'Canceled', closed_at = clock() where status in ('PendingApproval', 'Granted'); \
                     update assignments set ends_at = greatest(clock(), starts_at), end_recorded = true \
                     where origin = 'activated' and ends_at > clock();",
                )
                .await;
        }
    }

    /// The form that takes one assignment of a group away.
    pub fn taking(group: &str, row: AssignmentId) -> remove_assignment::Input {
        remove_assignment::Input {
            at: Place::group(group),
            assignments: vec![row],
            reason: String::new(),
            successor: None,
            code: String::new(),
            key: key(),
        }
    }

    /// Whether the only decision of this form was recorded.
    pub fn recorded(decided: &Result<Vec<Decided>>) -> bool {
        decided.as_ref().is_ok_and(|all| all.iter().all(|one| one.result.is_ok()))
    }
}

#[path = "races/activation.rs"]
mod activation;
#[path = "races/approval.rs"]
mod approval;
#[path = "races/deadline.rs"]
mod deadline;
#[path = "races/ground.rs"]
mod ground;
#[path = "races/nesting.rs"]
mod nesting;
#[path = "races/start.rs"]
mod start;
