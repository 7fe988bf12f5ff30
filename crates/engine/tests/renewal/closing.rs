//! What closes a request without an answer.

use super::*;
use engine::ask::thing::Place;

async fn told(cast: &Cast, action: &str) -> i64 {
    sqlx::query_scalar("select count(*) from audit_events where action = $1 and outcome = 'done'")
        .bind(action)
        .fetch_one(&cast.world.engine.pool)
        .await
        .unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn it_lapses_thirty_days_after_the_end_whether_or_not_anybody_looks(pool: PgPool) {
    let cast = cast(&pool).await;
    let asked = cast.ask().await;
    cast.at(cast.end + days(30) - TICK).await;
    assert_eq!(sweep(&cast.world.engine).await.unwrap().lapsed, 0);
    assert_eq!(cast.status(asked).await, "PendingAdminDecision");
    cast.at(cast.end + days(30)).await;
    let late = cast.approve(cast.olga, asked, eligible(cast.end + days(60))).await;
    assert_eq!(codes(late), [Code::Lapsed], "before the worker came");
    assert_eq!(sweep(&cast.world.engine).await.unwrap().lapsed, 1);
    assert_eq!(cast.status(asked).await, "TimedOut");
    assert_eq!(told(&cast, "request-lapsed").await, 1);
    assert_eq!(sweep(&cast.world.engine).await.unwrap().lapsed, 0, "once");
}

#[sqlx::test(migrations = "../../migrations")]
async fn removing_the_assignment_closes_it(pool: PgPool) {
    let cast = cast(&pool).await;
    let asked = cast.ask().await;
    let taking = remove_assignment::Input {
        at: Place::group("ops"),
        assignments: vec![cast.eligible],
        reason: "left the rota".into(),
        successor: None,
        code: String::new(),
        key: key(),
    };
    let ctx = cast.world.ctx(cast.olga).await;
    let removed = remove_assignment(&cast.world.engine, &ctx, taking).await.unwrap();
    assert_eq!(removed.requests, 1);
    assert_eq!(cast.status(asked).await, "Revoked");
    assert_eq!(told(&cast, "request-revoked").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn disabling_the_person_closes_it(pool: PgPool) {
    let cast = cast(&pool).await;
    let asked = cast.ask().await;
    let admin = cast.world.person("Ada").await;
    cast.world.role(admin, domain::role::Role::GlobalAdministrator).await;
    cast.world.factor(admin).await;
    let input = set_person_state::Input { person: cast.ann, enabled: false, reason: String::new() };
    let ctx = cast.world.ctx(admin).await;
    let done = set_person_state::set_person_state(&cast.world.engine, &ctx, input).await.unwrap();
    assert_eq!(done.requests, 1);
    assert_eq!(cast.status(asked).await, "Revoked");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_deleted_group_closes_it(pool: PgPool) {
    let cast = cast(&pool).await;
    let asked = cast.ask().await;
    cast.world.sql("update groups set deleted_at = clock()").await;
    assert_eq!(codes(cast.approve(cast.olga, asked, eligible(cast.end + days(9))).await), [Code::NotFound]);
    assert_eq!(sweep(&cast.world.engine).await.unwrap().revoked, 1);
    assert_eq!(cast.status(asked).await, "Revoked");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_direct_change_answers_it_and_makes_room_for_the_next(pool: PgPool) {
    let cast = cast(&pool).await;
    let asked = cast.ask().await;
    let end = cast.end + days(100);
    let change = update_assignment::Input {
        at: Place::group("ops"),
        assignment: cast.eligible,
        start: None,
        end: Some(end),
        reason: String::new(),
        code: String::new(),
        key: key(),
    };
    let ctx: Ctx = cast.world.ctx(cast.olga).await;
    update_assignment::update_assignment(&cast.world.engine, &ctx, change).await.unwrap();
    let late = cast.approve(cast.omar, asked, eligible(end + days(1))).await;
    assert_eq!(codes(late), [Code::ChangedMeanwhile]);
    cast.at(end - days(1)).await;
    assert_eq!(cast.status(asked).await, "PendingAdminDecision", "the worker never came");
    let next = cast.ask().await;
    assert_eq!(cast.status(asked).await, "TimedOut", "lapsed meanwhile, closed by the next question");
    assert_eq!(cast.status(next).await, "PendingAdminDecision");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_worker_closes_what_a_direct_change_answered(pool: PgPool) {
    let cast = cast(&pool).await;
    let asked = cast.ask().await;
    assert_eq!(sweep(&cast.world.engine).await.unwrap().revoked, 0);
    let newer = Span { start: cast.end, end: Some(cast.end + days(50)) };
    cast.world.assign(cast.ann, cast.member, Kind::Eligible, newer).await;
    assert_eq!(sweep(&cast.world.engine).await.unwrap().revoked, 1);
    assert_eq!(cast.status(asked).await, "Revoked");
}

#[sqlx::test(migrations = "../../migrations")]
async fn she_takes_it_back_and_nobody_answers_it_any_more(pool: PgPool) {
    let cast = cast(&pool).await;
    let asked = cast.ask().await;
    let ctx = cast.world.ctx(cast.ann).await;
    cancel::cancel(&cast.world.engine, &ctx, asked.request, "").await.unwrap();
    assert_eq!(cast.status(asked).await, "Canceled");
    assert_eq!(told(&cast, "request-canceled").await, 1);
    let late = cast.approve(cast.olga, asked, eligible(cast.end + days(9))).await;
    assert_eq!(codes(late), [Code::AlreadyClosed]);
    cast.ask().await;
}
