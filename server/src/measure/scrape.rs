//! `GET /metrics`, and nothing else, on a port of its own. Nobody signs in there: the port is for the operator's monitoring, so it
//! listens where only that gets to.

use super::known::Reading;
use super::{Meters, gauges};
use crate::live::Hub;
use anyhow::{Context, Result};
use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use engine::Engine;
use http::header;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The text format of Prometheus.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// How often is taken in what was counted.
const TIDY: Duration = Duration::from_secs(5);

/// What a scrape looks at.
pub struct Scrape {
    /// Counted here.
    pub meters: Arc<Meters>,
    /// Read from the database.
    pub reading: Reading,
    /// What works in this process, by the name of its pool.
    pub engines: Vec<(&'static str, Engine)>,
    /// Pages that listen here, if this process has any.
    pub live: Option<Hub>,
}

/// The whole port.
pub fn router(scrape: Scrape) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(Arc::new(scrape))
}

async fn metrics(State(scrape): State<Arc<Scrape>>) -> impl IntoResponse {
    let known = scrape.reading.look(&scrape.meters).await;
    let now = gauges::render(&known, &scrape.engines, scrape.live.as_ref());
    ([(header::CONTENT_TYPE, FORMAT), (header::CACHE_CONTROL, "no-store")], scrape.meters.render() + &now)
}

/// Takes the port.
///
/// # Errors
/// It can't be had.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("can't listen on {address} (PIMENTO_METRICS_LISTEN)"))
}

/// Answers until `stop` says so.
///
/// # Errors
/// The listener broke.
pub async fn serve(listener: TcpListener, scrape: Scrape, mut stop: watch::Receiver<bool>) -> Result<()> {
    let meters = Arc::clone(&scrape.meters);
    // what happens from now on is counted, also before somebody asks
    scrape.reading.look(&meters).await;
    let mut tidies = tokio::time::interval(TIDY);
    let mut over = stop.clone();
    let tidy = async move {
        loop {
            tokio::select! {
                _ = tidies.tick() => meters.tidy(),
                _ = over.changed() => return,
            }
        }
    };
    let stopped = async move {
        // An error means that the sender is gone, which is a stop as well.
        stop.changed().await.ok();
    };
    let served = axum::serve(listener, router(scrape)).with_graceful_shutdown(stopped);
    let (served, ()) = tokio::join!(served.into_future(), tidy);
    served.context("the port of metrics broke")
}
