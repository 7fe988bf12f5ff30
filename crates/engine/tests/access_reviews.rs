//! Access reviews: what is in a round, who decides, what is applied, and who is told, on the database's clock.

#![cfg(test)]

#[path = "access_reviews/meanwhile.rs"]
mod meanwhile;
#[path = "access_reviews/planner.rs"]
mod planner;
mod support;
#[path = "access_reviews/whose.rs"]
mod whose;

use chrono::TimeDelta;
use domain::access_review::Decision;
use domain::access_review::plan::{Plan, Reviewers, Undecided};
use domain::access_review::schedule::Every;
use domain::ids::{GroupId, PersonId};
use domain::policy::Approver;
use domain::refusal::Code;
use domain::role::Role;
use domain::target::Access;
use engine::Result;
use engine::access_review::opened;
use engine::access_review::seen::Seen;
use engine::act::decide_access_review::{Choice, Choices, Input, decide_access_review};
use engine::act::manage_access_review::{self, What, manage_access_review};
use engine::act::plan_access_review::{self, plan_access_review};
use engine::act::sweep::sweep;
use engine::ask::access_review_sheet::recommended_of;
use engine::db::access_reviews;
use engine::testkit::{World, key};
use sqlx::PgPool;
use uuid::Uuid;

struct Cast {
    world: World,
    olga: PersonId,
    ann: PersonId,
    ben: PersonId,
    fay: PersonId,
    group: GroupId,
}

/// Olga owns the vault, which is role-assignable; Ann is eligible and Ben standing in it; Fay takes over where no owner can.
async fn cast(pool: &PgPool) -> Cast {
    let world = World::new(pool);
    let [olga, ann, ben, fay] = [
        world.person("Olga").await,
        world.person("Ann").await,
        world.person("Ben").await,
        world.person("Fay").await,
    ];
    let group = world.group_with("vault", true, true).await;
    let (member, owner) =
        (world.target(group, Access::Member).await, world.target(group, Access::Owner).await);
    world.standing(olga, owner).await;
    world.eligible(ann, member).await;
    world.standing(ben, member).await;
    Cast { world, olga, ann, ben, fay, group }
}

impl Cast {
    fn plan(&self) -> Plan {
        Plan { fallback: vec![Approver::Person(self.fay)], ..Plan::default() }
    }

    async fn planned(&self, plan: Plan) -> Result<i64> {
        let input = plan_access_review::Input {
            key: "vault".into(),
            name: "Who may open the vault".into(),
            start: None,
            plan,
            form: key(),
        };
        plan_access_review(&self.world.engine, &self.world.ctx(self.olga).await, input).await
    }

    async fn item(&self, of: PersonId) -> Uuid {
        sqlx::query_scalar(
            "select id from access_review_items where principal_id = $1 order by id desc limit 1",
        )
        .bind(of.0)
        .fetch_one(&self.world.engine.pool)
        .await
        .unwrap()
    }

    async fn seen(&self, of: PersonId) -> Seen {
        let (round, item) = (self.round().await, self.item(of).await);
        let mut conn = self.world.engine.pool.acquire().await.unwrap();
        let items = access_reviews::items(&mut conn, round.id()).await.unwrap();
        Seen::now(items.iter().find(|row| row.id == item).unwrap())
    }

    async fn round(&self) -> access_reviews::RoundRow {
        let number: i64 = sqlx::query_scalar("select max(number) from access_review_rounds")
            .fetch_one(&self.world.engine.pool)
            .await
            .unwrap();
        let mut conn = self.world.engine.pool.acquire().await.unwrap();
        access_reviews::round(&mut conn, number).await.unwrap().unwrap()
    }

    async fn says(&self, who: PersonId, of: PersonId, decision: Decision, reason: &str) -> Result<usize> {
        let seen = self.seen(of).await;
        self.says_of(who, seen, decision, reason).await
    }

    async fn says_of(&self, who: PersonId, seen: Seen, decision: Decision, reason: &str) -> Result<usize> {
        let choice = Choice { seen, decision, reason: reason.into() };
        self.sends(who, Choices::Some(vec![choice])).await
    }

