//! Addresses inside this site. Redirects accept nothing else, so that no answer can send a person away.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A path with optional query on this site: one leading `/`, visible ASCII only, no backslash.
///
/// Browsers read `//host` and `/\host` as another site, and control bytes are not allowed in headers; hence the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalPath(String);

/// Longest address that is taken over from outside, in bytes.
const LONGEST: usize = 2000;

impl LocalPath {
    /// Reads an address that came from outside, for example from `next=`.
    pub fn parse(text: &str) -> Option<Self> {
        let after = text.strip_prefix('/')?;
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        (visible && !after.starts_with('/') && text.len() <= LONGEST).then(|| Self(text.to_owned()))
    }

    /// An address that this program wrote itself; the start page if it is not a valid one.
    pub fn of(text: impl AsRef<str>) -> Self {
        Self::parse(text.as_ref()).unwrap_or_else(Self::home)
    }

    /// The start page.
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address written so that it can be the value of a query parameter.
    pub fn encoded(&self) -> String {
        let mut text = String::with_capacity(self.0.len());
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
                text.push(char::from(byte));
            } else {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
        text
    }
}

impl TryFrom<String> for LocalPath {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not an address of this site")
    }
}

impl From<LocalPath> for String {
    fn from(path: LocalPath) -> Self {
        path.0
    }
}

impl AsRef<str> for LocalPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_site_are_taken() {
        for good in ["/", "/access", "/groups/a?show=all&page=2", "/a//b"] {
            assert!(LocalPath::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "access",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nX: y",
            "/ä",
            "/a b",
        ] {
            assert!(LocalPath::parse(bad).is_none(), "{bad:?}");
        }
        assert!(LocalPath::parse(&format!("/{}", "a".repeat(2000))).is_none());
    }

    #[test]
    fn an_encoded_address_is_one_query_value() {
        assert_eq!(LocalPath::of("/a?b=1&c=2").encoded(), "/a%3Fb%3D1%26c%3D2");
    }
}
