//! The address of a webhook as typed. The parser is that of browsers, so that 0x7f.1 and 2130706433 are the addresses they mean.

use super::network::{Network, inside, meant};
use crate::refusal::{Code, Refusal};
use crate::text::Text;
use std::net::IpAddr;
use url::{Host, Url};

/// Longest address.
pub const MAX_ADDRESS: usize = 2000;

/// What the operator allows beyond https to port 443 of public addresses.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Plain http too.
    pub http: bool,
    /// Further ports of public addresses.
    pub ports: Vec<u16>,
    /// Networks that may be reached although they lead inside, at any port.
    pub networks: Vec<Network>,
    /// What is not reached in any case: addresses of this installation that its machines do not have themselves.
    pub refused: Vec<Network>,
}

impl Rules {
    /// Whether a connection to this address may be opened from a machine with these `own` addresses; asked of every address that a
    /// name has, before any is used.
    ///
    /// # Errors
    /// Why not.
    pub fn reachable(&self, address: IpAddr, port: u16, own: &[IpAddr]) -> Result<(), String> {
        let meant = meant(address);
        if self.refused.iter().any(|network| network.holds(address) || network.holds(meant)) {
            return Err(format!("{address} is refused by the operator"));
        }
        if self.networks.iter().any(|network| network.holds(address)) {
            return Ok(());
        }
        if let Some(what) = inside(address) {
            return Err(format!("{address} is {what}; the operator can allow its network"));
        }
        if own.iter().any(|own| own.to_canonical() == meant) {
            return Err(format!("{address} is this machine; the operator can allow its network"));
        }
        let usual = port == 443 || (self.http && port == 80);
        if usual || self.ports.contains(&port) {
            return Ok(());
        }
        Err(format!("port {port} is not allowed; the operator can allow it"))
    }

    /// Reads what was typed. What its name leads to, and whether that is this machine, is looked at when something is sent, each time.
    ///
    /// # Errors
    /// The refusal at `field`.
    pub fn read(&self, typed: &str, field: &str) -> Result<Url, Refusal> {
        let refuse = |code, text: Text| Err(Refusal::new(code, text).at(field));
        let typed = typed.trim();
        if typed.is_empty() {
            return refuse(Code::Missing, "An address is needed.".into());
        }
        let url = match Url::parse(typed) {
            Ok(url) if typed.len() <= MAX_ADDRESS => url,
            _ => return refuse(Code::BadInput, "This is no address. It begins with https://.".into()),
        };
        if url.scheme() != "https" && !(self.http && url.scheme() == "http") {
            return refuse(Code::BadInput, "The address must begin with https://.".into());
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return refuse(Code::BadInput, "The address can't hold a user name, a password or a #.".into());
        }
        if let Some(address) = literal(&url)
            && let Err(why) = self.reachable(address, port(&url), &[])
        {
            return refuse(
                Code::BadValue,
                Text::say("This address can't be reached from here: ").then(why + "."),
            );
        }
        if url.host_str().is_some_and(is_local) && self.networks.is_empty() {
            return refuse(Code::BadValue, "This name leads to this machine.".into());
        }
        Ok(url)
    }
}

/// The address in numbers, if that is how the host is written.
pub fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(v4) => Some(v4.into()),
        Host::Ipv6(v6) => Some(v6.into()),
    }
}

/// The port, written or usual.
pub fn port(url: &Url) -> u16 {
    url.port_or_known_default().unwrap_or(443)
}

/// What may be shown of an address: behind the host there are often secrets of the receiver.
pub fn shown(url: &Url) -> String {
    let origin = url.origin().ascii_serialization();
    if url.path() == "/" && url.query().is_none() { origin } else { format!("{origin}/…") }
}

fn is_local(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost")
}
