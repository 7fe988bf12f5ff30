//! Approve against everything else that can happen to a request.

use crate::support::*;
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn approve_meets_cancel_and_exactly_one_wins(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let mut handicap = Handicap::default();
    for _ in 0..rounds() {
        let request = cast.ask().await.request;
        let (engine, ann) = (cast.world.engine.clone(), cast.world.ctx(cast.ann).await);
        let yes = cast.deciding(cast.ben, request, Verdict::Approve).await;
        let (decided, taken_back) =
            handicap.run(yes, async move { cancel(&engine, &ann, request, "").await }).await;
        let member = cast.world.is_member(cast.ann, cast.group).await;
        match cast.world.status(request).await.as_str() {
            "Provisioned" => {
                assert!(member && recorded(&decided));
                assert_eq!(taken_back.unwrap_err().refusals()[0].code, Code::AlreadyClosed);
                handicap.won(true);
            }
            "Canceled" => {
                assert!(!member && taken_back.is_ok());
                let refusal = decided.unwrap().remove(0).result.unwrap_err();
                assert_eq!(refusal.code, Code::AlreadyClosed);
                assert!(refusal.text.to_string().contains("cancelled by Ann"));
                handicap.won(false);
            }
            other => panic!("{other}"),
        }
        cast.clear().await;
    }
    handicap.both_orders();
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_approvers_at_quorum_one_make_one_grant(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    for _ in 0..rounds() {
        let request = cast.ask().await.request;
        let ben = cast.deciding(cast.ben, request, Verdict::Approve).await;
        let cleo = cast.deciding(cast.cleo, request, Verdict::Approve).await;
        let (ben, cleo) = together(ben, cleo).await;
        assert_eq!(
            [&ben, &cleo].into_iter().filter(|decided| recorded(decided)).count(),
            1,
            "one decision counts"
        );
        assert!(cast.world.is_member(cast.ann, cast.group).await);
        cast.clear().await;
    }
    let grants = cast.world.count("select count(*) from assignments where origin = 'activated'").await;
    assert_eq!(grants, rounds() as i64);
    let started =
        cast.world.count("select count(*) from audit_events where action = 'activation-started'").await;
    assert_eq!(started, rounds() as i64, "one event per grant (I-07)");
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_may_decide_later_and_who_may_at_first_make_one_grant(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let mut policy = approved_by(&[cast.ben], 1);
    if let Some(rule) = &mut policy.activation.approval {
        let approvers = vec![domain::policy::Approver::Person(cast.cleo)];
        let after = domain::duration::Minutes::hours(1);
        rule.escalation = Some(domain::policy::escalation::Escalation { approvers, after });
    }
    cast.world.policy(cast.target, policy).await;
    // a thousand rounds of two hours last longer than it would
    cast.world.sql("update assignments set ends_at = null, planned_end = null where kind = 'eligible'").await;
    for round in 0..rounds() {
        let request = cast.ask().await.request;
        cast.world.move_clock(chrono::TimeDelta::hours(2 * (round as i64 + 1))).await;
        let ben = cast.deciding(cast.ben, request, Verdict::Approve).await;
        let cleo = cast.deciding(cast.cleo, request, Verdict::Approve).await;
        let (ben, cleo) = together(ben, cleo).await;
        assert!(recorded(&ben) ^ recorded(&cleo), "one decision counts");
        assert!(cast.world.is_member(cast.ann, cast.group).await);
        cast.clear().await;
    }
    let grants = cast.world.count("select count(*) from assignments where origin = 'activated'").await;
    assert_eq!(grants, rounds() as i64, "one grant each (I-07)");
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_approvers_at_quorum_two_make_one_grant_together(pool: PgPool) {
    let cast = cast(&pool, 2).await;
    for _ in 0..rounds() {
        let request = cast.ask().await.request;
        let ben = cast.deciding(cast.ben, request, Verdict::Approve).await;
        let cleo = cast.deciding(cast.cleo, request, Verdict::Approve).await;
        let (ben, cleo) = together(ben, cleo).await;
        assert!(recorded(&ben) && recorded(&cleo), "both count");
        assert!(cast.world.is_member(cast.ann, cast.group).await);
        cast.clear().await;
    }
    assert_eq!(
        cast.world.count("select count(*) from assignments where origin = 'activated'").await,
        rounds() as i64
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn approve_meets_deny_and_the_first_decides(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    for _ in 0..rounds() {
        let request = cast.ask().await.request;
        let yes = cast.deciding(cast.ben, request, Verdict::Approve).await;
        let no = cast.deciding(cast.cleo, request, Verdict::Deny).await;
        let (yes, no) = together(yes, no).await;
        assert!(recorded(&yes) ^ recorded(&no));
        assert_eq!(cast.world.is_member(cast.ann, cast.group).await, recorded(&yes));
        cast.clear().await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_person_pressing_twice_counts_once(pool: PgPool) {
    let cast = cast(&pool, 2).await;
    for _ in 0..rounds() {
        let request = cast.ask().await.request;
        let once = cast.deciding(cast.ben, request, Verdict::Approve).await;
        let twice = cast.deciding(cast.ben, request, Verdict::Approve).await;
        let (once, twice) = together(once, twice).await;
        assert!(recorded(&once) ^ recorded(&twice));
        assert!(!cast.world.is_member(cast.ann, cast.group).await, "one of two is not enough (I-05)");
        cast.clear().await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn approve_meets_a_stricter_policy_and_is_judged_by_one_of_the_two(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    for round in 0..rounds() {
        let request = cast.ask().await.request;
        let yes = cast.deciding(cast.ben, request, Verdict::Approve).await;
        // the change takes the lock that saving a policy takes; it asks for a ticket that the request does not have
        let (world, target, people) = (cast.world.clone(), cast.target, [cast.ben, cast.cleo]);
        let change = async move {
            let mut tx = world.engine.begin().await.unwrap();
            engine::db::targets::lock(&mut tx, target, engine::db::targets::Hold::Change).await.unwrap();
            let mut policy = approved_by(&people, 1);
            policy.activation.ticket = domain::policy::TicketRule::Any;
            let version = 2 + 2 * round as i32;
            let next = engine::db::policies::Versioned { version, policy };
            engine::db::policies::insert(&mut tx, target, &next, None, "").await.unwrap();
            tx.commit().await.unwrap();
        };
        let (decided, ()) = together(yes, change).await;
        let member = cast.world.is_member(cast.ann, cast.group).await;
        assert_eq!(member, recorded(&decided));
        let status = cast.world.status(request).await;
        assert!(if member { status == "Provisioned" } else { status == "Revoked" }, "{status}");
        cast.clear().await;
        cast.world.policy(cast.target, approved_by(&[cast.ben, cast.cleo], 1)).await;
    }
}
