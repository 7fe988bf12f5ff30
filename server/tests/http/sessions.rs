//! SEC-01 to SEC-07: ids at rest, rotation, revocation, limits.

use crate::actors::Site;
use engine::testkit::World;
use http::StatusCode;
use server::session_store::{Limits, Sessions, WHO, Who, hash};
use sqlx::PgPool;
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use uuid::Uuid;

fn record(who: Who) -> Record {
    let data = [(WHO.to_owned(), serde_json::to_value(who).unwrap())].into();
    Record { id: Id::default(), data, expiry_date: OffsetDateTime::UNIX_EPOCH }
}

fn full(user: Uuid) -> Who {
    Who {
        user_id: Some(user),
        stage: "full".to_owned(),
        mfa_method: Some("totp".to_owned()),
        ..Who::default()
    }
}

fn store(pool: &PgPool) -> Sessions {
    Sessions::new(pool.clone(), Limits::default())
}

async fn age(pool: &PgPool, column: &str, by: &str) {
    let sql = format!("update sessions set {column} = {column} - $1::interval");
    sqlx::query(sqlx::AssertSqlSafe(sql)).bind(by).execute(pool).await.unwrap();
}

#[sqlx::test(migrations = "../migrations")]
async fn sec_01_only_the_hash_of_an_id_is_kept(pool: PgPool) {
    let mut session = record(full(World::new(&pool).person("anna").await.0));
    store(&pool).create(&mut session).await.unwrap();
    let kept: String = sqlx::query_scalar("select s::text from sessions s").fetch_one(&pool).await.unwrap();
    assert!(!kept.contains(&session.id.to_string()));
    let found: i64 = sqlx::query_scalar("select count(*) from sessions where id_hash = $1")
        .bind(hash(&session.id))
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(found, 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn sec_03_a_session_ends_by_the_clock_of_the_database(pool: PgPool) {
    let mut session = record(full(World::new(&pool).person("anna").await.0));
    let store = store(&pool);
    store.create(&mut session).await.unwrap();
    age(&pool, "last_seen_at", "29 min 59 s").await;
    assert!(store.load(&session.id).await.unwrap().is_some());
    age(&pool, "last_seen_at", "1 s").await;
    assert!(store.load(&session.id).await.unwrap().is_none(), "idle");
    sqlx::query("update sessions set last_seen_at = clock()").execute(&pool).await.unwrap();
    age(&pool, "expires_at", "11 h 59 min 50 s").await;
    assert!(store.load(&session.id).await.unwrap().is_some());
    age(&pool, "expires_at", "10 s").await;
    assert!(store.load(&session.id).await.unwrap().is_none(), "absolute");
}

#[sqlx::test(migrations = "../migrations")]
async fn sec_04_an_ended_session_never_comes_back(pool: PgPool) {
    let mut session = record(full(World::new(&pool).person("anna").await.0));
    let store = store(&pool);
    store.create(&mut session).await.unwrap();
    let slow_request = store.load(&session.id).await.unwrap().unwrap();
    store.delete(&session.id).await.unwrap();
    store.save(&slow_request).await.unwrap();
    assert!(store.load(&session.id).await.unwrap().is_none());
}

#[sqlx::test(migrations = "../migrations")]
async fn sec_04_a_disabled_person_has_no_session_from_the_next_request(pool: PgPool) {
    let mut session = record(full(World::new(&pool).person("anna").await.0));
    let store = store(&pool);
    store.create(&mut session).await.unwrap();
    sqlx::query("update users set enabled = false").execute(&pool).await.unwrap();
    assert!(store.load(&session.id).await.unwrap().is_none());
}

#[sqlx::test(migrations = "../migrations")]
async fn sec_05_between_password_and_factor_there_are_five_minutes(pool: PgPool) {
    let who = Who {
        user_id: Some(World::new(&pool).person("anna").await.0),
        stage: "second".to_owned(),
        ..Who::default()
    };
    let mut session = record(who);
    let store = store(&pool);
    store.create(&mut session).await.unwrap();
    age(&pool, "expires_at", "4 min 50 s").await;
    assert!(store.load(&session.id).await.unwrap().is_some());
    age(&pool, "expires_at", "10 s").await;
    assert!(store.load(&session.id).await.unwrap().is_none());
}

#[sqlx::test(migrations = "../migrations")]
async fn sec_06_the_oldest_of_more_than_ten_sessions_ends(pool: PgPool) {
    let user = World::new(&pool).person("anna").await.0;
    let store = store(&pool);
    let mut first = record(full(user));
    store.create(&mut first).await.unwrap();
    for _ in 0..10 {
        store.create(&mut record(full(user))).await.unwrap();
    }
    assert!(store.load(&first.id).await.unwrap().is_none());
    let left: i64 = sqlx::query_scalar("select count(*) from sessions").fetch_one(&pool).await.unwrap();
    assert_eq!(left, 10);
}

#[sqlx::test(migrations = "../migrations")]
async fn saving_data_can_not_change_whose_session_it_is(pool: PgPool) {
    let user = World::new(&pool).person("anna").await.0;
    let store = store(&pool);
    let mut session = record(Who { stage: "anonymous".to_owned(), ..Who::default() });
    store.create(&mut session).await.unwrap();
    session.data.insert(WHO.to_owned(), serde_json::to_value(full(user)).unwrap());
    store.save(&session).await.unwrap();
    let loaded = store.load(&session.id).await.unwrap().unwrap();
    assert_eq!(loaded.data[WHO]["stage"], "anonymous");
}

#[sqlx::test(migrations = "../migrations")]
async fn sec_04_signing_out_ends_the_session_on_the_server(pool: PgPool) {
    let site = Site::on(pool.clone());
    let mut anna = site.signed_in("anna").await;
    let before = anna.clone();
    assert_eq!(anna.submit("/sign-out", &[]).await.status, StatusCode::SEE_OTHER);
    let left: i64 = sqlx::query_scalar("select count(*) from sessions where stage = 'full'")
        .fetch_one(&site.pool)
        .await
        .unwrap();
    assert_eq!(left, 0);
    assert_ne!(anna.cookies, before.cookies);
}
