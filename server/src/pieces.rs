//! A body that is sent while it is made.

use axum::body::Bytes;
use http_body::Frame;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc::Receiver;

/// Why it broke off; the cause is in the log.
#[derive(Debug, thiserror::Error)]
#[error("broke off")]
pub struct BrokeOff;

/// A part of the body, or that there will be no more.
pub type Piece = Result<Bytes, BrokeOff>;

/// The pieces as a body. It ends when nobody is left who could send one.
pub struct Pieces(pub Receiver<Piece>);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = BrokeOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokeOff>>> {
        self.0.poll_recv(cx).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}
