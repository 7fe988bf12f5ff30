//! Time that has passed, on a clock that only goes forward: what the browser thinks the date is does not matter.

use leptos::prelude::window;

/// Milliseconds since the page was opened.
#[must_use]
pub fn now() -> f64 {
    window().performance().map_or_else(js_sys::Date::now, |clock| clock.now())
}

/// Whole seconds since that moment: an end is never reached before its time.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "seconds since a page was opened fit")]
pub fn seconds_since(moment: f64) -> i64 {
    ((now() - moment) / 1000.0) as i64
}
