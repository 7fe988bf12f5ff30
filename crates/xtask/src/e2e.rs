//! Browser tests and pictures: Playwright against a server with a fresh demo database.

use crate::run::{ok, step};
use crate::{build, setup};
use anyhow::{Context, Result, bail, ensure};
use devdb::{Cluster, Durability};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Every journey at two widths, with scripts and without.
const PROJECTS: [&str; 4] = ["scripts-1280", "plain-1280", "scripts-390", "plain-390"];

/// Journeys mostly wait for an authenticator's next code, so that two of them share two cores well.
const AT_ONCE: usize = 2;

/// `cargo xtask e2e`: each project on fresh data, since they do the same things with the same people. Goes on
/// after a failure. `--project=NAME` picks one.
pub fn run(rest: &[String]) -> Result<()> {
    prepare()?;
    let (named, rest): (Vec<String>, Vec<String>) =
        rest.iter().cloned().partition(|argument| argument.starts_with("--project="));
    let named = named.iter().filter_map(|argument| argument.strip_prefix("--project="));
    let chosen: Vec<&str> = named.collect();
    let projects = if chosen.is_empty() { PROJECTS.to_vec() } else { chosen };
    // one folder for all data, if somebody wants it so, holds one database at a time
    let at_once = if std::env::var_os("PIM_PG_DATA").is_some() { 1 } else { AT_ONCE };
    let failed: Vec<String> = projects.chunks(at_once).flat_map(|some| together(some, &rest)).collect();
    ensure!(failed.is_empty(), "browser tests failed:\n{}", failed.join("\n"));
    Ok(())
}

/// What `cargo xtask test` walks, with what is built already: every journey with scripts on a narrow screen and without
/// them on a wide one; the main job and all pages in the other two as well.
pub fn once() -> Result<()> {
    let some = ["main-job", "pages"].map(str::to_owned);
    let mut failed = together(&["scripts-390", "plain-1280"], &[]);
    failed.extend(together(&["scripts-1280", "plain-390"], &some));
    ensure!(failed.is_empty(), "browser tests failed:\n{}", failed.join("\n"));
    Ok(())
}

/// Runs these at the same time and gives what failed.
fn together(projects: &[&str], rest: &[String]) -> Vec<String> {
    std::thread::scope(|scope| {
        let runs: Vec<_> =
            projects.iter().map(|project| scope.spawn(move || playwright(project, rest))).collect();
        let failed = runs.into_iter().filter_map(|run| match run.join() {
            Ok(done) => done.err().map(|error| format!("{error:#}")),
            Err(_) => Some("a project ended by a panic".to_owned()),
        });
        failed.collect()
    })
}

/// `cargo xtask screenshots`.
pub fn screenshots() -> Result<()> {
    prepare()?;
    playwright("screenshots", &[])
}

fn prepare() -> Result<()> {
    setup::run()?;
    build::all(false)
}

fn playwright(project: &str, arguments: &[String]) -> Result<()> {
    let browser = setup::browser().context("no Chromium: run cargo xtask setup")?;
    let log = format!("target/e2e/{project}.log");
    let demo =
        step(&format!("Start a server with fresh demo data: {project}"), || Demo::start(project, &log))?;
    step(&format!("Browser: {project}"), || {
        let mut npx = Command::new("npx");
        npx.current_dir("end2end")
            .args(["playwright", "test", &format!("--project={project}")])
            .args(arguments);
        npx.env("BASE_URL", &demo.address).env("DATABASE_URL", &demo.database_url);
        npx.env("RESULTS", format!("../target/e2e/{project}"));
        ok(npx.env("CHROMIUM", browser)).with_context(|| format!("the server's log is {log}"))
    })
}

/// A server of our own, gone when dropped; its database after it.
struct Demo {
    address: String,
    log: String,
    database_url: String,
    server: Child,
    _database: Cluster,
}

impl Demo {
    fn start(name: &str, log: &str) -> Result<Demo> {
        let folder = devdb::reachable_dir(&Path::new("target/e2e/pg").join(name))?;
        // Adopts and ends what a killed run may have left, so that the folder can go.
        Cluster::start(&folder, Durability::Fast)?.stop();
        fs::remove_dir_all(&folder)?;
        let database = Cluster::start(&folder, Durability::Fast)?;
        fs::create_dir_all("target/e2e")?;
        let (said, log) = (fs::File::create(log)?, log.to_owned());
        let port = free_port()?;
        let mut pimento = Command::new(build::program()?);
        pimento.args(["serve", "--demo"]).stdin(Stdio::null());
        pimento.stdout(said.try_clone()?).stderr(said);
        let database_url = database.url(devdb::DATABASE);
        pimento.env("DATABASE_URL", &database_url);
        pimento.env("PIMENTO_LISTEN", format!("127.0.0.1:{port}"));
        // Passkeys and cookies want a name: localhost, not the number.
        let address = format!("http://localhost:{port}");
        pimento.env("PIMENTO_PUBLIC_URL", &address);
        // receivers of webhooks are programs of the journeys, on this machine
        pimento.env("PIMENTO_WEBHOOK_HTTP", "yes").env("PIMENTO_WEBHOOK_NETWORKS", "127.0.0.1");
        let server = pimento.spawn().context("can't start the server")?;
        let mut demo = Demo { address, log, database_url, server, _database: database };
        demo.wait(port)?;
        Ok(demo)
    }

    fn wait(&mut self, port: u16) -> Result<()> {
        let begun = Instant::now();
        while !ready(port) {
            let ended = self.server.try_wait()?;
            if ended.is_some() || begun.elapsed() > Duration::from_secs(60) {
                bail!("the server did not get ready:\n{}", fs::read_to_string(&self.log)?);
            }
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let term = format!("kill -TERM {}", self.server.id());
        drop(Command::new("sh").args(["-c", &term]).status());
        let begun = Instant::now();
        while matches!(self.server.try_wait(), Ok(None)) {
            if begun.elapsed() > Duration::from_secs(15) {
                eprintln!("the server did not stop on SIGTERM; ended it by force");
                drop(self.server.kill());
            }
            sleep(Duration::from_millis(20));
        }
    }
}

fn ready(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut connection = TcpStream::connect(("127.0.0.1", port))?;
        connection.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(connection, "GET /readyz HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
