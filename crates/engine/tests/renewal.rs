//! Extending and renewing assignments: who may ask and when, who answers, and what becomes of it.

#![cfg(test)]

use chrono::{DateTime, TimeDelta, Utc};
use domain::approval::Verdict;
use domain::assignment::{Kind, Wanted};
use domain::duration::Minutes;
use domain::ids::{AssignmentId, GroupId, PersonId, TargetId};
use domain::refusal::{Code, Refusal};
use domain::span::Span;
use domain::target::Access;
use engine::act::ask_renewal::{self, Asked, ask_renewal};
use engine::act::decide_renewal::{self, Decided, decide_renewal};
use engine::act::remove_assignment::{self, remove_assignment};
use engine::act::sweep::sweep;
use engine::act::{cancel, set_person_state, update_assignment};
use engine::ask::thing::Place;
use engine::testkit::{World, key, open_policy};
use engine::{Ctx, Result};
use sqlx::PgPool;

#[path = "renewal/answering.rs"]
mod answering;
#[path = "renewal/asking.rs"]
mod asking;
#[path = "renewal/closing.rs"]
mod closing;
#[path = "renewal/race.rs"]
mod race;
#[path = "renewal/reading.rs"]
mod reading;
#[path = "renewal/reminding.rs"]
mod reminding;

const TICK: TimeDelta = TimeDelta::microseconds(1);

fn days(n: i64) -> TimeDelta {
    TimeDelta::days(n)
}

/// Olga and Omar own the group; Ann is eligible as a member for three more days.
struct Cast {
    world: World,
    olga: PersonId,
    omar: PersonId,
    ann: PersonId,
    group: GroupId,
    member: TargetId,
    eligible: AssignmentId,
    end: DateTime<Utc>,
}

async fn cast(pool: &PgPool) -> Cast {
    let world = World::new(pool);
    let (olga, omar, ann) =
        (world.person("Olga").await, world.person("Omar").await, world.person("Ann").await);
    let group = world.group("ops").await;
    let (member, owner) =
        (world.target(group, Access::Member).await, world.target(group, Access::Owner).await);
    world.policy(member, open_policy()).await;
    world.standing(olga, owner).await;
    world.standing(omar, owner).await;
    let now = world.now().await;
    let end = now + days(3);
    let span = Span { start: now - days(100), end: Some(end) };
    let eligible = world.assign(ann, member, Kind::Eligible, span).await;
    Cast { world, olga, omar, ann, group, member, eligible, end }
}

impl Cast {
    /// Stops the database's clock at this moment.
    async fn at(&self, moment: DateTime<Utc>) {
        let clock = format!(
            "create or replace function clock() returns timestamptz language sql volatile \
             as 'select timestamptz ''{}'''",
            moment.to_rfc3339()
        );
        self.world.sql(&clock).await;
    }

    fn form(&self) -> ask_renewal::Input {
        ask_renewal::Input { assignment: self.eligible, reason: "still on the rota".into(), key: key() }
    }

    async fn ask_by(&self, person: PersonId, form: ask_renewal::Input) -> Result<Asked> {
        ask_renewal(&self.world.engine, &self.world.ctx(person).await, form).await
    }

    async fn ask(&self) -> Asked {
        self.ask_by(self.ann, self.form()).await.unwrap()
    }

    fn answer(&self, asked: Asked, verdict: Verdict, wanted: Wanted) -> decide_renewal::Input {
        decide_renewal::Input {
            at: Place::group("ops"),
            request: asked.request,
            verdict,
            wanted,
            code: String::new(),
        }
    }

    async fn approve(&self, by: PersonId, asked: Asked, wanted: Wanted) -> Result<Decided> {
        let ctx = self.world.ctx(by).await;
        decide_renewal(&self.world.engine, &ctx, self.answer(asked, Verdict::Approve, wanted)).await
    }

    async fn deny(&self, by: PersonId, asked: Asked, why: &str) -> Result<Decided> {
        let ctx = self.world.ctx(by).await;
        let wanted = Wanted { reason: why.into(), ..eligible(self.end) };
        decide_renewal(&self.world.engine, &ctx, self.answer(asked, Verdict::Deny, wanted)).await
    }

    async fn status(&self, asked: Asked) -> String {
        self.world.status(asked.request).await
    }

    async fn span(&self, id: AssignmentId) -> Span {
        let mut conn = self.world.engine.pool.acquire().await.unwrap();
        engine::db::assignments::find(&mut conn, id).await.unwrap().unwrap().span()
    }
}

fn eligible(end: DateTime<Utc>) -> Wanted {
    Wanted { kind: Kind::Eligible, start: None, end: Some(end), reason: "fine".into() }
}

fn active(end: DateTime<Utc>) -> Wanted {
    Wanted { kind: Kind::Active, ..eligible(end) }
}

fn codes<T: std::fmt::Debug>(outcome: Result<T>) -> Vec<Code> {
    outcome.unwrap_err().refusals().iter().map(|refusal: &Refusal| refusal.code).collect()
}
