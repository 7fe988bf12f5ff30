//! Forms with files: turned into forms without, so that everything behind is the same for both. The text of a file in the
//! field `sheet_file` takes the place of what was typed into the field `sheet`.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use encoding_rs::WINDOWS_1252;
use http::{HeaderValue, StatusCode, header};

/// What the name of a field for a file ends with.
const FILE: &str = "_file";

/// Gives a form with files on as one without; other requests go on as they are.
pub async fn as_fields(request: Request, next: Next) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    // the page's own limit is around this: only what is too large, or breaks off, fails here
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let whole = Request::from_parts(parts.clone(), Body::from(body));
    let fields = match Multipart::from_request(whole, &()).await {
        Ok(parts) => fields(parts).await,
        Err(refused) => return refused.into_response(),
    };
    let Ok(fields) = fields else { return StatusCode::BAD_REQUEST.into_response() };
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    parts.headers.insert(header::CONTENT_TYPE, form);
    parts.headers.remove(header::CONTENT_LENGTH);
    next.run(Request::from_parts(parts, Body::from(fields))).await
}

async fn fields(mut parts: Multipart) -> Result<String, axum::extract::multipart::MultipartError> {
    let (mut typed, mut files) = (Vec::new(), Vec::new());
    while let Some(part) = parts.next_field().await? {
        let name = part.name().unwrap_or_default().to_owned();
        let text = text(&part.bytes().await?);
        match name.strip_suffix(FILE) {
            Some(_) if text.is_empty() => {}
            Some(field) => files.push((field.to_owned(), text)),
            None => typed.push((name, text)),
        }
    }
    typed.retain(|(name, _)| files.iter().all(|(field, _)| field != name));
    Ok(form_urlencoded::Serializer::new(String::new()).extend_pairs(typed).extend_pairs(files).finish())
}

/// Text as spreadsheets save it: UTF-8, or what Windows calls ANSI in most of Europe and America.
fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => WINDOWS_1252.decode(bytes).0.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_file_is_read_in_the_encodings_that_spreadsheets_save() {
        assert_eq!(text("Søren".as_bytes()), "Søren");
        assert_eq!(text(b"S\xf8ren"), "Søren");
    }
}
