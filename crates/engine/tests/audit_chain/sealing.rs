//! SEC-43: the oldest part of the audit goes into a file that proves itself, and what is left verifies from there on. What is missing
//! without a seal, and whatever is changed about a sealed part, is found.

#[path = "sealing/claims.rs"]
mod claims;

use crate::support::*;
use chrono::{DateTime, TimeDelta, Utc};
use domain::audit::seal::{Part, Seal};
use domain::role::Role;
use ed25519_dalek::VerifyingKey;
use engine::act::seal_audit::{Files, Unsealed, prepare, remove, seal_audit};
use engine::ask::audit_export::{self, Format};
use engine::ask::audit_page::{Filter, Scope};
use engine::audit::anchors::{self, Signing};
use engine::audit::check::{self, Found, Round};
use engine::audit::verify::Rests;
use engine::{Engine, Settings};
use sqlx::{Connection, PgConnection};
use std::fs::{self, File};
use std::io::{BufReader, Cursor};
use std::path::PathBuf;

/// Events written at a time.
const EVENTS: i64 = 30;

struct Stage {
    world: World,
    /// Signs anchors.
    engine: Engine,
    folder: PathBuf,
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn signing() -> Signing {
    Signing::new(&vec![9_u8; 32].into(), None).unwrap()
}

fn key() -> VerifyingKey {
    signing().public()
}

impl Stage {
    /// Three times so many events: 500, 450 and 300 days ago, each anchored; and some of today, which are not.
    async fn new(pool: &PgPool, name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("pimento-seal-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let world = World::new(pool);
        let settings = Settings { anchors: Some(signing()), ..(*world.engine.settings).clone() };
        let stage = Self { engine: Engine::new(pool.clone(), settings), world, folder };
        for days in [500, 450, 300] {
            stage.world.move_clock(TimeDelta::days(-days)).await;
            stage.events().await;
            anchors::make(&stage.engine).await.unwrap().unwrap();
        }
        stage.world.move_clock(TimeDelta::zero()).await;
        stage.events().await;
        stage
    }

    async fn events(&self) {
        let write = "insert into audit_events (action, outcome, reason) select 'signed-in', 'done', 'r' || n from generate_series(1, ";
        self.world.sql(&format!("{write}{EVENTS}) n")).await;
    }

    async fn owner(&self) -> PgConnection {
        PgConnection::connect_with(&self.world.engine.pool.connect_options()).await.unwrap()
    }

    async fn ago(&self, days: i64) -> DateTime<Utc> {
        self.world.now().await - TimeDelta::days(days)
    }

    /// Seals what is older than so many days.
    async fn seal(&self, days: i64) -> Result<Option<(Seal, Files)>, Unsealed> {
        let before = self.ago(days).await;
        seal_audit(&mut self.owner().await, &signing(), &[], before, &self.folder).await
    }

    async fn anchors(&self) -> Vec<Anchor> {
        stored::anchors(&mut self.world.engine.pool.acquire().await.unwrap(), 0).await.unwrap()
    }

    /// Everything, as somebody who reads everything takes it out.
    async fn export(&self) -> String {
        let reader = self.world.person(&format!("Rita {}", self.events_kept().await)).await;
        self.world.role(reader, Role::GlobalReader).await;
        let ctx = self.world.ctx(reader).await;
        let (engine, all) = (&self.world.engine, Filter::default());
        let code = self.world.first_code(reader).await;
        let begun = audit_export::begin(engine, &ctx, &Scope::Mine, all, Format::Ndjson, &code).await;
        let mut export = begun.unwrap();
        let mut file = String::new();
        while let Some(piece) = export.next().await.unwrap() {
            file.push_str(&piece);
        }
        file
    }

    async fn events_kept(&self) -> i64 {
        self.world.count("select count(*) from audit_events").await
    }

    /// The worker's verification, from the beginning to the end or a fault.
    async fn checked(&self) -> Round {
        check::reset(&mut self.owner().await).await.unwrap();
        loop {
            match check::slice(&self.engine).await.unwrap() {
                Round::More => {}
                round => return round,
            }
        }
    }
}

fn fault(failed: Failed) -> Wrong {
    match failed {
        Failed::Fault(fault) => fault.what,
        other => panic!("{other}"),
    }
}

/// Verifies texts as files that follow one another; with the seal that a sealed part would have.
fn read(files: &[&str], anchors: Vec<Anchor>) -> Result<Proof, Wrong> {
    let sources = files.iter().map(|file| Ok((Cursor::new(file.to_string()), rests(file))));
    verify::files(sources, anchors, &[key()]).map_err(fault)
}

fn rests(file: &str) -> Rests {
    let first: serde_json::Value =
        serde_json::from_str(file.lines().next().unwrap_or_default()).unwrap_or_default();
    let head = first["headHash"].as_str().and_then(|hash| serde_json::from_value(hash.into()).ok());
    let (Some(last_hash), true) = (head, first["sealed"] == true) else { return Rests::Nothing };
    let (after, last) =
        (first["after"].as_i64().unwrap_or_default(), first["head"].as_i64().unwrap_or_default());
    let at = DateTime::UNIX_EPOCH;
    let part = Part { first: after + 1, last, last_hash, last_chained_at: at, file_hash: last_hash };
    Rests::Seal(signing().seal(&part, at))
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_oldest_part_is_sealed_and_what_is_left_verifies_from_there_on(pool: PgPool) {
    let stage = Stage::new(&pool, "whole").await;
    let before = links(&stage.world).await;
    let (seal, files) = stage.seal(401).await.unwrap().unwrap();
    assert_eq!(
        (seal.first, seal.last, seal.events),
        (1, 60, 60),
        "450 days ago is the last that is old enough"
    );
    assert_eq!(seal.last_hash, before[59].hash);
    seal.check(&key()).unwrap();
    let written: Seal = serde_json::from_str(&fs::read_to_string(&files.seal).unwrap()).unwrap();
    assert_eq!(written, seal);
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&files.events).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "for nobody else");
    assert_eq!(fs::read_dir(&stage.folder).unwrap().count(), 3, "no draft is left");

