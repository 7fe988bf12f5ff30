//! Which addresses of the internet this program may connect to on somebody's behalf (security.md 6.9): public ones, and
//! the networks that the operator named. Everything that leads inside is refused: this machine, private and shared networks,
//! link-local with the metadata services of clouds, multicast, and IPv6 addresses that carry one of these within. The public
//! addresses of this machine are refused by [`super::address::Rules`].

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A network in CIDR notation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// A network that can't be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "write a network like 10.20.0.0/16, 192.168.1.7/32 or fd12:3456::/48, without bits behind the prefix"
)]
pub struct NoNetwork;

impl FromStr for Network {
    type Err = NoNetwork;

    /// A lone address is a network of one.
    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse().map_err(|_| NoNetwork)?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NoNetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(most);
        let network = Self { address, prefix };
        // 10.20.30.40/8 is more likely a mistake than the whole of 10.0.0.0/8
        let exact = prefix <= most && network.masked(address) == bits(address);
        if exact { Ok(network) } else { Err(NoNetwork) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

impl Network {
    /// Whether the address lies in it. An IPv4 address that is written as IPv6 is the IPv4 address.
    pub fn holds(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && self.masked(address) == bits(self.address)
    }

    fn masked(&self, address: IpAddr) -> u128 {
        let width = if address.is_ipv4() { 32 } else { 128 };
        let behind = u32::from(width - self.prefix);
        let mask = u128::MAX.checked_shl(behind).unwrap_or(0);
        bits(address) & mask
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

/// The address that is meant: IPv4 that is written as IPv6, or reached through NAT64, is the IPv4 address.
pub fn meant(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => match v6.segments() {
            [0x64, 0xff9b, 0, 0, 0, 0, high, low] => IpAddr::V4(low_half(high, low)),
            _ => IpAddr::V6(v6),
        },
        v4 => v4,
    }
}

fn low_half(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

/// Why this address is not a public one; `None` if it is.
pub fn inside(address: IpAddr) -> Option<&'static str> {
    match address.to_canonical() {
        IpAddr::V4(v4) => inside_v4(v4),
        IpAddr::V6(v6) => inside_v6(v6),
    }
}

/// The special-purpose registry of IPv4 (RFC 6890).
fn inside_v4(v4: Ipv4Addr) -> Option<&'static str> {
    match v4.octets() {
        [127, ..] => Some("this machine"),
        [0, ..] => Some("this network"),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Some("a private network"),
        [100, 64..=127, ..] => Some("a shared network (100.64.0.0/10)"),
        [169, 254, ..] => Some("a link-local address, as metadata services have"),
        [224..=239, ..] => Some("multicast"),
        [192, 0, 0, _] | [192, 0, 2, _] | [198, 18..=19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => {
            Some("reserved for special use")
        }
        [192, 88, 99, _] | [240..=255, ..] => Some("reserved for special use"),
        _ => None,
    }
}

/// Only 2000::/3 is public, less what is set apart in it; what carries an IPv4 address is judged by that.
fn inside_v6(v6: Ipv6Addr) -> Option<&'static str> {
    let parts = v6.segments();
    match parts {
        [0, 0, 0, 0, 0, 0, 0, 1] => Some("this machine"),
        [0, 0, 0, 0, 0, 0, 0, 0] => Some("this network"),
        // IPv4-compatible, long out of use
        [0, 0, 0, 0, 0, 0, ..] => Some("reserved for special use"),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inside_v4(low_half(high, low)),
        [0x2002, high, low, ..] => inside_v4(low_half(high, low)).or(Some("a tunnel (6to4)")),
        [0xfc00..=0xfdff, ..] => Some("a private network"),
        [0xfe80..=0xfebf, ..] => Some("a link-local address"),
        [0xff00..=0xffff, ..] => Some("multicast"),
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => {
            Some("reserved for special use")
        }
        [0x2000..=0x3fff, ..] => None,
        _ => Some("reserved for special use"),
    }
}
