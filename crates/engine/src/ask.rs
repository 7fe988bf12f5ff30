//! Reads: one file per page or report.

pub mod frame;
pub mod who;
