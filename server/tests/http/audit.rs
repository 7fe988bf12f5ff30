//! The audit that proves itself, as auditors and operators meet it: the page, the file, the program `pimento`.

use crate::actors::{ORIGIN, Site, form};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use domain::role::Role;
use ed25519_dalek::SigningKey;
use engine::audit::anchors::{self, Signing};
use engine::audit::check::{self, Round};
use engine::{Engine, Settings};
use http::{Request, StatusCode, header};
use sqlx::{ConnectOptions, PgPool};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Base64 of 32 times the byte 9.
const KEY: &str = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=";

/// A folder of its own that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// The program without a database, and what it answered: success, what it printed, what it complained about.
fn pimento(folder: &Folder, words: &[&str]) -> (bool, String, String) {
    // whatever database this test run has, it is not there
    pimento_on(folder, "postgres://nobody@127.0.0.1:1/none", words)
}

/// The same on a database.
fn pimento_on(folder: &Folder, database: &str, words: &[&str]) -> (bool, String, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_pimento"));
    // settings of this test run are none of the program's
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PIMENTO_")) {
        program.env_remove(name);
    }
    program.env("DATABASE_URL", database).env("PIMENTO_ANCHOR_KEY", KEY);
    let output = program.current_dir(&folder.0).args(words).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// The public half of another key.
fn other_key() -> String {
    STANDARD.encode(SigningKey::from_bytes(&[8; 32]).verifying_key().as_bytes())
}

async fn events(site: &Site) {
    site.world
        .sql(
            "insert into audit_events (action, outcome, reason) select 'signed-in', 'done', '=1+' || n \
             from generate_series(1, 30) n",
        )
        .await;
}

#[sqlx::test(migrations = "../migrations")]
async fn the_page_says_how_far_the_chain_is_verified(pool: PgPool) {
    let site = Site::on(pool);
    let reader = site.world.person("Rita").await;
    site.world.role(reader, Role::GlobalReader).await;
    let mut browser = site.browser_of(reader).await;
    events(&site).await;
    assert!(browser.get("/audit").await.body.contains("not verified to its end yet"));
    while check::slice(&site.world.engine).await.unwrap() == Round::More {}
    let page = browser.get("/audit").await;
    assert!(page.body.contains("Chain verified up to"), "{}", page.body);
    let hash: String = sqlx::query_scalar("select encode(hash, 'hex') from audit_chain where position = 30")
        .fetch_one(&site.pool)
        .await
        .unwrap();
    assert!(page.body.contains(&hash) && page.body.contains("Position in the chain"));

    site.world
        .sql(
            "alter table audit_events disable trigger user; update audit_events set reason = '' where seq = 3; \
             alter table audit_events enable trigger user; update audit_check set position = 0, \
             hash = decode(repeat('00', 32), 'hex'), chained_at = null",
        )
        .await;
    assert!(matches!(check::slice(&site.world.engine).await.unwrap(), Round::Broken(_)));
    let page = browser.get("/audit").await;
    assert!(page.body.contains("The audit was changed by somebody") && page.body.contains("role=\"alert\""));
    assert!(!page.body.contains("Chain verified up to"));
}

#[sqlx::test(migrations = "../migrations")]
async fn an_export_is_verified_by_the_program_without_a_database(pool: PgPool) {
    let folder = Folder(std::env::temp_dir().join(format!("pimento-audit-{}", std::process::id())));
    fs::create_dir_all(&folder.0).unwrap();
    let site = Site::on(pool);
    let reader = site.world.person("Rita").await;
    site.world.role(reader, Role::GlobalReader).await;
    let mut browser = site.browser_of(reader).await;
    events(&site).await;
    let anchors_file = folder.file("anchors.jsonl");
    let anchors = Some(Signing::new(&vec![9_u8; 32].into(), Some(anchors_file)).unwrap());
    let engine =
        Engine::new(site.pool.clone(), Settings { anchors, ..(*site.world.engine.settings).clone() });
    anchors::make(&engine).await.unwrap().unwrap();
    let code = site.world.first_code(reader).await;
    let export = browser.export("", "ndjson", &code).await.body;
    fs::write(folder.file("audit.ndjson"), &export).unwrap();

    let (ok, key, _) = pimento(&folder, &["audit", "public-key"]);
    assert!(ok);
    fs::write(folder.file("key.pub"), &key).unwrap();
    let with = |file: &str, key: &str| {
        pimento(&folder, &["audit", "verify", file, "--anchors", "anchors.jsonl", "--public-key", key])
    };
    for key in ["key.pub", key.trim()] {
        let (ok, said, complaint) = with("audit.ndjson", key);
        assert!(
            ok && said.contains("Whole: 30 events") && said.contains("1 of 1 agree, signatures right"),
            "{said}{complaint}"
        );
    }

    let bad = export.replacen("=1+7", "=1+8", 1);
    fs::write(folder.file("bad.ndjson"), bad).unwrap();
    let (ok, _, complaint) = with("bad.ndjson", "key.pub");
    assert!(!ok && complaint.contains("position 7: its hash is not"), "{complaint}");
    let cut: Vec<&str> = export.lines().take(20).collect();
    fs::write(folder.file("cut.ndjson"), cut.join("\n")).unwrap();
    let (ok, _, complaint) = with("cut.ndjson", "key.pub");
    assert!(
        !ok && complaint.contains("position 30: events up to this position were anchored"),
        "{complaint}"
    );
    let (ok, _, complaint) = pimento(&folder, &["audit", "verify", "cut.ndjson"]);
    assert!(!ok && complaint.contains("the file is cut"), "{complaint}");
    let (ok, _, complaint) = with("audit.ndjson", &other_key());
    assert!(!ok && complaint.contains("another key"), "{complaint}");
    let (ok, _, _) = pimento(&folder, &["audit", "verify"]);
    assert!(!ok);
}

