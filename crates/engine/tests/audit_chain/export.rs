//! An export proves itself without a database, and a changed or cut one is found out.

use crate::support::*;
use domain::audit::canonical::Entry;
use domain::role::Role;
use ed25519_dalek::SigningKey;
use engine::Ctx;
use engine::ask::audit_export::{self, Format};
use engine::ask::audit_page::{Filter, Scope};
use engine::ask::thing::Place;
use engine::audit::file::{Line, Names};

const HOSTILE: &str = "=1+1 \"quoted\", \\ \n\r\t\u{1}\u{7f} ü 🌶 \u{202e}";

/// Events enough for three batches, some of them odd, and who may read all of them.
async fn world(pool: &PgPool) -> (World, Ctx) {
    let world = World::new(pool);
    let admin = world.person("Admin").await;
    world.role(admin, Role::GlobalReader).await;
    let group = world.group("ops").await;
    for n in 0..3 {
        sqlx::query(
            "insert into audit_events (action, outcome, actor_id, group_id, reason, facts) \
             select 'signed-in', 'done', case n % 2 when 0 then $1::uuid end, case n % 10 when 0 then $2::uuid end, $3, $4 \
             from generate_series(1, 401) n",
        )
        .bind(admin.0)
        .bind(group.0)
        .bind(format!("{HOSTILE} {n}"))
        .bind(serde_json::json!({ HOSTILE: [1.5, null, HOSTILE], "n": n }))
        .execute(pool)
        .await
        .unwrap();
    }
    let ctx = world.ctx(admin).await;
    (world, ctx)
}

async fn export(world: &World, ctx: &Ctx, scope: &Scope, filter: Filter) -> String {
    let code = world.first_code(ctx.person()).await;
    let begun = audit_export::begin(&world.engine, ctx, scope, filter, Format::Ndjson, &code).await;
    let mut export = begun.unwrap();
    let (mut file, mut largest) = (String::new(), 0);
    while let Some(piece) = export.next().await.unwrap() {
        largest = largest.max(piece.lines().count());
        file.push_str(&piece);
    }
    assert!(largest <= 500, "a piece holds a batch, however long the file is");
    file
}

