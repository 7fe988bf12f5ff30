//! What arrives, once and signed, and what happens when it does not.

use super::receiver::{Answer, Receiver};
use super::{cast, everything};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::approval::Verdict;
use domain::duration::Minutes;
use domain::policy::evaluate::Answers;
use domain::target::Access;
use domain::webhook::signature;
use engine::act::activate::{Activate, activate};
use engine::act::decide::{Decision, decide};
use engine::act::resend_delivery::resend_delivery;
use engine::act::switch_hook::switch_hook;
use engine::act::test_hook::test_hook;
use engine::hook;
use engine::testkit::{approved_by, key};
use sqlx::PgPool;
use std::collections::BTreeSet;
use std::time::Duration;

fn bytes(secret: &str) -> Vec<u8> {
    STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_decision_arrives_signed_and_says_what_the_audit_shows(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let world = &cast.world;
    let (ann, ben) = (world.person("Ann").await, world.person("Ben").await);
    let target = world.target(world.group("vault").await, Access::Member).await;
    world.policy(target, approved_by(&[ben], 1)).await;
    world.eligible(ann, target).await;
    let input = everything("Ledger", "json", receiver.address("/in?key=1"));
    let made = cast.make(&super::Input { topics: vec!["all-requests".into()], ..input }).await;

    let answers =
        Answers { length: Some(Minutes(60)), reason: "The billing run hangs".into(), ..Answers::default() };
    let form = Activate { target, answers, code: String::new(), key: key() };
    let request = activate(&world.engine, &world.ctx(ann).await, form).await.unwrap().request;
    let seen = world.seen(request).await;
    let decision =
        Decision { request, verdict: Verdict::Approve, reason: "Fine".into(), seen, cues: Vec::new() };
    let decided = decide(&world.engine, &world.ctx(ben).await, &[decision], "").await.unwrap();
    assert!(decided[0].result.is_ok());
    cast.round().await;
    cast.round().await;

    let mut taken = receiver.taken();
    taken.sort_by_key(|taken| taken.json()["data"]["position"].as_i64());
    let kinds: Vec<String> = taken.iter().map(|t| t.json()["type"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["activation-requested", "request-approved"], "each once");
    let (approved, body) = (&taken[1], taken[1].json());
    assert_eq!(approved.path, "/in?key=1");
    assert_eq!(approved.header("content-type"), "application/json");
    let at: i64 = approved.header("webhook-timestamp").parse().unwrap();
    assert!((world.now().await.timestamp() - at).abs() < 60);
    let id = approved.header("webhook-id");
    let expected = signature::header(&[bytes(&made.secret)], id, at, approved.body.as_bytes());
    assert_eq!(approved.header("webhook-signature"), expected);
    let data = &body["data"];
    assert_eq!(data["what"], "Approved");
    assert_eq!(data["outcome"], "done");
    assert_eq!(data["actor"]["name"], "Ben");
    assert_eq!(data["principal"]["name"], "Ann");
    assert_eq!(data["thing"]["kind"], "member");
    assert_eq!(data["thing"]["link"], "http://localhost:8080/groups/vault");
    assert_eq!(data["request"]["link"], "http://localhost:8080/requests/R-10001");
    assert_eq!(data["reason"], "Fine");
    assert!(data["hash"].as_str().unwrap().len() == 64 && data["event"].as_i64().is_some());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_receiver_that_fails_is_left_alone_for_a_while_and_tried_under_the_same_id(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let made = cast.hook("Ledger", &receiver).await;
    receiver.next(Answer::Plain(500, String::new(), "<b>broken</b>\u{1}".into()));
    cast.happens("once").await;
    cast.round().await;
    cast.round().await;
    let row = &cast.log(made.id).await[0];
    assert_eq!((row.state.as_str(), row.attempts, row.status), ("waiting", 1, Some(500)));
    assert_eq!(row.answer, "<b>broken</b> ");
    assert!(row.took_ms.is_some() && row.due_at > cast.world.now().await);
    assert_eq!(receiver.taken().len(), 1, "not tried while it rests");

    cast.later().await;
    cast.round().await;
    let taken = receiver.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0].header("webhook-id"), taken[1].header("webhook-id"));
    assert_eq!(cast.log(made.id).await[0].state, "delivered");
    assert_eq!(
        cast.world.count("select count(*) from hooks where failures = 0 and rests_until is null").await,
        1
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_fails_for_a_day_is_given_up_visibly_and_sent_again_by_hand(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let made = cast.hook("Ledger", &receiver).await;
    receiver.always(Answer::status(503));
    cast.happens("once").await;
    for _ in 0..14 {
        cast.round().await;
        cast.later().await;
    }
    let row = &cast.log(made.id).await[0];
    assert_eq!((row.state.as_str(), row.attempts), ("failed", 12));
    assert_eq!(receiver.taken().len(), 12);

    receiver.always(Answer::status(200));
    let ctx = cast.world.ctx(cast.root).await;
    resend_delivery(&cast.world.engine, &ctx, made.id, Some(row.id)).await.unwrap();
    cast.round().await;
    assert_eq!(cast.log(made.id).await[0].state, "delivered");
    let ids: BTreeSet<String> = receiver.taken().iter().map(|t| t.header("webhook-id").to_owned()).collect();
    assert_eq!(ids.len(), 1);
    let again = resend_delivery(&cast.world.engine, &ctx, made.id, None).await.unwrap_err();
    assert!(again.to_string().contains("already-closed"), "{again}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_receiver_that_asks_for_time_gets_it(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let made = cast.hook("Ledger", &receiver).await;
    receiver.next(Answer::Plain(429, "retry-after: 900\r\n".into(), String::new()));
    cast.happens("once").await;
    cast.round().await;
    let wait = cast.log(made.id).await[0].due_at - cast.world.now().await;
    assert!((880..=900).contains(&wait.num_seconds()), "{wait}");
    let resting = "select count(*) from hooks where rests_until > clock() + interval '14 minutes'";
    assert_eq!(cast.world.count(resting).await, 1, "the whole hook");
}

/// Its clock counts: it may be years from ours.
#[sqlx::test(migrations = "../../migrations")]
async fn a_receiver_that_names_a_moment_is_left_alone_until_then(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let made = cast
        .make(&super::Input {
            topics: vec!["mail-stopped".into()],
            ..everything("Ledger", "json", receiver.address("/in"))
        })
        .await;
    let says = "date: Sun, 06 Nov 1994 08:49:37 GMT\r\nretry-after: Sun, 06 Nov 1994 09:04:37 GMT\r\n";
    receiver.next(Answer::Plain(503, says.into(), String::new()));
    cast.happens("once").await;
    cast.round().await;
    let wait = cast.log(made.id).await[0].due_at - cast.world.now().await;
    assert!((870..=900).contains(&wait.num_seconds()), "{wait}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn gone_switches_the_hook_off_with_a_reason_until_somebody_switches_it_on(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let made = cast.hook("Ledger", &receiver).await;
    receiver.next(Answer::status(410));
    cast.happens("first").await;
    cast.round().await;
    let off = "select count(*) from hooks where off_at is not null and off_why like '%410%'";
    assert_eq!(cast.world.count(off).await, 1);
    let told = "select count(*) from audit_events where action = 'hook-switched-off' and actor_id is null and reason like '%410%'";
    assert_eq!(cast.world.count(told).await, 1);
    cast.happens("second").await;
    cast.round().await;
    assert_eq!(receiver.taken().len(), 1, "nothing more");

    switch_hook(&cast.world.engine, &cast.world.ctx(cast.root).await, made.id, true).await.unwrap();
    cast.happens("third").await;
    cast.round().await;
    let reasons = super::Cast::reasons(&receiver);
    assert!(reasons.contains(&"third".to_owned()) && !reasons.contains(&"second".to_owned()), "{reasons:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn three_servers_and_a_receiver_that_fails_half_the_time_tell_everything_under_one_id(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    cast.hook("Ledger", &receiver).await;
    for number in 0..30 {
        cast.happens(&format!("number {number}")).await;
        receiver.next(Answer::status(500));
        receiver.next(Answer::status(200));
    }
    let servers = [cast.world.restricted(), cast.world.restricted(), cast.world.restricted()];
    for _ in 0..80 {
        let (one, two, three) =
            tokio::join!(hook::once(&servers[0]), hook::once(&servers[1]), hook::once(&servers[2]));
        one.and(two).and(three).unwrap();
        cast.later().await;
    }
    let missing = "select count(*) from hook_deliveries where state <> 'delivered'";
    assert_eq!(cast.world.count(missing).await, 0);
    let events = "select count(*) from audit_events where action in ('mail-stopped', 'mail-started')";
    let events = cast.world.count(events).await;
    let ids: BTreeSet<String> = receiver.taken().iter().map(|t| t.header("webhook-id").to_owned()).collect();
    assert_eq!(i64::try_from(ids.len()).unwrap(), events);
    let numbers: BTreeSet<i64> =
        receiver.taken().iter().map(|t| t.json()["data"]["event"].as_i64().unwrap()).collect();
    assert_eq!(numbers.len(), ids.len(), "one id for each event");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_receiver_that_never_answers_holds_nobody_else_up(pool: PgPool) {
    let (cast, silent, quick) = (cast(&pool).await, Receiver::start().await, Receiver::start().await);
    silent.always(Answer::Silent);
    cast.hook("Silent", &silent).await;
    cast.hook("Quick", &quick).await;
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(hook::run(cast.world.restricted(), stopping));
    for number in 0..3 {
        cast.happens(&format!("number {number}")).await;
        let expected = 2 * number + 1;
        let arrived = async {
            while quick.taken().len() < expected {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), arrived).await.expect("the quick one is told");
    }
    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(10), worker).await.expect("it stops").unwrap();
    assert!(silent.taken().len() <= 8, "{}", silent.taken().len());
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_stopped_server_left_under_way_is_sent_by_another(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let made = cast.hook("Ledger", &receiver).await;
    cast.happens("once").await;
    hook::expand::expand(&cast.world.engine, &tokio::sync::watch::channel(false).1).await.unwrap();
    let taken = "update hook_deliveries set attempts = 1, lease = gen_random_uuid(), leased_until = clock() + interval '2 minutes'";
    cast.world.sql(taken).await;
    cast.round().await;
    assert!(receiver.taken().is_empty(), "somebody else is at it");
    cast.world.sql("update hook_deliveries set leased_until = clock()").await;
    cast.round().await;
    assert_eq!(receiver.only().json()["data"]["reason"], "once");
    assert_eq!(cast.log(made.id).await[0].attempts, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_test_is_sent_at_once_also_by_a_hook_that_is_off(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let made = cast.hook("Ledger", &receiver).await;
    let ctx = cast.world.ctx(cast.root).await;
    switch_hook(&cast.world.engine, &ctx, made.id, false).await.unwrap();
    test_hook(&cast.world.engine, &ctx, made.id).await.unwrap();
    assert_eq!(receiver.only().json()["type"], "test");
    receiver.next(Answer::status(404));
    let refused = test_hook(&cast.world.engine, &ctx, made.id).await.unwrap_err();
    assert!(refused.refusals()[0].text.to_string().contains("404"), "{refused}");
    let states: Vec<String> = cast.log(made.id).await.into_iter().map(|row| row.state).collect();
    assert_eq!(states, ["failed", "delivered"], "tried once");
}
