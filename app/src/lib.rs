//! What people see.

pub mod islands;
#[cfg(feature = "ssr")]
pub mod parts;

/// Keeps the islands of this crate in the WebAssembly module: `frontend` calls it once.
pub fn link_islands() {
    islands::link();
}