    let kept = stage.events_kept().await;
    assert_eq!(
        (kept, stage.world.count("select min(position) from audit_chain").await),
        (2 * EVENTS + 1, 61)
    );
    let told = "select count(*) from audit_events where action = 'audit-sealed' and facts ->> 'fileHash' = $1 and (facts ->> 'events')::int = 60";
    let told: i64 = sqlx::query_scalar(told).bind(seal.file_hash.to_string()).fetch_one(&pool).await.unwrap();
    assert_eq!(told, 1);
    let anchors = stage.anchors().await;
    let proof = verified(&stage.world, anchors.clone()).await.unwrap();
    assert_eq!((proof.after, proof.events, proof.anchored, proof.head.position), (60, 61, 2, 121));
    assert_eq!(stage.checked().await, Round::End);

    // the part alone, what follows alone, and both in their order
    let (part, rest) = (fs::read_to_string(&files.events).unwrap(), stage.export().await);
    let alone = read(&[&part], anchors.clone()).unwrap();
    assert!(
        alone.sealed && alone.complete && (alone.after, alone.events, alone.anchored) == (0, 60, 2),
        "{alone:?}"
    );
    let later = read(&[&rest], anchors.clone()).unwrap();
    assert!(!later.sealed && (later.after, later.events) == (60, 61), "{later:?}");
    let both = read(&[&part, &rest], anchors.clone()).unwrap();
    assert_eq!((both.after, both.events, both.anchored), (0, 121, 3));
    assert_eq!(read(&[&rest, &part], anchors.clone()).unwrap_err(), Wrong::Joint);
    verify::seal(&seal, &files.events, &[key()]).unwrap();

