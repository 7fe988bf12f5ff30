//! The site as browsers meet it: the real router on a real database, one database per test. One file per area; the
//! people and their browsers are in `actors.rs`.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on has failed")]

mod access;
mod access_reviews;
mod account;
mod actors;
mod alerts;
mod approvals;
mod audit;
mod behalf;
mod bulk;
mod crawl;
mod directory;
mod forms;
mod glass;
mod groups;
mod guarded;
mod headers;
mod hooks;
mod import;
mod insights;
mod live;
mod looking;
mod mail;
mod matrix;
mod measure;
mod nesting;
mod renewals;
mod sessions;
mod several;
mod sign_in;
