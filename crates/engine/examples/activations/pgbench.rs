//! The yardstick: `pgbench -N`, PostgreSQL's own simple-update transaction.

use crate::Result;
use crate::figures::Figures;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Accounts are 100,000 times this: enough that clients do not wait for each other's rows.
const SCALE: &str = "10";

/// The program and its database.
pub struct Pgbench {
    program: String,
    url: String,
}

impl Pgbench {
    /// Nothing is run yet.
    pub fn new(program: String, url: String) -> Self {
        Self { program, url }
    }

    /// Makes its tables.
    pub fn fill(&self) -> Result<()> {
        self.pgbench(&["-i", "-q", "-s", SCALE])
    }

    /// Runs for `length`.
    pub fn run(&self, clients: usize, length: Duration) -> Result<Figures> {
        let prefix = std::env::temp_dir().join(format!("pimento-pgbench-{}", std::process::id()));
        let prefix = prefix.to_string_lossy();
        let (clients, seconds) = (clients.to_string(), length.as_secs().to_string());
        let log = format!("--log-prefix={prefix}");
        self.pgbench(&["-N", "-n", "-c", &clients, "-j", "2", "-T", &seconds, "-l", &log])?;
        Ok(Figures { latencies: collect(&prefix)?, time: length })
    }

    fn pgbench(&self, arguments: &[&str]) -> Result<()> {
        let mut command = Command::new(&self.program);
        command.args(arguments).arg(&self.url).stdout(Stdio::null()).stderr(Stdio::piped());
        let output = command.output()?;
        if !output.status.success() {
            return Err(format!("pgbench: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(())
    }
}

/// Reads the third column, microseconds, of each thread's log, and removes the logs.
fn collect(prefix: &str) -> Result<Vec<u64>> {
    let folder = Path::new(prefix).parent().ok_or("no folder")?;
    let mut latencies = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if !path.to_string_lossy().starts_with(prefix) {
            continue;
        }
        for line in fs::read_to_string(&path)?.lines() {
            let micros = line.split(' ').nth(2).ok_or("a log without latencies")?;
            latencies.push(micros.parse()?);
        }
        fs::remove_file(path)?;
    }
    Ok(latencies)
}
