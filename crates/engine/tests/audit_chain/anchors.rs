//! Anchors are made once a minute by whichever worker comes first, in the database and in a file.

use crate::support::*;
use chrono::TimeDelta;
use engine::audit::anchors::{self, Signing};
use engine::{Engine, Settings};
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// A folder of its own that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("pimento-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn signing(world: &World, file: Option<PathBuf>) -> Engine {
    let anchors = Some(Signing::new(&vec![9_u8; 32].into(), file).unwrap());
    let settings = Settings { anchors, ..(*world.engine.settings).clone() };
    Engine::new(world.engine.pool.clone(), settings)
}

async fn event(world: &World) {
    world.sql("insert into audit_events (action, outcome) values ('signed-in', 'done')").await;
}

fn read(path: &Path) -> Vec<Anchor> {
    verify::read_anchors(BufReader::new(File::open(path).unwrap())).unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_anchor_is_made_once_a_minute_when_the_chain_moved(pool: PgPool) {
    let (world, folder) = (World::new(&pool), Folder::new("anchors"));
    let path = folder.0.join("anchors.jsonl");
    let engine = signing(&world, Some(path.clone()));
    assert_eq!(anchors::make(&world.engine).await.unwrap(), None, "no key, no anchor");
    assert_eq!(anchors::make(&engine).await.unwrap(), None, "nothing to anchor");
    event(&world).await;
    let first = anchors::make(&engine).await.unwrap().unwrap();
    event(&world).await;
    assert_eq!(anchors::make(&engine).await.unwrap(), None, "a minute has not passed");
    world.move_clock(TimeDelta::seconds(61)).await;
    let (one, other) = (engine.clone(), engine.clone());
    let (one, other) =
        engine::testkit::race::together(async move { anchors::make(&one).await.unwrap() }, async move {
            anchors::make(&other).await.unwrap()
        })
        .await;
    assert!(one.is_some() ^ other.is_some(), "one of two workers");
    let second = one.or(other).unwrap();
    world.move_clock(TimeDelta::seconds(200)).await;
    assert_eq!(anchors::make(&engine).await.unwrap(), None, "it did not move");
    assert_eq!((first.position, second.position), (1, 2));

    let kept = read(&path);
    assert_eq!(kept, [first, second]);
    let mut conn = pool.acquire().await.unwrap();
    assert_eq!(stored::anchors(&mut conn, 0).await.unwrap(), kept, "file and database agree");
    let key = engine.settings.anchors.as_ref().unwrap().public();
    verify::signatures(&kept, &[key]).unwrap();
    assert_eq!(verified(&world, kept).await.unwrap().anchored, 2);
    let secret = format!("{:?}", engine.settings.anchors);
    assert!(!secret.contains("9, 9") && secret.contains("anchors.jsonl"), "{secret}");
}

/// What the file does not have, the database does not claim.
#[sqlx::test(migrations = "../../migrations")]
async fn a_file_that_cannot_be_written_makes_no_anchor(pool: PgPool) {
    let (world, folder) = (World::new(&pool), Folder::new("no-anchors"));
    event(&world).await;
    let engine = signing(&world, Some(folder.0.join("missing/anchors.jsonl")));
    anchors::make(&engine).await.unwrap_err();
    assert_eq!(world.count("select count(*) from audit_anchors").await, 0);
    fs::create_dir(folder.0.join("missing")).unwrap();
    anchors::make(&engine).await.unwrap().unwrap();
    assert_eq!(read(&folder.0.join("missing/anchors.jsonl")).len(), 1);
}
