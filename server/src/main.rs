//! The program `pimento`: reads the settings, then does what the command says.

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};
use server::command::admin::{self, Admin};
use server::command::audit::{self, Audit};
use server::command::import::{self, Import};
use server::command::serve::{Duties, serve};
use server::command::{doctor, migrate};
use server::config::{self, Settings};
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Access when it is needed, for as long as it is needed.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answers requests and does the background work
    Serve {
        /// With a sample company whose people can be signed in with one click; on this machine only
        #[arg(long)]
        demo: bool,
        /// Throws the data of the demo away first
        #[arg(long, requires = "demo")]
        reset: bool,
    },
    /// Answers requests only
    Web,
    /// Does the background work only
    Worker,
    /// Brings the database up to date
    Migrate,
    /// Reads a directory export: a report first, with --apply the import
    Import(Import),
    /// Proves that the audit is as it was written
    #[command(subcommand)]
    Audit(Audit),
    /// What only the operator of the machine may do
    #[command(subcommand)]
    Admin(Admin),
    /// Looks at everything the installation rests on and says what is wrong
    Doctor,
}

#[tokio::main]
async fn main() -> ExitCode {
    let command = Cli::parse().command;
    match run(command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pimento: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<()> {
    let settings = match config::read() {
        Ok(settings) => settings,
        Err(wrong) => bail!("{} wrong in the settings:\n  {}", wrong.len(), wrong.join("\n  ")),
    };
    log(&settings)?;
    let all = Duties { web: true, worker: true, demo: false, reset: false };
    match command {
        Command::Serve { demo, reset } => serve(settings, Duties { demo, reset, ..all }).await,
        Command::Web => serve(settings, Duties { worker: false, ..all }).await,
        Command::Worker => serve(settings, Duties { web: false, ..all }).await,
        Command::Migrate => migrate::migrate(&settings).await,
        Command::Import(what) => import::import(&settings, what).await,
        Command::Admin(what) => admin::admin(&settings, what).await,
        Command::Audit(what) => audit::audit(&settings, what).await,
        Command::Doctor => doctor::doctor(&settings).await,
    }
}

/// The log goes to standard error: standard output belongs to what a command answers.
fn log(settings: &Settings) -> Result<()> {
    let filter = EnvFilter::try_new(&settings.log)?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if settings.log_json {
        log.json().init()
    } else {
        log.with_target(false).with_ansi(std::io::stderr().is_terminal()).init()
    }
    Ok(())
}
