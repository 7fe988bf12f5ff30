//! Reads the settings and collects what is wrong with them.

use super::{Key, Settings};
use crate::session_store::Limits;
use config::{Config, Environment, File, Map, Value, ValueKind};
use secrecy::SecretString;
use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Every setting there is.
const KNOWN: [&str; 34] = [
    "config",
    "listen",
    "metrics_listen",
    "public_url",
    "organisation",
    "database_url",
    "pool_size",
    "site_dir",
    "trusted_proxies",
    "key",
    "key_file",
    "anchor_key",
    "anchor_key_file",
    "anchor_file",
    "audit_stream",
    "audit_stream_format",
    "audit_stream_authority_file",
    "session_idle_minutes",
    "session_hours",
    "log",
    "log_format",
    "mail_host",
    "mail_port",
    "mail_protection",
    "mail_from",
    "mail_user",
    "mail_password",
    "mail_password_file",
    "mail_authority_file",
    "webhook_http",
    "webhook_ports",
    "webhook_networks",
    "webhook_refused",
    "webhook_authority_file",
];

/// Reads environment and file (`PIMENTO_CONFIG`, else `pimento.toml` if it is there).
///
/// # Errors
/// Everything that is wrong, one line each.
pub fn read() -> Result<Settings, Vec<String>> {
    let named = std::env::var_os("PIMENTO_CONFIG").map(PathBuf::from);
    let file = named.clone().unwrap_or_else(|| "pimento.toml".into());
    let raw = Config::builder()
        .add_source(File::from(file.as_path()).required(named.is_some()))
        .add_source(Environment::with_prefix("PIMENTO").prefix_separator("_"))
        .build()
        .and_then(Config::try_deserialize::<Map<String, Value>>)
        .map_err(|error| vec![error.to_string()])?;
    from(raw, std::env::var("DATABASE_URL").ok())
}

/// The settings out of raw values.
fn from(raw: Map<String, Value>, database_url: Option<String>) -> Result<Settings, Vec<String>> {
    let mut reader = Reader { raw, wrong: Vec::new() };
    reader.unknown();
    let listen = reader.parse("listen", SocketAddr::from(([127, 0, 0, 1], 3000)));
    let defaults = Limits::default();
    let settings = Settings {
        listen,
        metrics_listen: reader.metrics_listen(listen),
        public_url: reader.public_url(listen),
        organisation: reader.text("organisation"),
        database_url: database_url.or_else(|| reader.text("database_url")).map(SecretString::from),
        pool_size: reader.parse("pool_size", 16),
        site_dir: reader.text("site_dir").unwrap_or_else(|| "target/site".to_owned()).into(),
        trusted_proxies: reader.list("trusted_proxies"),
        key: reader.key("key", "key_file"),
        anchor_key: reader.key("anchor_key", "anchor_key_file"),
        anchor_file: reader.text("anchor_file").map(PathBuf::from),
        stream: reader.stream(),
        post: reader.post(),
        outbound: reader.outbound(),
        limits: Limits {
            idle: reader.within("session_idle_minutes", 1..=60, defaults.idle / 60) * 60,
            absolute: reader.within("session_hours", 1..=24, defaults.absolute / 3600) * 3600,
            ..defaults
        },
        log: reader
            .text("log")
            .unwrap_or_else(|| "info,sqlx=warn,tower_sessions=error,tower_sessions_core=off".to_owned()),
        log_json: reader.choice("log_format", ["text", "json"]) == "json",
    };
    if reader.wrong.is_empty() { Ok(settings) } else { Err(reader.wrong) }
}

pub(super) struct Reader {
    raw: Map<String, Value>,
    wrong: Vec<String>,
}

impl Reader {
    fn unknown(&mut self) {
        let mut names: Vec<_> =
            self.raw.keys().filter(|name| !KNOWN.contains(&name.as_str())).cloned().collect();
        names.sort();
        self.wrong.extend(names.into_iter().map(|name| format!("{name}: there is no such setting")));
    }

