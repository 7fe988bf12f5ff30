//! Receivers that are down for long, deliveries that nobody can take, and logs that are very long.

use super::receiver::{Answer, Receiver};
use super::{Cast, cast};
use chrono::TimeDelta;
use engine::act::create_hook::create_hook;
use engine::act::delete_hook::delete_hook;
use engine::act::resend_delivery::resend_delivery;
use engine::hook::deliver::{self, Due};
use engine::hook::{self, tidy};
use engine::{Engine, Error};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::time::Duration;
use tokio::sync::watch;

/// Deliveries in this state that came into the log before, by another way.
async fn many(cast: &Cast, count: u32, state: &str) {
    let closed = if state == "waiting" { "null" } else { "clock()" };
    cast.world.sql(&format!(
        "insert into hook_deliveries (id, hook_id, kind, state, closed_at) \
         select gen_random_uuid(), h.id, 'test', '{state}', {closed} from hooks h, generate_series(1, {count})"
    ))
    .await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_waits_for_a_dead_receiver_is_given_up_after_a_day_and_can_be_sent_again(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let made = cast.hook("Ledger", &receiver).await;
    receiver.always(Answer::status(503));
    for number in 0..5 {
        cast.happens(&format!("number {number}")).await;
    }
    cast.round().await;
    let tried = receiver.taken().len();
    assert!(tried < 9, "most had no turn");
    cast.world.move_clock(TimeDelta::hours(29)).await;
    cast.round().await;
    assert_eq!(cast.world.count("select count(*) from hook_deliveries where state = 'waiting'").await, 9);
    cast.world.move_clock(TimeDelta::hours(31)).await;
    cast.happens("new").await;
    cast.round().await;
    assert_eq!(cast.world.count("select count(*) from hook_deliveries where state = 'waiting'").await, 2);
    let given_up =
        "select count(*) from hook_deliveries where state = 'failed' and problem like '%longer than a day'";
    assert_eq!(cast.world.count(given_up).await, 9);

    receiver.always(Answer::status(200));
    let ctx = cast.world.ctx(cast.root).await;
    assert_eq!(resend_delivery(&cast.world.engine, &ctx, made.id, None).await.unwrap(), 9);
    cast.later().await;
    cast.round().await;
    assert_eq!(cast.world.count("select count(*) from hook_deliveries where state = 'delivered'").await, 11);
    assert_eq!(cast.world.count("select count(*) from hooks where again_before is null").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_receiver_that_takes_nothing_for_a_week_is_switched_off_with_a_reason(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    cast.hook("Ledger", &receiver).await;
    receiver.always(Answer::status(404));
    let off = "select count(*) from hooks where off_why like '%7 days%'";
    let mut hours = 0;
    while cast.world.count(off).await == 0 {
        assert!(hours < 9 * 24, "it goes on for ever");
        hours += 8;
        cast.world.move_clock(TimeDelta::hours(hours)).await;
        cast.happens("once more").await;
        cast.round().await;
    }
    assert!(hours >= 7 * 24, "after {hours} h");
    let told = "select count(*) from audit_events where action = 'hook-switched-off' and actor_id is null and reason like '%7 days%'";
    assert_eq!(cast.world.count(told).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_receiver_does_not_take_holds_up_itself_only(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    cast.hook("Ledger", &receiver).await;
    // one that can't be written, and one that is refused
    let broken = "insert into hook_deliveries (id, hook_id, kind, seq) select gen_random_uuid(), id, 'mail-stopped', 999999 from hooks";
    cast.world.sql(broken).await;
    receiver.next(Answer::status(400));
    cast.happens("first").await;
    cast.round().await;
    assert_eq!(receiver.only().json()["data"]["reason"], "first");
    let calm = "select count(*) from hooks where failures = 0 and rests_until is null";
    assert_eq!(cast.world.count(calm).await, 1);
    cast.happens("second").await;
    cast.round().await;
    assert_eq!(receiver.taken().len(), 3, "told at once");
    assert_eq!(cast.world.count("select count(*) from hook_deliveries where state = 'delivered'").await, 2);
    let again =
        "select count(*) from hook_deliveries where state = 'waiting' and attempts = 1 and due_at > clock()";
    assert_eq!(cast.world.count(again).await, 2, "and these again later");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_receiver_that_failed_is_tried_with_one_delivery_by_all_servers_together(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    cast.hook("Ledger", &receiver).await;
    receiver.always(Answer::status(500));
    cast.happens("first").await;
    cast.happens("second").await;
    cast.round().await;
    cast.later().await;
    let before = receiver.taken().len();
    receiver.always(Answer::Silent);
    let servers = [cast.world.restricted(), cast.world.restricted(), cast.world.restricted()];
    let (one, two, three) =
        tokio::join!(hook::once(&servers[0]), hook::once(&servers[1]), hook::once(&servers[2]));
    one.and(two).and(three).unwrap();
    assert_eq!(receiver.taken().len(), before + 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_server_that_is_busy_says_nothing_about_the_receiver(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let made = cast.hook("Ledger", &receiver).await;
    cast.happens("once").await;
    hook::expand::expand(&cast.world.engine, &watch::channel(false).1).await.unwrap();
    let due: Due = sqlx::query_as(
        "update hook_deliveries set lease = gen_random_uuid(), leased_until = clock() + interval '2 minutes', attempts = 1 \
         where kind = 'mail-stopped' returning id, kind, seq, anchor, attempts, lease",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let small = PgPoolOptions::new().max_connections(1).acquire_timeout(Duration::from_millis(800));
    let small = small.connect_lazy_with((*pool.connect_options()).clone());
    let held = small.acquire().await.unwrap();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(1200)).await;
        drop(held);
    });
    let engine = Engine::new(small, (*cast.world.engine.settings).clone());
    let busy = deliver::one(&engine, made.id, &due).await.unwrap_err();
    assert!(matches!(busy, Error::Busy), "{busy}");
    assert_eq!(cast.world.count("select count(*) from hooks where failures = 0").await, 1);
    assert_eq!(cast.world.count("select count(*) from hook_deliveries where problem <> ''").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_very_long_log_is_deleted_and_sent_again_in_parts_by_the_worker(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let (engine, ctx) = (&cast.world.engine, cast.world.ctx(cast.root).await);
    let made = cast.hook("Ledger", &receiver).await;
    many(&cast, 6500, "failed").await;
    assert_eq!(resend_delivery(engine, &ctx, made.id, None).await.unwrap(), 6500);
    let waiting = "select count(*) from hook_deliveries where state = 'waiting'";
    assert_eq!(cast.world.count(waiting).await, 0, "no statement of the act is that long");
    let (_keep, stop) = watch::channel(false);
    let worker = cast.world.restricted();
    assert!(tidy::tidy(&worker, &stop).await.unwrap());
    assert_eq!(cast.world.count(waiting).await, 5000);
    assert!(!tidy::tidy(&worker, &stop).await.unwrap());
    assert_eq!(cast.world.count(waiting).await, 6500);

    delete_hook(engine, &ctx, made.id).await.unwrap();
    assert_eq!(cast.world.count(waiting).await, 6500);
    let code = cast.world.code(cast.root).await;
    let input = super::everything("Ledger", "json", receiver.address("/in"));
    create_hook(engine, &ctx, &input, &code).await.expect("its name is free at once");
    assert!(tidy::tidy(&worker, &stop).await.unwrap());
    assert!(!tidy::tidy(&worker, &stop).await.unwrap());
    assert_eq!(cast.world.count("select count(*) from hook_deliveries").await, 0);
    assert_eq!(cast.world.count("select count(*) from hooks").await, 1, "the new one");
}
