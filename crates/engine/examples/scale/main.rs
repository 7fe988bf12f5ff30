//! Measures what pages cost with a thousand people and with a million: bars in `docs/benchmarks.md`. Run it by
//! `cargo xtask bench --scale`, which starts the server.
//!
//! Argument: people of the large company (groups are a tenth of them, assignments five times as many). Environment:
//! `DATABASE_URL`, where databases may be made; `SCALE_KEEP`, to use those of an earlier run again and keep them. Ends
//! with an error when a bar is not met.

#[path = "../../tests/support/mod.rs"]
mod counting;
mod deep;
mod export;
mod figures;
mod jobs;
mod places;
mod reads;
mod world;

use figures::{Bars, Figures};
use places::Places;
use reads::Read;
use std::env;
use std::error::Error;
use world::World;

/// What can go wrong here ends the run.
type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// People of the small company.
const SMALL: i64 = 1_000;
/// Turns that the two companies take at each read, so that what else happens on the machine meets both.
const TURNS: usize = 10;
/// Most statements of My access.
const STATEMENTS: usize = 6;
/// How much longer a read may take: in a company a thousand times as large, and on page 10,000 than on page 1.
const RATIO: f64 = 2.0;

fn main() -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(run())
}

async fn run() -> Result<()> {
    let people = env::args().nth(1).map_or(Ok(1_000_000), |word| word.parse())?;
    let url = env::var("DATABASE_URL")?;
    let small = World::build(&url, "scale_small", SMALL, 1).await?;
    let large = World::build(&url, "scale_large", people, deep::PEOPLE).await?;
    println!(
        "PostgreSQL {}\nsmall: {}\nlarge: {}",
        large.server().await?,
        small.size().await?,
        large.size().await?
    );
    let places = (Places::find(&small).await?, Places::find(&large).await?);

    jobs::run(&small, &large).await?;

    let mut bars = Bars::default();
    println!(
        "\n| read | of {SMALL} people: p50, ms | p99, ms | of {people} people: p50, ms | p99, ms | p99, ratio | statements | bar |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let mut first_pages = Vec::new();
    for read in Read::ALL {
        let (mut ours, mut theirs) = (Figures::default(), Figures::default());
        for turn in 0..=TURNS {
            let (few, many) =
                (read.take(&small, &places.0, turn).await?, read.take(&large, &places.1, turn).await?);
            // the first turn fills caches and plans
            if turn > 0 {
                ours.add(few);
                theirs.add(many);
            }
        }
        let statements = read.statements(&large, &places.1).await?;
        let ratio = theirs.quantile(0.99) / ours.quantile(0.99);
        let bar = read.is_my_access().then_some(ratio <= RATIO && statements <= STATEMENTS);
        println!(
            "| {} | {} | {} | {ratio:.2} | {statements} | {} |",
            read.name(),
            ours.cells(),
            theirs.cells(),
            bars.judge(read.name(), bar)
        );
        first_pages.push((read, theirs));
    }
    println!("\n| list of {people} people | page | p50 to page 1, ratio | bar |\n|---|---|---|---|");
    for (list, first, last) in Read::LISTS {
        let mut median = |read| -> Result<f64> {
            let found = first_pages.iter_mut().find(|(each, _)| *each == read).ok_or("not measured")?;
            Ok(found.1.quantile(0.5))
        };
        let ratio = median(last)? / median(first)?;
        let bar = bars.judge(list, Some(ratio <= RATIO));
        println!("| {list} | {} | {ratio:.2} | {bar} |", places.1.page_of(last));
    }
    deep::run(&large).await?;
    let constant = export::run(&large).await?;
    bars.judge("export in constant memory", Some(constant));
    small.forget(&url).await?;
    large.forget(&url).await?;
    bars.all_met()
}
