//! O2, O3, O4, O6, O7, O9: many people, many changes, and an application or a worker that fails in between.

use super::fake::{Fake, TOKEN};
use super::{Cast, cast, input};
use chrono::TimeDelta;
use domain::assignment::Kind;
use domain::ids::{PersonId, TargetId};
use domain::span::Span;
use domain::target::Access;
use engine::act::retry_application::allow_departures;
use engine::provision;
use sqlx::PgPool;
use std::time::Duration;

/// Steady dice.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(sides).unwrap()).unwrap()
    }
}

struct Stage {
    fake: Fake,
    cast: Cast,
    people: Vec<PersonId>,
    groups: Vec<(String, TargetId)>,
}

async fn stage(pool: &PgPool, people: usize, groups: usize) -> Stage {
    let fake = Fake::start().await;
    let cast = cast(pool, &input(&fake.base(), TOKEN)).await;
    let mut everybody = Vec::new();
    for number in 0..people {
        everybody.push(cast.world.person(&format!("Person {number:02}")).await);
    }
    let mut all = vec![("Group vault".to_owned(), cast.target)];
    for number in 1..groups {
        let group = cast.world.group(&format!("g{number}")).await;
        cast.assign(group).await;
        all.push((format!("Group g{number}"), cast.world.target(group, Access::Member).await));
    }
    Stage { fake, cast, people: everybody, groups: all }
}

impl Stage {
    /// Switches somebody's access on or off.
    async fn flip(&self, person: PersonId, target: TargetId) {
        let off = "update assignments set ends_at = clock(), end_recorded = true where principal_id = $1 and target_id = $2 and kind = 'active' \
            and ends_at > clock()";
        let off = sqlx::query(off).bind(person.0).bind(target.0).execute(&self.cast.world.engine.pool);
        if off.await.unwrap().rows_affected() == 0 {
            let span = Span::lasting(self.cast.world.now().await, TimeDelta::hours(9));
            self.cast.world.assign(person, target, Kind::Active, span).await;
        }
    }

    /// Until nothing is to be done any more.
    async fn heal(&self) {
        self.fake.manner(|manner| manner.lossy = 0);
        let free = "update application_people set leased_until = null; update application_groups set leased_until = null; \
            update applications set straight = 0, health = 'healthy', test_due_at = null";
        self.cast.sql(free).await;
        self.cast.rounds(6).await;
        let open = "select count(*) from application_people where due_at is not null";
        assert_eq!(
            self.cast.count(open).await,
            0,
            "{}",
            self.cast.word("select string_agg(problem, '|') from application_people").await
        );
    }

