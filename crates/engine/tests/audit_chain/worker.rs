//! The worker verifies slice by slice, remembers how far it got, and stops at the first bad event until an operator has
//! looked at everything.

use crate::support::*;
use chrono::TimeDelta;
use engine::audit::anchors::{self, Signing};
use engine::audit::check::{self, Found, Round};
use engine::{Engine, Settings};

async fn found(world: &World) -> Found {
    check::found(&mut world.engine.pool.acquire().await.unwrap()).await.unwrap()
}

async fn events(world: &World, count: u32) {
    let write =
        "insert into audit_events (action, outcome) select 'signed-in', 'done' from generate_series(1, ";
    world.sql(&format!("{write}{count})")).await;
}

/// As its owner, with every trigger off.
async fn tamper(world: &World, statement: &str) {
    let off =
        ["audit_events", "audit_chain"].map(|table| format!("alter table {table} disable trigger user;"));
    let on = off.clone().map(|off| off.replace("disable", "enable"));
    world.sql(&format!("{} {statement}; {}", off.join(" "), on.join(" "))).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn it_goes_on_from_where_it_was_and_begins_anew_every_day(pool: PgPool) {
    let world = World::new(&pool);
    assert_eq!(found(&world).await, Found::Nothing);
    events(&world, 4_500).await;
    assert_eq!(check::slice(&world.engine).await.unwrap(), Round::More);
    assert_eq!(world.count("select position from audit_check").await, 2_000);
    assert_eq!(found(&world).await, Found::Nothing);
    assert_eq!(check::slice(&world.engine).await.unwrap(), Round::More);
    assert_eq!(check::slice(&world.engine).await.unwrap(), Round::End);
    assert!(matches!(found(&world).await, Found::Whole { to: 4_500, .. }));
    events(&world, 3).await;
    assert_eq!(check::slice(&world.engine).await.unwrap(), Round::End);
    assert!(matches!(found(&world).await, Found::Whole { to: 4_503, .. }));

    // what was looked at already is looked at again the next day
    tamper(&world, "update audit_events set reason = 'x' where seq = 7").await;
    assert_eq!(check::slice(&world.engine).await.unwrap(), Round::End);
    world.move_clock(TimeDelta::hours(25)).await;
    assert_eq!(check::slice(&world.engine).await.unwrap(), Round::End);
    let broken = check::slice(&world.engine).await.unwrap();
    assert_eq!(broken, Round::Broken(Fault::at(7, Wrong::Hash)));
    assert!(matches!(found(&world).await, Found::Bad { position: 7, .. }));
    events(&world, 1).await;
    assert_eq!(check::slice(&world.engine).await.unwrap(), Round::Rests);

    // mended by hand, and all of it verified by an operator
    tamper(&world, "update audit_events set reason = '' where seq = 7").await;
    assert_eq!(check::slice(&world.engine).await.unwrap(), Round::Rests);
    verified(&world, Vec::new()).await.unwrap();
    check::reset(&mut pool.acquire().await.unwrap()).await.unwrap();
    while check::slice(&world.engine).await.unwrap() == Round::More {}
    assert!(matches!(found(&world).await, Found::Whole { to: 4_504, .. }));
}

#[sqlx::test(migrations = "../../migrations")]
async fn each_kind_of_tampering_stops_it(pool: PgPool) {
    for (statement, fault) in [
        ("update audit_events set ip = 'x' where seq = 25", Fault::at(25, Wrong::Hash)),
        ("delete from audit_events where seq = 25", Fault::at(26, Wrong::Gap(25))),
        ("delete from audit_chain where position = 25", Fault::at(26, Wrong::Gap(25))),
        ("delete from audit_events where seq >= 25", Fault::at(25, Wrong::Gap(25))),
        (
            "delete from audit_events where seq >= 25; delete from audit_chain where position >= 25",
            Fault::at(30, Wrong::Tail(24)),
        ),
        (
            "delete from audit_events where seq >= 15; delete from audit_chain where position >= 15",
            Fault::at(20, Wrong::Tail(14)),
        ),
        (
            "insert into audit_events (action, outcome) values ('signed-in', 'done')",
            Fault::at(0, Wrong::Outside(31)),
        ),
    ] {
        let world = World::new(&pool);
        fresh(&world).await;
        let anchors = Some(Signing::new(&vec![9_u8; 32].into(), None).unwrap());
        let engine = Engine::new(pool.clone(), Settings { anchors, ..(*world.engine.settings).clone() });
        events(&world, 20).await;
        // a pass has been to position 20
        assert_eq!(check::slice(&engine).await.unwrap(), Round::End);
        events(&world, 10).await;
        anchors::make(&engine).await.unwrap().unwrap();
        world.sql("update audit_check set began_at = clock()").await;
        tamper(&world, statement).await;
        let mut round = Round::More;
        while round == Round::More {
            round = check::slice(&engine).await.unwrap();
        }
        assert_eq!(round, Round::Broken(fault), "{statement}");
    }
}

/// An empty audit, its numbers from 1.
async fn fresh(world: &World) {
    tamper(
        world,
        "alter table audit_anchors disable trigger user; truncate audit_events, audit_chain, audit_anchors restart identity; \
         alter table audit_anchors enable trigger user; delete from audit_check; insert into audit_check default values",
    )
    .await;
}
