//! Doors inside that nobody may make this program knock at (security.md 6.9), and receivers that want too much of it.

use super::acceptor::certificates;
use super::cast;
use super::receiver::{Answer, Receiver};
use domain::webhook::address::Rules;
use engine::outbound::names::{Found, Names, System};
use engine::outbound::{Outbound, Tried};
use reqwest::header::HeaderMap;
use sqlx::PgPool;
use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use url::Url;

/// Names that lead elsewhere each time they are asked for.
#[derive(Clone)]
struct Moving(Arc<Mutex<VecDeque<Vec<IpAddr>>>>);

impl Moving {
    fn through(steps: &[&[&str]]) -> Self {
        let addresses = |step: &&[&str]| step.iter().map(|text| text.parse().unwrap()).collect();
        Self(Arc::new(Mutex::new(steps.iter().map(addresses).collect())))
    }

    fn left(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl Names for Moving {
    fn resolve<'a>(&'a self, _: &'a str) -> Found<'a> {
        let next = self.0.lock().unwrap().pop_front().expect("asked once more than expected");
        Box::pin(async move { Ok(next) })
    }
}

/// One name, on a machine that has this address itself.
struct Own(IpAddr);

impl Names for Own {
    fn resolve<'a>(&'a self, _: &'a str) -> Found<'a> {
        Box::pin(async move { Ok(vec![self.0]) })
    }

    fn own(&self) -> io::Result<Vec<IpAddr>> {
        Ok(vec![self.0])
    }
}

fn out(networks: &[&str]) -> Outbound {
    let networks = networks.iter().map(|text| text.parse().unwrap()).collect();
    let rules = Rules { http: true, networks, ..Rules::default() };
    Outbound::new(rules, None).unwrap().with_patience(Duration::from_millis(800))
}

async fn post(out: &Outbound, address: &str) -> Tried {
    out.post(&Url::parse(address).unwrap(), HeaderMap::new(), b"{}".to_vec()).await
}

#[tokio::test]
async fn a_name_that_moves_inside_after_it_was_checked_leads_nowhere() {
    let good = Receiver::at("127.0.0.2:0").await;
    let canary = Receiver::at(&format!("127.0.0.1:{}", good.port())).await;
    let moving = Moving::through(&[&["127.0.0.2"], &["127.0.0.1"]]);
    let out = out(&["127.0.0.2"]).with_names(moving.clone());
    let address = format!("http://hooks.example.org:{}/in", good.port());
    let first = post(&out, &address).await;
    assert_eq!(first.outcome.unwrap().status, 204);
    assert_eq!(moving.left(), 1, "resolved once for a try");
    assert_eq!(good.only().header("host"), format!("hooks.example.org:{}", good.port()));
    let second = post(&out, &address).await;
    assert!(second.outcome.unwrap_err().contains("this machine"));
    assert!(canary.taken().is_empty(), "nobody knocked");
}

#[tokio::test]
async fn one_address_inside_among_public_ones_closes_the_door() {
    for inside in [
        "127.0.0.1",
        "::ffff:127.0.0.1",
        "169.254.169.254",
        "10.0.0.1",
        "100.64.0.1",
        "fd00::1",
        "0.0.0.0",
        "::1",
    ] {
        let canary = Receiver::start().await;
        let out = out(&[]).with_names(Moving::through(&[&["8.8.8.8", inside]]));
        let begun = Instant::now();
        let tried = post(&out, "http://hooks.example.org/in").await;
        assert!(tried.outcome.unwrap_err().contains("the operator can allow"), "{inside}");
        assert!(begun.elapsed() < Duration::from_millis(500), "no connection was tried");
        let direct = post(&out, &canary.address("/in")).await;
        assert!(direct.outcome.is_err() && canary.taken().is_empty(), "written as numbers neither");
    }
}

/// SEC-6.9: its own interfaces, although their addresses are public.
#[tokio::test]
async fn a_public_address_of_this_machine_is_a_door_inside() {
    let own = System.own().unwrap();
    assert!(own.iter().any(IpAddr::is_loopback), "it knows its interfaces: {own:?}");
    let begun = Instant::now();
    let strict = out(&[]).with_names(Own("198.41.0.4".parse().unwrap()));
    let tried = post(&strict, "http://pim.example.org/in").await;
    assert!(tried.outcome.unwrap_err().contains("this machine"));
    assert!(begun.elapsed() < Duration::from_millis(500), "no connection was tried");

    let receiver = Receiver::at("127.0.0.2:0").await;
    let named = out(&["127.0.0.2"]).with_names(Own("127.0.0.2".parse().unwrap()));
    let address = format!("http://pim.example.org:{}/in", receiver.port());
    assert_eq!(post(&named, &address).await.outcome.unwrap().status, 204, "the operator named it");
}

#[tokio::test]
async fn a_receiver_proves_who_it_is_by_an_authority_that_is_known() {
    let (acceptor, pem) = certificates();
    let receiver = Receiver::over_tls(acceptor).await;
    let here: &[&str] = &["127.0.0.1"];
    let rules = Rules { networks: vec!["127.0.0.1".parse().unwrap()], ..Rules::default() };
    let to = |host: &str| format!("https://{host}:{}/in", receiver.port());
    let public = Outbound::new(rules.clone(), None).unwrap().with_names(Moving::through(&[here]));
    let why = post(&public, &to("localhost")).await.outcome.unwrap_err();
    assert!(why.contains("certificate"), "{why}");
    let known = Outbound::new(rules, Some(&pem)).unwrap().with_names(Moving::through(&[here, here]));
    let why = post(&known, &to("hooks.example.org")).await.outcome.unwrap_err();
    assert!(why.contains("certificate"), "the name of another: {why}");
    assert!(receiver.taken().is_empty(), "nothing was said to a stranger");
    assert_eq!(post(&known, &to("localhost")).await.outcome.unwrap().status, 204);
    assert_eq!(receiver.only().header("host"), format!("localhost:{}", receiver.port()));
}

#[tokio::test]
async fn an_authority_file_without_a_certificate_is_refused() {
    let key = b"-----BEGIN PRIVATE KEY-----\nMC4CAQA=\n-----END PRIVATE KEY-----\n";
    for wrong in [b"".as_slice(), b"\x30\x82\x01\x0a", key] {
        assert!(
            Outbound::new(Rules::default(), Some(wrong)).is_err(),
            "{:?}",
            String::from_utf8_lossy(wrong)
        );
    }
}

#[tokio::test]
async fn a_port_that_is_not_for_the_web_is_not_knocked_at() {
    let out = out(&[]).with_names(Moving::through(&[&["8.8.8.8"]]));
    let tried = post(&out, "http://hooks.example.org:25/in").await;
    assert!(tried.outcome.unwrap_err().contains("port 25"));
}

#[tokio::test]
async fn plain_http_needs_the_operators_word() {
    let receiver = Receiver::start().await;
    let rules = Rules { networks: vec!["127.0.0.1".parse().unwrap()], ..Rules::default() };
    let tried = post(&Outbound::new(rules, None).unwrap(), &receiver.address("/in")).await;
    assert!(tried.outcome.is_err() && receiver.taken().is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_redirect_is_not_followed(pool: PgPool) {
    let (cast, receiver, canary) = (cast(&pool).await, Receiver::start().await, Receiver::start().await);
    let made = cast.hook("Ledger", &receiver).await;
    for status in [301, 302, 303, 307, 308] {
        receiver.next(Answer::Plain(
            status,
            format!("location: {}\r\n", canary.address("/x")),
            String::new(),
        ));
    }
    cast.happens("once").await;
    for _ in 0..5 {
        cast.round().await;
        cast.later().await;
    }
    assert_eq!(receiver.taken().len(), 5);
    assert!(canary.taken().is_empty());
    let row = &cast.log(made.id).await[0];
    assert!(row.status == Some(308) && row.problem.contains("not followed"), "{row:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_body_that_never_ends_or_never_comes_costs_little(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let made = cast.hook("Ledger", &receiver).await;
    for answer in [Answer::Endless, Answer::Stalled] {
        receiver.next(answer);
        cast.happens("once").await;
        let begun = Instant::now();
        cast.round().await;
        assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    }
    let log = cast.log(made.id).await;
    assert!(log.iter().all(|row| row.state == "delivered"), "the status counts: {log:?}");
    let longest = log.iter().map(|row| row.answer.len()).max();
    assert_eq!(longest, Some(1024));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_receiver_that_never_answers_is_tried_again(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let made = cast.hook("Ledger", &receiver).await;
    receiver.next(Answer::Silent);
    cast.happens("once").await;
    cast.round().await;
    let row = &cast.log(made.id).await[0];
    assert!(row.state == "waiting" && row.problem.contains("no answer"), "{row:?}");
    // nobody is there at all
    drop(receiver);
    cast.happens("again").await;
    cast.later().await;
    cast.round().await;
    let log = cast.log(made.id).await;
    let tried: Vec<_> = log.iter().filter(|row| row.problem.contains("onnect")).collect();
    assert!(!tried.is_empty() && tried.iter().all(|row| row.state == "waiting"), "{log:?}");
}
