//! Metrics, as an operator's monitoring reads them: what moves when something happens, and what never gets there.

use crate::actors::{ORIGIN, Site};
use axum::Router;
use axum::body::{Body, to_bytes};
use chrono::TimeDelta;
use domain::duration::Minutes;
use domain::ids::PersonId;
use domain::policy::evaluate::Answers;
use domain::target::Access;
use engine::act::activate::{Activate, activate};
use engine::testkit::{key, open_policy};
use http::{Request, StatusCode, header};
use server::measure::known::Reading;
use server::measure::scrape::{self, Scrape};
use server::measure::{Meters, words};
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

/// What a scrape says.
struct Told(String);

impl Told {
    /// The number of one series, named as it is written; `None` if there is none.
    fn number(&self, series: &str) -> Option<f64> {
        let line =
            self.0.lines().find(|line| line.rsplit_once(' ').is_some_and(|(name, _)| name == series))?;
        line.rsplit_once(' ').unwrap().1.parse().ok()
    }

    fn of(&self, series: &str) -> f64 {
        self.number(series).unwrap_or_else(|| panic!("no {series} in\n{}", self.0))
    }

    fn series(&self) -> impl Iterator<Item = &str> {
        self.0.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
    }
}

async fn ask(port: &Router, request: Request<Body>) -> (StatusCode, String) {
    let response = port.clone().oneshot(request).await.unwrap();
    let status = response.status();
    (status, String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap())
}

