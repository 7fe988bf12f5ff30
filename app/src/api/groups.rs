//! What managers do with the assignments of a group.

pub mod activate_for;
pub mod assign;
pub mod change;
pub mod decide_renewal;
pub mod remove;
#[cfg(feature = "ssr")]
pub mod typed;
