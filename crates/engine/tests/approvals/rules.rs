//! C14: the approvers of this rule, of nobody else's, and never everybody.

use crate::support::*;
use domain::role::Role;
use engine::ask::approvals::{Show, approval, approvals};

#[sqlx::test(migrations = "../../migrations")]
async fn c14_the_approver_of_the_sibling_rule_has_no_say(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let owner = cast.world.target(cast.group, Access::Owner).await;
    let dora = cast.world.person("Dora").await;
    cast.world.policy(owner, approved_by(&[dora], 1)).await;
    let request = cast.ask().await;
    assert_eq!(cast.approve(dora, request).await, Err(Code::NotFound));
    assert_eq!(cast.world.status(request).await, "PendingApproval");
}

#[sqlx::test(migrations = "../../migrations")]
async fn c14_owners_and_administrators_are_no_approvers(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let (owner, admin) = (cast.world.person("Olga").await, cast.world.person("Gerd").await);
    let owner_target = cast.world.target(cast.group, Access::Owner).await;
    cast.world.standing(owner, owner_target).await;
    cast.world.role(admin, Role::GlobalAdministrator).await;
    let asked = cast.ask_for(60, None).await.unwrap();
    for person in [owner, admin] {
        let ctx = cast.world.ctx(person).await;
        assert_eq!(cast.approve(person, asked.request).await, Err(Code::NotFound));
        let hidden = approval(&cast.world.engine, &ctx, asked.number).await.unwrap_err();
        assert_eq!(hidden.refusals()[0].code, Code::NotFound);
        let inbox = approvals(&cast.world.engine, &ctx, Show::Waiting, None).await.unwrap();
        assert_eq!((inbox.waiting.len(), inbox.done.len(), inbox.frame.waiting), (0, 0, 0));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn c14_an_empty_approver_group_approves_nothing_and_lets_nobody_in(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let rota = cast.world.group("rota").await;
    cast.named(vec![Approver::Group(rota)], 1).await;
    let refused = cast.ask_for(60, None).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::NoApprover);
    assert_eq!((cast.grants().await, cast.is_on().await), (0, false));
}

#[sqlx::test(migrations = "../../migrations")]
async fn c14_a_group_that_empties_while_a_request_waits_leaves_nobody_to_approve(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let rota = cast.world.group("rota").await;
    let rota_member = cast.world.target(rota, Access::Member).await;
    cast.world.standing(cast.ben, rota_member).await;
    cast.named(vec![Approver::Group(rota)], 1).await;
    let request = cast.ask().await;
    cast.world.sql("update assignments set ends_at = clock() where kind = 'active'").await;
    assert!(cast.approve(cast.ben, request).await.is_err());
    assert_eq!(cast.world.status(request).await, "PendingApproval", "undecided, never allowed");
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.world.status(request).await, "Revoked");
    assert!(cast.why(request).await.contains("Nobody is left who can approve it"));
    assert_eq!(cast.grants().await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn c14_who_is_named_no_longer_has_lost_the_say(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask().await;
    cast.named(vec![Approver::Person(cast.cleo)], 1).await;
    assert_eq!(cast.approve(cast.ben, request).await, Err(Code::NotApprover));
    assert_eq!(cast.approve(cast.cleo, request).await, Ok(Tally::Approved));
}

#[sqlx::test(migrations = "../../migrations")]
async fn c14_naming_somebody_later_gives_no_say_over_an_older_request(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let dora = cast.world.person("Dora").await;
    let request = cast.ask().await;
    cast.named([cast.ben, dora].map(Approver::Person).to_vec(), 1).await;
    assert_eq!(cast.approve(dora, request).await, Err(Code::NotFound));
    assert_eq!(cast.approve(cast.ben, request).await, Ok(Tally::Approved));
}

#[sqlx::test(migrations = "../../migrations")]
async fn c14_a_group_never_approves_entry_into_itself(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    cast.world.standing(cast.ben, cast.target).await;
    cast.named(vec![Approver::Group(cast.group)], 1).await;
    let refused = cast.ask_for(60, None).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::NoApprover);
    cast.named(vec![Approver::Group(cast.group), Approver::Person(cast.cleo)], 1).await;
    let request = cast.ask().await;
    assert!(cast.approve(cast.ben, request).await.is_err());
    assert_eq!(cast.approve(cast.cleo, request).await, Ok(Tally::Approved));
}

#[sqlx::test(migrations = "../../migrations")]
async fn c14_a_disabled_approver_cannot_even_begin(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask().await;
    let (ctx, decisions) = (cast.world.ctx(cast.ben).await, [cast.decision(request, Verdict::Approve).await]);
    cast.world.sql("update users set enabled = false where display_name = 'Ben'").await;
    let decided = decide(&cast.world.engine, &ctx, &decisions, "").await.unwrap();
    assert!(decided[0].result.is_err());
    assert_eq!(cast.grants().await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn c14_a_policy_that_cannot_be_read_decides_nothing_and_keeps_the_request(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask().await;
    let decisions = [cast.decision(request, Verdict::Approve).await];
    let ctx = cast.world.ctx(cast.ben).await;
    sqlx::query("insert into policies (target_id, version, settings) values ($1, 2, '{\"activation\": 1}')")
        .bind(cast.target.0)
        .execute(&cast.world.engine.pool)
        .await
        .unwrap();
    let failed = decide(&cast.world.engine, &ctx, &decisions, "").await.unwrap_err();
    assert!(failed.refusals().is_empty(), "our fault, not theirs");
    assert_eq!(cast.world.status(request).await, "PendingApproval");
    assert_eq!(cast.grants().await, 0);
    sqlx::query("insert into policies (target_id, version, settings) select target_id, 3, settings from policies where version = 1")
        .execute(&cast.world.engine.pool)
        .await
        .unwrap();
    assert_eq!(cast.approve(cast.ben, request).await, Ok(Tally::Approved), "try again");
}
