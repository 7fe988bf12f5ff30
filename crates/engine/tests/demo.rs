//! The sample company, on the restricted role that the server runs as.
#![cfg(test)]

use engine::{Engine, Settings, demo};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

async fn engine(pool: &PgPool) -> Engine {
    let restricted = PgPoolOptions::new()
        .after_connect(|conn, _| {
            Box::pin(async move {
                sqlx::query("set role pimento_app").execute(conn).await?;
                Ok(())
            })
        })
        .connect_with((*pool.connect_options()).clone())
        .await
        .unwrap();
    let settings = Settings { public_url: "http://localhost:3000".into(), ..engine::testkit::settings() };
    Engine::new(restricted, settings)
}

async fn count(pool: &PgPool, what: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {what}")))
        .fetch_one(pool)
        .await
        .unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_sample_company_has_a_past_a_present_and_something_to_decide(pool: PgPool) {
    let engine = engine(&pool).await;
    demo::load(&engine).await.unwrap();
    assert!(count(&pool, "users").await >= 40);
    assert!(count(&pool, "users where not enabled").await >= 2);
    assert!(count(&pool, "users where user_type = 'guest'").await >= 3);
    assert!(count(&pool, "groups").await >= 15);
    assert!(count(&pool, "groups where managed_at is null").await >= 5);
    assert_eq!(count(&pool, "requests where status = 'PendingApproval'").await, 3);
    assert_eq!(count(&pool, "requests where status = 'PendingAdminDecision'").await, 1);
    assert_eq!(count(&pool, "active_now where origin = 'activated'").await, 3);
    assert_eq!(count(&pool, "access_review_rounds where ends_at > clock()").await, 1);
    assert!(count(&pool, "access_review_items where recommended = 'remove'").await > 0);
    assert!(count(&pool, "access_review_items where recommended = 'keep'").await > 0);
    assert!(count(&pool, "votes").await > 50);
    assert!(count(&pool, "requests where created_at > clock() - interval '90 days'").await > 80);
    assert_eq!(count(&pool, "assignments where ends_at <= clock() and not end_recorded").await, 0);
    let in_order = "(select at < lag(at) over (order by seq) as back from audit_events) e where back";
    assert_eq!(count(&pool, in_order).await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_persona_can_sign_in_and_has_a_code(pool: PgPool) {
    let engine = engine(&pool).await;
    demo::load(&engine).await.unwrap();
    let shown = demo::shown(&engine).await.unwrap();
    assert_eq!(shown.len(), demo::personas().len());
    for shown in shown {
        assert_eq!(shown.code.map(|code| code.len()), Some(6), "{}", shown.persona.name);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn loading_again_or_beside_people_changes_nothing(pool: PgPool) {
    let engine = engine(&pool).await;
    demo::load(&engine).await.unwrap();
    let before = (count(&pool, "users").await, count(&pool, "audit_events").await);
    demo::load(&engine).await.unwrap();
    assert_eq!((count(&pool, "users").await, count(&pool, "audit_events").await), before);
}
