//! Time that has passed, on a clock that only goes forward: what the browser thinks the date is does not matter.

use leptos::prelude::window;

/// Seconds since the page was opened.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "seconds since a page was opened fit")]
pub fn seconds() -> i64 {
    (window().performance().map_or_else(js_sys::Date::now, |clock| clock.now()) / 1000.0) as i64
}
