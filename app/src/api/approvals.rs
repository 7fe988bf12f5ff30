//! Deciding on requests.

pub mod decide;
