//! Calls the server function behind the people picker.

use super::call::call;
use super::people_picker::Purpose;
use crate::api::people::suggest::{Suggest, Suggestion};
use leptos::serde_json;
use server_fn::ServerFn;
use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;

/// The matches for these letters; none if there is no answer.
pub async fn look_up(letters: &str, purpose: &Purpose) -> Vec<Suggestion> {
    match answer(letters, purpose).await {
        Ok(Some(text)) => serde_json::from_str(&text).unwrap_or_default(),
        _ => Vec::new(),
    }
}

async fn answer(letters: &str, purpose: &Purpose) -> Result<Option<String>, JsValue> {
    let fields = UrlSearchParams::new()?;
    fields.append("q", letters);
    if let Some(group) = &purpose.group {
        fields.append("group", group);
    }
    if purpose.groups {
        fields.append("groups", "true");
    }
    call(Suggest::PATH, &fields).await
}
