//! Connections for what is spoken over something else than HTTP. The same doors stay closed.

use super::{CONNECTING, Outbound};
use crate::roots;
use rustls::ClientConfig;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Why there is no connection.
#[derive(Clone, Debug)]
pub(crate) enum Closed {
    /// The operator's rules forbid it.
    Forbidden(String),
    /// Nobody answered.
    Lost(String),
}

impl Outbound {
    /// A connection to one of the addresses of a host, all of which were checked.
    pub(crate) async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, Closed> {
        let addresses = self.resolved(host).await.map_err(Closed::Lost)?;
        let addresses = self.reachable(addresses, port).map_err(Closed::Forbidden)?;
        match timeout(CONNECTING, TcpStream::connect(addresses.as_slice())).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(Closed::Lost(error.to_string())),
            Err(_) => Err(Closed::Lost(format!("no connection within {} s", CONNECTING.as_secs()))),
        }
    }

    /// Whom this way out believes.
    pub(crate) fn tls(&self) -> Result<ClientConfig, String> {
        roots::client(self.roots.clone()).map_err(|error| error.to_string())
    }

    /// Longest wait for one answer.
    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }
}
