//! Events as lines of syslog for a SIEM: the header of RFC 5424, in it the Common Event Format ("Implementing ArcSight
//! Common Event Format", version 0) or JSON, framed by their length (RFC 6587 section 3.4.1, RFC 5425 section 4.3).

use super::Event;
use super::canonical::{Entry, Hash};
use chrono::SecondsFormat;
use std::fmt::Write as _;
use std::net::IpAddr;

/// "Log audit" (RFC 5424, table 1).
const FACILITY: u8 = 13;

/// An event and the names that go with it, for people.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// As it is chained.
    pub entry: &'a Entry,
    /// Its hash in the chain.
    pub hash: &'a Hash,
    /// User name of who acted; none is the system.
    pub by: Option<&'a str>,
    /// User name or key of whom it is about.
    pub about: Option<&'a str>,
    /// Name of the group.
    pub group: Option<&'a str>,
    /// Member, owner, or a directory role's word.
    pub access: Option<&'a str>,
    /// R-number.
    pub request: Option<&'a str>,
}

/// How loud an event is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Loudness {
    Notice,
    Warning,
    Alert,
}

impl Told<'_> {
    fn loudness(&self) -> Loudness {
        match Event::parse(&self.entry.action) {
            Some(Event::GlassBroken) => Loudness::Alert,
            _ if self.entry.outcome == "refused" => Loudness::Warning,
            _ => Loudness::Notice,
        }
    }

    /// One event of the Common Event Format. `version` is the program's.
    pub fn cef(&self, version: &str) -> String {
        let entry = self.entry;
        let words = match Event::parse(&entry.action) {
            Some(event) => event.words(),
            None => &entry.action,
        };
        let severity = match self.loudness() {
            Loudness::Notice => 3,
            Loudness::Warning => 6,
            Loudness::Alert => 9,
        };
        let [version, id, words] = [version, &entry.action, words].map(head);
        let mut out = format!("CEF:0|Pimento|Pimento|{version}|{id}|{words}|{severity}|");
        let mut extension = Extension(&mut out, "");
        extension.put("rt", Some(&*entry.at.timestamp_millis().to_string()));
        extension.put("externalId", Some(&*entry.position.to_string()));
        extension.put("outcome", Some(&*entry.outcome));
        extension.put("suid", entry.actor.map(|id| id.to_string()).as_deref());
        extension.put("suser", self.by);
        extension.put("duid", entry.principal.map(|id| id.to_string()).as_deref());
        extension.put("duser", self.about);
        extension.address(&entry.ip);
        extension.put("requestClientApplication", Some(&*entry.user_agent));
        extension.put("reason", Some(&*entry.reason));
        extension.label(1, "group", self.group);
        extension.label(2, "access", self.access);
        extension.label(3, "request", self.request);
        extension.label(4, "ticket", Some(&*entry.ticket));
        extension.label(5, "facts", Some(&*entry.facts).filter(|facts| *facts != "{}"));
        extension.label(6, "hash", Some(&*self.hash.to_string()));
        out
    }

    /// The whole message: header, then `text`, which is [`Told::cef`] or JSON on one line. `host` is where the server is
    /// reached.
    pub fn message(&self, host: &str, text: &str) -> String {
        let severity = match self.loudness() {
            Loudness::Notice => 5,
            Loudness::Warning => 4,
            Loudness::Alert => 1,
        };
        let priority = FACILITY * 8 + severity;
        let at = self.entry.at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let (host, id) = (printable(host, 255), printable(&self.entry.action, 32));
        format!("<{priority}>1 {at} {host} pimento - {id} - {text}")
    }
}

/// A message as it goes over a connection: its length in bytes, a space, the message.
pub fn frame(message: &str) -> String {
    format!("{} {message}", message.len())
}

/// A field of the header of RFC 5424: printable ASCII without spaces, "-" where nothing is left.
fn printable(text: &str, most: usize) -> String {
    let text: String = text.chars().filter(char::is_ascii_graphic).take(most).collect();
    if text.is_empty() { "-".to_owned() } else { text }
}

/// A field of CEF's header: a backslash before `|` and backslash, and one line.
fn head(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace(['\n', '\r'], " ")
}

/// The longest text that the standard allows in the fields of free text.
const LONGEST: usize = 1_023;

/// `key=value`, parted by spaces: what is written, and what stands before the next.
struct Extension<'a>(&'a mut String, &'static str);

