//! Assigning many at once: several people to several targets, or a sheet with a line for each assignment. Both become
//! [`Line`]s; [`crate::act::assign_many`] says what would come of each, and then does it.

pub mod read;
pub mod report;
pub(crate) mod resolve;

use domain::assignment::Wanted;
use domain::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// Most assignments in one go.
pub const MOST_LINES: usize = 500;

/// One assignment as somebody wrote it down.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its row in the sheet as spreadsheets number them; lines made from lists are counted.
    pub number: usize,
    /// To whom: user name, mail address, key of a group, or id.
    pub who: String,
    /// What: `key.member`, `key.owner`, `role.role`.
    pub what: String,
    /// Kind, window, reason; or what is wrong with them as written.
    pub wanted: Result<Wanted, Unread>,
}

/// What can't be read, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Unread {
    /// As written: a file that is to be mended has it still.
    pub cells: Cells,
    /// Everything that is wrong.
    pub refusals: Vec<Refusal>,
}

/// What a line says besides who and what, as written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cells {
    /// Eligible or active.
    pub kind: String,
    /// From when on.
    pub start: String,
    /// Until when.
    pub end: String,
    /// Justification.
    pub reason: String,
}
