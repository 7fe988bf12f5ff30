//! How many characters of a text are left. Without scripts it only says how many there may be.

use super::words::number;
use leptos::prelude::*;

/// "876 of 1,000 characters left".
#[must_use]
pub fn left(max: u32, used: u32) -> String {
    if used > max {
        format!("{} characters too many", number(i64::from(used - max)))
    } else {
        format!("{} of {} characters left", number(i64::from(max - used)), number(i64::from(max)))
    }
}

/// The counter under a field of several lines.
#[island]
pub fn Counter(
    /// Its own id, which the field is described by.
    id: String,
    /// Id of the field.
    of: String,
    /// Most characters.
    max: u32,
) -> impl IntoView {
    let (count, set_count) = signal(None);
    Effect::new(move || watch(&of, set_count));
    view! {
        <p class="counter" id=id>
            {move || match count.get() {
                Some(used) => left(max, used),
                None => format!("At most {} characters", number(i64::from(max))),
            }}
        </p>
    }
}

/// Follows what is typed, from the browser's own count on (it counts as `maxlength` does, in UTF-16 units).
#[cfg(feature = "hydrate")]
fn watch(field: &str, set_count: WriteSignal<Option<u32>>) {
    use leptos::ev::input;
    use wasm_bindgen::JsCast;
    let area = document()
        .get_element_by_id(field)
        .and_then(|element| element.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
    if let Some(area) = area {
        let length = |area: &web_sys::HtmlTextAreaElement| area.text_length();
        set_count.set(Some(length(&area)));
        let typed = area.clone();
        leptos::prelude::window_event_listener(input, move |_| set_count.set(Some(length(&typed))));
    }
}

#[cfg(not(feature = "hydrate"))]
fn watch(_field: &str, _set_count: WriteSignal<Option<u32>>) {}

#[cfg(test)]
mod tests {
    use super::left;

    #[test]
    fn the_counter_says_what_is_left_or_too_much() {
        assert_eq!(left(1000, 124), "876 of 1,000 characters left");
        assert_eq!(left(1000, 1120), "120 characters too many");
    }
}
