//! Measures how fast activations commit, against `pgbench -N` on the same server in the same run: bars in
//! `docs/benchmarks.md`. Run it by `cargo xtask bench`, which starts the server.
//!
//! Arguments: seconds of one round, rounds. Environment: `DATABASE_URL`, an empty database; `PGBENCH`, the program.

mod activations;
mod figures;
mod past;
mod pgbench;
mod world;

use figures::{Figures, table};
use std::env;
use std::error::Error;
use std::time::Duration;

/// What can go wrong here ends the run.
type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Simultaneous clients, of both sides.
const CLIENTS: [usize; 2] = [1, 8];
/// Before the first figures are taken: caches, plans, connections.
const WARM_UP: Duration = Duration::from_secs(3);

fn main() -> Result<()> {
    // pgbench has two threads as well
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(run())
}

async fn run() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let length = Duration::from_secs(arguments.next().map_or(Ok(10), |word| word.parse())?);
    let rounds: u32 = arguments.next().map_or(Ok(3), |word| word.parse())?;

    eprintln!("setting up");
    let url = env::var("DATABASE_URL")?;
    let theirs = pgbench::Pgbench::new(env::var("PGBENCH")?, url.clone());
    theirs.fill()?;
    let world = world::World::build(&url).await?;
    println!("PostgreSQL {}", world.server().await?);

    for clients in CLIENTS {
        let (mut ours_all, mut theirs_all) = (Figures::default(), Figures::default());
        theirs.run(clients, WARM_UP)?;
        activations::run(&world, clients, WARM_UP).await?;
        for round in 0..rounds {
            // who goes first changes, so that nobody always finds what the other left behind
            if round % 2 == 0 {
                theirs_all.add(theirs.run(clients, length)?);
                ours_all.add(activations::run(&world, clients, length).await?);
            } else {
                ours_all.add(activations::run(&world, clients, length).await?);
                theirs_all.add(theirs.run(clients, length)?);
            }
            eprintln!("clients {clients}, round {} of {rounds} done", round + 1);
        }
        print!("{}", table(clients, &mut ours_all, &mut theirs_all));
    }
    world.check().await
}
