//! Who is named for later decides from then on, and not before.

use crate::support::*;
use domain::policy::escalation::Escalation;
use engine::ask::approvals::{Show, approvals};
use engine::ask::request_page;

/// Ben approves; after four hours Cleo may too.
async fn escalating(pool: &PgPool) -> Cast {
    let cast = cast(pool, 1).await;
    cast.escalates(vec![cast.ben], vec![cast.cleo], 4).await;
    cast
}

impl Cast {
    async fn escalates(&self, first: Vec<PersonId>, later: Vec<PersonId>, hours: u32) {
        let mut policy = approved_by(&first, 1);
        if let Some(rule) = &mut policy.activation.approval {
            let approvers = later.into_iter().map(Approver::Person).collect();
            rule.escalation = Some(Escalation { approvers, after: Minutes::hours(hours) });
        }
        self.world.policy(self.target, policy).await;
    }

    /// What waits in somebody's inbox, and what the side bar says of it.
    async fn waits_for(&self, person: PersonId) -> (usize, usize) {
        let ctx = self.world.ctx(person).await;
        let inbox = approvals(&self.world.engine, &ctx, Show::Waiting, None).await.unwrap();
        (inbox.waiting.len(), inbox.frame.waiting)
    }

    async fn mails_to(&self, person: PersonId, kind: &str) -> i64 {
        engine::mail::once(&self.world.engine, true).await.unwrap();
        sqlx::query_scalar("select count(*) from mails m join notices n on n.id = m.notice_id where m.person_id = $1 and n.kind = $2")
            .bind(person.0)
            .bind(kind)
            .fetch_one(&self.world.engine.pool)
            .await
            .unwrap()
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_is_named_for_later_sees_and_decides_it_from_then_on(pool: PgPool) {
    let cast = escalating(&pool).await;
    let request = cast.ask().await;
    cast.world.move_clock(TimeDelta::minutes(239)).await;
    assert_eq!(cast.approve(cast.cleo, request).await, Err(Code::NotFound), "not even that it is there");
    assert_eq!(cast.waits_for(cast.cleo).await, (0, 0));
    assert_eq!(cast.waits_for(cast.ben).await, (1, 1));
    let ann = cast.world.ctx(cast.ann).await;
    let page = request_page::load(&cast.world.engine, &ann, 10_001).await.unwrap();
    let later = page.later.unwrap();
    assert_eq!((later.who[0].name.as_str(), later.from - page.line.asked), ("Cleo", TimeDelta::hours(4)));
    assert_eq!(page.deciders.len(), 1);

    cast.world.move_clock(TimeDelta::minutes(241)).await;
    assert_eq!(cast.waits_for(cast.cleo).await, (1, 1));
    let page = request_page::load(&cast.world.engine, &ann, 10_001).await.unwrap();
    assert_eq!((page.later, page.deciders.len()), (None, 2));
    assert_eq!(cast.approve(cast.cleo, request).await, Ok(Tally::Approved));
    assert!(cast.is_on().await);
}

/// I-11: naming somebody for later is no way around.
#[sqlx::test(migrations = "../../migrations")]
async fn nobody_decides_on_her_own_by_being_named_for_later(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    cast.escalates(vec![cast.ben], vec![cast.ann, cast.cleo], 1).await;
    let request = cast.ask().await;
    cast.world.move_clock(TimeDelta::hours(2)).await;
    assert_eq!(cast.approve(cast.ann, request).await, Err(Code::OwnRequest));
    assert_eq!(cast.approve(cast.cleo, request).await, Ok(Tally::Approved));
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_later_of_two_policies_says_when_others_may_decide(pool: PgPool) {
    let cast = escalating(&pool).await;
    let request = cast.ask().await;
    cast.escalates(vec![cast.ben], vec![cast.cleo], 8).await;
    cast.world.move_clock(TimeDelta::hours(5)).await;
    assert_eq!(cast.waits_for(cast.cleo).await, (0, 0));
    assert_eq!(cast.mails_to(cast.cleo, "escalated").await, 0);
    assert!(cast.approve(cast.cleo, request).await.is_err());
    // naming her first, later, gives her no earlier say
    cast.escalates(vec![cast.ben, cast.cleo], vec![cast.ann], 2).await;
    cast.world.move_clock(TimeDelta::hours(6)).await;
    assert_eq!(cast.approve(cast.cleo, request).await, Ok(Tally::Approved), "by now both let her");
}

#[sqlx::test(migrations = "../../migrations")]
async fn those_named_for_later_are_told_once_and_reminded_like_the_others(pool: PgPool) {
    let cast = escalating(&pool).await;
    cast.world.sql("update users set mail = user_name || '@example.org'").await;
    cast.ask().await;
    for (hours, told, reminded) in [(1, 0, 0), (5, 1, 0), (6, 1, 0), (13, 1, 1)] {
        cast.world.move_clock(TimeDelta::hours(hours) + TimeDelta::minutes(1)).await;
        assert_eq!(cast.mails_to(cast.cleo, "escalated").await, told, "after {hours} h");
        assert_eq!(cast.mails_to(cast.cleo, "still-waiting").await, reminded, "after {hours} h");
    }
    assert_eq!(cast.mails_to(cast.cleo, "asked").await, 0);
    assert_eq!(cast.mails_to(cast.ben, "escalated").await, 0, "he could decide all the time");
    assert_eq!(cast.mails_to(cast.ben, "still-waiting").await, 3);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_request_waits_for_others_when_the_first_are_gone_and_closes_when_nobody_can_come(pool: PgPool) {
    let cast = escalating(&pool).await;
    let request = cast.ask().await;
    cast.world.sql("update users set enabled = false where user_name = 'ben'").await;
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.world.status(request).await, "PendingApproval", "Cleo may decide");
    assert_eq!(cast.waits_for(cast.cleo).await, (1, 1), "at once: who is disabled is not here");
    // asked meanwhile, it can be asked
    cancel(&cast.world.engine, &cast.world.ctx(cast.ann).await, request, "").await.unwrap();
    let again = cast.ask().await;
    cast.world.sql("update users set enabled = false where user_name = 'cleo'").await;
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.world.status(again).await, "Revoked");
    assert!(cast.ask_for(60, None).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn others_are_asked_at_once_when_those_named_first_are_away(pool: PgPool) {
    let cast = escalating(&pool).await;
    cast.world.sql("update users set mail = user_name || '@example.org'").await;
    let request = cast.ask().await;
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.waits_for(cast.cleo).await, (0, 0), "Ben is here");

    cast.away(cast.ben, None).await;
    sweep(&cast.world.engine).await.unwrap();
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.waits_for(cast.cleo).await, (1, 1));
    assert_eq!(cast.events("request-escalated", "done").await, 1, "written once");
    assert_eq!(cast.mails_to(cast.cleo, "escalated").await, 1);
    let ann = cast.world.ctx(cast.ann).await;
    let page = request_page::load(&cast.world.engine, &ann, 10_001).await.unwrap();
    assert_eq!((page.later, page.deciders.len()), (None, 2));
    assert!(page.events.iter().any(|event| event.why == "Too few of those named first are here."));

    cast.world.sql("delete from absences").await;
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.waits_for(cast.cleo).await, (1, 1), "what was said to her holds");
    assert_eq!(cast.approve(cast.cleo, request).await, Ok(Tally::Approved));
}

#[sqlx::test(migrations = "../../migrations")]
async fn others_are_not_asked_early_while_somebody_stands_in(pool: PgPool) {
    let cast = escalating(&pool).await;
    let dana = cast.world.person("Dana").await;
    let request = cast.ask().await;
    cast.away(cast.ben, Some(dana)).await;
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.waits_for(cast.cleo).await, (0, 0));
    assert_eq!(cast.approve(cast.cleo, request).await, Err(Code::NotFound));
    cast.away(dana, None).await;
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.approve(cast.cleo, request).await, Ok(Tally::Approved), "she is away as well");
}

