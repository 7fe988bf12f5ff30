//! Builders for tests: a small world on a real database, a movable clock, actors.

pub mod hostile;
pub mod identity;
pub mod race;

use crate::ctx::{Ctx, Session, Via};
use crate::db::assignments::{self, NewAssignment};
use crate::db::policies::{self, Versioned};
use crate::db::targets;
use crate::outbound::Outbound;
use crate::{Engine, Settings, alike, authority, clock, ids, secret, totp};
use chrono::{DateTime, TimeDelta, Utc};
use domain::assignment::{Kind, Origin};
use domain::duration::Minutes;
use domain::ids::{AssignmentId, GroupId, PersonId, PrincipalId, RequestId, RequestKey, TargetId};
use domain::policy::{ApprovalRule, Approver, JustificationRule, Policy, ProofRule, TicketRule};
use domain::role::Role;
use domain::span::Span;
use domain::target::{Access, Target};
use sqlx::PgPool;

/// Settings of a test: no mail server, nothing outside.
pub fn settings() -> Settings {
    Settings {
        organisation: "Larkfield Energy".into(),
        public_url: "http://localhost:8080".into(),
        key: secrecy::SecretSlice::from(vec![7_u8; 32]),
        post: None,
        outbound: Outbound::default(),
        anchors: None,
    }
}

/// An engine on a test's own database, connected as its owner.
pub fn engine(pool: &PgPool) -> Engine {
    Engine::new(pool.clone(), settings())
}

/// A small world: people and groups by name.
#[derive(Clone)]
pub struct World {
    /// The engine under test.
    pub engine: Engine,
}

#[expect(clippy::expect_used, reason = "a test whose world can't be built has failed")]
impl World {
    /// A world on this database.
    pub fn new(pool: &PgPool) -> Self {
        Self { engine: engine(pool) }
    }

