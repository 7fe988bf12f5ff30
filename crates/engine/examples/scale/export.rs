//! What the export of the whole audit takes: time, and memory that does not grow with the number of events.

use crate::Result;
use crate::world::World;
use engine::ask::audit_export::{Format, begin};
use engine::ask::audit_page::{Filter, Scope};
use engine::testkit;
use std::fs;
use std::time::Instant;

/// Most that memory may grow after the first tenth of the file, as a part of what it was then.
const GROWTH: f64 = 0.05;

/// Exports in both formats, and says whether memory stayed as it was.
pub async fn run(world: &World) -> Result<bool> {
    println!(
        "\n| export | events | MB | s | memory after a tenth, MB | at the end, MB | bar |\n|---|---|---|---|---|---|---|"
    );
    let mut met = true;
    for (name, format) in [("CSV", Format::Csv), ("JSON lines", Format::Ndjson)] {
        let begun = Instant::now();
        let reader = world.reader();
        let code = testkit::World { engine: world.engine.clone() }.first_code(reader.person()).await;
        let mut export =
            begin(&world.engine, &reader, &Scope::Mine, Filter::default(), format, &code).await?;
        let all = world.events().await?;
        let (mut lines, mut bytes, mut early, mut most) = (0_usize, 0_usize, 0, 0);
        while let Some(piece) = export.next().await? {
            lines += piece.bytes().filter(|byte| *byte == b'\n').count();
            bytes += piece.len();
            most = most.max(resident()?);
            if lines <= all / 10 {
                early = most;
            }
        }
        let within = most as f64 <= early as f64 * (1.0 + GROWTH);
        met &= within;
        println!(
            "| {name} | {all} | {} | {:.0} | {:.1} | {:.1} | {} |",
            bytes / 1_000_000,
            begun.elapsed().as_secs_f64(),
            early as f64 / 1_000.0,
            most as f64 / 1_000.0,
            if within { "met" } else { "**not met**" }
        );
    }
    Ok(met)
}

/// Memory of this process, kB.
fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}
