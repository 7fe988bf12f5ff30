//! Where a request comes from. Forwarding headers are believed only from proxies named in the settings.

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The address of the visitor.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// The address of the visitor of this request as text; empty when there is none (tests without a socket).
    pub fn of(request: &Request) -> String {
        request.extensions().get::<Self>().map_or_else(String::new, |peer| peer.0.to_string())
    }
}

/// Notes the [`Peer`] of the request.
pub async fn note(State(proxies): State<Arc<[IpAddr]>>, mut request: Request, next: Next) -> Response {
    let socket = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    if let Some(socket) = socket {
        let forwarded = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
        let peer = Peer(visitor(socket, forwarded.unwrap_or_default(), &proxies));
        request.extensions_mut().insert(peer);
    }
    next.run(request).await
}

/// Walks the chain of proxies from our side; the first address that is none of ours is the visitor.
fn visitor(socket: IpAddr, forwarded: &str, proxies: &[IpAddr]) -> IpAddr {
    let mut address = socket;
    for hop in forwarded.rsplit(',') {
        if !proxies.contains(&address) {
            break;
        }
        match hop.trim().parse() {
            Ok(next) => address = next,
            Err(_) => break,
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn forwarding_is_believed_from_known_proxies_only() {
        let proxies = [ip("10.0.0.1"), ip("10.0.0.2")];
        assert_eq!(visitor(ip("192.0.2.7"), "1.2.3.4", &proxies), ip("192.0.2.7"));
        assert_eq!(visitor(ip("10.0.0.1"), "1.2.3.4", &proxies), ip("1.2.3.4"));
        assert_eq!(visitor(ip("10.0.0.1"), "9.9.9.9, 1.2.3.4, 10.0.0.2", &proxies), ip("1.2.3.4"));
        assert_eq!(visitor(ip("10.0.0.1"), "junk", &proxies), ip("10.0.0.1"));
    }
}
