//! The life of a cluster, with a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first thing that fails")]

use devdb::{Cluster, Durability, Error};
use sqlx::{Connection, PgConnection};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A data directory of its own, empty at the start and removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let dir = devdb::reachable_dir(&Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)).unwrap();
        drop(std::fs::remove_dir_all(&dir));
        Scratch(dir)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

async fn ask(cluster: &Cluster, sql: &'static str) -> String {
    let mut connection = PgConnection::connect(&cluster.url(devdb::DATABASE)).await.unwrap();
    sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
}

async fn run(cluster: &Cluster, sql: &'static str) {
    let mut connection = PgConnection::connect(&cluster.url(devdb::DATABASE)).await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
}

async fn answers(url: &str) -> bool {
    PgConnection::connect(url).await.is_ok()
}

#[tokio::test]
async fn a_new_cluster_takes_connections_from_its_own_role_and_keeps_its_data() {
    let scratch = Scratch::new("new");
    let cluster = Cluster::start(&scratch.0, Durability::Durable).unwrap();
    assert_eq!(ask(&cluster, "select current_user::text").await, "pimento");
    assert_eq!(
        ask(&cluster, "select rolsuper::text from pg_roles where rolname = current_user").await,
        "false"
    );
    assert_eq!(ask(&cluster, "show fsync").await, "on");
    assert_eq!(ask(&cluster, "show listen_addresses").await, "");
    run(&cluster, "create table kept as select 'yes' as word").await;
    cluster.stop();
    let again = Cluster::start(&scratch.0, Durability::Fast).unwrap();
    assert_eq!(ask(&again, "show fsync").await, "off");
    assert_eq!(ask(&again, "select word from kept").await, "yes");
}

#[tokio::test]
async fn a_second_user_joins_and_the_last_one_out_stops_the_server() {
    let scratch = Scratch::new("shared");
    let first = Cluster::start(&scratch.0, Durability::Fast).unwrap();
    let second = Cluster::attach_or_start(&scratch.0, Durability::Fast).unwrap();
    assert!(matches!(Cluster::start(&scratch.0, Durability::Fast), Err(Error::InUse(_))));
    let url = second.url(devdb::DATABASE);
    first.stop();
    assert!(answers(&url).await, "stopped under its second user");
    second.stop();
    assert!(!answers(&url).await, "still running without users");
}

#[tokio::test]
async fn a_pid_file_left_by_a_crash_of_the_machine_does_not_hinder_the_next_start() {
    let scratch = Scratch::new("stale");
    Cluster::start(&scratch.0, Durability::Fast).unwrap().stop();
    // The number now belongs to a process that is alive and no PostgreSQL: this test.
    let pid = std::process::id();
    std::fs::write(scratch.0.join("data/postmaster.pid"), format!("{pid}\n{}\n", scratch.0.display()))
        .unwrap();
    let cluster = Cluster::start(&scratch.0, Durability::Fast).unwrap();
    assert_eq!(ask(&cluster, "select 'up'").await, "up");
}

#[test]
fn data_of_another_major_version_is_left_alone_and_the_message_says_what_to_do() {
    let scratch = Scratch::new("version");
    Cluster::start(&scratch.0, Durability::Fast).unwrap().stop();
    std::fs::write(scratch.0.join("data/PG_VERSION"), "9\n").unwrap();
    let refused = Cluster::start(&scratch.0, Durability::Fast).unwrap_err().to_string();
    assert!(refused.contains("made by PostgreSQL 9") && refused.contains("PIM_PG_BIN"), "{refused}");
}

#[test]
fn only_the_owner_can_read_the_password_and_reach_the_socket() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("closed");
    let cluster = Cluster::start(&scratch.0, Durability::Fast).unwrap();
    let mode = |name: &str| std::fs::metadata(scratch.0.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("password"), mode("data"), mode("")), (0o600, 0o700, 0o700));
    cluster.stop();
}

#[tokio::test]
async fn a_server_left_by_a_killed_process_is_adopted_and_stopped_by_the_next_one() {
    let scratch = Scratch::new("orphan");
    // Beside the tests: target/debug/examples and target/debug/deps.
    let tests = std::env::current_exe().unwrap();
    let mut holder = Command::new(tests.ancestors().nth(2).unwrap().join("examples/cluster"));
    let mut holder = holder.arg(&scratch.0).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut printed = String::new();
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut printed).unwrap();
    holder.kill().unwrap();
    holder.wait().unwrap();
    let next = Cluster::start(&scratch.0, Durability::Fast).unwrap();
    let url = next.url(devdb::DATABASE);
    assert_eq!(printed.trim_end(), url);
    assert!(answers(&url).await, "the killed process took the server with it");
    next.stop();
    assert!(!answers(&url).await, "nobody stopped the server");
}
