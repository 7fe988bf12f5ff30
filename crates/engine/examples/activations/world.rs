//! Many people, each eligible for a group of her own.

use crate::{Result, past};
use domain::authz::Actor;
use domain::ids::{PersonId, TargetId};
use domain::policy::JustificationRule;
use engine::Engine;
use engine::ctx::{Ctx, Session, Via};
use engine::pool::trusting;
use engine::testkit::{open_policy, settings};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::sync::Arc;

/// Connections, as many as the server opens for pages.
const CONNECTIONS: u32 = 16;

/// A person with what she may activate.
#[derive(Clone, Copy, sqlx::FromRow)]
pub struct Pair {
    person: uuid::Uuid,
    target: uuid::Uuid,
}

impl Pair {
    /// Her request, signed in with a second factor.
    pub fn ctx(&self) -> Ctx {
        let actor = Actor { person: PersonId(self.person), roles: Default::default() };
        let via = Via {
            ip: "192.0.2.7".into(),
            user_agent: "Mozilla/5.0 (bench)".into(),
            trace_id: "bench".into(),
        };
        Ctx { actor, session: Session { hash: vec![7; 32], factor_at: None }, via }
    }

    /// What she activates.
    pub fn target(&self) -> TargetId {
        TargetId(self.target)
    }
}

/// The database and everybody in it.
#[derive(Clone)]
pub struct World {
    /// Runs as the restricted role, like the server.
    pub engine: Engine,
    owner: PgPool,
    pairs: Arc<Vec<Pair>>,
}

impl World {
    /// Migrates an empty database and fills it. Every second group asks for a justification, none for a second
    /// factor: checking a code costs the same with any database.
    pub async fn build(url: &str) -> Result<Self> {
        let owner = PgPoolOptions::new().max_connections(1).connect(url).await?;
        sqlx::migrate!("../../migrations").run(&owner).await?;
        let mut asks = open_policy();
        asks.activation.justification = JustificationRule { required: true, min_length: 10 };
        past::fill(&owner, &[open_policy(), asks]).await?;
        let pairs = sqlx::query_as(
            "select a.principal_id as person, a.target_id as target from assignments a join users u on \
             u.id = a.principal_id where a.kind = 'eligible' order by u.user_name",
        )
        .fetch_all(&owner)
        .await?;

        let pool = trusting(PgPoolOptions::new())
            .max_connections(CONNECTIONS)
            .after_connect(|connection, _| {
                Box::pin(
                    async move { sqlx::query("set role pimento_app").execute(connection).await.map(drop) },
                )
            })
            .connect(url)
            .await?;
        Ok(Self { engine: Engine::new(pool, settings()), owner, pairs: Arc::new(pairs) })
    }

    /// One of the pairs.
    pub fn pair(&self, index: usize) -> Result<Pair> {
        self.pairs.get(index).copied().ok_or_else(|| "more activations in one round than people".into())
    }

    /// Everybody's activations are over, so that everybody may activate again. Not measured.
    pub async fn end_all(&self) -> Result<()> {
        sqlx::query(
            "update assignments set ends_at = clock(), end_reason = 'Expired', end_recorded = true \
             where origin = 'activated' and ends_at > clock()",
        )
        .execute(&self.owner)
        .await?;
        Ok(())
    }

    /// Version and what decides durability, for the record.
    pub async fn server(&self) -> Result<String> {
        let said = sqlx::query_scalar(
            "select current_setting('server_version') || ', fsync ' || current_setting('fsync') || \
             ', synchronous_commit ' || current_setting('synchronous_commit') || ', full_page_writes ' || \
             current_setting('full_page_writes')",
        );
        Ok(said.fetch_one(&self.owner).await?)
    }

    /// Nothing was measured that was not written: each request has its activation and its audit event.
    pub async fn check(&self) -> Result<()> {
        let (requests, activations, events): (i64, i64, i64) = sqlx::query_as(
            "select (select count(*) from requests where status = 'Provisioned'), \
             (select count(*) from assignments where origin = 'activated'), \
             (select count(*) from audit_events where outcome = 'done' and assignment_id is not null)",
        )
        .fetch_one(&self.owner)
        .await?;
        println!("\n{requests} requests, {activations} activations, {events} audit events");
        if requests == activations && activations == events {
            Ok(())
        } else {
            Err("these should be equal".into())
        }
    }
}