fn verify_file(file: &str, anchors: Vec<Anchor>) -> Result<Proof, Fault> {
    match verify::file(file.as_bytes(), anchors) {
        Ok(proof) => Ok(proof),
        Err(Failed::Fault(fault)) => Err(fault),
        Err(other) => panic!("{other}"),
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_complete_export_proves_itself(pool: PgPool) {
    let (world, ctx) = world(&pool).await;
    let file = export(&world, &ctx, &Scope::Mine, Filter::default()).await;
    let proof = verify_file(&file, Vec::new()).unwrap();
    assert_eq!((proof.complete, proof.events, proof.head.position), (true, 1203, 1203));
    let whole = verified(&world, Vec::new()).await.unwrap();
    assert_eq!(whole.events, 1204, "that it was exported came after it");

    let lines: Vec<&str> = file.lines().collect();
    let with = |lines: &[&str]| verify_file(&lines.join("\n"), Vec::new()).unwrap_err().what;
    let (first, rest) = lines.split_first().unwrap();
    let (last, events) = rest.split_last().unwrap();
    // cut anywhere, also at the end of a line
    assert!(matches!(with(&[]), Wrong::Cut(_)));
    assert!(matches!(with(&lines[..lines.len() - 1]), Wrong::Cut(_)));
    assert!(matches!(with(&lines[..700]), Wrong::Cut(_)));
    assert!(matches!(with(&[&lines[..700], &[*last]].concat()), Wrong::Cut(_)));
    let forged = "{\"events\":699}";
    assert!(matches!(with(&[&lines[..700], &[forged]].concat()), Wrong::Cut(_)), "the first line knows");
    assert!(matches!(with(&[lines.as_slice(), &[events[0]]].concat()), Wrong::Cut(_)));
    // changed
    assert_eq!(with(&[&[*first], &events[1..], &[*last]].concat()), Wrong::Gap(1));
    let edited = events[9].replacen("=1+1", "=1+2", 1);
    assert_eq!(
        with(&[&[*first], &events[..9], &[edited.as_str()], &events[10..], &[*last]].concat()),
        Wrong::Hash
    );
    let reformatted = events[9].replacen("[1.5, null", "[1.5,null", 1);
    assert_ne!(reformatted, events[9]);
    assert_eq!(
        with(&[&[*first], &events[..9], &[reformatted.as_str()], &events[10..], &[*last]].concat()),
        Wrong::Hash
    );
    let doubled = events[9].replacen("{", "{\"reason\":\"x\",", 1);
    let read = with(&[&[*first], &events[..9], &[doubled.as_str()], &events[10..], &[*last]].concat());
    assert!(matches!(read, Wrong::Unreadable { line: 11, .. }), "no field twice: {read:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_shorter_chain_and_a_new_one_are_told_by_anchors(pool: PgPool) {
    let (world, ctx) = world(&pool).await;
    let links = links(&world).await;
    let key = SigningKey::from_bytes(&[5; 32]);
    let anchor =
        |n: usize| Anchor::sign(&key, links[n - 1].entry.position, links[n - 1].hash, links[n - 1].entry.at);
    let file = export(&world, &ctx, &Scope::Mine, Filter::default()).await;
    let anchors = vec![anchor(1203), anchor(600)];
    assert_eq!(verify_file(&file, anchors.clone()).unwrap().anchored, 2);
    verify::signatures(&anchors, &[key.verifying_key()]).unwrap();
    let text: String = anchors.iter().map(|anchor| serde_json::to_string(anchor).unwrap() + "\n").collect();
    assert_eq!(verify::read_anchors(text.as_bytes()).unwrap(), anchors);

    // everything made right again, but for the anchors: first and last line say what is there
    let cut = rebuilt(links[..900].iter().map(|link| link.entry.clone()).collect());
    assert_eq!(verify_file(&cut, Vec::new()).unwrap().events, 900);
    assert_eq!(verify_file(&cut, anchors.clone()).unwrap_err(), Fault::at(1203, Wrong::Tail(900)));
    let mut entries: Vec<Entry> = links.iter().map(|link| link.entry.clone()).collect();
    entries[299].reason.clear();
    let new = rebuilt(entries);
    assert_eq!(verify_file(&new, Vec::new()).unwrap().events, 1203);
    assert_eq!(verify_file(&new, anchors).unwrap_err(), Fault::at(600, Wrong::Anchored));
}

/// A file that anybody could make.
fn rebuilt(entries: Vec<Entry>) -> String {
    let (mut before, mut lines, count) = (Hash::ZERO, Vec::new(), entries.len());
    for entry in entries {
        let hash = entry.hash(&before);
        let line = Line::new(entry, hash, before, Names::default()).unwrap();
        lines.push(serde_json::to_string(&line).unwrap());
        before = hash;
    }
    let head = Head { position: count as i64, hash: before, chained_at: None };
    let first = serde_json::to_string(&engine::audit::file::First::new(true, Head::START, head)).unwrap();
    format!("{first}\n{}\n{{\"events\":{count}}}\n", lines.join("\n"))
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_selection_is_proved_by_the_chain_in_the_database_and_not_by_itself(pool: PgPool) {
    let (world, ctx) = world(&pool).await;
    let of_group = Scope::Of(Place::group("ops"));
    let file = export(&world, &ctx, &of_group, Filter::default()).await;
    let proof = verify_file(&file, Vec::new()).unwrap();
    assert_eq!((proof.complete, proof.events), (false, 120));
    let narrow = Filter { refused: true, ..Filter::default() };
    let none = export(&world, &ctx, &Scope::Mine, narrow).await;
    assert_eq!(verify_file(&none, Vec::new()).unwrap().events, 0);
    let edited = file.replacen("=1+1", "=1+2", 1);
    assert_eq!(verify_file(&edited, Vec::new()).unwrap_err().what, Wrong::Hash);
    // whoever edits it can make its hash anew: only the database knows better
    let mut conn = pool.acquire().await.unwrap();
    assert_eq!(verify::in_chain(&mut conn, file.as_bytes()).await.unwrap(), 120);
    let line = edited.lines().find(|line| line.contains("=1+2")).unwrap();
    let link = serde_json::from_str::<Line>(line).unwrap().link();
    let made_anew = link.entry.hash(&link.previous.unwrap());
    let forged = edited.replace(&link.hash.to_string(), &made_anew.to_string());
    assert_eq!(verify_file(&forged, Vec::new()).unwrap().events, 120, "it looks right");
    let found = verify::in_chain(&mut conn, forged.as_bytes()).await.unwrap_err();
    assert!(
        matches!(found, verify::Failed::Fault(Fault { what: Wrong::Hash, position }) if position == link.entry.position)
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_event_past_the_chain_is_in_the_export(pool: PgPool) {
    let (world, ctx) = world(&pool).await;
    world
        .sql(
            "alter table audit_events disable trigger chained; \
             insert into audit_events (action, outcome) values ('signed-in', 'done'); \
             alter table audit_events enable trigger chained",
        )
        .await;
    let file = export(&world, &ctx, &Scope::Mine, Filter::default()).await;
    assert!(matches!(verify_file(&file, Vec::new()).unwrap_err().what, Wrong::Outside(_)));
}