    /// Runs one statement of set-up.
    pub async fn sql(&self, statement: &str) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned()))
            .execute(&self.engine.pool)
            .await
            .expect("set-up statement");
    }

    /// The database's time.
    pub async fn now(&self) -> DateTime<Utc> {
        let mut conn = self.engine.pool.acquire().await.expect("connection");
        clock::now(&mut conn).await.expect("clock")
    }

    /// From now on the database's clock runs this much ahead of the machine's.
    pub async fn move_clock(&self, ahead: TimeDelta) {
        let micros = ahead.num_microseconds().expect("a short way");
        let clock = format!(
            "create or replace function clock() returns timestamptz language sql volatile \
             as 'select clock_timestamp() + interval ''{micros} microseconds'''"
        );
        self.sql(&clock).await;
    }

    /// A person, enabled; the user name is the name in lower case with dots.
    pub async fn person(&self, name: &str) -> PersonId {
        let id = ids::new();
        let user_name = name.to_lowercase().replace(' ', ".");
        let mut tx = self.engine.begin().await.expect("begin");
        sqlx::query("insert into principals (id, kind) values ($1, 'user')")
            .bind(id)
            .execute(&mut *tx)
            .await
            .expect("principal");
        sqlx::query(
            "insert into users (id, user_name, display_name, alike_key, alike_of) values ($1, $2, $3, $4, $3)",
        )
            .bind(id)
            .bind(user_name)
            .bind(name)
            .bind(alike::key(name))
            .execute(&mut *tx)
            .await
            .expect("user");
        tx.commit().await.expect("commit");
        PersonId(id)
    }

    /// A managed security group with both targets.
    pub async fn group(&self, key: &str) -> GroupId {
        self.group_with(key, false, true).await
    }

    /// A group, role-assignable or not, managed or not.
    pub async fn group_with(&self, key: &str, role_assignable: bool, managed: bool) -> GroupId {
        let id = ids::new();
        let mut tx = self.engine.begin().await.expect("begin");
        sqlx::query("insert into principals (id, kind) values ($1, 'group')")
            .bind(id)
            .execute(&mut *tx)
            .await
            .expect("principal");
        sqlx::query(
            "insert into groups (id, key, display_name, role_assignable, managed_at) \
             values ($1, $2, $3, $4, case when $5 then clock() end)",
        )
        .bind(id)
        .bind(key)
        .bind(format!("Group {key}"))
        .bind(role_assignable)
        .bind(managed)
        .execute(&mut *tx)
        .await
        .expect("group");
        for access in Access::ALL {
            targets::ensure(&mut tx, Target::of(GroupId(id), access)).await.expect("target");
        }
        tx.commit().await.expect("commit");
        GroupId(id)
    }

    /// The target of a group.
    pub async fn target(&self, group: GroupId, access: Access) -> TargetId {
        let mut conn = self.engine.pool.acquire().await.expect("connection");
        targets::ensure(&mut conn, Target::of(group, access)).await.expect("target")
    }

    /// Saves the next version of a policy.
    pub async fn policy(&self, target: TargetId, policy: Policy) {
        let mut conn = self.engine.pool.acquire().await.expect("connection");
        let version = policies::current(&mut conn, target).await.expect("current").version + 1;
        policies::insert(&mut conn, target, &Versioned { version, policy }, None, "test")
            .await
            .expect("policy");
    }

    /// An assignment over a span.
    pub async fn assign(
        &self,
        principal: impl Into<PrincipalId>,
        target: TargetId,
        kind: Kind,
        span: Span,
    ) -> AssignmentId {
        let id = AssignmentId(ids::new());
        let new = NewAssignment {
            id,
            target,
            principal: principal.into(),
            kind,
            origin: Origin::Assigned,
            span,
            ground: None,
            request: None,
            created_by: None,
            reason: "test".into(),
        };
        let mut conn = self.engine.pool.acquire().await.expect("connection");
        assignments::insert(&mut conn, &new).await.expect("assignment");
        id
    }

    /// Eligible from an hour ago for 30 days.
    pub async fn eligible(&self, person: PersonId, target: TargetId) -> AssignmentId {
        let start = self.now().await - TimeDelta::hours(1);
        self.assign(person, target, Kind::Eligible, Span::lasting(start, TimeDelta::days(30))).await
    }

    /// Standing access without an end, from an hour ago.
    pub async fn standing(&self, principal: impl Into<PrincipalId>, target: TargetId) -> AssignmentId {
        let start = self.now().await - TimeDelta::hours(1);
        self.assign(principal, target, Kind::Active, Span::permanent(start)).await
    }

    /// Gives a directory role, active, without an end.
    pub async fn role(&self, person: PersonId, role: Role) {
        let target = {
            let mut conn = self.engine.pool.acquire().await.expect("connection");
            targets::ensure(&mut conn, Target::Role(role)).await.expect("target")
        };
        self.standing(person, target).await;
    }

    /// A request context of a person who signed in with a second factor.
    pub async fn ctx(&self, person: PersonId) -> Ctx {
        let mut conn = self.engine.pool.acquire().await.expect("connection");
        let actor = authority::actor(&mut conn, person).await.expect("actor").expect("an enabled person");
        let factor_at = Some(clock::now(&mut conn).await.expect("clock"));
        let via = Via { ip: "127.0.0.1".into(), user_agent: "test".into(), trace_id: "test".into() };
        Ctx { actor, session: Session { hash: vec![1; 32], factor_at }, via }
    }

    /// Gives a person a confirmed second factor.
    pub async fn factor(&self, person: PersonId) {
        let secret: [u8; totp::SECRET] = secret::random().expect("randomness");
        let sealed =
            secret::seal(&self.engine.settings, totp::place(&person.to_string()), &secret).expect("sealed");
        sqlx::query("insert into totp_factors (user_id, secret, confirmed_at) values ($1, $2, clock())")
            .bind(person.0)
            .bind(sealed)
            .execute(&self.engine.pool)
            .await
            .expect("factor");
    }

    /// A right code of a person with a factor, as if none had been used in the last minute.
    pub async fn code(&self, person: PersonId) -> String {
        let mut conn = self.engine.pool.acquire().await.expect("connection");
        sqlx::query("update totp_factors set last_step = 0 where user_id = $1")
            .bind(person.0)
            .execute(&mut *conn)
            .await
            .expect("reset");
        totp::current_code(&self.engine, &mut conn, person).await.expect("code").expect("a factor")
    }

    /// The same of a person who may have no factor yet.
    pub async fn first_code(&self, person: PersonId) -> String {
        let has = "select exists (select from totp_factors where user_id = $1)";
        let has: bool =
            sqlx::query_scalar(has).bind(person.0).fetch_one(&self.engine.pool).await.expect("factor");
        if !has {
            self.factor(person).await;
        }
        self.code(person).await
    }

    /// Whether the person effectively is in the group now.
    pub async fn is_member(&self, person: PersonId, group: GroupId) -> bool {
        sqlx::query_scalar("select exists (select from people_within(array[$1]) p where p.id = $2)")
            .bind(group.0)
            .bind(person.0)
            .fetch_one(&self.engine.pool)
            .await
            .expect("membership")
    }

    /// A number from the database.
    pub async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.engine.pool).await.expect("count")
    }

    /// The status word of a request.
    pub async fn status(&self, request: RequestId) -> String {
        sqlx::query_scalar("select status from requests where id = $1")
            .bind(request.0)
            .fetch_one(&self.engine.pool)
            .await
            .expect("status")
    }

    /// The content hash of a request, as the approval page shows it.
    pub async fn seen(&self, request: RequestId) -> String {
        sqlx::query_scalar("select content_hash from requests where id = $1")
            .bind(request.0)
            .fetch_one(&self.engine.pool)
            .await
            .expect("hash")
    }
}

/// A policy that asks for nothing.
pub fn open_policy() -> Policy {
    let mut policy = Policy::default();
    policy.activation.proof = ProofRule::None;
    policy.activation.justification = JustificationRule { required: false, min_length: 0 };
    policy.activation.ticket = TicketRule::None;
    policy
}

/// A policy that asks for `needed` approvals of these people and nothing else.
pub fn approved_by(people: &[PersonId], needed: u8) -> Policy {
    let mut policy = open_policy();
    let approvers = people.iter().copied().map(Approver::Person).collect();
    policy.activation.approval =
        Some(ApprovalRule { approvers, needed, wait: Minutes::hours(24), escalation: None });
    policy
}

/// A new form key.
pub fn key() -> RequestKey {
    RequestKey(ids::new())
}
