//! Live pages: who hears that there is something to look at, when, and until when.

use crate::actors::{Browser, ORIGIN, Site};
use axum::body::Body;
use domain::duration::Minutes;
use domain::ids::PersonId;
use domain::policy::evaluate::Answers;
use domain::target::Access;
use engine::act::activate::{Activate, activate};
use engine::testkit::{approved_by, key};
use http::{Request, StatusCode, header};
use http_body::Body as _;
use sqlx::PgPool;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::timeout;

/// What an open page hears.
struct Stream(Body);

impl Stream {
    /// What comes next; nothing when it is over.
    async fn next(&mut self) -> Option<String> {
        let frame = poll_fn(|cx| Pin::new(&mut self.0).poll_frame(cx)).await?;
        let bytes = frame.unwrap().into_data().unwrap();
        Some(String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// Whether it is told to look within that time.
    async fn told(&mut self, within: Duration) -> bool {
        let look = async {
            while let Some(text) = self.next().await {
                if text.contains("event: look") {
                    return true;
                }
            }
            false
        };
        timeout(within, look).await.unwrap_or(false)
    }

    /// How long it takes to end.
    async fn end(&mut self) -> Duration {
        let begun = Instant::now();
        while self.next().await.is_some() {}
        begun.elapsed()
    }
}

/// Opens a stream for a page that holds everything up to `since`.
async fn listen(browser: &Browser, since: i64) -> Stream {
    let request = Request::get(format!("/events?at=/access&since={since}")).body(Body::empty()).unwrap();
    let response = browser.open(request).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    assert!(!response.headers().contains_key(header::CONTENT_ENCODING), "kept together by nobody");
    let mut stream = Stream(response.into_body());
    assert!(stream.next().await.unwrap().starts_with(':'), "something comes at once");
    stream
}

/// Runs the hub of this server until the sender says stop.
async fn run(site: &Site) -> watch::Sender<bool> {
    let (stop, stopping) = watch::channel(false);
    tokio::spawn(site.live.clone().run(stopping));
    let newest: i64 = site.world.count("select coalesce(max(position), 0) from audit_chain").await;
    while site.live.mark() < newest {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stop
}

/// A group that Ann is eligible for and Ben approves.
async fn cast(site: &Site) -> (PersonId, PersonId) {
    let (ann, ben) = (site.world.person("Ann").await, site.world.person("Ben").await);
    let group = site.world.group("prod-db-admins").await;
    let target = site.world.target(group, Access::Member).await;
    site.world.policy(target, approved_by(&[ben], 1)).await;
    site.world.eligible(ann, target).await;
    (ann, ben)
}

async fn ask(site: &Site, ann: PersonId) {
    let target = sqlx::query_scalar("select target_id from assignments where principal_id = $1");
    let target = target.bind(ann.0).fetch_one(&site.pool).await.unwrap();
    let answers = Answers { length: Some(Minutes(60)), ..Answers::default() };
    let form = Activate { target: domain::ids::TargetId(target), answers, code: String::new(), key: key() };
    activate(&site.world.engine, &site.world.ctx(ann).await, form).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_listens_without_a_session_or_from_another_site(pool: PgPool) {
    let site = Site::on(pool);
    assert_eq!(site.visitor().get("/events").await.status, StatusCode::UNAUTHORIZED);
    let ann = site.signed_in("Ann").await;
    let elsewhere = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "null"),
        ("origin", "https://evil.example"),
    ];
    for (name, value) in elsewhere {
        let request = Request::get("/events").header(name, value).body(Body::empty()).unwrap();
        assert_eq!(ann.open(request).await.status(), StatusCode::FORBIDDEN, "{name}: {value}");
    }
    for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", ORIGIN), ("x-nothing", "neither")] {
        let request = Request::get("/events").header(name, value).body(Body::empty()).unwrap();
        assert_eq!(ann.open(request).await.status(), StatusCode::OK, "{name}: {value}");
    }
    let request = Request::post("/events").header("origin", ORIGIN).body(Body::empty()).unwrap();
    assert_eq!(ann.open(request).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_done_on_one_server_is_heard_on_another_within_a_second_by_whom_it_concerns(pool: PgPool) {
    let (one, other) = (Site::on(pool.clone()), Site::on(pool));
    let (ann, ben) = cast(&one).await;
    let _running = (run(&one).await, run(&other).await);
    let mark = other.live.mark();
    let mut approver = listen(&other.browser_of(ben).await, mark).await;
    let mut asker = listen(&one.browser_of(ann).await, mark).await;
    let mut stranger = listen(&other.signed_in("Dora").await, mark).await;
    assert!(!approver.told(Duration::from_millis(600)).await, "nothing happened");
    ask(&one, ann).await;
    assert!(approver.told(Duration::from_secs(1)).await);
    assert!(asker.told(Duration::from_secs(1)).await);
    assert!(!stranger.told(Duration::from_secs(1)).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_page_that_is_behind_when_it_begins_to_listen_is_told_at_once(pool: PgPool) {
    let site = Site::on(pool);
    let (ann, ben) = cast(&site).await;
    let _running = run(&site).await;
    let before = site.live.mark();
    ask(&site, ann).await;
    let browser = site.browser_of(ben).await;
    assert!(listen(&browser, before).await.told(Duration::from_millis(500)).await);
    let now = site.world.count("select max(position) from audit_chain").await;
    while site.live.mark() < now {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(!listen(&browser, now).await.told(Duration::from_millis(600)).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_page_says_how_far_it_is_and_listening_is_no_sign_of_a_person(pool: PgPool) {
    let site = Site::on(pool);
    let (ann, _) = cast(&site).await;
    ask(&site, ann).await;
    let _running = run(&site).await;
    let mut browser = site.browser_of(ann).await;
    let page = browser.get("/access").await.body;
    assert!(page.contains(&format!("data-since=\"{}\"", site.live.mark())), "{page}");
    for region in ["nav", "chip", "head", "body"] {
        assert_eq!(page.matches(&format!("data-live=\"{region}\"")).count(), 1, "{region}");
    }
    site.world.sql("update sessions set last_seen_at = clock() - interval '20 minutes'").await;
    let idle = "select count(*) from sessions where last_seen_at < clock() - interval '19 minutes'";
    let _stream = listen(&browser, 0).await;
    let polling = Request::get("/access").header("x-polling", "1").body(Body::empty()).unwrap();
    assert_eq!(browser.send(polling).await.status, StatusCode::OK);
    assert_eq!(site.world.count(idle).await, 1);
    browser.get("/access").await;
    assert_eq!(site.world.count(idle).await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn looking_again_leaves_the_message_for_the_page_that_a_person_opens(pool: PgPool) {
    let site = Site::on(pool);
    let mut ann = site.signed_in("Ann").await;
    let zone = [("theme", "dark"), ("time_zone", "Europe/Berlin")];
    assert_eq!(ann.submit("/account", &zone).await.status, StatusCode::SEE_OTHER);
    let shows = |page: &str| page.contains("role=\"status\"") && page.contains("Saved");
    let polling = Request::get("/account").header("x-polling", "1").body(Body::empty()).unwrap();
    assert!(!shows(&ann.send(polling).await.body));
    assert!(shows(&ann.get("/account").await.body));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_stream_ends_with_its_session(pool: PgPool) {
    let site = Site::on(pool);
    let _running = run(&site).await;
    let ends = [
        "delete from sessions",
        "update users set enabled = false",
        "update sessions set last_seen_at = clock() - interval '31 minutes'",
    ];
    for (number, end) in ends.into_iter().enumerate() {
        let browser = site.signed_in(&format!("Ann {number}")).await;
        let mut stream = listen(&browser, i64::MAX).await;
        site.world.sql(end).await;
        let time = timeout(Duration::from_secs(30), stream.end()).await.expect("it goes on");
        assert!(time < Duration::from_secs(15), "{end}: {time:?}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_has_four_streams_at_most(pool: PgPool) {
    let site = Site::on(pool);
    let _running = run(&site).await;
    let ann = site.signed_in("Ann").await;
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(listen(&ann, 0).await);
    }
    let another = || Request::get("/events").body(Body::empty()).unwrap();
    assert_eq!(ann.open(another()).await.status(), StatusCode::TOO_MANY_REQUESTS);
    listen(&site.signed_in("Ben").await, 0).await;
    drop(open.pop());
    // the stream notices that nobody reads it any more
    tokio::time::sleep(Duration::from_millis(100)).await;
    listen(&ann, 0).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_server_that_stops_ends_its_streams_and_one_that_can_t_look_does_not_say_it_does(pool: PgPool) {
    let site = Site::on(pool);
    let stop = run(&site).await;
    let ann = site.signed_in("Ann").await;
    let mut stream = listen(&ann, i64::MAX).await;
    let beat = timeout(Duration::from_secs(8), stream.next()).await.expect("a sign of life").unwrap();
    assert!(beat.starts_with("event: beat\ndata: ") && beat.contains(" UTC"), "{beat}");
    site.world.sql("alter table audit_chain rename to gone").await;
    // the one that was due already may still come
    let _ = timeout(Duration::from_secs(6), stream.next()).await;
    assert!(timeout(Duration::from_secs(11), stream.next()).await.is_err(), "it says that it still looks");
    stop.send_replace(true);
    assert!(timeout(Duration::from_secs(2), stream.end()).await.is_ok());
}
