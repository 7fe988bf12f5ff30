//! Build driver: `cargo xtask <command>`. Everything beyond plain `cargo build` is a step here, so that a
//! new machine needs two commands only, `cargo xtask demo` and `cargo xtask test`.

mod bench;
mod build;
mod check;
mod css;
mod e2e;
mod proof;
mod run;
mod serve;
mod setup;
mod site;
mod wasm;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs and tests Pimento")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what is missing: WebAssembly library, npm packages, browser, PostgreSQL
    Setup,
    /// Builds the site (WebAssembly, styles) and the server
    Build {
        /// Optimise the server
        #[arg(long)]
        release: bool,
    },
    /// Builds and runs `pimento serve`; further arguments go to it
    Serve {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Builds and runs the demo: a sample company in a private database, sign-in with one click
    Demo {
        /// Start over with fresh sample data
        #[arg(long)]
        reset: bool,
    },
    /// Runs the `pimento` command line against the demo's database, for example `cargo xtask pimento doctor`
    Pimento {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Everything that must hold: format, lints, all tests, browser tests
    Test,
    /// Browser tests only; further arguments go to Playwright
    E2e {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Measures activations against `pgbench -N` on a private, durable PostgreSQL, or pages at scale
    Bench {
        /// Measure pages with 1,000 people and with many instead: takes 8 GB of disk while it runs
        #[arg(long)]
        scale: bool,
        /// Measure how soon an application follows instead, and kill the worker in the middle of it
        #[arg(long)]
        provisioning: bool,
        /// How often, for `--provisioning`
        #[arg(long, default_value_t = 500)]
        kills: u32,
        /// Many, for `--scale`
        #[arg(long, default_value_t = 1_000_000)]
        people: u32,
        /// Seconds of one round of one side
        #[arg(long, default_value_t = 10)]
        seconds: u32,
        /// Rounds, in turn with pgbench
        #[arg(long, default_value_t = 3)]
        rounds: u32,
    },
    /// Plays thousands of random histories against the reference model, and every race for many rounds
    Proof {
        /// Histories
        #[arg(long, default_value_t = 10_000)]
        histories: u32,
        /// Rounds of each race
        #[arg(long, default_value_t = 1_000)]
        rounds: u32,
    },
    /// Writes the pictures in docs/screenshots
    Screenshots,
}

fn main() -> ExitCode {
    match std::env::set_current_dir(run::root()).map_err(Into::into).and_then(|()| obey()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Not the debug form: where it happened in this program helps nobody whose tests failed.
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn obey() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Setup => setup::run(),
        Command::Build { release } => build::all(release),
        Command::Serve { rest } => serve::serve(&rest),
        Command::Demo { reset } => serve::demo(reset),
        Command::Pimento { rest } => serve::pimento(&rest),
        Command::Test => check::run(),
        Command::E2e { rest } => e2e::run(&rest),
        Command::Bench { scale: true, people, .. } => bench::scale(people),
        Command::Bench { provisioning: true, kills, .. } => bench::provisioning(kills),
        Command::Bench { seconds, rounds, .. } => bench::activations(seconds, rounds),
        Command::Proof { histories, rounds } => proof::run(histories, rounds),
        Command::Screenshots => e2e::screenshots(),
    }
}
