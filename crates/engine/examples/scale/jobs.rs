//! What the worker counts for insights and alerts, which takes a walk over the whole directory, before their pages are read.

use crate::Result;
use crate::world::World;
use std::time::{Duration, Instant};

/// Counts everything that is due in both companies.
pub async fn run(small: &World, large: &World) -> Result<()> {
    println!(
        "\n| count by the worker | of {} people, s | of {} people, s | written |\n|---|---|---|---|",
        small.people, large.people
    );
    let (few, many) = (holders(small).await?, holders(large).await?);
    row(
        "holders, of one moment (the slowest)",
        few.slowest,
        many.slowest,
        &format!("{} moments", many.moments),
    );
    row("holders, unused eligibilities and missing approvers, of now", few.now, many.now, "");
    let ((few, _), (many, open)) = (alerts(small).await?, alerts(large).await?);
    row("alerts, all kinds", few, many, &format!("{open} alerts"));
    Ok(())
}

fn row(name: &str, few: Duration, many: Duration, written: &str) {
    println!("| {name} | {:.2} | {:.2} | {written} |", few.as_secs_f64(), many.as_secs_f64());
}

/// How long who holds what takes to count.
struct Holders {
    /// The longest for one moment of the past.
    slowest: Duration,
    /// For the present one, with which the rest is counted.
    now: Duration,
    /// How many moments were due.
    moments: usize,
}

async fn holders(world: &World) -> Result<Holders> {
    let mut holders = Holders { slowest: Duration::ZERO, now: Duration::ZERO, moments: 0 };
    let begun: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("select clock()").fetch_one(&world.owner).await?;
    loop {
        let start = Instant::now();
        let Some(moment) = engine::insight::count(&world.engine).await? else { return Ok(holders) };
        holders.moments += 1;
        if moment >= begun {
            holders.now = start.elapsed();
        } else {
            holders.slowest = holders.slowest.max(start.elapsed());
        }
    }
}

async fn alerts(world: &World) -> Result<(Duration, i64)> {
    let start = Instant::now();
    engine::alert::count(&world.engine, None).await?;
    let took = start.elapsed();
    let open = sqlx::query_scalar("select count(*) from alerts where closed_at is null");
    Ok((took, open.fetch_one(&world.owner).await?))
}
