//! Changes to the whole installation.

pub mod alerts;
pub mod hooks;
pub mod import;
pub mod mail;
