//! Time left that goes on: server time plus elapsed time, never the browser's idea of what time it is.

use super::words::length;
use leptos::html::P;
use leptos::prelude::*;

/// Seconds from which on an end is near.
const SOON: i64 = 30 * 60;

/// How long something is still on, when it ends, and how much of it is gone.
#[island]
pub fn Countdown(
    /// What ends.
    what: String,
    /// Seconds left when the page was made.
    left: i64,
    /// Seconds from start to end.
    whole: i64,
    /// The end in words.
    ends: String,
    /// The end for machines.
    iso: String,
) -> impl IntoView {
    let (now_left, set_left) = signal(left);
    let (said, set_said) = signal(String::new());
    let place = NodeRef::<P>::new();
    Effect::new(move || tick(place, left, what.clone(), set_left, set_said));

    let soon = move || (1..=SOON).contains(&now_left.get());
    let over = move || now_left.get() <= 0;
    view! {
        <p node_ref=place class=move || if soon() { "left-time soon" } else { "left-time" }>
            <b data-now="">{move || words(now_left.get())}</b>
            <span>
                <span data-now="">{move || if over() { "ended " } else { "ends " }}</span>
                <time datetime=iso>{ends}</time>
            </span>
        </p>
        <progress
            class=move || if soon() { "soon" } else { "" }
            max=(whole / 60).max(1).to_string()
            value=move || (now_left.get().max(0) / 60).to_string()
            hidden=over
            aria-label=format!("Time left of {}", length(whole))
        ></progress>
        <span class="vh" role="status" data-now="">
            {move || said.get()}
        </span>
    }
}

/// "1 h 12 min left", or "Ended".
fn words(left: i64) -> String {
    if left > 0 { format!("{} left", length(left)) } else { "Ended".to_owned() }
}

#[cfg(feature = "hydrate")]
fn tick(
    place: NodeRef<P>,
    start: i64,
    what: String,
    set_left: WriteSignal<i64>,
    set_said: WriteSignal<String>,
) {
    use super::elapsed;
    use super::words::announcement;
    use std::time::Duration;
    let opened = elapsed::now();
    let before = StoredValue::new(start);
    let running = StoredValue::new(None::<IntervalHandle>);
    let ticking = set_interval_with_handle(
        move || {
            // a live page put another one in its place
            if place.get_untracked().is_none_or(|place| !place.is_connected()) {
                running.get_value().iter().for_each(IntervalHandle::clear);
                return;
            }
            let left = start - elapsed::seconds_since(opened);
            if let Some(text) = announcement(&what, before.get_value(), left) {
                set_said.set(text);
            }
            if before.get_value() > 0 && left <= 0 {
                look_again();
            }
            before.set_value(left);
            set_left.set(left);
        },
        Duration::from_secs(1),
    );
    running.set_value(ticking.ok());
}

/// A live page looks what is so now that the time is over (`crates/xtask/src/live.js`).
#[cfg(feature = "hydrate")]
fn look_again() {
    if let Ok(look) = web_sys::Event::new("look") {
        // nobody cancels it
        let _ = window().dispatch_event(&look);
    }
}

#[cfg(not(feature = "hydrate"))]
fn tick(
    _place: NodeRef<P>,
    _start: i64,
    _what: String,
    _set_left: WriteSignal<i64>,
    _set_said: WriteSignal<String>,
) {
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn the_words_end_with_the_time() {
        assert_eq!(words(4_320), "1\u{a0}h\u{a0}12\u{a0}min left");
        assert_eq!(words(1), "1\u{a0}s left");
        assert_eq!(words(0), "Ended");
        assert_eq!(words(-3), "Ended");
    }
}
