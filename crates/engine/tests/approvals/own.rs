//! C12 (I-11): nobody decides on access of her own, in any path; the database refuses it as well.

use crate::support::*;

#[sqlx::test(migrations = "../../migrations")]
async fn c12_being_named_does_not_let_the_requester_decide(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    cast.named(vec![Approver::Person(cast.ann), Approver::Person(cast.ben)], 1).await;
    let request = cast.ask().await;
    assert_eq!(cast.approve(cast.ann, request).await, Err(Code::OwnRequest));
    assert_eq!(cast.vote(cast.ann, request, Verdict::Deny).await, Err(Code::OwnRequest));
    assert_eq!(cast.events("request-voted", "refused").await, 2);
    assert_eq!(cast.approve(cast.ben, request).await, Ok(Tally::Approved));
    assert_eq!(cast.approve(cast.ann, request).await, Err(Code::OwnRequest));
}

#[sqlx::test(migrations = "../../migrations")]
async fn c12_an_approver_group_does_not_let_its_member_decide_on_her_own(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let rota = cast.world.group("rota").await;
    let rota_member = cast.world.target(rota, Access::Member).await;
    cast.world.standing(cast.ann, rota_member).await;
    cast.world.standing(cast.ben, rota_member).await;
    cast.named(vec![Approver::Group(rota)], 1).await;
    let request = cast.ask().await;
    assert_eq!(cast.approve(cast.ann, request).await, Err(Code::OwnRequest));
    assert_eq!(cast.approve(cast.ben, request).await, Ok(Tally::Approved));
}

#[sqlx::test(migrations = "../../migrations")]
async fn c12_a_group_with_nobody_else_in_it_can_approve_nothing(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    cast.named(vec![Approver::Person(cast.ann)], 1).await;
    let refused = cast.ask_for(60, None).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::NoApprover);
}

#[sqlx::test(migrations = "../../migrations")]
async fn c12_who_filed_a_request_for_somebody_else_does_not_decide_on_it(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask().await;
    sqlx::query("update requests set filer_id = $2 where id = $1")
        .bind(request.0)
        .bind(cast.cleo.0)
        .execute(&cast.world.engine.pool)
        .await
        .unwrap();
    assert_eq!(cast.approve(cast.cleo, request).await, Err(Code::OwnRequest));
    assert_eq!(cast.approve(cast.ann, request).await, Err(Code::OwnRequest));
    assert_eq!(cast.approve(cast.ben, request).await, Ok(Tally::Approved));
}

/// A vote written past every rule.
async fn insert(cast: &Cast, request: RequestId, by: PersonId, beneficiary: PersonId) -> String {
    let done = sqlx::query(
        "insert into votes (request_id, approver_id, beneficiary_id, filer_id, verdict) values ($1, $2, $3, $3, 'approve')",
    )
    .bind(request.0)
    .bind(by.0)
    .bind(beneficiary.0)
    .execute(&cast.world.engine.pool)
    .await;
    let error = done.unwrap_err();
    error.as_database_error().unwrap().code().unwrap().into_owned()
}

#[sqlx::test(migrations = "../../migrations")]
async fn c12_the_database_itself_refuses_a_vote_on_ones_own(pool: PgPool) {
    const CHECK: &str = "23514";
    const FOREIGN_KEY: &str = "23503";
    let cast = cast(&pool, 1).await;
    let request = cast.ask().await;
    assert_eq!(insert(&cast, request, cast.ann, cast.ann).await, CHECK);
    assert_eq!(insert(&cast, request, cast.ann, cast.ben).await, FOREIGN_KEY, "a lie about whose it is");
}
