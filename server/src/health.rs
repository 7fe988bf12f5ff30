//! For load balancers and scripts: is the process alive, and can it serve.

use crate::migrate::{Schema, state};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::StatusCode;
use sqlx::PgPool;

/// `/healthz` and `/readyz`.
pub fn routes(pool: PgPool) -> Router {
    Router::new().route("/healthz", get(|| async { "alive\n" })).route("/readyz", get(ready)).with_state(pool)
}

async fn ready(State(pool): State<PgPool>) -> (StatusCode, &'static str) {
    let looked = async { state(&mut *pool.acquire().await?).await };
    match looked.await {
        Ok(Schema::Current) => (StatusCode::OK, "ready\n"),
        Ok(Schema::Behind) => (StatusCode::SERVICE_UNAVAILABLE, "the database needs `pimento migrate`\n"),
        Ok(Schema::Foreign) => (StatusCode::SERVICE_UNAVAILABLE, "the database belongs to another version\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
