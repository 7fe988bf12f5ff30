//! Break glass: at once, short, with a debt that somebody else must settle.

#![cfg(test)]

use chrono::{DateTime, TimeDelta, Utc};
use domain::activation::Next;
use domain::approval::Verdict;
use domain::duration::Minutes;
use domain::ids::{GroupId, PersonId, TargetId};
use domain::policy::evaluate::Answers;
use domain::policy::{Policy, TicketRule};
use domain::refusal::Code;
use domain::role::Role;
use domain::target::Access;
use engine::Result;
use engine::act::activate::{Activate, Activated, activate};
use engine::act::break_glass::break_glass;
use engine::act::close_review::{Input, close_review};
use engine::act::decide::{Decision, decide};
use engine::ask::glass;
use engine::testkit::{World, approved_by, key};
use sqlx::PgPool;

const REASON: &str = "The billing run hangs and Ben does not answer";

struct Cast {
    world: World,
    ann: PersonId,
    ben: PersonId,
    group: GroupId,
    target: TargetId,
}

/// Ann is eligible; Ben approves and owns; an emergency may last an hour.
async fn cast(pool: &PgPool) -> Cast {
    let world = World::new(pool);
    let (ann, ben) = (world.person("Ann").await, world.person("Ben").await);
    world.factor(ann).await;
    let group = world.group("vault").await;
    let target = world.target(group, Access::Member).await;
    let mut policy = Policy { break_glass: Some(Minutes::hours(1)), ..approved_by(&[ben], 1) };
    policy.activation.ticket = TicketRule::Pattern;
    world.policy(target, policy).await;
    world.eligible(ann, target).await;
    world.standing(ben, world.target(group, Access::Owner).await).await;
    Cast { world, ann, ben, group, target }
}

impl Cast {
    async fn form(&self, minutes: u32, reason: &str) -> Activate {
        let answers = Answers { length: Some(Minutes(minutes)), reason: reason.into(), ..Answers::default() };
        let code = self.world.code(self.ann).await;
        Activate { target: self.target, answers, code, key: key() }
    }

    async fn breaks(&self, form: Activate) -> Result<Activated> {
        break_glass(&self.world.engine, &self.world.ctx(self.ann).await, form).await
    }

    async fn closes(&self, who: PersonId, number: i64) -> Result<()> {
        let input = Input { number, finding: "It was down, she restarted it".into() };
        close_review(&self.world.engine, &self.world.ctx(who).await, input).await
    }
}

