//! Live pages: open pages are told to look again when something that concerns their reader was written down, by whichever
//! server. One task per server reads on in the audit ([`Hub::run`]) and tells the streams of this server ([`stream`]).
//!
//! A stream has no rights: it never says what changed. The page asks again by its own address, as any visitor would.

mod hub;
pub mod stream;

pub use hub::{Full, Heard, Hub};