async fn scrape_of(port: &Router) -> Told {
    let (status, body) = ask(port, Request::get("/metrics").body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    Told(body)
}

async fn scrape(site: &Site) -> Told {
    scrape_of(&site.metrics).await
}

/// Ann is eligible for the group `db`.
async fn eligible(site: &Site) -> (PersonId, Activate) {
    let ann = site.world.person("Ann").await;
    let group = site.world.group("db").await;
    let target = site.world.target(group, Access::Member).await;
    site.world.policy(target, open_policy()).await;
    site.world.eligible(ann, target).await;
    let answers = Answers { length: Some(Minutes::hours(1)), ..Answers::default() };
    (ann, Activate { target, answers, code: String::new(), key: key() })
}

#[sqlx::test(migrations = "../migrations")]
async fn requests_are_counted_by_route_and_class_and_never_by_address(pool: PgPool) {
    let site = Site::on(pool);
    let mut browser = site.signed_in("Ada").await;
    for path in ["/access", "/access", "/requests/R-48217", "/nothing/like/48217", "/pkg/48217.js"] {
        browser.get(path).await;
    }
    browser.post("/requests/R-48217/cancel", &[]).await;
    let told = scrape(&site).await;
    let requests = |method: &str, route: &str, status: &str| {
        told.of(&format!(
            "pimento_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}"
        ))
    };
    assert_eq!(requests("GET", "/access", "2xx"), 2.0);
    assert_eq!(requests("GET", "/requests/{number}", "4xx"), 1.0);
    assert_eq!(requests("POST", "/requests/{number}/cancel", "4xx"), 1.0);
    assert_eq!(requests("GET", "none", "4xx"), 1.0);
    assert_eq!(requests("GET", "/pkg", "4xx"), 1.0);
    let bucket = |le: &str| {
        told.of(&format!(
            "pimento_http_request_duration_seconds_bucket{{method=\"GET\",route=\"/access\",le=\"{le}\"}}"
        ))
    };
    assert_eq!((bucket("+Inf"), bucket("30")), (2.0, 2.0));
    assert!(!told.0.contains("48217"), "an address got into a label");
    let strange = Request::builder().method("BREW").uri("/access").body(Body::empty()).unwrap();
    browser.send(strange).await;
    let told = scrape(&site).await;
    assert!(told.0.contains("method=\"other\"") && !told.0.contains("BREW"));
}

#[sqlx::test(migrations = "../migrations")]
async fn what_happens_moves_the_numbers_and_what_is_refused_does_by_its_code(pool: PgPool) {
    let site = Site::on(pool);
    let (ann, form) = eligible(&site).await;
    let before = scrape(&site).await;
    let ctx = site.world.ctx(ann).await;
    let refused = Activate { answers: Answers::default(), key: key(), ..form.clone() };
    let refusals = activate(&site.world.engine, &ctx, refused).await.unwrap_err();
    activate(&site.world.engine, &ctx, form).await.unwrap();
    let after = scrape(&site).await;
    let rose = |series: &str| after.of(series) - before.of(series);
    let event = |event: &str, outcome: &str| {
        rose(&format!("pimento_audit_events_total{{event=\"{event}\",outcome=\"{outcome}\"}}"))
    };
    assert_eq!(event("activation-started", "done"), 1.0);
    assert_eq!(event("activation-requested", "refused"), 1.0);
    assert_eq!(event("request-approved", "done"), 0.0);
    let engine::Error::Refused(refusals) = refusals else { panic!("{refusals:?}") };
    for refusal in &refusals {
        assert_eq!(rose(&format!("pimento_refusals_total{{code=\"{}\"}}", refusal.code.wire())), 1.0);
    }
    let codes = after.series().filter(|line| line.starts_with("pimento_refusals_total")).count();
    assert_eq!(codes, domain::refusal::Code::ALL.len());
    assert_eq!(rose("pimento_audit_position"), 2.0);
    assert_eq!(
        (rose("pimento_audit_anchored_position"), after.number("pimento_audit_anchor_age_seconds")),
        (0.0, None)
    );
    assert!(after.of("pimento_audit_unanchored_age_seconds") > 0.0);
    assert!(rose("pimento_pool_transactions_total{pool=\"web\",began=\"at-once\"}") >= 2.0);
    let again = scrape(&site).await;
    assert_eq!(
        again.of("pimento_audit_events_total{event=\"activation-started\",outcome=\"done\"}"),
        1.0,
        "counted once"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn what_waits_and_what_is_wrong_is_told(pool: PgPool) {
    let site = Site::on(pool);
    site.world
        .sql(
            "insert into mails (id, reader, address, made_at) values (gen_random_uuid(), 'admin', 'a@example.org', clock() - interval '1 hour'); \
             insert into mails (id, reader, address, state, closed_at) values (gen_random_uuid(), 'admin', 'b@example.org', 'failed', clock()); \
             insert into alerts (id, kind, severity, key, facts, opened_at, seen_at) values (gen_random_uuid(), 'mail-failing', 2, '', '{}', clock(), clock()); \
             update audit_check set fault = 'x', fault_position = 1, fault_at = clock(); \
             insert into audit_spool (action, outcome) values ('signed-out', 'done')",
        )
        .await;
    let told = scrape(&site).await;
    assert_eq!(told.of("pimento_outbox_waiting{way=\"mail\"}"), 1.0);
    assert!((3600.0..3660.0).contains(&told.of("pimento_outbox_oldest_age_seconds{way=\"mail\"}")));
    assert_eq!(told.of("pimento_outbox_failed{way=\"mail\"}"), 1.0);
    assert_eq!(told.of("pimento_outbox_waiting{way=\"webhook\"}"), 0.0);
    assert_eq!(told.of("pimento_alerts{kind=\"mail-failing\",state=\"open\"}"), 1.0);
    assert_eq!(told.of("pimento_alerts{kind=\"no-worker\",state=\"open\"}"), 0.0);
    assert_eq!(told.of("pimento_audit_tampered"), 1.0);
    assert_eq!(told.of("pimento_audit_spool_events"), 1.0);
    assert_eq!(told.of("pimento_live_pages"), 0.0);
}

/// An application in quarantine, to which something is to be taken away and something given; what it answered half a minute ago.
async fn application(site: &Site) {
    site.world
        .sql(
            "insert into applications (id, name, base_url, token, token_end, dialect, probe, patches, adds_twice, delete_accept, matching, \
               scope, leaving, drift, breaker_most, breaker_per_cent, per_second, burst, in_flight, sweep_minutes, health, test_due_at, drift_found) \
             values ('00000000-0000-0000-0000-0000000000aa', 'Git \"prod\"', 'https://git.example', '', '', 'x', 'x', true, true, true, '{userName}', \
               'all', 'x', 'x', 5, 5, 5, 5, 5, 30, 'quarantined', clock(), 3); \
             insert into application_people (application_id, user_id, urgent, queued_at, due_at) select '00000000-0000-0000-0000-0000000000aa', \
               ('00000000-0000-0000-0000-00000000000' || n)::uuid, n = 1, clock() - make_interval(mins => n), case when n < 4 then clock() end \
               from generate_series(1, 4) n; \
             insert into application_members (application_id, group_id, user_id, wanted, there, asked_at, confirmed_at) \
             select '00000000-0000-0000-0000-0000000000aa', '00000000-0000-0000-0000-0000000000bb', '00000000-0000-0000-0000-000000000001', \
               false, 'no', clock() - interval '3 seconds', clock(); \
             insert into application_attempts (id, application_id, at, why, user_id, group_id, name, step, action, request, status, took_ms, retry, result, trouble) \
             select gen_random_uuid(), '00000000-0000-0000-0000-0000000000aa', clock() - make_interval(secs => s), 'x', \
               case when who then '00000000-0000-0000-0000-000000000001'::uuid end, '00000000-0000-0000-0000-0000000000bb', 'x', 'act', action, 'x', \
               status, 5, 0, result, false \
             from (values (2.0, true, 'remove', 500, 'unknown'), (1.0, true, 'remove', 204, 'done'), (0.5, true, 'look', 200, 'done'), \
               (1.5, false, 'remove', 204, 'done'), (1.2, false, 'read', 429, 'failed'), (1.1, false, 'read', null, 'unknown')) t (s, who, action, status, result)",
        )
        .await;
}

#[sqlx::test(migrations = "../migrations")]
async fn provisioning_is_told_by_application_and_lane_and_every_answer_once(pool: PgPool) {
    let site = Site::on(pool);
    scrape(&site).await;
    application(&site).await;
    let soon = scrape(&site).await;
    assert!(!soon.0.contains("pimento_provisioning_answers_total{"), "not settled yet");
    site.world.move_clock(TimeDelta::seconds(30)).await;
    for _ in 0..2 {
        let told = scrape(&site).await;
        let of = |name: &str, more: &str| {
            told.of(&format!("pimento_provisioning_{name}{{application=\"Git \\\"prod\\\"\"{more}}}"))
        };
        assert_eq!((of("pending", ",lane=\"removal\""), of("pending", ",lane=\"grant\"")), (1.0, 2.0));
        let ages =
            ["removal", "grant"].map(|lane| of("oldest_pending_age_seconds", &format!(",lane=\"{lane}\"")));
        assert!((90.0..95.0).contains(&ages[0]) && (210.0..215.0).contains(&ages[1]), "{ages:?}");
        assert_eq!((of("quarantined", ""), of("off", ""), of("drift_members", "")), (1.0, 0.0, 3.0));
        assert_eq!(of("drift_removed_total", ""), 1.0);
        let classes =
            ["2xx", "429", "5xx", "none"].map(|class| of("answers_total", &format!(",class=\"{class}\"")));
        assert_eq!(classes, [3.0, 1.0, 1.0, 1.0]);
        let within = |le: &str| of("apply_seconds_bucket", &format!(",lane=\"removal\",le=\"{le}\""));
        assert_eq!((within("2"), within("5"), within("+Inf")), (0.0, 1.0, 1.0));
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn one_port_tells_metrics_and_nothing_else_and_the_other_does_not(pool: PgPool) {
    let site = Site::on(pool);
    let mut browser = site.signed_in("Ada").await;
    assert_eq!(browser.get("/metrics").await.status, StatusCode::NOT_FOUND);
    let visitor = site.visitor().get("/metrics").await;
    assert!(!visitor.body.contains("pimento_") && visitor.status != StatusCode::OK);
    for path in ["/", "/access", "/healthz", "/readyz", "/sign-in", "/metrics/", "/api/ui/session/sign-in"] {
        let (status, body) = ask(&site.metrics, Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!((status, body.as_str()), (StatusCode::NOT_FOUND, ""), "{path}");
    }
    let posted = Request::post("/metrics").header(header::ORIGIN, ORIGIN).body(Body::empty()).unwrap();
    assert_eq!(ask(&site.metrics, posted).await.0, StatusCode::METHOD_NOT_ALLOWED);
}

#[sqlx::test(migrations = "../migrations")]
async fn every_metric_is_known_and_documented_and_no_label_holds_an_id(pool: PgPool) {
    let site = Site::on(pool);
    let (ann, form) = eligible(&site).await;
    scrape(&site).await;
    application(&site).await;
    site.world.move_clock(TimeDelta::seconds(30)).await;
    activate(&site.world.engine, &site.world.ctx(ann).await, form).await.unwrap();
    let mut browser = site.browser_of(ann).await;
    for path in ["/access", "/people/ann", "/groups/db", "/requests"] {
        browser.get(path).await;
    }
    site.world.engine.pulse.note("mail", &Ok::<_, String>(()));
    let told = scrape(&site).await;
    let documented = std::fs::read_to_string("../docs/operations.md").unwrap();
    for (name, ..) in words::ALL {
        assert!(documented.contains(&format!("`{name}`")), "{name} is not in docs/operations.md");
    }
    for line in told.series() {
        let name = line.split(['{', ' ']).next().unwrap();
        let known = words::ALL.iter().any(|(known, kind, _)| match kind {
            words::Kind::Histogram => {
                name.strip_prefix(known).is_some_and(|end| ["_bucket", "_sum", "_count"].contains(&end))
            }
            _ => name == *known,
        });
        assert!(known, "{name} is in no list");
        let labels = line.split_once('{').map_or("", |(_, rest)| rest.rsplit_once('}').unwrap().0);
        let digits = labels.split("le=\"").next().unwrap().replace("application=\"Git", "");
        let ids = digits.split(|letter: char| !letter.is_ascii_hexdigit()).filter(|word| word.len() > 7);
        assert_eq!(ids.count(), 0, "an id in {line}");
        for name in ["ann\"", "Ann", "db\"", "R-1"] {
            assert!(!labels.contains(name), "{name} in {line}");
        }
    }
    let described = words::ALL.iter().filter(|(name, ..)| told.0.contains(&format!("# HELP {name} ")));
    // an anchor has an age only where there is one
    assert_eq!(described.count(), words::ALL.len() - 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_database_that_is_away_is_told_and_hides_nothing_else(pool: PgPool) {
    let site = Site::on(pool);
    site.signed_in("Ada").await.get("/access").await;
    let told = scrape(&site).await;
    assert_eq!(told.of("pimento_database_up"), 1.0);
    site.world.sql("alter table alerts rename to elsewhere").await;
    let told = scrape(&site).await;
    assert_eq!(told.of("pimento_database_up"), 1.0);
    assert_eq!(told.of("pimento_database_part_up{part=\"alerts\"}"), 0.0);
    assert_eq!(told.of("pimento_database_part_up{part=\"audit\"}"), 1.0);
    assert!(!told.0.contains("pimento_alerts{") && told.number("pimento_audit_position").is_some());
    site.pool.close().await;
    let told = scrape(&site).await;
    assert_eq!(told.of("pimento_database_up"), 0.0);
    assert_eq!(told.of("pimento_http_requests_total{method=\"GET\",route=\"/access\",status=\"2xx\"}"), 1.0);
    assert_eq!(told.number("pimento_audit_position"), None, "an old number would look like a new one");
}

#[sqlx::test(migrations = "../migrations")]
async fn the_database_is_not_asked_by_everybody_who_asks(pool: PgPool) {
    let site = Site::on(pool.clone());
    let reading = Reading::new(pool, Duration::from_secs(3600));
    let meters = Arc::new(Meters::new().unwrap());
    let port = scrape::router(Scrape { meters, reading, engines: Vec::new(), live: None });
    assert_eq!(scrape_of(&port).await.of("pimento_audit_position"), 0.0);
    site.world.sql("insert into audit_events (action, outcome) values ('signed-out', 'done')").await;
    assert_eq!(scrape_of(&port).await.of("pimento_audit_position"), 0.0);
    assert_eq!(scrape(&site).await.of("pimento_audit_position"), 1.0);
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_with_its_setting() {
    let first = scrape::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = first.local_addr().unwrap();
    let said = format!("{:#}", scrape::bind(address).await.unwrap_err());
    assert!(said.contains(&address.to_string()) && said.contains("PIMENTO_METRICS_LISTEN"), "{said}");
}
