//! C07, C08: many at once, and after somebody else was quicker.

use crate::support::*;

/// Fifty presses of the button at once, in turn by Ben and by Cleo; gives how many were recorded.
async fn fifty(cast: &Cast, request: RequestId) -> usize {
    let mut presses = Vec::new();
    for turn in 0..50 {
        let by = if turn % 2 == 0 { cast.ben } else { cast.cleo };
        let (engine, ctx) = (cast.world.engine.clone(), cast.world.ctx(by).await);
        let decisions = vec![cast.decision(request, Verdict::Approve).await];
        presses.push(tokio::spawn(async move { decide(&engine, &ctx, &decisions, "").await }));
    }
    let mut recorded = 0;
    for press in presses {
        let decided = press.await.unwrap().unwrap().into_iter().next().unwrap();
        match decided.result {
            Ok(_) => recorded += 1,
            Err(refusal) => {
                let late = matches!(refusal.code, Code::AlreadyClosed | Code::AlreadyVoted);
                assert!(late, "{refusal}");
            }
        }
    }
    recorded
}

async fn one_grant_and_one_end(cast: &Cast) {
    assert_eq!(cast.grants().await, 1);
    assert_eq!(cast.events("request-approved", "done").await, 1);
    assert_eq!(cast.events("activation-started", "done").await, 1);
    cast.world.move_clock(TimeDelta::hours(2)).await;
    sweep(&cast.world.engine).await.unwrap();
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.events("activation-ended", "done").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn c07_fifty_approvals_in_one_second_grant_once(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask().await;
    assert_eq!(fifty(&cast, request).await, 1);
    assert_eq!(cast.world.count("select count(*) from votes").await, 1);
    one_grant_and_one_end(&cast).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn c07_with_two_needed_each_person_counts_once(pool: PgPool) {
    let cast = cast(&pool, 2).await;
    let request = cast.ask().await;
    assert_eq!(fifty(&cast, request).await, 2);
    assert_eq!(cast.world.count("select count(distinct approver_id) from votes").await, 2);
    one_grant_and_one_end(&cast).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn c07_the_same_person_twice_is_not_two_people(pool: PgPool) {
    let cast = cast(&pool, 2).await;
    let request = cast.ask().await;
    assert_eq!(cast.approve(cast.ben, request).await, Ok(Tally::Waiting { have: 1, needed: 2 }));
    assert_eq!(cast.approve(cast.ben, request).await, Err(Code::AlreadyVoted));
    assert!(!cast.is_on().await);
    assert_eq!(cast.approve(cast.cleo, request).await, Ok(Tally::Approved));
    assert!(cast.is_on().await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn c07_who_comes_second_learns_who_decided_and_when(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask().await;
    cast.approve(cast.ben, request).await.unwrap();
    let decisions = [cast.decision(request, Verdict::Deny).await];
    let decided = decide(&cast.world.engine, &cast.world.ctx(cast.cleo).await, &decisions, "").await.unwrap();
    let said = decided[0].result.as_ref().unwrap_err().text.to_string();
    assert!(said.starts_with("Already approved by Ben at "), "{said}");
    assert!(cast.is_on().await, "the first decision wins");
}

#[sqlx::test(migrations = "../../migrations")]
async fn c08_after_cancel_an_approval_is_refused_and_grants_nothing(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask().await;
    cancel(&cast.world.engine, &cast.world.ctx(cast.ann).await, request, "").await.unwrap();
    assert_eq!(cast.approve(cast.ben, request).await, Err(Code::AlreadyClosed));
    assert_eq!(cast.world.status(request).await, "Canceled");
    assert_eq!(cast.grants().await, 0);
    assert_eq!(cast.events("request-canceled", "done").await, 1);
    assert_eq!(cast.events("request-voted", "refused").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn c08_after_an_approval_nothing_can_be_cancelled_or_denied(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask().await;
    cast.approve(cast.ben, request).await.unwrap();
    let late = cancel(&cast.world.engine, &cast.world.ctx(cast.ann).await, request, "").await.unwrap_err();
    assert_eq!(late.refusals()[0].code, Code::AlreadyClosed);
    assert_eq!(cast.vote(cast.cleo, request, Verdict::Deny).await, Err(Code::AlreadyClosed));
    assert_eq!(cast.world.status(request).await, "Provisioned");
}

#[sqlx::test(migrations = "../../migrations")]
async fn c08_one_no_ends_it_whatever_others_said(pool: PgPool) {
    let cast = cast(&pool, 2).await;
    let request = cast.ask().await;
    cast.approve(cast.ben, request).await.unwrap();
    assert_eq!(cast.vote(cast.cleo, request, Verdict::Deny).await, Ok(Tally::Denied));
    assert_eq!(cast.world.status(request).await, "Denied");
    assert_eq!(cast.grants().await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn c08_a_decision_on_something_else_than_was_shown_is_not_recorded(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask().await;
    let decisions = [Decision { seen: "0".repeat(64), ..cast.decision(request, Verdict::Approve).await }];
    let decided = decide(&cast.world.engine, &cast.world.ctx(cast.ben).await, &decisions, "").await.unwrap();
    assert_eq!(decided[0].result.as_ref().unwrap_err().code, Code::ChangedMeanwhile);
    assert_eq!(cast.world.status(request).await, "PendingApproval");
}
