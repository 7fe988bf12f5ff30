//! The five steps that provisioning on demand shows.

use super::words;

words! {
    /// A step.
    Step {
        #[default] Connect = "connect", "Reach the application";
        Import = "import", "Read the person here";
        Scope = "scope", "In scope?";
        Match = "match", "Find the account";
        Act = "act", "Bring it to what is wanted";
    }
}

/// How a step went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Went {
    /// Well.
    Well,
    /// Not at all: one before it did not go well, or there was nothing to do.
    Skipped,
    /// Badly.
    Badly,
    /// It was a rehearsal: so it would go.
    Would,
}

/// What a step came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken {
    /// Which.
    pub step: Step,
    /// How it went.
    pub went: Went,
    /// What it found or did, one line each.
    pub lines: Vec<String>,
}
