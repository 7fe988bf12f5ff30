//! Makes a new data directory.

use crate::account::Account;
use crate::binaries::Binaries;
use crate::error::{Error, Of};
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A folder only the account can enter.
pub(crate) fn private_dir(account: &Account, dir: &Path) -> Result<(), Error> {
    if let Some(parent) = dir.parent() {
        DirBuilder::new().recursive(true).mode(0o755).create(parent).of("make", parent)?;
        if !account.reaches(parent) {
            return Err(Error::Unreachable { dir: parent.to_owned(), user: account.name().to_owned() });
        }
    }
    match DirBuilder::new().mode(0o700).create(dir) {
        Err(failed) if failed.kind() != std::io::ErrorKind::AlreadyExists => Err(failed).of("make", dir)?,
        _ => {}
    }
    // The temporary folder is open to all: what is there already must be a real folder, and is taken over
    // only from root or from the account itself.
    let found = fs::symlink_metadata(dir).of("look at", dir)?;
    account.own(dir)?;
    let owned = fs::symlink_metadata(dir).of("look at", dir)?;
    if !found.is_dir() || (found.uid() != owned.uid() && found.uid() != 0) {
        return Err(Error::Unreachable { dir: dir.to_owned(), user: account.name().to_owned() });
    }
    fs::set_permissions(dir, Permissions::from_mode(0o700)).of("close", dir)
}

/// Makes `dir/data` with the role and the database, unless it is there. All or nothing: it is built under
/// another name, so an interrupted attempt leaves nothing that looks finished.
pub(crate) fn ensure(account: &Account, binaries: &Binaries, dir: &Path) -> Result<(), Error> {
    let (data, half) = (dir.join("data"), dir.join("data.half"));
    if data.exists() {
        return Ok(());
    }
    if half.exists() {
        fs::remove_dir_all(&half).of("remove", &half)?;
    }
    let password = password(account, &dir.join("password"))?;
    initdb(account, binaries, &half, &dir.join("password"))?;
    let statements = format!(
        "create role {user} login createdb createrole password '{password}'\n\
         create database {database} owner {user}\n",
        user = crate::USER,
        database = crate::DATABASE,
    );
    single(account, binaries, &half, &statements)?;
    fs::rename(&half, &data).of("put in place", &data)
}

fn initdb(account: &Account, binaries: &Binaries, data: &Path, password: &Path) -> Result<(), Error> {
    let mut initdb = account.command(binaries.dir.join("initdb"));
    initdb.arg("--pgdata").arg(data).arg("--pwfile").arg(password);
    initdb.args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]);
    if binaries.version >= 17 {
        // Built in: the same order on every machine, whatever its C library.
        initdb.arg("--locale-provider=builtin");
        initdb.arg("--lc-collate=C").arg("--lc-ctype=C").arg("--builtin-locale=C.UTF-8");
    }
    succeed("initdb", &initdb.output().of("run", &binaries.dir.join("initdb"))?)
}

/// Runs statements, one a line, without a server: there is no `psql` in every distribution of PostgreSQL.
fn single(account: &Account, binaries: &Binaries, data: &Path, statements: &str) -> Result<(), Error> {
    let program = binaries.dir.join("postgres");
    let mut command: Command = account.command(&program);
    command.arg("--single").arg("-D").arg(data).arg("template1");
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = pipes.spawn().of("run", &program)?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(statements.as_bytes()).of("talk to", &program)?;
    }
    let output = child.wait_with_output().of("wait for", &program)?;
    succeed("postgres --single", &output)?;
    // It goes on after a statement that failed, and says so only in its log.
    let said = String::from_utf8_lossy(&output.stderr);
    match said.contains("ERROR:") {
        true => Err(Error::Program { what: "postgres --single", said: tail(&said) }),
        false => Ok(()),
    }
}

/// A new password in a file that only the account (and root) can read.
fn password(account: &Account, file: &Path) -> Result<String, Error> {
    let source = Path::new("/dev/urandom");
    let mut bytes = [0; 24];
    fs::File::open(source).and_then(|mut random| random.read_exact(&mut bytes)).of("read", source)?;
    let password: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut options = OpenOptions::new();
    let mut made =
        options.write(true).create(true).truncate(true).mode(0o600).open(file).of("write", file)?;
    made.write_all(password.as_bytes()).of("write", file)?;
    account.own(file)?;
    Ok(password)
}

fn succeed(what: &'static str, output: &Output) -> Result<(), Error> {
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Program { what, said: tail(&String::from_utf8_lossy(&output.stderr)) })
}

/// The last lines, where the reason is.
pub(crate) fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(6)..].join("\n")
}