/// The policy in force has the last word: who is not named by it decides on nothing.
#[sqlx::test(migrations = "../../migrations")]
async fn who_was_let_decide_early_decides_no_longer_when_the_policy_names_her_no_longer(pool: PgPool) {
    let cast = escalating(&pool).await;
    let request = cast.ask().await;
    cast.away(cast.ben, None).await;
    sweep(&cast.world.engine).await.unwrap();
    cast.named(vec![Approver::Person(cast.ben)], 1).await;
    assert_eq!(cast.waits_for(cast.cleo).await, (0, 0));
    assert!(cast.approve(cast.cleo, request).await.is_err());
}

/// C12: who asks names the only approver to stand in for her, who then can only deny. That is not being away.
#[sqlx::test(migrations = "../../migrations")]
async fn who_asks_does_not_choose_who_decides_by_naming_the_approver_her_stand_in(pool: PgPool) {
    let cast = escalating(&pool).await;
    cast.away(cast.ann, Some(cast.ben)).await;
    let request = cast.ask().await;
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.waits_for(cast.cleo).await, (0, 0));
    cast.world.sql("delete from absences").await;
    assert!(cast.approve(cast.cleo, request).await.is_err());
    assert_eq!(cast.approve(cast.ben, request).await, Ok(Tally::Approved));
}

/// Decision 13: nobody is let in whom the policy would not let decide on it some hours later.
#[sqlx::test(migrations = "../../migrations")]
async fn nobody_decides_early_who_would_be_named_only_after_it_has_lapsed(pool: PgPool) {
    let cast = escalating(&pool).await;
    let request = cast.ask().await;
    let mut policy = approved_by(&[cast.ben], 1);
    if let Some(rule) = &mut policy.activation.approval {
        let approvers = vec![Approver::Person(cast.cleo)];
        rule.wait = Minutes::days(14);
        rule.escalation = Some(Escalation { approvers, after: Minutes::days(7) });
    }
    cast.world.policy(cast.target, policy).await;
    cast.away(cast.ben, None).await;
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.waits_for(cast.cleo).await, (0, 0));
    assert!(cast.approve(cast.cleo, request).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_clock_that_goes_back_lets_nobody_decide_early_a_second_time(pool: PgPool) {
    let cast = escalating(&pool).await;
    cast.world.move_clock(TimeDelta::minutes(30)).await;
    cast.ask().await;
    cast.away(cast.ben, None).await;
    cast.world.move_clock(TimeDelta::minutes(31)).await;
    for minutes in [31, 21, 22, 32] {
        cast.world.move_clock(TimeDelta::minutes(minutes)).await;
        sweep(&cast.world.engine).await.unwrap();
    }
    assert_eq!(cast.events("request-escalated", "done").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn those_who_are_let_decide_early_get_one_mail(pool: PgPool) {
    let cast = escalating(&pool).await;
    cast.world.sql("update users set mail = user_name || '@example.org'").await;
    cast.away(cast.ben, None).await;
    cast.ask().await;
    // before any mail was written
    sweep(&cast.world.engine).await.unwrap();
    engine::mail::once(&cast.world.engine, false).await.unwrap();
    assert_eq!(cast.mails_to(cast.cleo, "escalated").await, 1);
    assert_eq!(cast.mails_to(cast.cleo, "asked").await, 0);
    assert_eq!(cast.mails_to(cast.ben, "asked").await, 1, "he keeps his say");
}
