//! What people see: pages rendered on the server, forms, and the islands that wake up in the browser.
//!
//! The crate is built twice. With `ssr` it is part of the server and holds pages, forms and the bodies of server
//! functions; with `hydrate` it becomes WebAssembly and holds the islands. `docs/add-a-use-case.md` shows how a page
//! with its form is added.

// A page is one type made of all its parts.
#![recursion_limit = "512"]

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("`ssr` and `hydrate` in one build make a server that never answers; see docs/architecture.md");

pub mod api;
pub mod failure;
pub mod forms;
pub mod go;
pub mod islands;

#[cfg(feature = "ssr")]
pub mod ctx;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod parts;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod session;
#[cfg(feature = "ssr")]
pub mod shell;

/// Keeps the islands of this crate in the WebAssembly module: `frontend` calls it once.
pub fn link_islands() {
    islands::link();
}
