//! O6: the worker is killed in the middle of its work, as nobody can prepare for, again and again.

use crate::Result;
use crate::figures::Bars;
use crate::target::Target;
use crate::world::{World, serving};
use domain::assignment::Kind;
use domain::ids::PersonId;
use domain::span::Span;
use engine::provision;
use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const DATABASE: &str = "provisioning_kills";
/// Their access changes.
const PEOPLE: usize = 12;

/// Works until it is killed.
pub async fn worker(database: &str) -> Result<()> {
    let engine = serving(&std::env::var("DATABASE_URL")?, database).await?;
    let (_keep, stop) = tokio::sync::watch::channel(false);
    provision::run(engine, stop).await;
    Ok(())
}

/// Steady dice.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// So many rounds: access changes, the worker starts, and is killed some moment later.
pub async fn run(url: &str, rounds: usize, bars: &mut Bars) -> Result<()> {
    let target = Target::start(0).await?;
    let fast = |typed: &mut domain::provision::settings::Typed| {
        (typed.per_second, typed.burst, typed.breaker_most) = (500, 1000, 100_000);
    };
    let world = World::build(url, DATABASE, &target.base(), fast).await?;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(world.small.person(&format!("Person {number}")).await);
    }
    let mut dice = Dice(11);
    for _ in 0..rounds {
        for _ in 0..=dice.roll(3) {
            flip(&world, people[usize::try_from(dice.roll(PEOPLE as u64))?]).await?;
        }
        let mut command = Command::new(std::env::current_exe()?);
        let mut child =
            command.args(["worker", DATABASE]).stdin(Stdio::null()).stderr(Stdio::null()).spawn()?;
        // from before it has read anything to the middle of what it sends
        tokio::time::sleep(Duration::from_millis(30 + dice.roll(500))).await;
        child.kill()?;
        child.wait()?;
    }
    let (removed, all) = heal(&world).await?;
    let right = wanted(&world).await? == target.members("Group%20vault").await?;
    let met = bars.judge("kills", right && removed <= 60.0);
    println!(
        "\nThe worker was killed {rounds} times. After the last restart nobody was left in whose access had ended within {removed:.1} s, and everything was as it should be within {all:.1} s: {met} (≤ 60 s, nobody more or less)."
    );
    Ok(())
}

async fn flip(world: &World, person: PersonId) -> Result<()> {
    let off = "update assignments set ends_at = clock(), end_recorded = true where principal_id = $1 and kind = 'active' and ends_at > clock()";
    if sqlx::query(off).bind(person.0).execute(&world.small.engine.pool).await?.rows_affected() == 0 {
        let span = Span::lasting(world.small.now().await, chrono::TimeDelta::hours(9));
        world.small.assign(person, world.target, Kind::Active, span).await;
    }
    Ok(())
}

/// With a worker that nobody kills: seconds until nobody is to be taken out any more, and until nothing is to be done.
async fn heal(world: &World) -> Result<(f64, f64)> {
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(provision::run(world.engine.clone(), stopping));
    let begun = Instant::now();
    let marks = "(select count(*) from application_marks where due_at <= clock())";
    let removals = format!(
        "select {marks} + (select count(*) from application_members m where m.there <> 'no' and m.group_id not in (select application_wants(m.application_id, m.user_id)))"
    );
    let removed = until(world, &removals, begun).await?;
    let open = format!("select {marks} + (select count(*) from application_people where due_at is not null)");
    let all = until(world, &open, begun).await?;
    stop.send(true)?;
    worker.await?;
    Ok((removed, all))
}

async fn until(world: &World, query: &str, begun: Instant) -> Result<f64> {
    while world.count(query).await? > 0 && begun.elapsed() < Duration::from_secs(300) {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(begun.elapsed().as_secs_f64())
}

async fn wanted(world: &World) -> Result<BTreeSet<String>> {
    let sql = "select distinct u.user_name from active_now a join users u on u.id = a.principal_id where a.target_id = $1";
    let names: Vec<String> =
        sqlx::query_scalar(sql).bind(world.target.0).fetch_all(&world.small.engine.pool).await?;
    Ok(names.into_iter().collect())
}
