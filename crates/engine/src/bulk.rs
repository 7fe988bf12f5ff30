//! Assigning many at once: several people to several targets, or a sheet with a line for each assignment. Both become
//! [`Line`]s; [`crate::act::assign_many`] says what would come of each, and then does it.

pub mod read;
pub mod report;
pub(crate) mod resolve;

use domain::assignment::Wanted;
use domain::refusal::Refusal;

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
    pub wanted: Result<Wanted, Vec<Refusal>>,
}
