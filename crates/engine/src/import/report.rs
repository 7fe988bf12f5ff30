//! What an import did or would do, per object, for people to read before they say yes.

use domain::refusal::Refusal;
use domain::text::Text;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a line is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Thing {
    /// A person.
    Person,
    /// A group.
    Group,
    /// A membership.
    Member,
    /// An ownership.
    Owner,
    /// A directory role held.
    Role,
    /// A file, or something in it that is nothing of the above.
    File,
}

impl Thing {
    /// All, in the order of a report.
    pub const ALL: [Thing; 6] =
        [Thing::Person, Thing::Group, Thing::Member, Thing::Owner, Thing::Role, Thing::File];

    /// As people read it, more than one.
    pub const fn words(self) -> &'static str {
        match self {
            Thing::Person => "People",
            Thing::Group => "Groups",
            Thing::Member => "Memberships",
            Thing::Owner => "Ownerships",
            Thing::Role => "Directory roles",
            Thing::File => "Files",
        }
    }
}

/// What happens to it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Outcome {
    /// New here.
    Created,
    /// Different from before.
    Changed,
    /// No longer in the directory.
    Ended,
    /// As it was.
    Unchanged,
    /// Left as it is on purpose, and why.
    Skipped,
    /// Can't be, and why.
    Refused,
}

impl Outcome {
    /// All, in the order of a report.
    pub const ALL: [Outcome; 6] = [
        Outcome::Created,
        Outcome::Changed,
        Outcome::Ended,
        Outcome::Unchanged,
        Outcome::Skipped,
        Outcome::Refused,
    ];

    /// As people read it; also the stable word in the audit.
    pub const fn words(self) -> &'static str {
        match self {
            Outcome::Created => "created",
            Outcome::Changed => "changed",
            Outcome::Ended => "ended",
            Outcome::Unchanged => "unchanged",
            Outcome::Skipped => "skipped",
            Outcome::Refused => "refused",
        }
    }
}

/// One object, and what happens to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// What it is.
    pub thing: Thing,
    /// What happens.
    pub outcome: Outcome,
    /// Its name, or its id when it has none. Somebody else's text.
    pub name: String,
    /// Its id in the directory.
    pub id: Option<Uuid>,
    /// Why, or what changes.
    pub why: Vec<Text>,
}

impl Line {
    /// A line.
    pub fn new(thing: Thing, outcome: Outcome, name: impl Into<String>, id: Option<Uuid>) -> Self {
        Self { thing, outcome, name: name.into(), id, why: Vec::new() }
    }

    /// With a reason or a change.
    pub fn because(mut self, why: impl Into<Text>) -> Self {
        self.why.push(why.into());
        self
    }

    /// Refused, and why.
    pub fn refused(thing: Thing, name: impl Into<String>, id: Option<Uuid>, why: Vec<Refusal>) -> Self {
        Self {
            thing,
            outcome: Outcome::Refused,
            name: name.into(),
            id,
            why: why.into_iter().map(with_field).collect(),
        }
    }
}

/// The attribute a refusal is about stands in front of its sentence.
fn with_field(refusal: Refusal) -> Text {
    match refusal.field {
        None => refusal.text,
        Some(field) => {
            let mut text = Text::say(format!("{field}: "));
            text.0.extend(refusal.text.0);
            text
        }
    }
}

/// The whole report.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Everything but what stays unchanged.
    pub lines: Vec<Line>,
    counts: BTreeMap<(Thing, Outcome), usize>,
}

impl Report {
    /// Adds a line; what stays unchanged is only counted.
    pub fn add(&mut self, line: Line) {
        *self.counts.entry((line.thing, line.outcome)).or_default() += 1;
        if line.outcome != Outcome::Unchanged {
            self.lines.push(line);
        }
    }

    /// Counts one more thing that stays as it is.
    pub fn unchanged(&mut self, thing: Thing) {
        *self.counts.entry((thing, Outcome::Unchanged)).or_default() += 1;
    }

    /// How many of a kind.
    pub fn count(&self, thing: Thing, outcome: Outcome) -> usize {
        self.counts.get(&(thing, outcome)).copied().unwrap_or_default()
    }

    /// How many, over all kinds.
    pub fn total(&self, outcome: Outcome) -> usize {
        Thing::ALL.iter().map(|thing| self.count(*thing, outcome)).sum()
    }

    /// Whether anything would be written.
    pub fn changes_something(&self) -> bool {
        [Outcome::Created, Outcome::Changed, Outcome::Ended].iter().any(|outcome| self.total(*outcome) > 0)
    }

    /// The lines of one outcome.
    pub fn of(&self, outcome: Outcome) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.outcome == outcome)
    }

    /// Stands for exactly this report: what was confirmed is compared with what would happen now.
    pub fn digest(&self) -> String {
        let hash = Sha256::digest(format!("{:?}{:?}", self.lines, self.counts).as_bytes());
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
