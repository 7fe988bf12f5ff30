//! The connection to a receiver of syslog.

use crate::roots;
use socket2::{SockRef, TcpKeepalive};
use std::fmt::{self, Display};
use std::io;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// To connect, and to write a batch.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long is listened for a receiver that went.
const GLANCE: Duration = Duration::from_millis(10);

/// How long what was written may lie unacknowledged before the connection counts as lost, and how long it may be idle
/// before it is tried.
const SILENCE: Duration = Duration::from_secs(20);

/// Where a receiver listens.
#[derive(Clone, Debug)]
pub struct Address {
    host: String,
    port: u16,
    tls: Option<Arc<ClientConfig>>,
}

impl Address {
    /// Only certificates of these authorities are good, instead of those of the public ones.
    #[must_use]
    pub fn trusting(self, authority: RootCertStore) -> Self {
        Self { tls: self.tls.and_then(|_| config(authority)), ..self }
    }

    /// Whether the connection is protected.
    pub fn is_protected(&self) -> bool {
        self.tls.is_some()
    }

    /// Name or address of the machine.
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls.is_some() { "tls" } else { "tcp" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "must be like tls://siem.example.org:6514 or tcp://127.0.0.1:601";
        let (scheme, place) = text.split_once("://").ok_or(wrong)?;
        let (host, port) = place.rsplit_once(':').ok_or(wrong)?;
        let port = port.parse().map_err(|_| wrong)?;
        if host.is_empty() || host.contains(['/', '@', '?', '#']) {
            return Err(wrong);
        }
        let tls = match scheme {
            "tls" => Some(config(roots::public()).ok_or("this program can't do TLS")?),
            "tcp" => None,
            _ => return Err(wrong),
        };
        Ok(Self { host: host.to_owned(), port, tls })
    }
}

fn config(trusted: RootCertStore) -> Option<Arc<ClientConfig>> {
    roots::client(trusted).ok().map(Arc::new)
}

trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

/// An open connection.
pub(super) struct Wire(Box<dyn Stream>);

impl Wire {
    /// Connects.
    ///
    /// # Errors
    /// In words for the operator.
    pub async fn open(address: &Address) -> Result<Self, String> {
        let open = async {
            let host = address.host.trim_matches(['[', ']']).to_owned();
            let tcp = TcpStream::connect((&*host, address.port)).await?;
            notice_loss(&tcp)?;
            let Some(tls) = &address.tls else { return Ok(Wire(Box::new(tcp))) };
            let name = ServerName::try_from(host).map_err(io::Error::other)?;
            Ok(Wire(Box::new(TlsConnector::from(Arc::clone(tls)).connect(name, tcp).await?)))
        };
        in_time(open).await.map_err(|error| format!("{address}: {error}"))
    }

    /// Sends all of it.
    ///
    /// # Errors
    /// In words for the operator.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), String> {
        let sent = in_time(async {
            self.0.write_all(bytes).await?;
            self.0.flush().await
        });
        sent.await.map_err(|error| error.to_string())
    }

    /// Looks whether the receiver is still there.
    ///
    /// # Errors
    /// It is not; in words for the operator.
    pub async fn stands(&mut self) -> Result<(), String> {
        match timeout(GLANCE, self.0.read(&mut [0; 256])).await {
            Ok(Ok(0)) => Err("the receiver closed the connection".to_owned()),
            Ok(Err(error)) => Err(error.to_string()),
            // a receiver has nothing to say; what it says all the same is nothing to us
            Ok(Ok(_)) | Err(_) => Ok(()),
        }
    }
}

/// A machine that is gone says nothing: without this, the system would go on for many minutes.
fn notice_loss(tcp: &TcpStream) -> io::Result<()> {
    let socket = SockRef::from(tcp);
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(SILENCE))?;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(SILENCE))
}

async fn in_time<T>(what: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(PATIENCE, what).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn an_address_is_protected_or_not_and_nothing_else() {
        for (text, protected) in [("tls://siem.example.org:6514", true), ("tcp://[::1]:601", false)] {
            let address: Address = text.parse().unwrap();
            assert_eq!((address.to_string().as_str(), address.is_protected()), (text, protected));
        }
        for text in
            ["siem:1", "udp://siem:514", "tls://siem", "tls://:6514", "tls://u@siem:1", "tcp://siem:99999"]
        {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
