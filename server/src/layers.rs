//! What is done to every request and answer, one concern per file. `router.rs` puts them in order.

pub mod calm;
pub mod csrf;
pub mod guard;
pub mod headers;
pub mod measure;
pub mod peer;
pub mod trace;
