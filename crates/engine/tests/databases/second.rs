//! A PostgreSQL server of its own, over TCP with TLS and passwords, as one that is governed.

use super::certificates;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions, Connection};
use std::fs::{Permissions, set_permissions, write};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Of the role that grants.
pub const PASSWORD: &str = "a word \"of\" Pimento/4711";
const SUPERUSER: &str = "of the superuser";

pub struct Second {
    child: Child,
    port: u16,
    /// Who vouches for it, as PEM.
    pub authority: Vec<u8>,
    _folder: TempDir,
}

impl Drop for Second {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// As whom PostgreSQL runs: it refuses to be root.
fn account() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| -> Option<u32> {
        let said = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
        String::from_utf8(said.stdout).ok()?.trim().parse().ok()
    };
    if id(&["-u"]) != Some(0) {
        return None;
    }
    ["postgres", "nobody"].into_iter().find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)))
}

fn program(name: &str, who: Option<(u32, u32)>) -> Command {
    let path = devdb::program(name).unwrap().unwrap_or_else(|| PathBuf::from(name));
    let mut command = Command::new(path);
    command
        .env("LC_ALL", "C")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some((uid, gid)) = who {
        command.uid(uid).gid(gid);
    }
    command
}

impl Second {
    pub async fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("pimento-second-").tempdir_in("/tmp").unwrap();
        let (who, data) = (account(), folder.path().join("data"));
        let [chain, key, authority] = certificates::pem();
        let files = [("server.pem", chain), ("server.key", key), ("password", SUPERUSER.into())];
        for (name, bytes) in files {
            let file = folder.path().join(name);
            write(&file, bytes).unwrap();
            set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
            if let Some((uid, gid)) = who {
                chown(&file, Some(uid), Some(gid)).unwrap();
            }
        }
        if let Some((uid, gid)) = who {
            chown(folder.path(), Some(uid), Some(gid)).unwrap();
        }
        let made = program("initdb", who)
            .arg("--pgdata")
            .arg(&data)
            .arg("--pwfile")
            .arg(folder.path().join("password"))
            .args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"])
            .status();
        assert!(made.unwrap().success(), "initdb");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let setting = |name: &str, value: &str| format!("{name}={value}");
        let child = program("postgres", who)
            .arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=127.0.0.1", "-c", &setting("port", &port.to_string())])
            .args(["-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "ssl=on"])
            .args(["-c", &setting("ssl_cert_file", folder.path().join("server.pem").to_str().unwrap())])
            .args(["-c", &setting("ssl_key_file", folder.path().join("server.key").to_str().unwrap())])
            .spawn()
            .unwrap();
        let second = Self { child, port, authority, _folder: folder };
        for _ in 0..1_200 {
            if second.enter("postgres", SUPERUSER).await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        second.run(&format!("create role pimento login password '{PASSWORD}'")).await;
        second.run("create database shop").await;
        second
    }

    /// As an administrator writes it.
    pub fn address(&self) -> String {
        format!("postgres://pimento@localhost:{}/shop", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub async fn enter(&self, user: &str, password: &str) -> Result<PgConnection, sqlx::Error> {
        enter(self.port, user, password).await
    }

    /// As whoever runs it.
    pub async fn run(&self, statements: &str) {
        self.run_in("postgres", statements).await;
    }

    /// The same, in a database.
    pub async fn run_in(&self, database: &str, statements: &str) {
        let mut conn = options(self.port, "postgres", SUPERUSER).database(database).connect().await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(statements)).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }

    /// Who may grant a role.
    pub async fn administers(&self, role: &str) -> Vec<String> {
        let mut conn = self.enter("postgres", SUPERUSER).await.unwrap();
        let sql = "select u.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles u on u.oid = m.member \
            where r.rolname = $1 and m.admin_option order by 1";
        sqlx::query_scalar(sql).bind(role).fetch_all(&mut conn).await.unwrap()
    }

    /// Who has a role, but for those who may grant it.
    pub async fn has(&self, role: &str) -> Vec<String> {
        let mut conn = self.enter("postgres", SUPERUSER).await.unwrap();
        let sql = "select u.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles u on u.oid = m.member \
            where r.rolname = $1 and not m.admin_option order by 1";
        sqlx::query_scalar(sql).bind(role).fetch_all(&mut conn).await.unwrap()
    }
}

fn options(port: u16, user: &str, password: &str) -> PgConnectOptions {
    let options = PgConnectOptions::new().host("127.0.0.1").port(port).username(user).password(password);
    options.database("postgres").ssl_mode(PgSslMode::Disable)
}

pub async fn enter(port: u16, user: &str, password: &str) -> Result<PgConnection, sqlx::Error> {
    options(port, user, password).connect().await
}
