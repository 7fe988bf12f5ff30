//! Tells open pages to look again.
//!
//! Every transition writes its audit row in its own transaction, so the audit is also the list of what changed: [`Feed`]
//! reads on in it, and [`told`] says whom something concerns. Whoever is told looks at her page again, by the ordinary
//! way with the ordinary checks; nothing of what changed is sent. What applications answered is no event: [`Followed`] looks for it.
//!
//! PostgreSQL's NOTIFY is not used, because it lets only one transaction at a time commit (`docs/decisions/0007`).

mod concern;
mod feed;
mod followed;

pub use concern::{Watcher, told};
pub use feed::{Feed, Found, MOST, since};
pub use followed::Followed;