    async fn sends(&self, who: PersonId, choices: Choices) -> Result<usize> {
        let round = self.round().await;
        let opened = opened(&self.world.engine, round.id(), who, self.world.now().await).unwrap();
        let input = Input { number: round.number, choices, opened };
        decide_access_review(&self.world.engine, &self.world.ctx(who).await, input).await
    }

    async fn does(&self, number: i64, what: What) -> Result<bool> {
        let round = self.round().await.round;
        self.does_with(self.olga, number, round, what).await
    }

    async fn does_with(&self, who: PersonId, number: i64, round: i32, what: What) -> Result<bool> {
        let input = manage_access_review::Input { key: "vault".into(), number, round, what, sure: false };
        manage_access_review(&self.world.engine, &self.world.ctx(who).await, input).await
    }

    async fn outcome(&self, of: PersonId) -> (String, String) {
        let id = self.item(of).await;
        sqlx::query_as("select coalesce(outcome, ''), outcome_text from access_review_items where id = $1")
            .bind(id)
            .fetch_one(&self.world.engine.pool)
            .await
            .unwrap()
    }

    async fn holds(&self, who: PersonId) -> bool {
        let held: bool = sqlx::query_scalar(
            "select exists (select from assignments where principal_id = $1 and (ends_at is null or ends_at > clock()))",
        )
        .bind(who.0)
        .fetch_one(&self.world.engine.pool)
        .await
        .unwrap();
        held
    }

    async fn events(&self, word: &str) -> i64 {
        sqlx::query_scalar("select count(*) from audit_events where action = $1 and outcome = 'done'")
            .bind(word)
            .fetch_one(&self.world.engine.pool)
            .await
            .unwrap()
    }
}

