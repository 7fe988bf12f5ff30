//! Sentences with moments and names in them, kept apart so that the page can show a moment in the reader's zone and
//! isolate a stranger's name from the words around it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A piece of a sentence.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// Our own words.
    Words(String),
    /// A moment, shown in the reader's zone.
    At(DateTime<Utc>),
    /// Somebody else's text: a name, a ticket. Never markup, never a link.
    Name(String),
}

/// A sentence of our own, ready to be rendered.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub Vec<Piece>);

impl Text {
    /// Starts a sentence.
    pub fn say(words: impl Into<String>) -> Self {
        Self(vec![Piece::Words(words.into())])
    }

    /// Goes on with words of ours.
    pub fn then(mut self, words: impl Into<String>) -> Self {
        self.0.push(Piece::Words(words.into()));
        self
    }

    /// Goes on with a moment.
    pub fn at(mut self, moment: DateTime<Utc>) -> Self {
        self.0.push(Piece::At(moment));
        self
    }

    /// Goes on with a stranger's text.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.0.push(Piece::Name(name.into()));
        self
    }

    /// Goes on with up to three names and "and n more", as everywhere in the product.
    pub fn names(mut self, names: &[String]) -> Self {
        let shown = names.len().min(3);
        for (index, name) in names.iter().take(shown).enumerate() {
            if index > 0 {
                let last = index + 1 == names.len();
                self.0.push(Piece::Words(if last { " and ".into() } else { ", ".into() }));
            }
            self.0.push(Piece::Name(name.clone()));
        }
        if names.len() > shown {
            self.0.push(Piece::Words(format!(" and {} more", names.len() - shown)));
        }
        self
    }
}

/// For logs and the audit: moments in UTC.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Words(text) | Piece::Name(text) => f.write_str(text)?,
                Piece::At(moment) => write!(f, "{}", moment.format("%Y-%m-%d %H:%M UTC"))?,
            }
        }
        Ok(())
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Self {
        Self::say(words)
    }
}
