//! Pages about the whole installation.

pub mod import;
pub mod mail;