    // the next part goes on where this one ended
    stage.world.move_clock(TimeDelta::days(200)).await;
    let (second, more) = stage.seal(401).await.unwrap().unwrap();
    assert_eq!((second.first, second.last), (61, 90));
    let next = fs::read_to_string(&more.events).unwrap();
    assert_eq!(read(&[&next], anchors.clone()).unwrap().after, 60);
    let last = stage.export().await;
    assert_eq!(read(&[&part, &next, &last], anchors.clone()).unwrap().after, 0);
    assert_eq!(read(&[&part, &last], anchors.clone()).unwrap_err(), Wrong::Joint, "one is missing");
    assert_eq!(verified(&stage.world, anchors).await.unwrap().after, 90);
    assert_eq!(stage.checked().await, Round::End);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_young_or_not_anchored_or_last_stays(pool: PgPool) {
    let stage = Stage::new(&pool, "young").await;
    for days in [0, 300, 399] {
        let refused = stage.seal(days).await.unwrap_err();
        assert!(matches!(&refused, Unsealed::Refused(why) if why.contains("400 days")), "{refused}");
    }
    assert!(stage.seal(501).await.unwrap().is_none(), "nothing is so old");
    // everything is old now, but what came last is not anchored
    stage.world.move_clock(TimeDelta::days(1000)).await;
    let (seal, _) = stage.seal(400).await.unwrap().unwrap();
    assert_eq!(seal.last, 90);
    anchors::make(&stage.engine).await.unwrap().unwrap();
    stage.world.move_clock(TimeDelta::days(2000)).await;
    assert!(stage.seal(400).await.unwrap().is_none(), "the last event is anchored, and stays");
    assert_eq!(stage.checked().await, Round::End);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_try_that_did_not_come_to_its_end_did_no_harm_and_is_used_by_the_next(pool: PgPool) {
    let stage = Stage::new(&pool, "crash").await;
    let (before, old, now) = (links(&stage.world).await, stage.ago(401).await, stage.world.now().await);
    fs::write(stage.folder.join("pimento-audit-1-60.ndjson.part"), "half a li").unwrap();
    let ready = prepare(&mut stage.owner().await, &signing(), &[], old, &stage.folder, now).await.unwrap();
    let (_, files) = ready.unwrap();
    assert_eq!(links(&stage.world).await, before);
    assert_eq!(stage.checked().await, Round::End);
    let written = fs::read(&files.events).unwrap();
    let (seal, _) = stage.seal(401).await.unwrap().unwrap();
    assert_eq!(fs::read(&files.events).unwrap(), written);
    verify::seal(&seal, &files.events, &[key()]).unwrap();
    let again = remove(&mut stage.owner().await, &seal).await.unwrap_err();
    assert!(matches!(again, Unsealed::Refused(_)), "{again}");
    assert!(stage.seal(401).await.unwrap().is_none());
    assert_eq!(stage.world.count("select count(*) from audit_seals").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_in_the_way_that_is_something_else_stays_and_nothing_is_removed(pool: PgPool) {
    let stage = Stage::new(&pool, "other").await;
    let (old, now) = (stage.ago(401).await, stage.world.now().await);
    let ready = prepare(&mut stage.owner().await, &signing(), &[], old, &stage.folder, now).await.unwrap();
    let (_, files) = ready.unwrap();
    let good = fs::read_to_string(&files.events).unwrap();
    let cut = good.lines().take(20).collect::<Vec<_>>().join("\n");
    for other in ["", "x", &good.replace("\"r7\"", "\"r8\""), &cut, &stage.export().await] {
        fs::write(&files.events, other).unwrap();
        let refused = stage.seal(401).await.unwrap_err();
        assert!(matches!(&refused, Unsealed::Refused(why) if why.contains("Move it away")), "{refused}");
        assert_eq!(fs::read_to_string(&files.events).unwrap(), other);
    }
    assert_eq!(stage.world.count("select min(position) from audit_chain").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_database_that_was_changed_or_found_changed_is_not_sealed(pool: PgPool) {
    let stage = Stage::new(&pool, "changed").await;
    stage.world.sql("update audit_check set fault = 'x', fault_position = 1, fault_at = clock()").await;
    assert!(matches!(stage.seal(401).await.unwrap_err(), Unsealed::Refused(_)));
    stage.world.sql("update audit_check set fault = null, fault_position = null, fault_at = null").await;
    fs::remove_dir_all(&stage.folder).unwrap();
    fs::create_dir_all(&stage.folder).unwrap();
    stage
        .world
        .sql(
            "alter table audit_events disable trigger user; update audit_events set reason = 'x' where seq = 7; \
             alter table audit_events enable trigger user",
        )
        .await;
    let unsound = stage.seal(401).await.unwrap_err();
    assert!(
        matches!(&unsound, Unsealed::Unsound(Failed::Fault(fault)) if fault.what == Wrong::Hash)
            || matches!(unsound, Unsealed::Refused(_))
    );
    assert_eq!(stage.world.count("select min(position) from audit_chain").await, 1);
    // anchors that somebody else signed cover nothing
    let stranger = Signing::new(&vec![8_u8; 32].into(), None).unwrap();
    let old = stage.ago(401).await;
    let unsound = seal_audit(&mut stage.owner().await, &stranger, &[], old, &stage.folder).await.unwrap_err();
    assert!(matches!(unsound, Unsealed::Unsound(_)), "{unsound}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_webhook_that_is_on_is_told_of_everything_first(pool: PgPool) {
    let stage = Stage::new(&pool, "hook").await;
    stage
        .world
        .sql(
            "insert into hooks (id, name, format, address, shown, secret, topics, refusals, position, anchor) \
             values (gen_random_uuid(), 'Books', 'json', '', '', '', '{access}', false, 59, 0)",
        )
        .await;
    let refused = stage.seal(401).await.unwrap_err();
    assert!(refused.to_string().contains("Books"), "{refused}");
    stage.world.sql("update hooks set position = 60").await;
    stage.seal(401).await.unwrap().unwrap();
}

/// By the owner of the schema, with every trigger of the product off.
const BY_OWNER: &[&str] = &[
    "delete from audit_seals",
    "update audit_seals set last_position = 61",
    "update audit_seals set last_position = 59",
    "update audit_seals set first_position = 2",
    "update audit_seals set last_hash = sha256('x')",
    "update audit_seals set last_chained_at = last_chained_at - interval '1 day'",
    "update audit_seals set file_hash = sha256('x')",
    "update audit_seals set sealed_at = clock()",
    "update audit_seals set key_id = 'x'",
    "update audit_seals set signature = repeat('0', 128)",
    "delete from audit_anchors where position = 60",
    "update audit_anchors set hash = sha256('x') where position = 60",
    "delete from audit_chain where position = 61",
    "delete from audit_events where seq = 61",
    "delete from audit_chain where position <= 70; delete from audit_events where seq <= 70",
    // the seal is made to cover more, as well as can be done without the key
    "update audit_seals set last_position = 90, last_hash = (select hash from audit_chain where position = 90), \
       last_chained_at = (select chained_at from audit_chain where position = 90); \
     delete from audit_events e using audit_chain c where c.seq = e.seq and c.position <= 90; delete from audit_chain where position <= 90",
    "insert into audit_seals select 90, 61, hash, chained_at, sha256('x'), clock(), 'x', 'x' from audit_chain where position = 90; \
     delete from audit_events e using audit_chain c where c.seq = e.seq and c.position <= 90; delete from audit_chain where position <= 90",
    "insert into audit_events (seq, action, outcome) overriding system value values (7, 'signed-in', 'done'); \
     insert into audit_chain select 7, 7, chained_at, hash from audit_chain where position = 61",
    "update audit_events set facts = '{}' where action = 'audit-sealed'",
    "update audit_events set facts = facts || '{\"last\": 61}' where action = 'audit-sealed'",
    "delete from audit_events where action = 'audit-sealed'",
];

#[sqlx::test(migrations = "../../migrations")]
async fn whatever_is_changed_about_a_sealed_part_is_found(pool: PgPool) {
    let stage = Stage::new(&pool, "tampered").await;
    stage.seal(401).await.unwrap().unwrap();
    let anchors = stage.anchors().await;
    let mut owner = stage.owner().await;
    for statement in BY_OWNER {
        let mut tx = owner.begin().await.unwrap();
        let off = ["audit_events", "audit_chain", "audit_seals", "audit_anchors"]
            .map(|table| format!("alter table {table} disable trigger user;"));
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("{} {statement}", off.concat())))
            .execute(&mut *tx)
            .await
            .unwrap();
        let found = verify::database(&mut tx, anchors.clone(), &[]).await;
        assert!(matches!(found, Err(Failed::Fault(_))), "{statement}: {found:?}");
        tx.rollback().await.unwrap();
    }
    // what is signed is found out by the key, also where row and event were both made anew
    let both = "alter table audit_seals disable trigger user; update audit_seals set file_hash = sha256('x')";
    let mut tx = owner.begin().await.unwrap();
    sqlx::raw_sql(both).execute(&mut *tx).await.unwrap();
    let found = verify::database(&mut tx, anchors.clone(), &[key()]).await;
    assert!(matches!(found.map_err(fault), Err(Wrong::Seal(why)) if why.contains("signature")));
    tx.rollback().await.unwrap();
    verified(&stage.world, anchors).await.unwrap();
}

/// Who holds the database can make row, event and chain agree; the signature she can't.
#[sqlx::test(migrations = "../../migrations")]
async fn a_seal_that_somebody_else_made_is_found_with_the_key(pool: PgPool) {
    let stage = Stage::new(&pool, "forged").await;
    let (old, now) = (stage.ago(401).await, stage.world.now().await);
    let ready = prepare(&mut stage.owner().await, &signing(), &[], old, &stage.folder, now).await.unwrap();
    let stranger = Signing::new(&vec![8_u8; 32].into(), None).unwrap();
    let Seal { first, last, last_hash, last_chained_at, file_hash, .. } = ready.unwrap().0;
    let part = Part { first, last, last_hash, last_chained_at, file_hash };
    remove(&mut stage.owner().await, &stranger.seal(&part, now)).await.unwrap();
    let anchors = stage.anchors().await;
    let found = verify::database(&mut stage.owner().await, anchors.clone(), &[key()]).await;
    assert!(matches!(found.map_err(fault), Err(Wrong::Key(_))));
    let export = stage.export().await;
    assert!(matches!(read(&[&export], anchors.clone()), Err(Wrong::Beginning(_))));
    verify::database(&mut stage.owner().await, anchors, &[key(), stranger.public()]).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_worker_finds_a_beginning_that_is_missing_without_a_seal(pool: PgPool) {
    for statement in [
        "delete from audit_events where seq <= 60; delete from audit_chain where position <= 60",
        "delete from audit_events where seq <= 60; delete from audit_chain where position <= 60; \
         insert into audit_seals values (60, 1, decode(repeat('11', 32), 'hex'), clock(), sha256('x'), clock(), 'x', 'x')",
    ] {
        let stage = Stage::new(&pool, "worker").await;
        let triggers = |word: &str| {
            ["audit_events", "audit_chain"]
                .map(|table| format!("alter table {table} {word} trigger user;"))
                .concat()
        };
        stage.world.sql(&format!("{} {statement}; {}", triggers("disable"), triggers("enable"))).await;
        assert!(matches!(stage.checked().await, Round::Broken(_)), "{statement}");
        assert!(matches!(check::found(&mut stage.owner().await).await.unwrap(), Found::Bad { .. }));
        let empty = "truncate audit_seals, audit_anchors, audit_chain, audit_events cascade; alter sequence audit_events_seq_seq restart";
        let tables = ["audit_seals", "audit_anchors", "audit_chain", "audit_events"];
        let all =
            |word: &str| tables.map(|table| format!("alter table {table} {word} trigger user;")).concat();
        stage.world.sql(&format!("{} {empty}; {}", all("disable"), all("enable"))).await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_verification_goes_on_behind_what_was_sealed_while_it_was_in_it(pool: PgPool) {
    let stage = Stage::new(&pool, "slices").await;
    let midst = "update audit_check set (position, hash, chained_at) = \
         (select position, hash, chained_at from audit_chain where position = 30)";
    stage.world.sql(midst).await;
    stage.seal(401).await.unwrap().unwrap();
    assert_eq!(stage.world.count("select position from audit_check").await, 60);
    assert_eq!(check::slice(&stage.engine).await.unwrap(), Round::End);
    assert!(matches!(check::found(&mut stage.owner().await).await.unwrap(), Found::Whole { to: 121, .. }));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_sealed_file_that_was_changed_is_found_and_so_is_its_seal(pool: PgPool) {
    let stage = Stage::new(&pool, "file").await;
    let (seal, files) = stage.seal(401).await.unwrap().unwrap();
    let anchors = verify::read_anchors(BufReader::new(File::open(&files.anchors).unwrap())).unwrap();
    verify::signatures(&anchors, &[key()]).unwrap();
    let good = fs::read_to_string(&files.events).unwrap();
    let lines: Vec<&str> = good.lines().collect();
    for place in 0..lines.len() {
        let without: Vec<&str> =
            lines.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, line)| *line).collect();
        assert!(read(&[&without.join("\n")], anchors.clone()).is_err(), "line {place} is gone");
    }
    for (from, to) in [
        ("\"r7\"", "\"r8\""),
        ("\"after\"", "\"x\""),
        ("\"head\":60", "\"head\":61"),
        ("\"complete\":true", "\"complete\":false"),
    ] {
        let changed = good.replacen(from, to, 1);
        let found = read(&[&changed], anchors.clone());
        let selection = found.as_ref().is_ok_and(|proof| !proof.complete);
        assert!(changed == good || found.is_err() || selection, "{from} became {to}: {found:?}");
    }
    // what no hash of the chain covers is covered by the seal
    let changed = good.replacen("\"names\":{\"by\":null", "\"names\":{\"by\":\"eve\"", 1);
    assert_ne!(changed, good);
    assert!(read(&[&changed], anchors.clone()).is_ok());
    fs::write(&files.events, &changed).unwrap();
    assert!(matches!(verify::seal(&seal, &files.events, &[key()]).map_err(fault), Err(Wrong::Seal(_))));
    fs::write(&files.events, &good).unwrap();
    let file_hash = verify::hash_of(&files.anchors).unwrap();
    for seal in [
        Seal { last: 59, ..seal.clone() },
        Seal { sealed_at: seal.last_chained_at, ..seal.clone() },
        Seal { file_hash, ..seal.clone() },
    ] {
        assert!(verify::seal(&seal, &files.events, &[key()]).is_err(), "{seal:?}");
    }
    // a beginning that nobody sealed is no beginning
    let rest = stage.export().await;
    let untold: Vec<&str> = rest.lines().collect();
    let (first, events) = untold.split_first().unwrap();
    let cut = first.replace("\"after\":60", "\"after\":75");
    assert!(read(&[&[&[cut.as_str()], &events[15..]].concat().join("\n")], Vec::new()).is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_role_of_the_server_seals_nothing_and_the_owner_nothing_without_a_seal(pool: PgPool) {
    let stage = Stage::new(&pool, "role").await;
    let old = stage.ago(401).await;
    let mut server = stage.owner().await;
    sqlx::raw_sql("set role pimento_app").execute(&mut server).await.unwrap();
    let denied = seal_audit(&mut server, &signing(), &[], old, &stage.folder).await.unwrap_err();
    assert!(matches!(denied, Unsealed::Database(_)), "{denied}");
    for statement in [
        "insert into audit_seals values (60, 1, sha256('x'), clock(), sha256('x'), clock(), 'x', 'x')",
        "delete from audit_events where seq = 1",
        "delete from audit_chain where position = 1",
        "delete from audit_seals",
    ] {
        let denied = sqlx::query(statement).execute(&mut server).await.unwrap_err();
        assert_eq!(denied.as_database_error().unwrap().code().unwrap(), "42501", "{statement}");
    }
    let mut owner = stage.owner().await;
    for statement in [
        "delete from audit_events where seq = 1",
        "delete from audit_chain where position = 1",
        "update audit_events set reason = ''",
    ] {
        let denied = sqlx::query(statement).execute(&mut owner).await.unwrap_err();
        assert!(denied.to_string().contains("append-only"), "{statement}: {denied}");
    }
    stage.seal(401).await.unwrap().unwrap();
    for statement in [
        "delete from audit_events where seq = 61",
        "delete from audit_seals",
        "update audit_seals set key_id = ''",
    ] {
        let denied = sqlx::query(statement).execute(&mut owner).await.unwrap_err();
        assert!(denied.to_string().contains("append-only"), "{statement}: {denied}");
    }
    assert_eq!(stage.events_kept().await, 2 * EVENTS + 1);
}
