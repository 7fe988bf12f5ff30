//! The measured thing: people activate through the pool, as the server would for them.

use crate::Result;
use crate::figures::Figures;
use crate::world::World;
use domain::duration::Minutes;
use domain::policy::evaluate::Answers;
use engine::act::activate::{Activate, activate};
use engine::ids;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Runs `clients` at a time for `length`; each activation is another person's, of her own group.
pub async fn run(world: &World, clients: usize, length: Duration) -> Result<Figures> {
    world.end_all().await?;
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let tasks: Vec<_> =
        (0..clients).map(|_| tokio::spawn(client(world.clone(), Arc::clone(&next), begun, length))).collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await??);
    }
    Ok(Figures { latencies, time: begun.elapsed() })
}

async fn client(world: World, next: Arc<AtomicUsize>, begun: Instant, length: Duration) -> Result<Vec<u64>> {
    let mut latencies = Vec::new();
    while begun.elapsed() < length {
        let pair = world.pair(next.fetch_add(1, Ordering::Relaxed))?;
        let answers = Answers {
            start: None,
            length: Some(Minutes::hours(1)),
            reason: "Failover of the primary after the alert of this morning".into(),
            ticket: String::new(),
        };
        let input = Activate {
            target: pair.target(),
            answers,
            code: String::new(),
            key: domain::ids::RequestKey(ids::new()),
        };
        let asked = Instant::now();
        activate(&world.engine, &pair.ctx(), input).await?;
        latencies.push(u64::try_from(asked.elapsed().as_micros())?);
    }
    Ok(latencies)
}
