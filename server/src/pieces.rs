//! A body that is sent while it is made.

use axum::body::Body;
use axum::body::Bytes;
use http_body::Frame;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Why it broke off; the cause is in the log.
#[derive(Debug, thiserror::Error)]
#[error("broke off")]
pub struct BrokeOff;

/// A part of the body, or that there will be no more.
pub type Piece = Result<Bytes, BrokeOff>;

/// A text that is made piece by piece.
pub trait Source: Send + 'static {
    /// The next piece; `None` at the end.
    fn next(&mut self) -> impl Future<Output = engine::Result<Option<String>>> + Send;
}

impl Source for engine::ask::audit_export::Export {
    async fn next(&mut self) -> engine::Result<Option<String>> {
        self.next().await
    }
}

impl Source for engine::ask::application_log::Export {
    async fn next(&mut self) -> engine::Result<Option<String>> {
        self.next().await
    }
}

/// The text as a body. What breaks it off is written to the log with this reference.
pub fn body(source: impl Source, reference: String) -> Body {
    // Two pieces ahead of what the reader has taken: a slow reader holds little.
    let (pieces, body) = channel(2);
    tokio::spawn(send(source, pieces, reference));
    Body::new(Pieces(body))
}

/// Reads on until the end, an error, or a reader who went away.
async fn send(mut source: impl Source, pieces: Sender<Piece>, reference: String) {
    loop {
        let piece = match source.next().await {
            Ok(Some(text)) => Ok(Bytes::from(text)),
            Ok(None) => return,
            Err(cause) => {
                tracing::error!(%reference, %cause, "export broke off");
                Err(BrokeOff)
            }
        };
        let broken = piece.is_err();
        if pieces.send(piece).await.is_err() || broken {
            return;
        }
    }
}

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
