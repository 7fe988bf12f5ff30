//! What a page showed of an assignment, for its form to bring back: a decision is about what was seen, not about what somebody
//! else made of it meanwhile.

use crate::db::access_reviews::ItemRow;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::span::Span;
use sha2::{Digest, Sha256};
use std::fmt;
use uuid::Uuid;

/// An assignment in a round as a page showed it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Which.
    pub item: Uuid,
    /// Goes up with each decision.
    pub version: i32,
    /// From when until when.
    pub span: Span,
}

impl Seen {
    /// As it is now.
    pub fn now(item: &ItemRow) -> Self {
        Self { item: item.id, version: item.version, span: item.live() }
    }

    /// From the word in a form.
    pub fn parse(word: &str) -> Option<Self> {
        let mut parts = word.split(':');
        let mut next = || parts.next();
        let (item, version) = (next()?.parse().ok()?, next()?.parse().ok()?);
        let start = moment(next()?)?;
        let end = match next()? {
            "" => None,
            end => Some(moment(end)?),
        };
        next().is_none().then_some(Self { item, version, span: Span { start, end } })
    }
}

fn moment(micros: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros.parse().ok()?)
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Span { start, end } = self.span;
        let end = end.map(|end| end.timestamp_micros().to_string()).unwrap_or_default();
        write!(f, "{}:{}:{}:{end}", self.item, self.version, start.timestamp_micros())
    }
}

/// Several of them in one word.
pub fn together<'a>(items: impl IntoIterator<Item = &'a ItemRow>) -> String {
    let mut hash = Sha256::new();
    for item in items {
        hash.update(Seen::now(item).to_string());
        hash.update("\n");
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_read_back_and_nothing_else_is() {
        let start = DateTime::from_timestamp_micros(1_800_000_000_000_001).unwrap();
        for end in [None, Some(start)] {
            let seen = Seen { item: Uuid::from_u128(7), version: 3, span: Span { start, end } };
            assert_eq!(Seen::parse(&seen.to_string()), Some(seen));
            assert_eq!(Seen::parse(&format!("{seen}:1")), None);
        }
        for word in [
            "",
            "x:0:0:",
            "00000000-0000-0000-0000-000000000007:0",
            "00000000-0000-0000-0000-000000000007:0:z:",
        ] {
            assert_eq!(Seen::parse(word), None);
        }
    }
}
