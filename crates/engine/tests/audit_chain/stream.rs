//! The audit sent on to a receiver of syslog: everything, in order, also when the receiver goes and comes; by one server
//! at a time.

use super::super::acceptor::certificates;
use super::super::support::*;
use engine::audit::stream::{Address, Format, Receiver, Sender, behind};
use engine::roots::authority;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

type Taken = Arc<Mutex<Vec<String>>>;

/// A receiver that reads messages by their length and closes each connection after so many.
struct Siem {
    port: u16,
    taken: Taken,
}

impl Siem {
    async fn start(closes_after: usize, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, taken) = (listener.local_addr().unwrap().port(), Taken::default());
        let kept = taken.clone();
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                match &tls {
                    None => read(tcp, &kept, closes_after).await,
                    Some(tls) => match tls.accept(tcp).await {
                        Ok(tls) => read(tls, &kept, closes_after).await,
                        Err(_) => continue,
                    },
                }
            }
        });
        Self { port, taken }
    }

    fn receiver(&self, format: Format) -> Receiver {
        to(format!("tcp://127.0.0.1:{}", self.port).parse().unwrap(), format)
    }

    /// Positions as they came.
    fn positions(&self) -> Vec<i64> {
        let position = |line: &String| {
            let (_, rest) = line.split_once("externalId=").unwrap();
            rest.split(' ').next().unwrap().parse().unwrap()
        };
        self.taken.lock().unwrap().iter().map(position).collect()
    }
}

fn to(address: Address, format: Format) -> Receiver {
    Receiver { address, format, host: "pim.example.org".into(), version: "1" }
}

async fn read(mut from: impl AsyncRead + Unpin, taken: &Taken, most: usize) {
    for _ in 0..most {
        let mut length = String::new();
        loop {
            match from.read_u8().await {
                Ok(b' ') => break,
                Ok(digit) => length.push(char::from(digit)),
                Err(_) => return,
            }
        }
        let mut message = vec![0; length.parse().unwrap()];
        from.read_exact(&mut message).await.unwrap();
        taken.lock().unwrap().push(String::from_utf8(message).unwrap());
    }
}

async fn events(world: &World, count: i64) {
    let write = format!(
        "insert into audit_events (action, outcome, reason) select 'signed-in', 'done', 'Grüße ' || n from generate_series(1, {count}) n"
    );
    world.sql(&write).await;
}

/// Rounds until nothing is left. Failures of the connection are part of the play.
async fn settle(sender: &mut Sender) {
    for _ in 0..200 {
        if matches!(sender.round().await, Ok(false)) {
            return;
        }
    }
    panic!("it never came to an end");
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_event_comes_once_and_in_order(pool: PgPool) {
    let world = World::new(&pool);
    let siem = Siem::start(usize::MAX, None).await;
    events(&world, 450).await;
    let mut sender = Sender::new(world.restricted(), siem.receiver(Format::Cef));
    settle(&mut sender).await;
    events(&world, 3).await;
    settle(&mut sender).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(siem.positions(), (1..=453).collect::<Vec<_>>());
    let first = siem.taken.lock().unwrap()[0].clone();
    assert!(
        first.starts_with("<109>1 ")
            && first.contains(" pim.example.org pimento - signed-in - CEF:0|Pimento|")
    );
    assert!(first.contains("reason=Grüße 1 "), "{first}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_connection_took_with_it_comes_again(pool: PgPool) {
    let world = World::new(&pool);
    let siem = Siem::start(70, None).await;
    events(&world, 250).await;
    let mut sender = Sender::new(world.engine.clone(), siem.receiver(Format::Cef));
    let mut failed = 0;
    for _ in 0..6 {
        failed += usize::from(sender.round().await.is_err());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(failed > 1, "the connection was closed on it each time");
    let again = siem.positions();
    assert!(
        again.len() > 70 && again[70] == 1,
        "from the beginning, since nothing counts as sent: {again:?}"
    );
    let mut conn = pool.acquire().await.unwrap();
    let address = siem.receiver(Format::Cef).address;
    let why = behind(&mut conn, &address, Duration::ZERO).await.unwrap().unwrap();
    assert!(
        why.starts_with("250 events wait to be sent: ") && !why.ends_with("no server sends them"),
        "{why}"
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_connection_stood_for_long_enough_counts_as_sent(pool: PgPool) {
    let world = World::new(&pool);
    let siem = Siem::start(usize::MAX, None).await;
    events(&world, 250).await;
    let mut sender =
        Sender::new(world.engine.clone(), siem.receiver(Format::Cef)).settling(Duration::from_millis(80));
    settle(&mut sender).await;
    let mut conn = pool.acquire().await.unwrap();
    let address = siem.receiver(Format::Cef).address;
    assert!(behind(&mut conn, &address, Duration::ZERO).await.unwrap().is_some(), "not at once");
    tokio::time::sleep(Duration::from_millis(100)).await;
    settle(&mut sender).await;
    assert_eq!(behind(&mut conn, &address, Duration::ZERO).await.unwrap(), None);

    events(&world, 1).await;
    world.sql("update audit_streams set leased_until = null").await;
    let mut next = Sender::new(world.engine.clone(), siem.receiver(Format::Cef));
    drop(sender);
    settle(&mut next).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(siem.positions(), (1..=251).collect::<Vec<_>>(), "another goes on behind it");
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_server_sends_and_another_takes_over_when_it_is_gone(pool: PgPool) {
    let world = World::new(&pool);
    let siem = Siem::start(usize::MAX, None).await;
    events(&world, 5).await;
    let mut one = Sender::new(world.engine.clone(), siem.receiver(Format::Json));
    settle(&mut one).await;
    events(&world, 5).await;
    let mut two = Sender::new(world.engine.clone(), siem.receiver(Format::Json));
    assert!(!two.round().await.unwrap(), "it is the other's turn");
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(siem.taken.lock().unwrap().len(), 5);
    world.move_clock(chrono::TimeDelta::minutes(2)).await;
    drop(one);
    settle(&mut two).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let taken = siem.taken.lock().unwrap().clone();
    let position = |line: &String| {
        let json: serde_json::Value =
            serde_json::from_str(line.split_once(" - signed-in - ").unwrap().1).unwrap();
        json["position"].as_i64().unwrap()
    };
    let positions: Vec<_> = taken.iter().map(position).collect();
    assert_eq!(positions, [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn over_tls_it_goes_to_who_proves_to_be_the_receiver_only(pool: PgPool) {
    let world = World::new(&pool);
    let (acceptor, pem) = certificates();
    let siem = Siem::start(usize::MAX, Some(acceptor)).await;
    events(&world, 3).await;
    let address: Address = format!("tls://localhost:{}", siem.port).parse().unwrap();
    let mut stranger = Sender::new(world.engine.clone(), to(address.clone(), Format::Cef));
    let refused = stranger.round().await.unwrap_err().to_string();
    assert!(refused.contains("certificate"), "{refused}");
    assert!(siem.taken.lock().unwrap().is_empty());

    world.sql("update audit_streams set leased_until = null").await;
    let known = address.trusting(authority(&pem).unwrap());
    let mut sender = Sender::new(world.engine.clone(), to(known, Format::Cef));
    settle(&mut sender).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(siem.positions(), [1, 2, 3]);
}