/// SEC-43, as an operator does it.
#[sqlx::test(migrations = "../migrations")]
async fn the_oldest_part_is_sealed_by_the_program_and_everybody_is_told_where_it_ends(pool: PgPool) {
    let folder = Folder(std::env::temp_dir().join(format!("pimento-sealed-{}", std::process::id())));
    fs::create_dir_all(&folder.0).unwrap();
    let site = Site::on(pool);
    let reader = site.world.person("Rita").await;
    site.world.role(reader, Role::GlobalReader).await;
    let anchors = Some(Signing::new(&vec![9_u8; 32].into(), Some(folder.file("anchors.jsonl"))).unwrap());
    let engine =
        Engine::new(site.pool.clone(), Settings { anchors, ..(*site.world.engine.settings).clone() });
    for days in [500, 0] {
        site.world.move_clock(TimeDelta::days(-days)).await;
        events(&site).await;
        anchors::make(&engine).await.unwrap().unwrap();
    }
    let url = site.pool.connect_options().to_url_lossy().to_string();
    let run = |words: &[&str]| pimento_on(&folder, &url, words);
    let now = site.world.now().await;
    let [young, old] = [398, 402].map(|days| (now - TimeDelta::days(days)).format("%Y-%m-%d").to_string());

    let (ok, _, complaint) = run(&["audit", "seal", "--before", &young, "--out", "."]);
    assert!(!ok && complaint.contains("the last 400 days stay"), "{complaint}");
    let (ok, _, complaint) = run(&["audit", "seal", "--before", &old, "--out", "nowhere"]);
    assert!(!ok && complaint.contains("is no folder"), "{complaint}");
    let mut browser = site.browser_of(reader).await;
    assert!(!browser.get("/audit").await.body.contains("are sealed in files"));
    let (ok, said, complaint) = run(&["audit", "seal", "--before", &old, "--out", "."]);
    assert!(ok && said.contains("Sealed: 30 events, positions 1 to 30"), "{said}{complaint}");
    let (ok, said, _) = run(&["audit", "seal", "--before", &old, "--out", "."]);
    assert!(ok && said.contains("Nothing to seal"), "{said}");

    let page = browser.get("/audit").await.body;
    assert!(page.contains("Events up to ") && page.contains("are sealed in files"), "{page}");
    let then = browser.get("/people/rita/then?at=2020-01-01T00:00").await.body;
    assert!(then.contains("are sealed in a file"), "{then}");
    let yesterday = (site.world.now().await - TimeDelta::days(1)).format("%Y-%m-%dT%H:%M").to_string();
    let then = browser.get(&format!("/people/rita/then?at={yesterday}")).await.body;
    assert!(then.contains("As it was on") && !then.contains("are sealed in a file"));
    let code = site.world.first_code(reader).await;
    let export = browser.export("", "ndjson", &code).await.body;
    assert!(export.lines().next().unwrap().contains("\"after\":30"), "{export}");
    fs::write(folder.file("later.ndjson"), &export).unwrap();

    fs::write(folder.file("key.pub"), pimento(&folder, &["audit", "public-key"]).1).unwrap();
    let verify = |files: &[&str]| {
        let more = ["--anchors", "anchors.jsonl", "--public-key", "key.pub"];
        pimento(&folder, &[&["audit", "verify"], files, &more].concat())
    };
    let part = "pimento-audit-1-30.ndjson";
    let (ok, said, complaint) = verify(&[part]);
    assert!(
        ok && said.contains("ends with a sealed part") && said.contains("SHA-256 is right"),
        "{said}{complaint}"
    );
    let (ok, said, complaint) = verify(&["later.ndjson"]);
    assert!(
        ok && said.contains("from position 31 up to 61") && said.contains("is sealed"),
        "{said}{complaint}"
    );
    let (ok, said, complaint) = verify(&[part, "later.ndjson"]);
    assert!(ok && said.contains("Whole: 61 events") && said.contains("2 of 2 agree"), "{said}{complaint}");
    let (ok, said, complaint) = run(&["audit", "verify", "--database"]);
    assert!(ok && said.contains("from position 31"), "{said}{complaint}");
    let (ok, _, complaint) = run(&["audit", "verify", part, "--database"]);
    assert!(!ok && complaint.contains("they are in a file and not in the database any more"), "{complaint}");
    let bad = fs::read_to_string(folder.file(part)).unwrap().replacen("\"by\":null", "\"by\":\"x\"", 1);
    fs::write(folder.file(part), bad).unwrap();
    let (ok, _, complaint) = verify(&[part]);
    assert!(!ok && complaint.contains("another SHA-256"), "{complaint}");
}

