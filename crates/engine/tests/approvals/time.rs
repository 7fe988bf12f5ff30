//! C06, C09: waiting does not eat the time, and what is late stays late.

use crate::support::*;
use chrono::{DateTime, Utc};

async fn window(cast: &Cast) -> (DateTime<Utc>, DateTime<Utc>) {
    sqlx::query_as("select starts_at, ends_at from assignments where origin = 'activated'")
        .fetch_one(&cast.world.engine.pool)
        .await
        .unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn c06_the_clock_starts_at_the_approval(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask_for(180, None).await.unwrap().request;
    cast.world.move_clock(TimeDelta::minutes(30)).await;
    let before = cast.world.now().await;
    assert_eq!(cast.approve(cast.ben, request).await, Ok(Tally::Approved));
    let (start, end) = window(&cast).await;
    assert!(start >= before && start <= cast.world.now().await);
    assert_eq!(end - start, TimeDelta::hours(3));
}

#[sqlx::test(migrations = "../../migrations")]
async fn c06_how_long_a_request_waits_has_nothing_to_do_with_how_long_it_asks_for(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask_for(10, None).await.unwrap().request;
    cast.world.move_clock(TimeDelta::hours(23)).await;
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.approve(cast.ben, request).await, Ok(Tally::Approved));
    let (start, end) = window(&cast).await;
    assert_eq!(end - start, TimeDelta::minutes(10));
}

#[sqlx::test(migrations = "../../migrations")]
async fn c06_a_start_that_passed_while_waiting_moves_to_the_approval(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask_for(60, Some(TimeDelta::minutes(10))).await.unwrap().request;
    cast.world.move_clock(TimeDelta::minutes(50)).await;
    assert_eq!(cast.approve(cast.ben, request).await, Ok(Tally::Approved));
    let (start, end) = window(&cast).await;
    assert_eq!(end - start, TimeDelta::hours(1));
    assert!(cast.is_on().await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn c06_an_asked_window_that_is_over_never_begins(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask_for(60, Some(TimeDelta::minutes(10))).await.unwrap().request;
    cast.world.move_clock(TimeDelta::minutes(71)).await;
    assert_eq!(cast.approve(cast.ben, request).await, Err(Code::WindowPassed));
    assert_eq!(cast.world.status(request).await, "TimedOut");
    assert_eq!(cast.grants().await, 0);
    let refused = "select count(*) from audit_events where action = 'request-voted' and outcome = 'refused'";
    assert_eq!(cast.world.count(refused).await, 1, "I-16: the answer was refused, and that is written down");
}

#[sqlx::test(migrations = "../../migrations")]
async fn c09_an_approval_after_the_deadline_is_refused_with_every_worker_stopped(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask().await;
    cast.world.move_clock(TimeDelta::hours(24) + TimeDelta::minutes(3)).await;
    assert_eq!(cast.approve(cast.ben, request).await, Err(Code::Lapsed));
    assert_eq!(cast.world.status(request).await, "TimedOut");
    assert_eq!(cast.approve(cast.cleo, request).await, Err(Code::AlreadyClosed));
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!((cast.grants().await, cast.is_on().await), (0, false));
    assert_eq!(cast.events("request-lapsed", "done").await, 1);
    assert_eq!(cast.events("request-voted", "refused").await, 2);
}

/// So many more people who are eligible and wait, as long as Ann does.
async fn crowd(cast: &Cast, size: i32) {
    let sql = format!(
        "with crowd as (select md5('crowd' || n)::uuid as id, n from generate_series(1, {size}) n), \
           who as (insert into principals (id, kind) select id, 'user' from crowd), \
           named as (insert into users (id, user_name, display_name) select id, 'crowd' || n, 'Crowd' from crowd), \
           given as (insert into assignments (id, target_id, principal_id, kind, origin, starts_at) \
             select id, '{0}', id, 'eligible', 'assigned', clock() from crowd) \
         insert into requests (id, target_id, principal_id, filer_id, action, status, asked_minutes, eligibility_id, \
           policy_version, rules, deadline_at, content_hash, request_key) \
         select c.id, r.target_id, c.id, c.id, r.action, r.status, r.asked_minutes, c.id, r.policy_version, r.rules, \
           r.deadline_at, r.content_hash, c.id from crowd c cross join requests r where r.principal_id = '{1}'",
        cast.target, cast.ann
    );
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&cast.world.engine.pool).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn however_many_wait_each_is_looked_at(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask().await;
    crowd(&cast, 250).await;
    sweep(&cast.world.engine).await.unwrap();
    let waiting = "select count(*) from requests where status = 'PendingApproval'";
    assert_eq!(cast.world.count(waiting).await, 251, "all have their ground");
    let last = "update assignments set ends_at = clock() where kind = 'eligible' and principal_id in \
                (select principal_id from requests where status = 'PendingApproval' order by id desc limit 1)";
    cast.world.sql(last).await;
    let first = format!("update assignments set ends_at = clock() where principal_id = '{}'", cast.ann);
    cast.world.sql(&first).await;
    assert_eq!(sweep(&cast.world.engine).await.unwrap().revoked, 2);
    assert_eq!(cast.world.status(request).await, "Revoked");
}
