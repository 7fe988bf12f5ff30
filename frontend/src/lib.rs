//! Wakes the islands.
#![cfg(target_arch = "wasm32")]
