//! C15: a request whose ground is gone is closed with the reason, and nothing brings it back.

use crate::support::*;
use domain::assignment::Kind;
use domain::role::Role;
use domain::span::Span;
use engine::act::set_person_state::{self, set_person_state};

async fn never_again(cast: &Cast, request: RequestId) {
    assert_eq!(cast.world.status(request).await, "Revoked");
    assert_eq!(cast.approve(cast.ben, request).await, Err(Code::AlreadyClosed));
    assert_eq!(cast.approve(cast.cleo, request).await, Err(Code::AlreadyClosed));
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.world.status(request).await, "Revoked");
    assert_eq!((cast.grants().await, cast.is_on().await), (0, false));
}

#[sqlx::test(migrations = "../../migrations")]
async fn c15_an_eligibility_that_ended_closes_the_request_and_a_new_one_does_not_revive_it(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask().await;
    cast.world.sql("update assignments set ends_at = clock() where kind = 'eligible'").await;
    assert!(cast.approve(cast.ben, request).await.is_err());
    assert!(cast.why(request).await.contains("ended"), "{}", cast.why(request).await);
    let span = Span::permanent(cast.world.now().await);
    cast.world.assign(cast.ann, cast.target, Kind::Eligible, span).await;
    never_again(&cast, request).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn c15_deleting_the_group_closes_the_request_and_restoring_it_does_not_revive_it(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask().await;
    cast.world.sql("update groups set deleted_at = clock()").await;
    assert!(cast.approve(cast.ben, request).await.is_err());
    sweep(&cast.world.engine).await.unwrap();
    cast.world.sql("update groups set deleted_at = null").await;
    assert!(cast.why(request).await.contains("group is closed"));
    never_again(&cast, request).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn c15_disabling_the_person_closes_the_request_and_enabling_does_not_revive_it(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let admin = cast.world.person("Gerd").await;
    cast.world.role(admin, Role::UserAdministrator).await;
    let request = cast.ask().await;
    let ctx = cast.world.ctx(admin).await;
    for enabled in [false, true] {
        let input = set_person_state::Input { person: cast.ann, enabled, reason: "Left".into() };
        set_person_state(&cast.world.engine, &ctx, input).await.unwrap();
    }
    assert!(!cast.why(request).await.is_empty());
    never_again(&cast, request).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn c15_a_policy_that_became_stricter_closes_what_no_longer_meets_it(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask_for(240, None).await.unwrap().request;
    let mut stricter = approved_by(&[cast.ben, cast.cleo], 1);
    stricter.activation.max = Minutes::hours(1);
    cast.world.policy(cast.target, stricter).await;
    assert_eq!(cast.approve(cast.ben, request).await, Err(Code::PolicyChanged));
    assert!(cast.why(request).await.starts_with("The policy changed since it was asked for."));
    cast.world.policy(cast.target, approved_by(&[cast.ben, cast.cleo], 1)).await;
    never_again(&cast, request).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn c15_a_policy_that_became_laxer_does_not_help_an_older_request(pool: PgPool) {
    let cast = cast(&pool, 2).await;
    let request = cast.ask().await;
    cast.world.policy(cast.target, approved_by(&[cast.ben, cast.cleo], 1)).await;
    assert_eq!(cast.approve(cast.ben, request).await, Ok(Tally::Waiting { have: 1, needed: 2 }));
    assert!(!cast.is_on().await);
    cast.world.policy(cast.target, open_policy()).await;
    assert_eq!(cast.approve(cast.cleo, request).await, Ok(Tally::Approved));
}

#[sqlx::test(migrations = "../../migrations")]
async fn c15_the_approval_of_somebody_who_was_disabled_since_counts_no_longer(pool: PgPool) {
    let cast = cast(&pool, 2).await;
    let dora = cast.world.person("Dora").await;
    cast.named([cast.ben, cast.cleo, dora].map(Approver::Person).to_vec(), 2).await;
    let request = cast.ask().await;
    cast.approve(cast.ben, request).await.unwrap();
    cast.world.sql("update users set enabled = false where display_name = 'Ben'").await;
    assert_eq!(
        cast.approve(cast.cleo, request).await,
        Ok(Tally::Waiting { have: 1, needed: 2 }),
        "I-05, I-09"
    );
    assert!(!cast.is_on().await);
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.approve(dora, request).await, Ok(Tally::Approved));
}

/// Ann asks, the ground goes, Ben approves: refused and written down so, and closed once.
async fn refused_and_closed(cast: &Cast, loses: &str) {
    let request = cast.ask_for(240, None).await.unwrap().request;
    cast.world.sql(loses).await;
    assert!(cast.approve(cast.ben, request).await.is_err(), "{loses}");
    assert_eq!(cast.world.status(request).await, "Revoked", "{loses}");
    assert_eq!(cast.events("request-voted", "refused").await, 1, "I-16: {loses}");
    assert_eq!(cast.events("request-voted", "done").await, 0, "{loses}");
    assert_eq!(cast.events("request-revoked", "done").await, 1, "I-07: {loses}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn i16_an_approval_that_finds_the_eligibility_gone_is_written_down_as_refused(pool: PgPool) {
    let loses = "update assignments set ends_at = clock() where kind = 'eligible'";
    refused_and_closed(&cast(&pool, 1).await, loses).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn i16_an_approval_that_finds_the_person_disabled_is_written_down_as_refused(pool: PgPool) {
    let loses = "update users set enabled = false where display_name = 'Ann'";
    refused_and_closed(&cast(&pool, 1).await, loses).await;
}
