//! The worker is killed in the middle of its work, as nobody can prepare for, again and again.

use super::faults::{again, ids, tell};
use super::*;
use engine::mail::post::{CONNECTIONS, Protection};
use engine::testkit::race;
use sqlx::postgres::PgConnectOptions;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Where the process that is killed finds its database and its mail server.
const DATABASE: &str = "PIMENTO_KILLED_DATABASE";
const PORT: &str = "PIMENTO_KILLED_PORT";
/// Mails in all.
const MAILS: usize = 200;

/// Steady dice.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// No test of its own: the worker of the one below, in a process of its own.
#[tokio::test]
async fn the_worker_of_another_test_works_until_it_is_killed() {
    let (Ok(database), Ok(port)) = (std::env::var(DATABASE), std::env::var(PORT)) else { return };
    let options: PgConnectOptions = std::env::var("DATABASE_URL").unwrap().parse().unwrap();
    let pool = PgPool::connect_with(options.database(&database)).await.unwrap();
    let server = Server {
        host: "localhost".into(),
        port: port.parse().unwrap(),
        protection: Protection::None,
        login: None,
        from: "Pimento <pimento@example.org>".into(),
        authority: None,
    };
    let (_keep, stop) = tokio::sync::watch::channel(false);
    mail::run(wire(&engine::testkit::engine(&pool), &server), stop).await;
}

/// Starts it, and kills it so much later; or so much after it has taken mails to send.
async fn work_and_die(pool: &PgPool, smtp: &Smtp, after: Duration, busy: bool) {
    let options = pool.connect_options();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["kills::the_worker_of_another_test_works_until_it_is_killed", "--exact"])
        .env(DATABASE, options.get_database().unwrap())
        .env(PORT, smtp.server().port.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let patience = Instant::now();
    while busy && held(pool).await == 0 && patience.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    tokio::time::sleep(after).await;
    assert!(child.try_wait().unwrap().is_none(), "it did not work until it was killed");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// How many mails somebody has taken to send.
async fn held(pool: &PgPool) -> i64 {
    let held = "select count(*) from mails where leased_until > clock()";
    sqlx::query_scalar(held).fetch_one(pool).await.unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_misses_a_mail_because_the_worker_was_killed(pool: PgPool) {
    let kills = (race::rounds() / 10).max(8);
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&["--slow", "0.01"]));
    let (mut dice, mut unfinished, mut told) = (Dice(11), 0, 0);
    for kill in 1..=kills {
        let more = MAILS * kill / kills;
        tell(&cast, told..more).await;
        told = more;
        // every other time in the middle of what it sends, else from before it has read anything on
        let busy = kill % 2 == 0;
        let after = if busy { dice.roll(60) } else { 40 + dice.roll(260) };
        work_and_die(&pool, &smtp, Duration::from_millis(after), busy).await;
        unfinished += held(&pool).await;
        cast.world.move_clock(TimeDelta::minutes(6 * i64::try_from(kill).unwrap())).await;
    }
    assert!(unfinished > 0, "it was never killed in the middle");
    mail::once(&wire(&cast.world.engine, &smtp.server()), false).await.unwrap();
    assert_eq!(cast.are("sent").await, i64::try_from(MAILS).unwrap());
    let taken = smtp.taken(MAILS).await;
    assert_eq!(ids(&taken).len(), MAILS, "everybody got it");
    // taken, and killed before that was written down: at most one on each connection, and the same mail
    let twice = again(&taken);
    assert!(twice <= kills * CONNECTIONS as usize, "{twice} came again");
    println!("{kills} kills, {unfinished} mails not finished, {twice} came again");
}
