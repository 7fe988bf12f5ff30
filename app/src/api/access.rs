//! Switching own access on and off.

pub mod activate;
pub mod ask_renewal;
#[cfg(feature = "ssr")]
mod asked;
pub mod cancel;
pub mod deactivate;
pub mod extend;
