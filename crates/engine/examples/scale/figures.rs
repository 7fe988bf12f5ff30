//! Latencies, what is read off them, and whether bars are met.

use crate::Result;

/// How long each of many reads took, in microseconds.
#[derive(Default)]
pub struct Figures(pub Vec<u64>);

impl Figures {
    /// Takes in another turn.
    pub fn add(&mut self, turn: Figures) {
        self.0.extend(turn.0);
    }

    /// Milliseconds within which this share was done.
    pub fn quantile(&mut self, share: f64) -> f64 {
        self.0.sort_unstable();
        let place = (self.0.len() as f64 * share) as usize;
        self.0.get(place).or(self.0.last()).map_or(0.0, |micros| *micros as f64 / 1000.0)
    }

    /// Two cells of a table.
    pub fn cells(&mut self) -> String {
        format!("{:.1} | {:.1}", self.quantile(0.5), self.quantile(0.99))
    }
}

/// Names of the reads that missed their bar.
#[derive(Default)]
pub struct Bars(Vec<&'static str>);

impl Bars {
    /// The word for a table; a read without a bar has none.
    pub fn judge(&mut self, name: &'static str, met: Option<bool>) -> &'static str {
        match met {
            None => "",
            Some(true) => "met",
            Some(false) => {
                self.0.push(name);
                "**not met**"
            }
        }
    }

    /// Ends the run with an error when one was missed.
    pub fn all_met(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(format!("bars not met: {}", self.0.join(", ")).into()) }
    }
}
