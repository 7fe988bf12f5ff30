//! Measures how soon an application follows, and what comparing everything with it takes: bars in `docs/benchmarks.md`. Run it by
//! `cargo xtask bench --provisioning`, which starts the server.
//!
//! Argument: rounds in which the worker is killed (`kills` before it: only that). Environment: `DATABASE_URL`, where databases may be made. The application and the
//! worker that is killed are this program again, as processes of their own.

mod figures;
mod kills;
mod latency;
mod sweep;
mod target;
mod triggers;
mod world;

use figures::Bars;
use std::env;
use std::error::Error;

/// What can go wrong here ends the run.
type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    runtime.block_on(async {
        match words.as_slice() {
            ["target", port, fill] => target::run(port.parse()?, fill.parse()?).await,
            ["worker", database] => kills::worker(database).await,
            ["kills", many] => {
                let mut bars = Bars::default();
                kills::run(&env::var("DATABASE_URL")?, many.parse()?, &mut bars).await?;
                bars.all_met()
            }
            [] => measure(500).await,
            [kills] => measure(kills.parse()?).await,
            _ => Err("what?".into()),
        }
    })
}

async fn measure(kills: usize) -> Result<()> {
    let url = env::var("DATABASE_URL")?;
    let mut bars = Bars::default();
    latency::run(&url, &mut bars).await?;
    triggers::run(&url).await?;
    sweep::run(&url, &mut bars).await?;
    kills::run(&url, kills, &mut bars).await?;
    bars.all_met()
}