    pub(super) fn wrong(&mut self, name: &str, what: impl Display) {
        let line = format!("{name}: {what}");
        // a setting may be looked at more than once
        if !self.wrong.contains(&line) {
            self.wrong.push(line);
        }
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        let value = self.raw.get(name).cloned()?;
        match value.into_string() {
            Ok(text) => (!text.trim().is_empty()).then(|| text.trim().to_owned()),
            Err(_) => {
                self.wrong(name, "must be text, not a list or a table");
                None
            }
        }
    }

    /// What is separated by commas, or a list of the file.
    pub(super) fn list<T: FromStr<Err: Display>>(&mut self, name: &str) -> Vec<T> {
        let parts: Vec<String> = match self.raw.get(name).map(|value| value.kind.clone()) {
            Some(ValueKind::Array(values)) => {
                let texts: Result<_, _> = values.into_iter().map(Value::into_string).collect();
                texts.unwrap_or_else(|_| {
                    self.wrong(name, "must be a list of texts");
                    Vec::new()
                })
            }
            _ => self.text(name).unwrap_or_default().split(',').map(str::to_owned).collect(),
        };
        let mut list = Vec::new();
        for part in parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()) {
            match part.parse() {
                Ok(item) => list.push(item),
                Err(error) => self.wrong(name, format!("“{part}” can't be read: {error}")),
            }
        }
        list
    }

    pub(super) fn parse<T: FromStr<Err: Display>>(&mut self, name: &str, default: T) -> T {
        let Some(text) = self.text(name) else { return default };
        text.parse().unwrap_or_else(|error| {
            self.wrong(name, format!("“{text}” can't be read: {error}"));
            default
        })
    }

    /// On a port of its own: whoever may ask for metrics is somebody else than who uses the site.
    fn metrics_listen(&mut self, listen: SocketAddr) -> Option<SocketAddr> {
        let text = self.text("metrics_listen")?;
        match text.parse() {
            Ok(address) if address == listen => {
                self.wrong(
                    "metrics_listen",
                    format!("{address} is where the site listens; give it another port"),
                );
                None
            }
            Ok(address) => Some(address),
            Err(error) => {
                self.wrong(
                    "metrics_listen",
                    format!("“{text}” is no address and port, like 127.0.0.1:9464: {error}"),
                );
                None
            }
        }
    }

    fn within(&mut self, name: &str, range: std::ops::RangeInclusive<i32>, default: i32) -> i32 {
        let Some(text) = self.text(name) else { return default };
        match text.parse() {
            Ok(value) if range.contains(&value) => value,
            _ => {
                self.wrong(name, format!("“{text}” is not between {} and {}", range.start(), range.end()));
                default
            }
        }
    }

    pub(super) fn choice(&mut self, name: &str, choices: [&'static str; 2]) -> &'static str {
        let text = self.text(name).unwrap_or_else(|| choices[0].to_owned());
        choices.into_iter().find(|choice| *choice == text).unwrap_or_else(|| {
            self.wrong(name, format!("“{text}” is neither {} nor {}", choices[0], choices[1]));
            choices[0]
        })
    }

    /// What is in the file that a setting names.
    pub(super) fn file(&mut self, name: &str) -> Option<Vec<u8>> {
        let path = self.text(name)?;
        std::fs::read(&path).map_err(|error| self.wrong(name, format!("{path}: {error}"))).ok()
    }

    /// Plain http would send the session cookie in clear text, so it is for this machine only.
    fn public_url(&mut self, listen: SocketAddr) -> String {
        let default = format!("http://localhost:{}", listen.port());
        let url = self.text("public_url").unwrap_or(default);
        let url = url.trim_end_matches('/').to_owned();
        match url.split_once("://") {
            Some((_, host)) if host.is_empty() || host.contains(['/', '?', '#', '@']) => {
                self.wrong("public_url", "must be scheme, host and port only, without a path");
            }
            Some(("https", _)) => {}
            Some(("http", host)) if is_loopback(host) => {}
            Some(("http", _)) => {
                self.wrong("public_url", "must begin with https:// (http is for localhost only)")
            }
            _ => self.wrong("public_url", "must begin with https://"),
        }
        url
    }

    fn key(&mut self, inline: &'static str, in_file: &'static str) -> Option<Key> {
        let (name, read) = match (self.text(inline), self.text(in_file)) {
            (None, None) => return None,
            (Some(_), Some(_)) => {
                self.wrong(inline, format!("is given and {in_file} too; give one"));
                return None;
            }
            (Some(text), None) => (inline, Key::parse(&text)),
            (None, Some(path)) => (in_file, Key::from_file(Path::new(&path))),
        };
        read.map_err(|error| self.wrong(name, error)).ok()
    }
}

/// Whether `host` or `host:port` is this machine.
pub fn is_loopback(host: &str) -> bool {
    let name =
        host.strip_prefix('[').and_then(|rest| rest.split(']').next()).or_else(|| host.split(':').next());
    name.is_some_and(|name| {
        name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn settings(pairs: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
        from(pairs.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect(), None)
    }

    #[test]
    fn nothing_has_to_be_set_for_an_evaluation() {
        let settings = settings(&[]).unwrap();
        assert_eq!(settings.public_url, "http://localhost:3000");
        assert!(settings.listen.ip().is_loopback() && settings.key.is_none());
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let wrong = settings(&[
            ("listen", "here"),
            ("metrics_listen", "9464"),
            ("public_url", "http://pim.example"),
            ("pool_size", "many"),
            ("trusted_proxies", "10.0.0.1, somewhere"),
            ("key", "short"),
            ("session_hours", "48"),
            ("log_format", "xml"),
            ("lissten", "typo"),
        ]);
        let wrong = wrong.unwrap_err().join("\n");
        let named = [
            "listen:",
            "metrics_listen:",
            "public_url:",
            "pool_size:",
            "trusted_proxies:",
            "key:",
            "session_hours:",
            "log_format:",
            "lissten:",
        ];
        for name in named {
            assert!(wrong.contains(name), "{name} is missing in:\n{wrong}");
        }
        assert!(!wrong.contains("short"), "a secret was printed");
    }

    #[test]
    fn metrics_are_off_at_first_and_never_where_the_site_is() {
        assert_eq!(settings(&[]).unwrap().metrics_listen, None);
        let on = settings(&[("metrics_listen", "127.0.0.1:9464")]).unwrap();
        assert_eq!(on.metrics_listen, Some(SocketAddr::from(([127, 0, 0, 1], 9464))));
        let said = settings(&[("metrics_listen", "127.0.0.1:3000")]).unwrap_err().join("\n");
        assert!(said.contains("give it another port"), "{said}");
    }

    #[test]
    fn a_list_of_the_file_is_read_and_what_is_no_text_is_wrong() {
        let read = |name: &str, value: Value| from([(name.to_owned(), value)].into_iter().collect(), None);
        let list = |texts: &[&str]| Value::from(texts.to_vec());
        let networks = read("webhook_networks", list(&["10.20.0.0/16", "10.30.0.0/16"])).unwrap();
        assert_eq!(networks.outbound.rules().networks.len(), 2);
        let ports = read("webhook_ports", Value::from(vec![8443_i64, 9443])).unwrap();
        assert_eq!(ports.outbound.rules().ports, [8443, 9443]);
        assert_eq!(read("trusted_proxies", list(&["10.0.0.1"])).unwrap().trusted_proxies.len(), 1);
        for (name, value) in [
            ("webhook_networks", list(&["10.20.0.0/16", "somewhere"])),
            ("webhook_networks", Value::from(vec![list(&["10.20.0.0/16"])])),
            ("webhook_http", list(&["yes"])),
            ("public_url", list(&["https://pim.example"])),
            ("mail_host", Value::from(Map::from_iter([("name".to_owned(), "mail.example")]))),
        ] {
            let said = read(name, value).unwrap_err().join("\n");
            assert!(said.starts_with(name), "{said}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for good in ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:80", "https://pim.example"] {
            assert!(settings(&[("public_url", good)]).is_ok(), "{good}");
        }
        for bad in
            ["http://pim.example", "http://localhost.example", "https://pim.example/path", "pim.example"]
        {
            assert!(settings(&[("public_url", bad)]).is_err(), "{bad}");
        }
    }
}