    /// Everybody who should be in, and nobody else; nobody and nothing twice.
    async fn check(&self) {
        for (group, target) in &self.groups {
            let wanted: Vec<String> = sqlx::query_scalar(
                "select distinct u.user_name from active_now a join users u on u.id = a.principal_id where a.target_id = $1 order by 1",
            )
            .bind(target.0)
            .fetch_all(&self.cast.world.engine.pool)
            .await
            .unwrap();
            assert_eq!(self.fake.members(group), wanted, "{group}");
        }
        let names: Vec<_> = self.fake.users().iter().map(|user| user["userName"].to_string()).collect();
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(names.len(), distinct.len(), "accounts twice");
        assert!(self.fake.groups().len() <= self.groups.len(), "groups twice");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn when_three_of_ten_answers_are_lost_everything_is_right_in_the_end(pool: PgPool) {
    let stage = stage(&pool, 20, 5).await;
    stage.fake.manner(|manner| (manner.lossy, manner.doubles) = (30, true));
    let mut dice = Dice(1);
    for number in 0..1000 {
        let (person, group) = (dice.roll(20), dice.roll(5));
        stage.flip(stage.people[person], stage.groups[group].1).await;
        if number % 40 == 39 {
            stage
                .cast
                .sql("update applications set straight = 0, health = 'healthy', test_due_at = null")
                .await;
            stage.cast.rounds(1).await;
        }
    }
    stage.heal().await;
    stage.check().await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_worker_that_is_killed_at_any_moment_leaves_nothing_wrong(pool: PgPool) {
    let stage = stage(&pool, 6, 2).await;
    stage.fake.manner(|manner| (manner.doubles, manner.takes) = (true, Duration::from_millis(1)));
    let mut dice = Dice(7);
    for _ in 0..150 {
        let (person, group) = (dice.roll(6), dice.roll(2));
        stage.flip(stage.people[person], stage.groups[group].1).await;
        let engine = stage.cast.world.restricted();
        let worker = tokio::spawn(async move { provision::once(&engine).await });
        tokio::time::sleep(Duration::from_millis(u64::try_from(dice.roll(40)).unwrap())).await;
        worker.abort();
        worker.await.ok();
        // its leases are over some time after
        stage
            .cast
            .sql(
                "update application_people set leased_until = clock() where leased_until is not null; \
            update application_groups set leased_until = clock()",
            )
            .await;
    }
    stage.heal().await;
    stage.check().await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn several_servers_and_keys_that_come_twice_do_no_harm(pool: PgPool) {
    let stage = stage(&pool, 10, 2).await;
    stage.fake.manner(|manner| manner.doubles = true);
    let mut dice = Dice(3);
    let servers =
        [stage.cast.world.restricted(), stage.cast.world.restricted(), stage.cast.world.restricted()];
    for _ in 0..15 {
        for _ in 0..6 {
            let (person, group) = (dice.roll(10), dice.roll(2));
            stage.flip(stage.people[person], stage.groups[group].1).await;
        }
        // every mark two more times, in another order
        stage.cast.sql("insert into application_marks (due_at, group_id, principal_id, why) \
            select clock() - interval '1 second' * (m.id % 7), m.group_id, m.principal_id, m.why from application_marks m, generate_series(1, 2) \
            where m.due_at <= clock() order by m.id desc").await;
        let rounds = servers.iter().map(|server| {
            let server = server.clone();
            tokio::spawn(async move { provision::once(&server).await })
        });
        for round in rounds.collect::<Vec<_>>() {
            round.await.unwrap().unwrap();
        }
    }
    let failed = "select count(*) from application_people where state = 'failed'";
    assert_eq!(stage.cast.count(failed).await, 0);
    stage.heal().await;
    stage.check().await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_server_that_was_away_for_too_long_writes_nothing_any_more(pool: PgPool) {
    let stage = stage(&pool, 1, 1).await;
    let ann = stage.people[0];
    stage.flip(ann, stage.groups[0].1).await;
    stage.cast.round().await;
    stage.flip(ann, stage.groups[0].1).await;
    stage.flip(ann, stage.groups[0].1).await;
    stage.cast.sql("update application_members set there = 'unknown'").await;
    // the first server is stuck in its first request; its lease runs out, and access ends meanwhile
    stage.fake.next(super::fake::Fault::Slow(Duration::from_millis(900)));
    let slow = stage.cast.world.restricted();
    let slow = tokio::spawn(async move { provision::once(&slow).await });
    tokio::time::sleep(Duration::from_millis(500)).await;
    stage.flip(ann, stage.groups[0].1).await;
    stage.cast.sql("update application_people set leased_until = clock()").await;
    stage.cast.round().await;
    assert_eq!(stage.fake.members("Group vault"), [""; 0]);
    slow.await.unwrap().unwrap();
    assert_eq!(
        stage.cast.word("select there from application_members").await,
        "no",
        "the late one was fenced off"
    );
    stage.check().await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_thousand_removals_take_out_nobody_else(pool: PgPool) {
    let stage = stage(&pool, 25, 1).await;
    stage.fake.manner(|manner| manner.literal = true);
    for _ in 0..42 {
        for person in &stage.people {
            stage.flip(*person, stage.groups[0].1).await;
        }
        stage.cast.round().await;
        stage.check().await;
        for person in stage.people.iter().skip(1) {
            stage.flip(*person, stage.groups[0].1).await;
        }
        stage.cast.round().await;
        stage.check().await;
        stage.flip(stage.people[0], stage.groups[0].1).await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_breaker_holds_accounts_back_and_never_an_ended_membership(pool: PgPool) {
    let stage = stage(&pool, 8, 1).await;
    stage.cast.sql("update applications set breaker_most = 3, breaker_per_cent = 0").await;
    for person in &stage.people {
        stage.flip(*person, stage.groups[0].1).await;
    }
    stage.cast.round().await;
    for person in &stage.people {
        stage.flip(*person, stage.groups[0].1).await;
    }
    stage.cast.rounds(2).await;
    let open = |fake: &Fake| fake.users().iter().filter(|user| user["active"] == true).count();
    assert_eq!(
        (stage.fake.members("Group vault").len(), open(&stage.fake)),
        (0, 5),
        "three went, five are held back"
    );
    assert_eq!(stage.cast.count("select count(*) from application_people where state = 'blocked'").await, 5);
    // tripped, and access that ends is still taken away
    stage.flip(stage.cast.ann, stage.groups[0].1).await;
    stage.cast.round().await;
    assert_eq!(stage.fake.members("Group vault"), ["ann.ames"]);
    stage.flip(stage.cast.ann, stage.groups[0].1).await;
    stage.cast.round().await;
    assert_eq!(stage.fake.members("Group vault"), [""; 0]);
    // more than the breaker lets go at once: somebody looked at them
    let let_go =
        allow_departures(&stage.cast.world.engine, &stage.cast.boss().await, stage.cast.app).await.unwrap();
    assert_eq!(let_go, 6);
    stage.cast.round().await;
    assert_eq!(open(&stage.fake), 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn removals_go_before_grants(pool: PgPool) {
    let stage = stage(&pool, 6, 1).await;
    let group = stage.groups[0].1;
    stage.flip(stage.people[5], group).await;
    stage.cast.round().await;
    stage.cast.sql("update applications set in_flight = 1").await;
    let before = stage.fake.asked().len();
    for person in &stage.people {
        stage.flip(*person, group).await;
    }
    stage.cast.round().await;
    let first = stage.fake.asked()[before].body.to_string();
    assert!(first.contains("remove"), "{first}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_hundred_at_once_are_all_in_within_a_minute_at_the_usual_pace(pool: PgPool) {
    let stage = stage(&pool, 100, 1).await;
    let group = stage.groups[0].1;
    stage.fake.manner(|manner| manner.takes = Duration::from_millis(50));
    stage.cast.sql("update applications set leaving = 'leave'").await;
    for person in &stage.people {
        stage.flip(*person, group).await;
    }
    stage.cast.rounds(1).await;
    for person in &stage.people {
        stage.flip(*person, group).await;
    }
    stage.cast.rounds(1).await;
    // the usual pace, with a bucket that is full
    stage.cast.sql("update applications set per_second = 10, burst = 20, full_at = clock()").await;
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(provision::run(stage.cast.world.restricted(), stopping));
    for person in &stage.people {
        stage.flip(*person, group).await;
    }
    let all = async {
        while stage
            .cast
            .count("select count(*) from application_members where wanted and there = 'yes'")
            .await
            < 100
        {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all).await.expect("all are in");
    // the bucket fills again
    tokio::time::sleep(Duration::from_secs(3)).await;
    // five a second: each within five seconds
    for person in stage.people.iter().take(40) {
        stage.flip(*person, group).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    tokio::time::sleep(Duration::from_secs(6)).await;
    let unconfirmed = "select count(*) from application_members where not wanted and confirmed_at is null";
    assert_eq!(stage.cast.count(unconfirmed).await, 0);
    // 95 of 100 within five seconds, all within fifteen
    let late = "select count(*) from application_members where not wanted and confirmed_at - asked_at > interval '5 seconds'";
    assert!(stage.cast.count(late).await <= 2);
    let late = "select count(*) from application_members where not wanted and confirmed_at - asked_at > interval '15 seconds'";
    assert_eq!(stage.cast.count(late).await, 0);
    stop.send(true).unwrap();
    worker.await.unwrap();
}
