//! Whether a chain is whole: every event as it was written, none missing, none added, none moved, and no tail cut that an
//! [anchor](super::anchor) has seen. Fed row by row, so that a long audit never lies in memory.

use super::anchor::Anchor;
use super::canonical::{Entry, Hash};
use chrono::{DateTime, Utc};

/// An event with its hash, as stored or exported.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// What the hash covers.
    pub entry: Entry,
    /// The hash of the event before, where the source states it. Needed where not every event is there.
    pub previous: Option<Hash>,
    /// Its hash.
    pub hash: Hash,
}

/// What is wrong.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Wrong {
    /// Content, position, or the row before was changed.
    #[error("its hash is not that of its content behind the event before")]
    Hash,
    /// The event before has another hash than this one was chained to.
    #[error("it was chained to another event than the one before it")]
    Previous,
    /// Events are missing in front of it.
    #[error("the event with position {0} is missing")]
    Gap(i64),
    /// It stands where it can't.
    #[error("it comes after the event with position {0}")]
    Order(i64),
    /// Times in the chain never go back.
    #[error("it was chained before the event in front of it")]
    Time,
    /// Somebody wrote an event without chaining it.
    #[error("event {0} is not in the chain")]
    Outside(i64),
    /// The anchor of this position was made for another hash.
    #[error("an anchor says that this event had another hash")]
    Anchored,
    /// An anchor has seen more than there is.
    #[error(
        "events up to this position were anchored, and the last one here is {0}: an older copy, or its end was cut off"
    )]
    Tail(i64),
    /// The anchor of this position was not signed with this key.
    #[error("the signature of the anchor is not right")]
    Signature,
    /// The anchor of this position was signed with another key than that given.
    #[error("the anchor was signed with another key, {0}: if that was ours, give it too")]
    Key(String),
    /// What is said of a sealed part is not true of it.
    #[error("the sealed part up to here: {0}")]
    Seal(String),
    /// It is in a file, and no more where it was looked for.
    #[error("events up to position {0} are sealed: they are in a file and not in the database any more")]
    Sealed(i64),
    /// The beginning is missing.
    #[error("it begins behind position {0}, and nothing says that what was before is sealed")]
    Beginning(i64),
    /// Of several files, one does not go on where the one before ended.
    #[error("the file begins behind another event than the last one of the file before")]
    Joint,
    /// The source says that it holds more or fewer events, or does not come to its end.
    #[error("the file is cut: {0}")]
    Cut(String),
    /// What should be an event can't be read.
    #[error("line {line} can't be read: {what}")]
    Unreadable {
        /// Line of the file, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
}

/// The first thing that is wrong, and where.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}{what}", place(*.position))]
pub struct Fault {
    /// Position in the chain of the bad event; 0 where it has none.
    pub position: i64,
    /// What is wrong.
    pub what: Wrong,
}

fn place(position: i64) -> String {
    if position == 0 { String::new() } else { format!("position {position}: ") }
}

impl Fault {
    /// Something is wrong there.
    pub const fn at(position: i64, what: Wrong) -> Self {
        Self { position, what }
    }
}

/// The end of what was looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// Position of the last event, 0 before the first.
    pub position: i64,
    /// Its hash.
    pub hash: Hash,
    /// When it was chained.
    pub chained_at: Option<DateTime<Utc>>,
}

impl Head {
    /// Before the first event.
    pub const START: Head = Head { position: 0, hash: Hash::ZERO, chained_at: None };
}

/// Looks at one event after the other.
#[derive(Clone, Debug)]
pub struct Verifier {
    head: Head,
    /// Every event has to be there.
    whole: bool,
    /// By position; what was passed is gone.
    anchors: std::collections::VecDeque<Anchor>,
    events: u64,
    anchored: u64,
    /// Position of the last anchor that agreed.
    anchored_to: i64,
}

impl Verifier {
    /// Expects every event behind `head`. Signatures of anchors are looked at apart ([`Anchor::check`]).
    pub fn after(head: Head, anchors: Vec<Anchor>) -> Self {
        Self { whole: true, ..Self::new(head, anchors) }
    }

    /// Expects some of the events, each of which states the hash before it: a gap can't be noticed.
    pub fn selection(anchors: Vec<Anchor>) -> Self {
        Self::new(Head::START, anchors)
    }

    fn new(head: Head, mut anchors: Vec<Anchor>) -> Self {
        anchors.sort_by_key(|anchor| anchor.position);
        Self { head, whole: false, anchors: anchors.into(), events: 0, anchored: 0, anchored_to: 0 }
    }

    /// The same, and an anchor of `head` itself has to agree with it: what was before is not here.
    ///
    /// # Errors
    /// It does not.
    pub fn behind(head: Head, anchors: Vec<Anchor>) -> Result<Self, Fault> {
        let mut verifier = Self::after(head, anchors);
        verifier.pass_anchors()?;
        Ok(verifier)
    }

    /// Looks at the next event.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn take(&mut self, link: &Link) -> Result<(), Fault> {
        let position = link.entry.position;
        let fault = |what| Err(Fault::at(position, what));
        let next = self.head.position + 1;
        if position < next {
            return fault(Wrong::Order(self.head.position));
        }
        if self.whole && position > next {
            return fault(Wrong::Gap(next));
        }
        let before = if position == next { Some(self.head.hash) } else { link.previous };
        let Some(before) = before else { return fault(Wrong::Gap(next)) };
        if link.previous.is_some_and(|previous| previous != before) {
            return fault(Wrong::Previous);
        }
        if link.entry.hash(&before) != link.hash {
            return fault(Wrong::Hash);
        }
        if self.head.chained_at.is_some_and(|before| link.entry.chained_at < before) {
            return fault(Wrong::Time);
        }
        self.head = Head { position, hash: link.hash, chained_at: Some(link.entry.chained_at) };
        self.events += 1;
        self.pass_anchors()
    }

    /// What anchors say of the event that was just looked at; those of events that are not there say nothing.
    fn pass_anchors(&mut self) -> Result<(), Fault> {
        while let Some(anchor) = self.anchors.pop_front_if(|anchor| anchor.position <= self.head.position) {
            if anchor.position == self.head.position {
                if anchor.hash != self.head.hash {
                    return Err(Fault::at(anchor.position, Wrong::Anchored));
                }
                (self.anchored, self.anchored_to) = (self.anchored + 1, anchor.position);
            }
        }
        Ok(())
    }

    /// Says that nothing follows.
    ///
    /// # Errors
    /// An anchor knows of events that are not there.
    pub fn end(&self) -> Result<(), Fault> {
        match self.anchors.back() {
            Some(anchor) if self.whole => Err(Fault::at(anchor.position, Wrong::Tail(self.head.position))),
            _ => Ok(()),
        }
    }

    /// Says that nothing follows here, and more may follow elsewhere: a sealed part ends at an anchor.
    ///
    /// # Errors
    /// Anchors know of later events, and none of this one.
    pub fn end_of_part(&self) -> Result<(), Fault> {
        if self.anchored_to == self.head.position { Ok(()) } else { self.end() }
    }

    /// Where it stands.
    pub const fn head(&self) -> Head {
        self.head
    }

    /// How many events it looked at.
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// How many anchors agreed.
    pub const fn anchored(&self) -> u64 {
        self.anchored
    }
}