/// C26: as many lines as events, no formula, and the JSON byte-true.
#[sqlx::test(migrations = "../migrations")]
async fn the_files_hold_everything_and_no_formula(pool: PgPool) {
    let site = Site::on(pool);
    let reader = site.world.person("Rita").await;
    site.world.role(reader, Role::GlobalReader).await;
    let mut browser = site.browser_of(reader).await;
    events(&site).await;
    let csv = browser.export("", "csv", &site.world.first_code(reader).await).await.body;
    assert_eq!(csv.lines().count(), 1 + 30 + 1, "and that they were exported");
    assert!(csv.contains("\"'=1+7\"") && !csv.contains("\"=1+7\""));
    let json = browser.export("", "ndjson", &site.world.first_code(reader).await).await.body;
    assert_eq!(json.lines().count(), 1 + 31 + 1);
    assert!(json.contains("\"reason\":\"=1+7\"") && json.ends_with("{\"events\":31}\n"));
}

/// Security.md 6.8, without scripts: one page, one code, the file as its answer.
#[sqlx::test(migrations = "../migrations")]
async fn an_export_is_the_answer_to_a_form_with_a_code(pool: PgPool) {
    let site = Site::on(pool);
    let reader = site.world.person("Rita").await;
    site.world.role(reader, Role::GlobalReader).await;
    let mut browser = site.browser_of(reader).await;
    events(&site).await;
    let page = browser.get("/audit?kind=sign-in&about=%3D1").await.body;
    assert!(page.contains("href=\"/audit/export?kind=sign-in&amp;about=%3D1\""), "{page}");
    for gone in ["/audit/export.csv", "/audit/export.ndjson"] {
        assert_eq!(browser.get(gone).await.status, StatusCode::NOT_FOUND, "a link takes nothing out");
    }
    let form = browser.get("/audit/export?kind=sign-in").await.body;
    assert!(form.contains("30\u{a0}events match now") && form.contains("name=\"code\""), "{form}");

    let code = site.world.first_code(reader).await;
    let wrong = browser.export("kind=sign-in", "ndjson", "000000").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("id=\"f-code-error\"") && wrong.header("content-disposition").is_empty());
    assert_eq!(wrong.field("kind"), "sign-in", "the filter is kept");
    assert!(
        wrong.body.contains("value=\"ndjson\" checked") || wrong.body.contains("checked value=\"ndjson\""),
        "{}",
        wrong.body
    );

    let file = browser.export("kind=sign-in", "csv", &code).await;
    assert_eq!((file.status, file.to()), (StatusCode::OK, ""));
    assert!(file.header("content-type").starts_with("text/csv"));
    assert!(file.header("content-disposition").starts_with("attachment; filename=\"pimento-audit-"));
    assert_eq!(file.header("cache-control"), "no-store");
    assert_eq!(file.body.lines().count(), 1 + 30, "what was filtered, and nothing else");
    let again = browser.export("kind=sign-in", "csv", &code).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "a code works once");
    let forged = browser.post("/audit/export", &[("format", "csv"), ("code", &code)]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let told = "select array_agg(outcome order by outcome) from audit_events where action = 'audit-exported'";
    let told: Vec<String> = sqlx::query_scalar(told).fetch_one(&site.pool).await.unwrap();
    assert_eq!(told, ["done", "refused", "refused"]);
}

/// The address of the server function gives the same for the same code, and nothing without.
#[sqlx::test(migrations = "../migrations")]
async fn the_server_function_of_an_export_asks_for_the_code_as_well(pool: PgPool) {
    let site = Site::on(pool);
    let reader = site.world.person("Rita").await;
    let mut browser = site.browser_of(reader).await;
    let (token, code) = (browser.get("/audit/export").await.token(), site.world.first_code(reader).await);
    let call = |code: &str| {
        let request = Request::post("/api/ui/audit/export").header("sec-fetch-site", "same-origin");
        form(
            request.header(header::ORIGIN, ORIGIN).header("x-token", &token),
            &[("format", "csv"), ("code", code)],
        )
    };
    let refused = browser.send(call("000000")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    let file = browser.send(call(&code)).await;
    assert!(
        file.status == StatusCode::OK && file.header("content-type").starts_with("text/csv"),
        "{}",
        file.body
    );
}
