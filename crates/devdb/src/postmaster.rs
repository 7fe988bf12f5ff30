//! The server process: start, find, stop.

use crate::account::Account;
use crate::binaries::Binaries;
use crate::cluster::Durability;
use crate::error::{Error, Of};
use crate::init::tail;
use std::fs;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Recovery after a crash may take a while; a start takes a fraction of a second.
const START_TIMEOUT: Duration = Duration::from_secs(120);
/// How long a stop may take before connections are cut without a checkpoint.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(10);

/// Does a server answer at the socket?
pub(crate) fn answers(socket: &Path) -> bool {
    UnixStream::connect(socket.join(".s.PGSQL.5432")).is_ok()
}

/// Starts the server and waits until it takes connections.
pub(crate) fn start(
    account: &Account,
    binaries: &Binaries,
    dir: &Path,
    socket: &Path,
    durability: Durability,
) -> Result<Child, Error> {
    forget_stale(&dir.join("data"));
    let program = binaries.dir.join("postgres");
    let log = dir.join("log");
    let mut command = account.command(&program);
    command.arg("-D").arg(dir.join("data"));
    let mut sockets = std::ffi::OsString::from("unix_socket_directories=");
    sockets.push(socket);
    command
        .args(["-c", "listen_addresses=", "-c", "port=5432", "-c", "max_connections=200", "-c"])
        .arg(sockets);
    if durability == Durability::Fast {
        command.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
    }
    // A group of its own: Ctrl-C is for us, who stop the server after our own work is done.
    command.process_group(0).stdout(Stdio::null());
    command.stderr(fs::File::create(&log).of("write", &log)?);
    let mut child = command.spawn().of("run", &program)?;
    let begun = Instant::now();
    loop {
        if is_ready(&dir.join("data"), child.id()) {
            return Ok(child);
        }
        let gone = child.try_wait().of("wait for", &program)?.is_some();
        if gone || begun.elapsed() > START_TIMEOUT {
            drop(child.kill());
            drop(child.wait());
            let said = tail(&fs::read_to_string(&log).unwrap_or_default());
            return Err(Error::NotReady { dir: dir.to_owned(), said });
        }
        sleep(PAUSE);
    }
}

/// The server writes its state into the eighth line of its pid file.
fn is_ready(data: &Path, pid: u32) -> bool {
    let text = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    let mut lines = text.lines();
    lines.next() == Some(&pid.to_string()) && lines.nth(6).is_some_and(|state| state.trim() == "ready")
}

/// The process named in the pid file, if it is a PostgreSQL.
pub(crate) fn running(data: &Path) -> Option<u32> {
    let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let pid: u32 = text.lines().next()?.trim().parse().ok()?;
    let answer = Command::new("ps").args(["-o", "comm=", "-p", &pid.to_string()]).output();
    let name = match fs::read_to_string(format!("/proc/{pid}/comm")) {
        Ok(name) => name,
        Err(_) => String::from_utf8_lossy(&answer.ok()?.stdout).into_owned(),
    };
    name.contains("postgres").then_some(pid)
}

/// After a crash of the machine the pid may belong to some other program, and PostgreSQL would refuse to
/// start. Only called when nothing answers at the socket and nobody else is starting it.
fn forget_stale(data: &Path) {
    let begun = Instant::now();
    // It may be in the middle of stopping.
    while running(data).is_some() && begun.elapsed() < STOP_TIMEOUT {
        sleep(PAUSE);
    }
    if running(data).is_none() {
        drop(fs::remove_file(data.join("postmaster.pid")));
    }
}

/// Stops the server: rolls back what is running ("fast"), writes a checkpoint, and waits for the end.
pub(crate) fn stop(data: &Path, mut child: Option<Child>) {
    let Some(pid) = child.as_ref().map(Child::id).or_else(|| running(data)) else { return };
    for signal in ["INT", "QUIT"] {
        // The shell's own kill: the program of that name is not on every machine.
        let kill = format!("kill -{signal} {pid}");
        drop(Command::new("sh").args(["-c", &kill]).stderr(Stdio::null()).status());
        let begun = Instant::now();
        while begun.elapsed() < STOP_TIMEOUT {
            let gone = match &mut child {
                Some(child) => !matches!(child.try_wait(), Ok(None)),
                None => running(data).is_none(),
            };
            if gone {
                return;
            }
            sleep(PAUSE);
        }
    }
}
