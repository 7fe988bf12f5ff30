//! What the marks cost an activation: with an application that is told of a group, and without, in turn.

use crate::Result;
use crate::figures::quantile;
use crate::world::World;
use engine::act::activate::activate;
use std::time::Instant;

/// Activations of one turn, and turns of each side.
const TURN: usize = 25;
const TURNS: usize = 12;

/// Prints the ratio.
pub async fn run(url: &str) -> Result<()> {
    let world = World::build(url, "provisioning_marks", "http://127.0.0.1:9/scim", |_| {}).await?;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    let kept = "create table kept as select * from application_groups";
    world.small.sql(kept).await;
    for turn in 0..TURNS {
        world.small.sql("delete from application_groups").await;
        measure(&world, &format!("a{turn}"), &mut without).await?;
        world.small.sql("insert into application_groups select * from kept").await;
        measure(&world, &format!("b{turn}"), &mut with).await?;
    }
    let (with, without) = (quantile(&mut with, 0.5) * 1e3, quantile(&mut without, 0.5) * 1e3);
    println!(
        "\nAn activation with an application: {with:.2} ms, without: {without:.2} ms, ratio {:.2} (p50 of {}).",
        with / without,
        TURN * TURNS
    );
    Ok(())
}

async fn measure(world: &World, prefix: &str, seconds: &mut Vec<f64>) -> Result<()> {
    for number in 0..TURN {
        let person = world.small.person(&format!("{prefix} {number}")).await;
        world.small.eligible(person, world.target).await;
        let ctx = world.small.ctx(person).await;
        let form = world.form();
        let begun = Instant::now();
        activate(&world.small.engine, &ctx, form).await?;
        seconds.push(begun.elapsed().as_secs_f64());
    }
    Ok(())
}
