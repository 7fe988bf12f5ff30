//! How the audit is read for hooks: in parts, up to where a hook was switched off, and never past what is not understood.

use super::receiver::Receiver;
use super::{Cast, cast, everything};
use engine::act::switch_hook::switch_hook;
use engine::hook::expand::expand;
use sqlx::PgPool;
use std::collections::BTreeSet;
use tokio::sync::watch;

fn set(reasons: &[&str]) -> BTreeSet<String> {
    reasons.iter().map(|reason| (*reason).to_owned()).collect()
}

/// Reasons that arrived, but for the empty ones of mail that is started.
fn told(receiver: &Receiver) -> BTreeSet<String> {
    Cast::reasons(receiver).into_iter().filter(|reason| !reason.is_empty()).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_happened_before_a_hook_was_switched_off_is_told_when_it_is_on_again(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let made = cast.hook("Ledger", &receiver).await;
    let switch = async |on| {
        let ctx = cast.world.ctx(cast.root).await;
        switch_hook(&cast.world.engine, &ctx, made.id, on).await.unwrap();
    };
    // off and on before the worker looked, twice
    cast.happens("first").await;
    switch(false).await;
    cast.happens("meanwhile").await;
    switch(true).await;
    cast.happens("second").await;
    switch(false).await;
    cast.happens("meanwhile too").await;
    switch(true).await;
    cast.happens("third").await;
    cast.round().await;
    assert_eq!(told(&receiver), set(&["first", "second", "third"]));

    // off while the worker looks
    cast.happens("fourth").await;
    switch(false).await;
    cast.happens("not told").await;
    cast.round().await;
    assert_eq!(told(&receiver).len(), 3, "nothing is sent");
    switch(true).await;
    cast.happens("fifth").await;
    cast.round().await;
    assert_eq!(told(&receiver), set(&["first", "second", "third", "fourth", "fifth"]));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_event_of_a_later_version_is_left_to_a_server_that_knows_it(pool: PgPool) {
    let (cast, receiver, other) = (cast(&pool).await, Receiver::start().await, Receiver::start().await);
    cast.hook("Ledger", &receiver).await;
    cast.happens("before").await;
    cast.world.sql("insert into audit_events (action, outcome, reason) values ('of-a-later-version', 'done', 'unheard of')").await;
    cast.make(&everything("Whole", "json", other.address("/in"))).await;
    cast.happens("after").await;
    cast.round().await;
    cast.round().await;
    assert_eq!(told(&receiver), set(&["before"]));
    assert_eq!(told(&other), set(&["after"]), "a hook that is past it is not held up");
    // as a later version does
    cast.world.sql("update hooks set position = position + 1 where name = 'Ledger'").await;
    cast.round().await;
    assert_eq!(told(&receiver), set(&["before", "after"]));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_hook_that_is_far_behind_is_read_for_in_parts_and_not_while_the_server_stops(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    cast.hook("Ledger", &receiver).await;
    let many =
        "insert into audit_events (action, outcome) select 'signed-in', 'done' from generate_series(1, 6500)";
    cast.world.sql(many).await;
    cast.happens("last").await;
    let behind = "select (select max(position) from audit_chain) - position from hooks";
    let all = cast.world.count(behind).await;
    let worker = cast.world.restricted();
    assert!(!expand(&worker, &watch::channel(true).1).await.unwrap());
    assert_eq!(cast.world.count(behind).await, all, "it stops");
    let (_keep, going) = watch::channel(false);
    assert!(expand(&worker, &going).await.unwrap(), "more is left");
    assert_eq!(cast.world.count(behind).await, all - 5000);
    assert!(!expand(&worker, &going).await.unwrap());
    assert_eq!(cast.world.count(behind).await, 0);
    cast.round().await;
    assert_eq!(told(&receiver), set(&["last"]));
}
