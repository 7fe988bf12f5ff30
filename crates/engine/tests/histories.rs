//! Random histories (security.md section 10, M1): people, the worker and time do what they like to a small cast, in the
//! engine on a real database and in a reference model that was written from the specification alone. Whether each step is
//! accepted, what it leaves behind and who has access then must be the same in both, to the microsecond; and the
//! invariants hold at every step.
//!
//! `PIMENTO_HISTORIES` is how many are played by both tests together, `PIMENTO_HISTORIES_FROM` the seed of the first, so that several
//! runs play others; `PIMENTO_HISTORY` plays one again that failed.

#![cfg(test)]

#[path = "histories/act.rs"]
mod act;
#[path = "histories/cast.rs"]
mod cast;
#[path = "histories/check.rs"]
mod check;
#[path = "histories/dice.rs"]
mod dice;
#[path = "histories/draw.rs"]
mod draw;
#[path = "histories/invariants.rs"]
mod invariants;
#[path = "histories/model.rs"]
mod model;
#[path = "histories/run.rs"]
mod run;
#[path = "histories/world.rs"]
mod world;

use engine::pool::trusting;
use run::{History, Tally, judge};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::env;
use std::time::Instant;
use world::World;

/// Of a quick run, by both tests together.
const QUICK: u64 = 16;

/// After so many the tables are counted, so that statements are planned anew: what was best while they were empty reads
/// them whole.
const REPLAN: [usize; 4] = [2, 10, 50, 500];

/// Where the clock stands when the first history begins: 2027-01-01.
const BEGIN: model::Time = 1_798_761_600_000_000;

/// Few connections that know every statement, planned once, by way of the indexes: otherwise most of the time would go
/// into planning, or into reading what all the histories before left in the tables.
async fn narrow(pool: &PgPool) -> PgPool {
    let options = (*pool.connect_options()).clone().statement_cache_capacity(2_000);
    let options = options.options([
        ("jit", "off"),
        ("plan_cache_mode", "force_generic_plan"),
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
    ]);
    trusting(PgPoolOptions::new()).max_connections(2).connect_with(options).await.unwrap()
}

async fn histories(pool: &PgPool, half: u64) {
    let pool = &narrow(pool).await;
    let mut world = World::new(pool);
    world.stop_clock().await;
    let mut clock = BEGIN;
    let mut tally = Tally::default();
    let begun = Instant::now();
    if let Ok(word) = env::var("PIMENTO_HISTORY") {
        judge(&mut world, &mut clock, &History::parse(&word), &mut tally).await;
        return;
    }
    let number = |name: &str, usual| env::var(name).map_or(usual, |count| count.parse().expect("a number"));
    let (first, count) = (number("PIMENTO_HISTORIES_FROM", 0), number("PIMENTO_HISTORIES", QUICK));
    for seed in (first..first + count).filter(|seed| seed % 2 == half) {
        judge(&mut world, &mut clock, &History::whole(seed), &mut tally).await;
        if REPLAN.contains(&tally.histories) {
            sqlx::query("analyze").execute(pool).await.unwrap();
        }
        if tally.histories.is_multiple_of(50) {
            println!(
                "{} histories, {} steps, {:.0} s",
                tally.histories,
                tally.steps,
                begun.elapsed().as_secs_f32()
            );
        }
    }
    let Tally { histories, steps, accepted, refused, either, instead, early } = tally;
    let seconds = begun.elapsed().as_secs_f32();
    println!(
        "{histories} histories, {steps} steps ({accepted} accepted, {refused} refused, {either} left open by the \
         specification; {instead} decisions in place of somebody, {early} requests for others early), 0 violations, {seconds:.0} s"
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn random_histories_with_even_seeds_agree_with_the_model(pool: PgPool) {
    histories(&pool, 0).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn random_histories_with_odd_seeds_agree_with_the_model(pool: PgPool) {
    histories(&pool, 1).await;
}