fn codes<T: std::fmt::Debug>(result: Result<T>) -> Vec<Code> {
    result.unwrap_err().refusals().iter().map(|refusal| refusal.code).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_round_holds_what_is_there_when_it_begins_and_whoever_comes_later_is_not_asked_about(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.planned(cast.plan()).await.unwrap();
    assert_eq!(cast.world.count("select count(*) from access_review_items").await, 3, "Olga, Ann and Ben");
    let late = cast.world.person("Late").await;
    cast.world.eligible(late, cast.world.target(cast.group, Access::Member).await).await;
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.world.count("select count(*) from access_review_items").await, 3);
    assert_eq!(
        (cast.events("access-review-created").await, cast.events("access-review-started").await),
        (1, 1)
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn i_11_nobody_reviews_herself_and_the_database_says_so_too(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.planned(cast.plan()).await.unwrap();
    assert_eq!(codes(cast.says(cast.olga, cast.olga, Decision::Approve, "").await), [Code::OwnRequest]);
    assert_eq!(codes(cast.says(cast.fay, cast.ann, Decision::Approve, "").await), [Code::NotApprover]);
    cast.says(cast.fay, cast.olga, Decision::Approve, "").await.unwrap();
    assert_eq!(codes(cast.says(cast.ann, cast.ben, Decision::Approve, "").await), [Code::NotFound]);
    let ann = cast.item(cast.ann).await;
    let forged = sqlx::query(
        "update access_review_items set decision = 'approve', decided_by = principal_id, decided_at = clock() where id = $1",
    );
    assert!(forged.bind(ann).execute(&pool).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_reviews_is_looked_at_when_she_decides_and_the_fallback_takes_over(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.planned(cast.plan()).await.unwrap();
    cast.says(cast.olga, cast.ann, Decision::Approve, "").await.unwrap();
    cast.world.sql("update assignments set ends_at = clock() where principal_id = (select id from users where user_name = 'olga')").await;
    assert_eq!(codes(cast.says(cast.olga, cast.ben, Decision::Approve, "").await), [Code::NotApprover]);
    cast.says(cast.fay, cast.ben, Decision::Approve, "").await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_denial_says_why_and_a_decision_can_be_changed_until_the_end(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.planned(cast.plan()).await.unwrap();
    assert_eq!(codes(cast.says(cast.olga, cast.ann, Decision::Deny, " ").await), [Code::DenyReasonMissing]);
    cast.says(cast.olga, cast.ann, Decision::Deny, "Left the rota").await.unwrap();
    cast.says(cast.olga, cast.ann, Decision::Approve, "").await.unwrap();
    assert_eq!(
        (cast.events("access-review-decided").await, cast.events("access-review-changed").await),
        (1, 1)
    );
    let stale = Seen { version: 0, ..cast.seen(cast.ann).await };
    let refused = cast.says_of(cast.olga, stale, Decision::Deny, "Not seen what was said since").await;
    assert_eq!(codes(refused), [Code::ChangedMeanwhile]);
    cast.world.move_clock(TimeDelta::days(14)).await;
    assert_eq!(codes(cast.says(cast.olga, cast.ben, Decision::Approve, "").await), [Code::AlreadyClosed]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn applied_at_the_end_what_was_denied_goes_but_never_the_last_owner(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.planned(Plan { auto_apply: true, ..cast.plan() }).await.unwrap();
    cast.says(cast.olga, cast.ann, Decision::Deny, "Left the rota").await.unwrap();
    cast.says(cast.fay, cast.olga, Decision::Deny, "Retired").await.unwrap();
    cast.world.move_clock(TimeDelta::days(14)).await;
    let one = cast.world.restricted();
    let (first, second) = tokio::join!(sweep(&one), sweep(&cast.world.engine));
    first.unwrap();
    second.unwrap();
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.outcome(cast.ann).await.0, "removed");
    assert_eq!(cast.outcome(cast.ben).await.0, "kept", "undecided, and the plan keeps those");
    let (outcome, why) = cast.outcome(cast.olga).await;
    assert_eq!(outcome, "refused");
    assert!(why.contains("needs one active owner"), "{why}");
    assert!(!cast.holds(cast.ann).await && cast.holds(cast.ben).await && cast.holds(cast.olga).await);
    assert_eq!(cast.events("assignment-removed").await, 1);
    assert_eq!(
        (cast.events("access-review-ended").await, cast.events("access-review-applied").await),
        (1, 1)
    );
    let refused =
        "select count(*) from audit_events where action = 'assignment-removed' and outcome = 'refused'";
    assert_eq!(cast.world.count(refused).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_renewed_after_the_decision_stays_and_says_so(pool: PgPool) {
    let cast = cast(&pool).await;
    let number = cast.planned(cast.plan()).await.unwrap();
    cast.says(cast.olga, cast.ann, Decision::Deny, "Left the rota").await.unwrap();
    cast.world
        .sql("update assignments set ends_at = ends_at + interval '90 days' where kind = 'eligible'")
        .await;
    assert_eq!(codes(cast.does(number, What::Apply).await), [Code::AlreadyClosed], "it still runs");
    cast.does(number, What::End).await.unwrap();
    assert_eq!(cast.outcome(cast.ann).await.0, "", "by hand means not by itself");
    assert!(cast.does(number, What::Apply).await.unwrap(), "all of it at once");
    let (outcome, why) = cast.outcome(cast.ann).await;
    assert_eq!(outcome, "moot");
    assert!(why.contains("changed after"), "{why}");
    assert!(cast.holds(cast.ann).await);
    assert_eq!(codes(cast.does(number, What::Apply).await), [Code::AlreadyClosed], "once");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_undecided_are_treated_as_the_plan_says(pool: PgPool) {
    let cast = cast(&pool).await;
    // Ben never signed in, and Ann never activated; both long enough ago
    cast.world.sql("update assignments set starts_at = starts_at - interval '60 days'").await;
    let number = cast.planned(Plan { undecided: Undecided::Recommended, ..cast.plan() }).await.unwrap();
    cast.says(cast.olga, cast.ben, Decision::Approve, "").await.unwrap();
    cast.says(cast.olga, cast.ann, Decision::Unknown, "").await.unwrap();
    cast.does(number, What::End).await.unwrap();
    cast.does(number, What::Apply).await.unwrap();
    assert_eq!(
        (cast.outcome(cast.ann).await.0, cast.outcome(cast.ben).await.0),
        ("removed".into(), "kept".into())
    );
    let number = cast.planned(Plan { undecided: Undecided::Remove, ..cast.plan() }).await.unwrap();
    cast.does(number, What::Stop).await.unwrap();
    sweep(&cast.world.engine).await.unwrap();
    assert!(cast.holds(cast.ben).await, "a stopped review applies nothing");
    assert_eq!(codes(cast.does(number, What::End).await), [Code::AlreadyClosed]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn each_answers_for_herself_where_that_is_asked(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.planned(Plan { reviewers: Reviewers::Oneself, ..Plan::default() }).await.unwrap();
    cast.says(cast.ann, cast.ann, Decision::Approve, "").await.unwrap();
    assert_eq!(codes(cast.says(cast.olga, cast.ben, Decision::Deny, "He left").await), [Code::NotApprover]);
    assert_eq!(codes(cast.says(cast.fay, cast.ben, Decision::Deny, "He left").await), [Code::NotFound]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn rounds_begin_once_and_reviewers_hear_once_of_each_event(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.world.sql("update users set mail = user_name || '@larkfield.example'").await;
    cast.planned(Plan { every: Every::Month, days: 10, ..cast.plan() }).await.unwrap();
    let mails = "select count(*) from mails m join notices n on n.id = m.notice_id where n.kind like 'access-review-%'";
    engine::mail::expand::expand(&cast.world.engine).await.unwrap();
    assert_eq!(cast.world.count(mails).await, 2, "Olga, and Fay because of Olga");
    cast.says(cast.fay, cast.olga, Decision::Approve, "").await.unwrap();
    cast.world.move_clock(TimeDelta::days(5) + TimeDelta::minutes(1)).await;
    let one = cast.world.restricted();
    let (first, second) = tokio::join!(sweep(&one), sweep(&cast.world.engine));
    first.unwrap();
    second.unwrap();
    engine::mail::expand::expand(&cast.world.engine).await.unwrap();
    assert_eq!(cast.world.count(mails).await, 3, "Fay has nothing left");
    cast.world.move_clock(TimeDelta::days(32)).await;
    let (first, second) = tokio::join!(sweep(&one), sweep(&cast.world.engine));
    first.unwrap();
    second.unwrap();
    assert_eq!(cast.world.count("select count(*) from access_review_rounds").await, 2);
    engine::mail::expand::expand(&cast.world.engine).await.unwrap();
    assert_eq!(cast.world.count(mails).await, 5);
}

#[sqlx::test(migrations = "../../migrations")]
async fn all_that_is_recommended_is_approved_at_once_and_only_what_was_shown(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.planned(cast.plan()).await.unwrap();
    let number = cast.round().await.number;
    let seen = async || {
        let ctx = cast.world.ctx(cast.olga).await;
        recommended_of(&cast.world.engine, &ctx, number).await.unwrap().seen
    };
    let all = |seen| cast.sends(cast.olga, Choices::Recommended { seen, reason: String::new() });
    let shown = seen().await;
    cast.world
        .sql("update assignments set ends_at = ends_at + interval '1 day' where kind = 'eligible'")
        .await;
    assert_eq!(codes(all(shown).await), [Code::ChangedMeanwhile], "she saw another end");
    assert_eq!(all(seen().await).await.unwrap(), 2, "not herself");
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_who_manages_the_group_plans_and_only_what_is_sound(pool: PgPool) {
    let cast = cast(&pool).await;
    let reader = cast.world.person("Reader").await;
    cast.world.role(reader, Role::GlobalReader).await;
    for who in [reader, cast.ben] {
        let input = plan_access_review::Input {
            key: "vault".into(),
            name: "x".into(),
            start: None,
            plan: cast.plan(),
            form: key(),
        };
        let ctx = cast.world.ctx(who).await;
        assert_eq!(codes(plan_access_review(&cast.world.engine, &ctx, input).await), [Code::NotFound]);
    }
    let inside =
        Plan { reviewers: Reviewers::Named, named: vec![Approver::Group(cast.group)], ..Plan::default() };
    assert_eq!(codes(cast.planned(inside).await), [Code::PolicyIncomplete], "a group does not review itself");
    assert_eq!(codes(cast.planned(Plan::default()).await), [Code::Missing]);
}
