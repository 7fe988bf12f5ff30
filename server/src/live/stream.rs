//! `GET /events`: says that there is something to look at, and that the server still looks. Nothing else, to nobody who
//! is not signed in.

use super::{Heard, Hub};
use crate::layers::calm;
use crate::pieces::{Piece, Pieces};
use app::pages::frame::zone;
use app::parts::moment::Clock;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::Query;
use axum::response::Response;
use engine::ask::frame;
use engine::ask::thing::Place;
use engine::live::Watcher;
use engine::{Ctx, Engine};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use std::time::Duration;
use tokio::sync::mpsc::{Sender, channel};

/// Its address.
pub const PATH: &str = "/events";

/// How often a page hears that the server still looks. A page that hears nothing for three times as long says so.
const BEAT: Duration = Duration::from_secs(5);

/// What a page says of itself.
#[derive(Debug, Default, Deserialize)]
pub struct Page {
    /// Its path.
    #[serde(default)]
    at: String,
    /// Up to where in the audit the server had looked when it was made.
    #[serde(default)]
    since: i64,
}

/// Opens a stream.
pub async fn events(
    Extension(hub): Extension<Hub>,
    Extension(engine): Extension<Engine>,
    Extension(ctx): Extension<Ctx>,
    Query(page): Query<Page>,
) -> Response {
    let watcher = Watcher { person: ctx.person(), place: Place::of_page(&page.at) };
    let Ok(heard) = hub.listen(&ctx, watcher, page.since).await else {
        let text = "So many pages are open in this browser that this one is not kept up to date.";
        return calm::page(StatusCode::TOO_MANY_REQUESTS, "Too many pages", text);
    };
    // a page that can't be told the time in her own zone is told it in another one
    let (now, name) = frame::clock(&engine, &ctx).await.unwrap_or_default();
    let clock = Clock { now, zone: zone(&name) };
    let (pieces, body) = channel(1);
    tokio::spawn(tell(heard, pieces, clock));
    let mut response = Response::new(Body::new(Pieces(body)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // proxies would collect what is meant to arrive at once
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

/// Goes on until the session ends, the server stops, or the reader goes away.
async fn tell(mut heard: Heard, pieces: Sender<Piece>, clock: Clock) {
    let mut beat = tokio::time::interval(BEAT);
    // at once, so that nobody on the way waits for more
    let mut piece = Some(": listening\n\n".to_owned());
    loop {
        if let Some(text) = piece
            && pieces.send(Ok(Bytes::from(text))).await.is_err()
        {
            return;
        }
        piece = tokio::select! {
            told = heard.told.recv() => match told {
                Some(()) => Some("event: look\ndata:\n\n".to_owned()),
                None => return,
            },
            _ = beat.tick() => still_looking(&mut heard, clock),
            () = pieces.closed() => return,
        };
    }
}

/// When the server looked last; nothing if it has not since the last beat, because the database does not answer.
fn still_looking(heard: &mut Heard, clock: Clock) -> Option<String> {
    if !heard.looked.has_changed().unwrap_or(false) {
        return None;
    }
    let now = (*heard.looked.borrow_and_update())?;
    Some(format!("event: beat\ndata: {}\n\n", Clock { now, ..clock }.at(now)))
}