impl Extension<'_> {
    fn put(&mut self, key: &str, value: Option<&str>) {
        let Some(value) = value.filter(|value| !value.is_empty()) else { return };
        let value: String = value.chars().take(LONGEST).collect();
        let value = value.replace('\\', "\\\\").replace('=', "\\=").replace('\r', "\\r").replace('\n', "\\n");
        // writing to a string does not fail
        let _ = write!(self.0, "{}{key}={value}", self.1);
        self.1 = " ";
    }

    /// `src` takes IPv4 only; there is an own field for IPv6. What is no address is left out.
    fn address(&mut self, ip: &str) {
        match ip.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
            Ok(IpAddr::V4(ip)) => self.put("src", Some(&*ip.to_string())),
            Ok(IpAddr::V6(ip)) => {
                self.put("c6a2Label", Some("Source IPv6 Address"));
                self.put("c6a2", Some(&*ip.to_string()));
            }
            Err(_) => {}
        }
    }

    fn label(&mut self, number: u8, label: &str, value: Option<&str>) {
        if value.is_some_and(|value| !value.is_empty()) {
            self.put(&format!("cs{number}Label"), Some(label));
            self.put(&format!("cs{number}"), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use uuid::Uuid;

    fn entry() -> Entry {
        Entry {
            position: 7,
            chained_at: DateTime::UNIX_EPOCH,
            number: 8,
            at: DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap(),
            action: "request-denied".into(),
            outcome: "done".into(),
            actor: Some(Uuid::nil()),
            principal: None,
            group: None,
            target: None,
            request: None,
            assignment: None,
            reason: String::new(),
            ticket: String::new(),
            policy_version: None,
            facts: "{}".into(),
            session_hash: String::new(),
            ip: "192.0.2.7".into(),
            user_agent: String::new(),
            proof: None,
            trace: String::new(),
        }
    }

    fn told(entry: &Entry) -> Told<'_> {
        Told {
            entry,
            hash: &Hash::ZERO,
            by: Some("jonas"),
            about: None,
            group: None,
            access: None,
            request: None,
        }
    }

    #[test]
    fn an_event_is_a_line_of_both_standards() {
        let entry = entry();
        let told = told(&entry);
        let text = told.cef("1.0");
        assert_eq!(
            text,
            format!(
                "CEF:0|Pimento|Pimento|1.0|request-denied|Denied|3|rt=1700000000123 externalId=7 outcome=done \
                 suid=00000000-0000-0000-0000-000000000000 suser=jonas src=192.0.2.7 cs6Label=hash cs6={}",
                Hash::ZERO
            )
        );
        assert_eq!(
            told.message("pim.example.org", "text"),
            "<109>1 2023-11-14T22:13:20.123456Z pim.example.org pimento - request-denied - text"
        );
        assert_eq!(frame("Grüße"), "7 Grüße", "in bytes");
    }

    #[test]
    fn what_people_write_ends_no_field_and_no_line() {
        let hostile = "a|b=c\\d\r\n<13>1 forged cs6=x";
        let entry = Entry { reason: hostile.into(), action: "od\u{202e}d|\n".into(), ..entry() };
        let told = Told { by: Some(hostile), ..told(&entry) };
        let text = told.cef("1|2");
        assert!(text.contains("reason=a|b\\=c\\\\d\\r\\n<13>1 forged cs6\\=x "), "{text}");
        assert!(text.starts_with("CEF:0|Pimento|Pimento|1\\|2|od\u{202e}d\\| |"), "{text}");
        assert!(!text.contains(['\n', '\r']));
        let ends = "x|";
        let ending =
            Entry { user_agent: ends.into(), reason: ends.into(), ticket: ends.into(), ..entry.clone() };
        let text = Told { by: Some(ends), group: Some(ends), ..self::told(&ending) }.cef("1");
        for field in
            [" suser=x| src=", " requestClientApplication=x| reason=x| cs1Label=", " cs4=x| cs6Label="]
        {
            assert!(text.contains(field), "{field}: {text}");
        }
        let long = Entry { reason: "é".repeat(5_000), ..entry.clone() };
        let text = self::told(&long).cef("1");
        assert_eq!(text.matches('é').count(), 1_023);
        assert!(told.message(" \n", &text).contains("Z - pimento - odd| - CEF"));
    }

    #[test]
    fn refusals_and_emergencies_are_louder_and_ipv6_has_its_own_key() {
        let refused = Entry { outcome: "refused".into(), ip: "2001:db8::1".into(), ..entry() };
        let text = told(&refused).cef("1");
        assert!(
            text.contains("|6|") && text.contains(" c6a2Label=Source IPv6 Address c6a2=2001:db8::1 "),
            "{text}"
        );
        let unknown = Entry { ip: "unknown".into(), ..entry() };
        assert!(!told(&unknown).cef("1").contains("unknown"));
        assert!(told(&refused).message("h", "").starts_with("<108>1 "));
        let glass = Entry { action: Event::GlassBroken.wire().into(), ..entry() };
        assert!(told(&glass).cef("1").contains("|9|"));
        assert!(told(&glass).message("h", "").starts_with("<105>1 "));
    }
}
