//! What a webhook tells of: whole kinds of events, with what a later version adds to them, or single ones.

use crate::audit::{Class, Event};
use crate::refusal::{Code, Refusal};

/// The word for anchors of the audit.
pub const ANCHOR: &str = "audit-anchor";
/// The word of a test.
pub const TEST: &str = "test";
/// Before the word of a whole kind.
const WHOLE: &str = "all-";

/// One thing that can be chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Topic {
    /// All events of a kind.
    Class(Class),
    /// One event.
    Event(Event),
    /// The signed ends of the audit.
    Anchor,
}

impl Topic {
    /// The stable word, as stored.
    pub fn wire(self) -> String {
        match self {
            Topic::Class(class) => format!("{WHOLE}{}", class.wire()),
            Topic::Event(event) => event.wire().to_owned(),
            Topic::Anchor => ANCHOR.to_owned(),
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        match word.strip_prefix(WHOLE) {
            Some(class) => Class::parse(class).map(Topic::Class),
            None if word == ANCHOR => Some(Topic::Anchor),
            None => Event::parse(word).map(Topic::Event),
        }
    }

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Topic::Class(class) => class.words(),
            Topic::Event(event) => event.words(),
            Topic::Anchor => "Anchors of the audit",
        }
    }
}

/// Reads what was ticked. Events whose whole kind is ticked too are not kept.
///
/// # Errors
/// Nothing is ticked, or something that this version does not know.
pub fn read(ticked: &[String], field: &str) -> Result<Vec<Topic>, Refusal> {
    let known: Option<Vec<Topic>> = ticked.iter().map(|word| Topic::parse(word)).collect();
    let Some(known) = known else {
        return Err(Refusal::new(Code::BadInput, "One of these events is not known here.").at(field));
    };
    let covered = |topic: &Topic| match topic {
        Topic::Event(event) => known.contains(&Topic::Class(event.class())),
        _ => false,
    };
    let mut kept: Vec<Topic> = Vec::new();
    for topic in known.iter().filter(|topic| !covered(topic)) {
        if !kept.contains(topic) {
            kept.push(*topic);
        }
    }
    if kept.is_empty() {
        return Err(Refusal::new(Code::Missing, "Choose at least one kind of events.").at(field));
    }
    Ok(kept)
}

/// The words of events that these topics hold, as the audit stores them.
pub fn events(topics: &[Topic]) -> Vec<&'static str> {
    let of = |topic: &Topic| -> Vec<&'static str> {
        match topic {
            Topic::Class(class) => class.events().map(Event::wire).collect(),
            Topic::Event(event) => vec![event.wire()],
            Topic::Anchor => Vec::new(),
        }
    };
    topics.iter().flat_map(of).collect()
}
