//! Reads: one file per page or report.

pub mod account;
pub mod frame;
pub mod who;
