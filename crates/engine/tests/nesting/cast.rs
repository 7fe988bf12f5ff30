//! Team is eligible for the vault; Ann is in the team. Olga owns both.

use chrono::{DateTime, TimeDelta, Utc};
use domain::activation::Next;
use domain::assignment::Kind;
use domain::duration::Minutes;
use domain::ids::{AssignmentId, GroupId, PersonId, PrincipalId, RequestId, TargetId};
use domain::policy::evaluate::Answers;
use domain::refusal::Code;
use domain::span::Span;
use domain::target::Access;
use engine::act::activate::{Activate, Activated, activate};
use engine::act::remove_assignment::{self, remove_assignment};
use engine::ask::thing::Place;
use engine::testkit::{World, key, open_policy};
use sqlx::PgPool;

pub struct Cast {
    pub world: World,
    pub ann: PersonId,
    pub olga: PersonId,
    pub team: GroupId,
    pub in_team: TargetId,
    pub vault: GroupId,
    pub in_vault: TargetId,
    /// The team's eligibility for the vault.
    pub eligibility: AssignmentId,
}

/// Ann is in nothing yet.
pub async fn cast(pool: &PgPool) -> Cast {
    let world = World::new(pool);
    let (ann, olga) = (world.person("Ann").await, world.person("Olga").await);
    let (team, in_team) = managed(&world, "team", olga).await;
    let (vault, in_vault) = managed(&world, "vault", olga).await;
    let start = world.now().await - TimeDelta::hours(1);
    let eligibility =
        world.assign(team, in_vault, Kind::Eligible, Span::lasting(start, TimeDelta::days(30))).await;
    Cast { world, ann, olga, team, in_team, vault, in_vault, eligibility }
}

/// A managed group whose policies ask for nothing.
pub async fn managed(world: &World, key: &str, owner: PersonId) -> (GroupId, TargetId) {
    let group = world.group(key).await;
    let (member, owners) =
        (world.target(group, Access::Member).await, world.target(group, Access::Owner).await);
    world.policy(member, open_policy()).await;
    world.policy(owners, open_policy()).await;
    world.standing(owner, owners).await;
    (group, member)
}

impl Cast {
    /// Ann is in the team, without an end.
    pub async fn with_ann(self) -> (Self, AssignmentId) {
        let membership = self.world.standing(self.ann, self.in_team).await;
        (self, membership)
    }

    pub async fn now(&self) -> DateTime<Utc> {
        self.world.now().await
    }

    pub async fn on(&self, target: TargetId, hours: u32) -> Result<Activated, Vec<Code>> {
        self.on_at(target, hours, None).await
    }

    pub async fn on_at(
        &self,
        target: TargetId,
        hours: u32,
        start: Option<DateTime<Utc>>,
    ) -> Result<Activated, Vec<Code>> {
        let answers = Answers { length: Some(Minutes::hours(hours)), start, ..Answers::default() };
        let input = Activate { target, answers, code: String::new(), key: key() };
        let ctx = self.world.ctx(self.ann).await;
        let done = activate(&self.world.engine, &ctx, input).await;
        done.map_err(|error| error.refusals().iter().map(|refusal| refusal.code).collect())
    }

    /// Ann switches the vault on for four hours, through the team; gives when it ends.
    pub async fn vault_on(&self) -> DateTime<Utc> {
        let on = self.on(self.in_vault, 4).await.unwrap();
        assert!(self.in_vault().await);
        let Next::Live(span) = on.next else { panic!("{on:?}") };
        span.end.unwrap()
    }

    pub async fn in_vault(&self) -> bool {
        self.world.is_member(self.ann, self.vault).await
    }

    /// When Ann's vault is over, and why, as written.
    pub async fn end(&self) -> (DateTime<Utc>, Option<String>) {
        sqlx::query_as(
            "select ends_at, end_reason from assignments where target_id = $1 and origin = 'activated' \
             order by created_at desc limit 1",
        )
        .bind(self.in_vault.0)
        .fetch_one(&self.world.engine.pool)
        .await
        .unwrap()
    }

    /// The vault ended now, because Ann left the group it came through, and the audit says so once.
    pub async fn is_over_for(&self, why: &str) {
        assert!(!self.in_vault().await, "{why}");
        assert_eq!(self.end().await.1.as_deref(), Some(why));
        let told = format!(
            "select count(*) from audit_events where action = 'activation-ended' and target_id = '{}' \
             and principal_id = '{}' and facts ->> 'why' = '{why}'",
            self.in_vault, self.ann
        );
        let told: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(told)).fetch_one(&self.world.engine.pool).await.unwrap();
        assert_eq!(told, 1, "one end, one event");
    }

    pub async fn remove(&self, group: &str, row: AssignmentId) -> remove_assignment::Removed {
        let input = remove_assignment::Input {
            at: Place::group(group),
            assignments: vec![row],
            reason: "moved on".into(),
            successor: None,
            code: String::new(),
            key: key(),
        };
        remove_assignment(&self.world.engine, &self.world.ctx(self.olga).await, input).await.unwrap()
    }

    /// The activation that came of a request.
    pub async fn activation(&self, request: RequestId) -> AssignmentId {
        let id = sqlx::query_scalar("select assignment_id from requests where id = $1").bind(request.0);
        AssignmentId(id.fetch_one(&self.world.engine.pool).await.unwrap())
    }

    pub async fn put(&self, principal: impl Into<PrincipalId>, target: TargetId, hours: i64) -> AssignmentId {
        let start = self.now().await - TimeDelta::hours(1);
        let span = Span::lasting(start, TimeDelta::hours(hours + 1));
        self.world.assign(principal, target, Kind::Active, span).await
    }
}
