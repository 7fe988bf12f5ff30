//! Access reviews: planned and ended by who manages a group, decided by reviewers.

pub mod approve_recommended;
pub mod decide;
pub mod manage;
pub mod plan;
