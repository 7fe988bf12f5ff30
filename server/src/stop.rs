//! When to stop: SIGTERM from whoever runs us, or Ctrl-C.

use tokio::signal::unix::{SignalKind, signal as on};
use tokio::sync::watch;

/// Turns to `true` at the first signal. A second one ends the process at once.
pub fn signal() -> watch::Receiver<bool> {
    let (stop, stopping) = watch::channel(false);
    tokio::spawn(async move {
        wait().await;
        tracing::info!("stopping: finishing what was begun");
        stop.send_replace(true);
        wait().await;
        tracing::warn!("stopping at once");
        std::process::exit(1);
    });
    stopping
}

async fn wait() {
    match (on(SignalKind::terminate()), on(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        // Without handlers the system ends the process by itself.
        _ => std::future::pending().await,
    }
}
