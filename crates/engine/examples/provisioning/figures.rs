//! Seconds, what is read off them, and whether bars are met.

use crate::Result;

/// Within which this share was done.
pub fn quantile(seconds: &mut [f64], share: f64) -> f64 {
    seconds.sort_by(f64::total_cmp);
    let place = (seconds.len() as f64 * share) as usize;
    seconds.get(place).or(seconds.last()).copied().unwrap_or_default()
}

/// Names of what missed its bar.
#[derive(Default)]
pub struct Bars(Vec<String>);

impl Bars {
    /// The word for a table.
    pub fn judge(&mut self, name: &str, met: bool) -> &'static str {
        if met {
            return "met";
        }
        self.0.push(name.to_owned());
        "**not met**"
    }

    /// Ends the run with an error when one was missed.
    pub fn all_met(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(format!("bars not met: {}", self.0.join(", ")).into()) }
    }
}
