//! The WebAssembly module. The loader (`crates/xtask/src/boot.js`) calls [`hydrate`], then wakes each island.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen::prelude::wasm_bindgen;

/// Prepares the framework for the islands on the page.
#[wasm_bindgen]
pub fn hydrate() {
    app::link_islands();
    leptos::mount::hydrate_islands();
}
