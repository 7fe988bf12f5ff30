//! Where a request stands in a person's words: its state joined with what became of the access.

use std::fmt;

/// Where a request stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stand {
    /// Waits for an answer.
    Waiting,
    /// Granted, starts later.
    Planned,
    /// On now.
    On,
    /// Was on.
    Over,
    /// Done at once: given back, or an assignment extended or renewed.
    Done,
    /// Somebody said no.
    Denied,
    /// Taken back.
    Cancelled,
    /// Nobody answered in time, or its window passed.
    Lapsed,
    /// The system closed it.
    Closed,
}

impl Stand {
    /// All of them, in the order filters offer them.
    pub const ALL: [Stand; 9] = [
        Stand::Waiting,
        Stand::Planned,
        Stand::On,
        Stand::Over,
        Stand::Done,
        Stand::Denied,
        Stand::Cancelled,
        Stand::Lapsed,
        Stand::Closed,
    ];

    /// The word in addresses and in [`SQL`].
    pub const fn word(self) -> &'static str {
        match self {
            Stand::Waiting => "waiting",
            Stand::Planned => "planned",
            Stand::On => "on",
            Stand::Over => "over",
            Stand::Done => "done",
            Stand::Denied => "denied",
            Stand::Cancelled => "cancelled",
            Stand::Lapsed => "lapsed",
            Stand::Closed => "closed",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stand| stand.word() == word)
    }
}

/// A word that is none of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownStand(String);

impl fmt::Display for UnknownStand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no such state: {}", self.0)
    }
}

impl std::error::Error for UnknownStand {}

impl TryFrom<String> for Stand {
    type Error = UnknownStand;

    fn try_from(word: String) -> Result<Self, UnknownStand> {
        Self::parse(&word).ok_or(UnknownStand(word))
    }
}

/// The word, from requests `r` and assignments `a` that came of them. One that lapsed has lapsed, whether or not that
/// was written down.
pub(crate) const SQL: &str = "case \
    when r.status in ('PendingApproval', 'PendingAdminDecision') \
      then case when r.deadline_at > clock() then 'waiting' else 'lapsed' end \
    when r.status in ('Denied', 'AdminDenied') then 'denied' when r.status = 'AdminApproved' then 'done' \
    when r.status = 'Granted' then 'planned' when r.status = 'Canceled' then 'cancelled' \
    when r.status = 'TimedOut' then 'lapsed' when r.status = 'Revoked' then 'closed' \
    else case when r.action = 'selfDeactivate' then 'done' when a.ends_at > clock() then 'on' else 'over' end end";
