//! The two policies of a group.

pub mod fields;
pub mod preview;
pub mod save;
