//! Reads: one file per page or report.
