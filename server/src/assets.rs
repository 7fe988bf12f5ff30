//! Built files: names with a hash of the content, compressed beforehand, kept by browsers for ever.

use axum::Router;
use http::{HeaderValue, header};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use tower::ServiceBuilder;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

/// A file of this name may be kept for ever, because other content gets another name.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// The icons keep their names.
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// Reads which file is served where, as the build wrote it: lines of `name path`.
///
/// # Errors
/// When the file is missing or not readable.
pub fn manifest(site_dir: &Path) -> io::Result<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(site_dir.join("manifest.txt"))?;
    let pairs = text.lines().filter_map(|line| line.split_once(' '));
    Ok(pairs.map(|(name, path)| (name.to_owned(), path.trim().to_owned())).collect())
}

/// Serves the built files and the icons.
pub fn routes(site_dir: &Path) -> Router {
    let pkg = ServeDir::new(site_dir.join("pkg")).precompressed_br().precompressed_gzip();
    let pkg = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, ok(FOR_EVER)))
        .service(pkg);
    let icon = |name: &str| {
        let keep = SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, ok(A_DAY));
        ServiceBuilder::new().layer(keep).service(ServeFile::new(site_dir.join(name)))
    };
    Router::new()
        .nest_service("/pkg", pkg)
        .route_service("/favicon.svg", icon("favicon.svg"))
        .route_service("/favicon.ico", icon("favicon.ico"))
}

/// Only files that were found may be kept; a missing one may appear with the next build.
fn ok<B>(value: HeaderValue) -> impl Fn(&http::Response<B>) -> Option<HeaderValue> + Clone {
    move |response| {
        (response.status().is_success() || response.status().as_u16() == 304).then(|| value.clone())
    }
}
