//! Switching own access on and off.

pub mod activate;
#[cfg(feature = "ssr")]
mod asked;
pub mod cancel;
pub mod deactivate;
pub mod extend;
