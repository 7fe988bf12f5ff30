//! O2: from the commit of an act, or the moment of an end, to the answer of the application that confirms it.

use crate::Result;
use crate::figures::{Bars, quantile};
use crate::target::Target;
use crate::world::World;
use domain::assignment::Kind;
use domain::ids::PersonId;
use domain::span::Span;
use engine::act::activate::activate;
use engine::provision;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Activations, and ends.
const MANY: usize = 200;
/// At once.
const BURST: usize = 100;
/// Between two of them: five a second.
const GAP: Duration = Duration::from_millis(200);

/// Of what is wanted and there, and of what is neither.
const GIVEN: &str = "select extract(epoch from confirmed_at - asked_at)::float8 from application_members where wanted and there = 'yes'";
const TAKEN: &str = "select extract(epoch from confirmed_at - asked_at)::float8 from application_members where not wanted and there = 'no'";

/// At the usual pace for people whom it knows, and at 25 requests a second for people who are new to it.
pub async fn run(url: &str, bars: &mut Bars) -> Result<()> {
    println!(
        "\n| what, of an application that answers after 50 ms | number | p50, s | p95, s | p99, s | bar |\n|---|---|---|---|---|---|"
    );
    let target = Target::start(0).await?;
    let world =
        World::build(url, "provisioning_usual", &target.base(), |typed| typed.leaving = "leave".into())
            .await?;
    let people = people(&world, MANY).await;
    known(&world, &people).await?;
    let (stop, stopping) = watch::channel(false);
    let worker = tokio::spawn(provision::run(world.engine.clone(), stopping));
    steady(&world, &people, "of people it knows, 10 requests a second", bars).await?;
    burst(&world, &people, bars).await?;
    stop.send(true)?;
    worker.await?;

    let target = Target::start(0).await?;
    let faster = |typed: &mut domain::provision::settings::Typed| (typed.per_second, typed.burst) = (25, 50);
    let world = World::build(url, "provisioning_new", &target.base(), faster).await?;
    let people = self::people(&world, MANY).await;
    let (stop, stopping) = watch::channel(false);
    let worker = tokio::spawn(provision::run(world.engine.clone(), stopping));
    steady(&world, &people, "of people new to it, 25 requests a second", bars).await?;
    stop.send(true)?;
    worker.await?;
    Ok(())
}

async fn people(world: &World, many: usize) -> Vec<PersonId> {
    let mut people = Vec::new();
    for number in 0..many {
        let person = world.small.person(&format!("Person {number}")).await;
        world.small.eligible(person, world.target).await;
        people.push(person);
    }
    people
}

/// Each had it once: the application has an account for her.
async fn known(world: &World, people: &[PersonId]) -> Result<()> {
    world.small.sql("update applications set per_second = 500, burst = 1000, in_flight = 32").await;
    for person in people {
        let span = Span::lasting(world.small.now().await, chrono::TimeDelta::hours(1));
        world.small.assign(*person, world.target, Kind::Active, span).await;
    }
    provision::once(&world.engine).await?;
    world.small.sql("update assignments set ends_at = clock(), end_recorded = true where kind = 'active' and principal_id <> '00000000-0000-0000-0000-000000000000'").await;
    provision::once(&world.engine).await?;
    world.small.sql("delete from application_members; update applications set per_second = 10, burst = 20, in_flight = 4, full_at = clock()").await;
    Ok(())
}

/// By the act that people use.
async fn steady(world: &World, people: &[PersonId], what: &str, bars: &mut Bars) -> Result<()> {
    for person in people {
        let begun = Instant::now();
        switch_on(world, *person).await?;
        tokio::time::sleep(GAP.saturating_sub(begun.elapsed())).await;
    }
    wait(world, "select count(*) from application_members where wanted and there = 'yes'", people.len())
        .await?;
    row(world, GIVEN, &format!("activation, {what}"), bars).await?;
    // each ends by itself, five a second from now on
    world
        .small
        .sql("update assignments a set ends_at = clock() + interval '2 seconds' + n.place * interval '200 milliseconds' \
              from (select id, row_number() over (order by id) as place from assignments where kind = 'active' and origin = 'activated' \
                and ends_at > clock()) n where a.id = n.id")
        .await;
    wait(world, "select count(*) from application_members where not wanted and there = 'no'", people.len())
        .await?;
    row(world, TAKEN, &format!("end, {what}"), bars).await
}

async fn switch_on(world: &World, person: PersonId) -> Result<()> {
    let ctx = world.small.ctx(person).await;
    let form = world.form();
    activate(&world.small.engine, &ctx, form).await?;
    Ok(())
}

async fn row(world: &World, query: &str, what: &str, bars: &mut Bars) -> Result<()> {
    let mut seconds = world.seconds(query).await?;
    let [p50, p95, p99] = [0.5, 0.95, 0.99].map(|share| quantile(&mut seconds, share));
    let met = bars.judge(what, p95 <= 5.0 && p99 <= 15.0);
    println!("| {what} | {} | {p50:.2} | {p95:.2} | {p99:.2} | {met} (p95 ≤ 5, p99 ≤ 15) |", seconds.len());
    Ok(())
}

/// A hundred at once.
async fn burst(world: &World, people: &[PersonId], bars: &mut Bars) -> Result<()> {
    tokio::time::sleep(Duration::from_secs(3)).await;
    world.small.sql("delete from application_members").await;
    let begun = Instant::now();
    for person in &people[..BURST] {
        switch_on(world, *person).await?;
    }
    let committed = begun.elapsed().as_secs_f64();
    wait(world, "select count(*) from application_members where wanted and there = 'yes'", BURST).await?;
    let all = begun.elapsed().as_secs_f64();
    let met = bars.judge("burst", all <= 60.0);
    println!(
        "| {BURST} activations committed within {committed:.1} s, until all are in | {BURST} | | | {all:.1} (all) | {met} (all ≤ 60) |"
    );
    Ok(())
}

async fn wait(world: &World, query: &str, until: usize) -> Result<()> {
    for _ in 0..3_000 {
        if usize::try_from(world.count(query).await?)? >= until {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(format!("{} of {until} within five minutes", world.count(query).await?).into())
}
