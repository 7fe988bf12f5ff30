//! Webhooks: what happened, told to other programs. Who may be reached ([`address`], [`network`]), what for ([`choice`]), how it
//! is signed ([`signature`]), and when it is tried again ([`retry`]).

pub mod address;
pub mod choice;
pub mod network;
pub mod retry;
pub mod signature;

/// How an event is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Everything the audit says, as JSON.
    Json,
    /// A message for Slack, or what takes the same.
    Slack,
    /// A card for Microsoft Teams.
    Teams,
}

impl Format {
    /// All, in the order of the form.
    pub const ALL: [Format; 3] = [Format::Json, Format::Slack, Format::Teams];

    /// The stable word, as stored.
    pub const fn wire(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Slack => "slack",
            Format::Teams => "teams",
        }
    }

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Format::Json => "JSON for a program",
            Format::Slack => "Slack message",
            Format::Teams => "Microsoft Teams card",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.wire() == word)
    }
}
