//! Changes to the whole installation.

pub mod hooks;
pub mod import;
pub mod mail;
