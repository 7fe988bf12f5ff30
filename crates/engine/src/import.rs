//! Reads what an administrator gets from the reference: Microsoft Graph list answers for users, groups with members and
//! owners, and role assignments.
//!
//! [`read`] turns files into [`record`]s; [`plan`] compares them with [`facts`] of the directory here and says what
//! would change, without touching anything; [`write`] writes a plan. Absence is never an instruction: who or what is
//! not in the files stays as it is; only a list of members that is there says who left.

pub mod facts;
mod field;
pub mod plan;
pub mod read;
pub mod record;
pub mod report;
pub mod write;
