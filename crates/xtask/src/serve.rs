//! Running the server by hand.

use crate::{build, setup};
use anyhow::Result;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// `cargo xtask serve`.
pub fn serve(rest: &[String]) -> Result<()> {
    setup::run()?;
    build::all(false)?;
    become_pimento(&[&["serve".to_owned()], rest].concat())
}

/// `cargo xtask demo`.
pub fn demo(reset: bool) -> Result<()> {
    setup::run()?;
    build::all(false)?;
    let reset = reset.then(|| "--reset".to_owned());
    let arguments = ["serve", "--demo"].map(str::to_owned).into_iter().chain(reset);
    become_pimento(&arguments.collect::<Vec<_>>())
}

/// `cargo xtask pimento …`.
pub fn pimento(rest: &[String]) -> Result<()> {
    build::server(false)?;
    become_pimento(rest)
}

/// Gives this process to the server: Ctrl-C and the exit code are then its own. Data of the private database
/// goes below `target`, so that each checkout has its own.
fn become_pimento(arguments: &[String]) -> Result<()> {
    let mut pimento = Command::new(build::program()?);
    pimento.args(arguments);
    if std::env::var_os("DATABASE_URL").is_none() {
        pimento.env("PIM_PG_DATA", devdb::reachable_dir(Path::new("target/demo/pg"))?);
    }
    Err(pimento.exec().into())
}
