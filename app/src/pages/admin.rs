//! Pages about the whole installation.

pub mod alerts;
pub mod applications;
pub mod hooks;
pub mod import;
pub mod mail;
