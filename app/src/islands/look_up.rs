//! Calls the server function behind the people picker. By hand: the generated client would bring reading every kind of
//! failure, dates included, into the browser (40 kB compressed), and a picker shows none of them.

use super::people_picker::Purpose;
use crate::api::people::suggest::{Suggest, Suggestion};
use leptos::prelude::window;
use leptos::serde_json;
use server_fn::ServerFn;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response, UrlSearchParams};

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
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_body(&fields);
    let response = JsFuture::from(window().fetch_with_str_and_init(Suggest::PATH, &request)).await?;
    let response: Response = response.dyn_into()?;
    if !response.ok() {
        return Ok(None);
    }
    Ok(JsFuture::from(response.text()?).await?.as_string())
}
