//! Switching own access on and off.

pub mod activate;
pub mod activate_several;
pub mod ask_renewal;
#[cfg(feature = "ssr")]
pub(crate) mod asked;
pub mod break_glass;
pub mod cancel;
pub mod close_review;
pub mod deactivate;
pub mod extend;
pub mod favour;
