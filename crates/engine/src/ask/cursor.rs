//! Where a list page goes on: the last row's sort key and id, opaque to the reader and safe to forge, since it only
//! says where to begin among rows that are filtered again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Writes a position into an address.
pub fn write(position: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(position).unwrap_or_default())
}

/// Reads a position; anything that can't be read begins at the first page.
pub fn read<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(word).ok()?).ok()
}
