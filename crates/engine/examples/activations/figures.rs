//! Latencies, and what is read off them.

use std::fmt::Write as _;
use std::time::Duration;

/// Transactions of one side, over all rounds.
#[derive(Default)]
pub struct Figures {
    /// Microseconds of each transaction.
    pub latencies: Vec<u64>,
    /// Measured time.
    pub time: Duration,
}

impl Figures {
    /// Takes in another round.
    pub fn add(&mut self, round: Figures) {
        self.latencies.extend(round.latencies);
        self.time += round.time;
    }

    /// Transactions per second.
    fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.time.as_secs_f64()
    }

    /// Milliseconds within which this share of the transactions was done.
    fn quantile(&mut self, share: f64) -> f64 {
        self.latencies.sort_unstable();
        let place = (self.latencies.len() as f64 * share) as usize;
        self.latencies.get(place).or(self.latencies.last()).map_or(0.0, |micros| *micros as f64 / 1000.0)
    }
}

/// A table as `docs/benchmarks.md` shows it, with the bars.
pub fn table(clients: usize, ours: &mut Figures, theirs: &mut Figures) -> String {
    let mut text = format!(
        "\n{clients} client{}: activations (durable, audited) against pgbench -N\n\n\
         | | activations | pgbench -N | ratio | bar |\n|---|---|---|---|---|\n",
        if clients == 1 { "" } else { "s" }
    );
    let rates = (ours.rate(), theirs.rate());
    let p50 = (ours.quantile(0.50), theirs.quantile(0.50));
    let p99 = (ours.quantile(0.99), theirs.quantile(0.99));
    let mut row = |name: &str, (ours, theirs): (f64, f64), bar: &str| {
        // writing to a string never fails
        let _ = writeln!(text, "| {name} | {ours:.1} | {theirs:.1} | {:.2} | {bar} |", ours / theirs);
    };
    row("transactions/s", rates, "≥ 0.50");
    row("p50, ms", p50, "");
    row("p99, ms", p99, "≤ 4.00");
    text
}
