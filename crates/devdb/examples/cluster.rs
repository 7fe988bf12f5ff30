//! A throw-away server for work on the engine: `cargo run -p devdb --example cluster -- FOLDER` prints the
//! address for `DATABASE_URL` and runs until its input ends.

use devdb::{Cluster, DATABASE, Durability};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).ok_or("name a folder for the data")?;
    let cluster = Cluster::attach_or_start(folder.as_ref(), Durability::Fast)?;
    println!("{}", cluster.url(DATABASE));
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    cluster.stop();
    Ok(())
}
