//! The few places where the browser runs our code. Each works without it: what an island shows first is what the
//! server wrote, and every form inside one is a plain form.

#[cfg(feature = "hydrate")]
mod call;
pub mod countdown;
pub mod counter;
#[cfg(feature = "hydrate")]
mod elapsed;
pub mod ends_at;
pub mod face;
#[cfg(feature = "hydrate")]
mod look_up;
pub mod people_picker;
pub mod policy_review;
pub mod window;
pub mod words;
pub mod zone;

/// Named by the browser's start-up code, so that the linker keeps this crate's islands in the module.
pub fn link() {}
