//! The preview of a form that asks for access: follows length and start while a person chooses.

use super::zone::Zone;
use leptos::html::P;
use leptos::prelude::*;

/// When access would be on. Stands inside the form; reads its fields `length`, `hours`, `minutes`, `start` and
/// `start_at`. Before it wakes, the ends written in the choices say the same.
#[island]
pub fn EndsAt(
    /// Database time when the page was made, in seconds since 1970.
    now: i64,
    /// Longest allowed, in minutes.
    max: u32,
    /// The reader's zone.
    zone: Zone,
) -> impl IntoView {
    let (said, set_said) = signal(String::new());
    let place = NodeRef::<P>::new();
    Effect::new(move || follow(place, now, max, zone.clone(), set_said));
    view! {
        <p class="ends-at" role="status" node_ref=place>
            {move || said.get()}
        </p>
    }
}

#[cfg(feature = "hydrate")]
fn follow(place: NodeRef<P>, now: i64, max: u32, zone: Zone, set_said: WriteSignal<String>) {
    use super::elapsed;
    use domain::duration::Minutes;
    use leptos::ev;
    use std::time::Duration;
    use wasm_bindgen::JsCast;

    let Some(form) = place.get().and_then(|place| place.closest("form").ok().flatten()) else { return };
    let Ok(form) = form.dyn_into::<web_sys::HtmlFormElement>() else { return };
    let opened = elapsed::now();
    let update = move || {
        let chosen = chosen(&form).unwrap_or_default();
        let now = now + elapsed::seconds_since(opened);
        let text = super::window::preview(&chosen, Minutes(max), now, &zone);
        // Announced only when it changes.
        set_said.maybe_update(|said| {
            let other = *said != text;
            *said = text;
            other
        });
    };
    update();
    let (on_input, on_time) = (update.clone(), update);
    let input = window_event_listener(ev::input, move |_| on_input());
    let ticking = set_interval_with_handle(on_time, Duration::from_secs(15)).ok();
    on_cleanup(move || {
        input.remove();
        ticking.iter().for_each(|ticking| ticking.clear());
    });
}

#[cfg(feature = "hydrate")]
fn chosen(form: &web_sys::HtmlFormElement) -> Option<super::window::Chosen> {
    let fields = web_sys::FormData::new_with_form(form).ok()?;
    let field = |name: &str| fields.get(name).as_string().unwrap_or_default();
    Some(super::window::Chosen {
        length: field("length"),
        hours: field("hours"),
        minutes: field("minutes"),
        start: field("start"),
        start_at: field("start_at"),
    })
}

#[cfg(not(feature = "hydrate"))]
fn follow(_place: NodeRef<P>, _now: i64, _max: u32, _zone: Zone, _set_said: WriteSignal<String>) {}
