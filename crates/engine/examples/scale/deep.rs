//! A chain of fifty groups (`deep.sql`), each inside the one before, with people in all of them.

use crate::Result;
use crate::counting::statements;
use crate::figures::Figures;
use crate::world::{World, id};
use domain::ids::{GroupId, PersonId};
use engine::ask::effective_members::{Wanted, effective_members};
use engine::ask::my_access;
use engine::nesting;
use std::time::Instant;

/// People in the chain.
pub const PEOPLE: i64 = 10_000;
/// Groups in it.
const DEPTH: i64 = 50;
/// How often each is asked.
const TIMES: usize = 30;

/// Asks about the chain, whose people hold nothing else.
pub async fn run(world: &World) -> Result<()> {
    let top = GroupId(id(0xb, world.people / 10 + 1));
    let reader = world.reader();
    println!("\n| depth {DEPTH}, {PEOPLE} people | p50, ms | p99, ms | statements |\n|---|---|---|---|");

    let wanted = Wanted::default();
    let all = || effective_members(&world.engine, &reader, "deep-1", &wanted);
    if i64::try_from(all().await?.count)? != PEOPLE {
        return Err("somebody is missing at the top".into());
    }
    row("effective members of the top", async || all().await.map(drop).map_err(Into::into)).await?;
    let bottom = PersonId(id(0xa, world.people + PEOPLE));
    let inside = async || -> Result<()> {
        let mut conn = world.engine.pool.acquire().await?;
        if nesting::is_in(&mut conn, bottom, top).await? {
            Ok(())
        } else {
            Err("not in the top group".into())
        }
    };
    row("is somebody of the bottom in the top", inside).await?;
    let ctx = world.ctx(bottom);
    let page = my_access::load(&world.engine, &ctx).await?;
    if page
        .eligible
        .first()
        .is_none_or(|eligible| eligible.through.len() != usize::try_from(DEPTH).unwrap_or(0))
    {
        return Err("not eligible through the whole chain".into());
    }
    row("My access of somebody of the bottom", async || {
        my_access::load(&world.engine, &ctx).await.map(drop).map_err(Into::into)
    })
    .await
}

async fn row(name: &str, read: impl AsyncFn() -> Result<()>) -> Result<()> {
    let mut figures = Figures::default();
    read().await?;
    for _ in 0..TIMES {
        let begun = Instant::now();
        read().await?;
        figures.0.push(u64::try_from(begun.elapsed().as_micros())?);
    }
    let (done, count) = statements(read()).await;
    done?;
    println!("| {name} | {} | {count} |", figures.cells());
    Ok(())
}
