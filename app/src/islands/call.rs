//! Calls a server function. By hand: the generated client would bring reading every kind of failure, dates included,
//! into the browser (40 kB compressed), and no island shows one.

use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response, UrlSearchParams};

/// The answer to these fields, if it is one.
pub async fn call(path: &str, fields: &UrlSearchParams) -> Result<Option<String>, JsValue> {
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_body(fields);
    let response = JsFuture::from(window().fetch_with_str_and_init(path, &request)).await?;
    let response: Response = response.dyn_into()?;
    if !response.ok() {
        return Ok(None);
    }
    Ok(JsFuture::from(response.text()?).await?.as_string())
}
