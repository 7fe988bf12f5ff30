//! The settings of the audit's stream.

use super::read::{Reader, is_loopback};
use engine::audit::stream::{Address, Format, Receiver};
use engine::roots::authority;

/// Where the audit is sent on to.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Where it listens.
    pub address: Address,
    /// How an event is written.
    pub format: Format,
}

impl Stream {
    /// For the installation that people reach at this address.
    pub fn receiver(&self, public_url: &str) -> Receiver {
        let host = public_url.split_once("://").map_or(public_url, |(_, host)| host);
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host).to_owned();
        let (address, format) = (self.address.clone(), self.format);
        Receiver { address, format, host, version: env!("CARGO_PKG_VERSION") }
    }
}

impl Reader {
    /// The receiver, or `None` when none is named. A setting that only makes sense with one is wrong without it.
    pub(super) fn stream(&mut self) -> Option<Stream> {
        let Some(text) = self.text("audit_stream") else {
            for name in ["audit_stream_format", "audit_stream_authority_file"] {
                if self.text(name).is_some() {
                    self.wrong(name, "needs audit_stream: without it the audit is sent nowhere");
                }
            }
            return None;
        };
        let format = match self.choice("audit_stream_format", ["cef", "json"]) {
            "json" => Format::Json,
            _ => Format::Cef,
        };
        let address: Address = text.parse().map_err(|error| self.wrong("audit_stream", error)).ok()?;
        // who was where and may do what is nobody else's to read
        if !address.is_protected() && !is_loopback(address.host()) {
            self.wrong(
                "audit_stream",
                "must begin with tls:// (tcp:// is for a receiver on this machine only)",
            );
        }
        let Some(pem) = self.file("audit_stream_authority_file") else {
            return Some(Stream { address, format });
        };
        match authority(&pem) {
            Ok(authority) => Some(Stream { address: address.trusting(authority), format }),
            Err(error) => {
                self.wrong("audit_stream_authority_file", error);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::tests::settings;

    #[test]
    fn what_leaves_this_machine_is_protected_and_a_lone_setting_is_wrong() {
        assert!(settings(&[]).unwrap().stream.is_none());
        assert!(settings(&[("audit_stream_format", "json")]).is_err());
        let stream = settings(&[("audit_stream", "tls://siem.example.org:6514")]).unwrap().stream.unwrap();
        assert_eq!(stream.address.to_string(), "tls://siem.example.org:6514");
        assert_eq!(stream.receiver("https://pim.example.org:8443").host, "pim.example.org");
        assert!(settings(&[("audit_stream", "tcp://127.0.0.1:601")]).is_ok());
        for wrong in ["tcp://siem.example.org:601", "udp://siem.example.org:514", "siem"] {
            let said = settings(&[("audit_stream", wrong)]).unwrap_err().join("\n");
            assert!(said.contains("audit_stream"), "{said}");
        }
    }
}