fn codes<T: std::fmt::Debug>(result: Result<T>) -> Vec<Code> {
    result.unwrap_err().refusals().iter().map(|refusal| refusal.code).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn it_is_on_at_once_without_approval_or_ticket_and_ends_by_itself(pool: PgPool) {
    let cast = cast(&pool).await;
    let before = cast.world.now().await;
    let broken = cast.breaks(cast.form(60, REASON).await).await.unwrap();
    let Next::Live(span) = broken.next else { panic!("not on: {:?}", broken.next) };
    assert!(cast.world.is_member(cast.ann, cast.group).await);
    let end: DateTime<Utc> = span.end.unwrap();
    assert!(end - before >= TimeDelta::hours(1) && end - before < TimeDelta::minutes(61));
    cast.world.move_clock(TimeDelta::minutes(61)).await;
    assert!(!cast.world.is_member(cast.ann, cast.group).await);
    let told = "select count(*) from audit_events where action = 'glass-broken' and outcome = 'done'";
    assert_eq!(cast.world.count(told).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn it_asks_for_a_reason_a_code_and_no_more_time_than_the_policy_gives(pool: PgPool) {
    let cast = cast(&pool).await;
    let short = cast.form(60, "down").await;
    assert_eq!(codes(cast.breaks(short).await), [Code::JustificationShort]);
    let long = cast.form(61, REASON).await;
    assert_eq!(codes(cast.breaks(long).await), [Code::TooLong]);
    let unproved = Activate { code: String::new(), ..cast.form(60, REASON).await };
    assert_eq!(codes(cast.breaks(unproved).await), [Code::ProofMissing]);
    let wrong = Activate { code: "000000".into(), ..cast.form(60, REASON).await };
    assert!(cast.breaks(wrong).await.is_err());
    assert_eq!(cast.world.count("select count(*) from glass_reviews").await, 0, "I-16");
    let good = cast.form(60, REASON).await;
    cast.breaks(good).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn it_is_off_unless_the_policy_says_otherwise_and_only_for_the_eligible(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.world.policy(cast.target, approved_by(&[cast.ben], 1)).await;
    let form = cast.form(60, REASON).await;
    assert_eq!(codes(cast.breaks(form).await), [Code::NoBreakGlass]);
    let stranger = cast.world.person("Cleo").await;
    let form = cast.form(60, REASON).await;
    let refused = break_glass(&cast.world.engine, &cast.world.ctx(stranger).await, form).await;
    assert_eq!(codes(refused), [Code::NotFound]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn until_somebody_else_closed_the_review_she_can_not_use_it_there_again(pool: PgPool) {
    let cast = cast(&pool).await;
    let broken = cast.breaks(cast.form(60, REASON).await).await.unwrap();
    cast.world.move_clock(TimeDelta::hours(2)).await;
    let again = cast.form(60, REASON).await;
    assert_eq!(codes(cast.breaks(again).await), [Code::NotReviewed]);

    let reader = cast.world.person("Reader").await;
    cast.world.role(reader, Role::GlobalReader).await;
    assert_eq!(codes(cast.closes(cast.ann, broken.number).await), [Code::NotAllowed], "never her own (I-11)");
    assert_eq!(codes(cast.closes(reader, broken.number).await), [Code::NotAllowed]);
    let stranger = cast.world.person("Cleo").await;
    assert_eq!(codes(cast.closes(stranger, broken.number).await), [Code::NotFound]);
    let empty = Input { number: broken.number, finding: " ".into() };
    let empty = close_review(&cast.world.engine, &cast.world.ctx(cast.ben).await, empty).await;
    assert_eq!(codes(empty), [Code::JustificationMissing]);

    cast.closes(cast.ben, broken.number).await.unwrap();
    assert_eq!(codes(cast.closes(cast.ben, broken.number).await), [Code::NothingChanged]);
    let again = cast.form(60, REASON).await;
    cast.breaks(again).await.unwrap();
    let seen = glass::reviews(&cast.world.engine, &cast.world.ctx(reader).await).await.unwrap();
    assert_eq!(seen.iter().map(|review| review.closed_at.is_some()).collect::<Vec<_>>(), [false, true]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_administrator_who_broke_it_does_not_review_herself_and_the_database_says_so_too(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.world.role(cast.ann, Role::GlobalAdministrator).await;
    let broken = cast.breaks(cast.form(30, REASON).await).await.unwrap();
    assert_eq!(codes(cast.closes(cast.ann, broken.number).await), [Code::NotAllowed]);
    let forged = sqlx::query(
        "update glass_reviews set closed_at = clock(), closed_by = person_id, finding = 'all was well'",
    );
    assert!(forged.execute(&pool).await.is_err(), "I-11");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_request_that_waits_is_neither_in_its_way_nor_granted_beside_it(pool: PgPool) {
    let cast = cast(&pool).await;
    let mut asked = cast.form(60, REASON).await;
    asked.answers.ticket = "INC-48217".into();
    asked.code = String::new();
    let ann = cast.world.ctx(cast.ann).await;
    let waiting = activate(&cast.world.engine, &ann, asked).await.unwrap();
    cast.breaks(cast.form(60, REASON).await).await.unwrap();
    let yes = Decision {
        request: waiting.request,
        verdict: Verdict::Approve,
        reason: String::new(),
        seen: cast.world.seen(waiting.request).await,
        cues: Vec::new(),
    };
    let decided = decide(&cast.world.engine, &cast.world.ctx(cast.ben).await, &[yes], "").await.unwrap();
    assert!(decided[0].result.is_err(), "it is on already");
    let on = cast.world.count("select count(*) from active_now where origin = 'activated'").await;
    assert_eq!(on, 1, "one activation of one person for one target (I-02)");
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_tabs_break_it_once(pool: PgPool) {
    let cast = cast(&pool).await;
    for round in 0..20_i64 {
        let (one, two) = (cast.form(30, REASON).await, cast.form(30, REASON).await);
        let (a, b) = tokio::join!(cast.breaks(one), cast.breaks(two));
        assert!(a.is_ok() ^ b.is_ok(), "round {round}");
        cast.world
            .sql(
                "update glass_reviews set closed_at = clock(), finding = 'seen it all', closed_by = \
            (select id from users where display_name = 'Ben') where closed_at is null",
            )
            .await;
        cast.world.move_clock(TimeDelta::hours(round + 1)).await;
    }
}
