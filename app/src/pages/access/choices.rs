//! How long: the choices of a form, each with its own end, and another length in hours and minutes.

use crate::parts::prelude::*;
use crate::parts::spans::Span;
use domain::activation::Offer;
use domain::duration::Minutes;
use leptos::prelude::*;

/// The choice of a length.
#[component]
pub fn Lengths(
    /// What is offered.
    offers: Vec<Offer>,
    /// What is chosen on a first visit.
    usual: Minutes,
    /// Longest of all.
    max: Minutes,
    /// Zone and start of counting.
    hint: String,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    let listed = offers.iter().any(|offer| offer.length == usual);
    let value = if listed { String::from(usual) } else { "other".to_owned() };
    let (hours, minutes) = if listed {
        (String::new(), String::new())
    } else {
        ((usual.0 / 60).to_string(), (usual.0 % 60).to_string())
    };
    let choices = offers.iter().map(|offer| choice(offer, clock)).chain([another(max)]).collect();
    view! {
        <Spans choices value hint>
            <TextField name="hours" label="Hours" kind="number" class="w-xs" inputmode="numeric" value=hours />
            <TextField
                name="minutes"
                label="Minutes"
                kind="number"
                class="w-xs"
                inputmode="numeric"
                value=minutes
            />
        </Spans>
    }
}

fn choice(offer: &Offer, clock: Clock) -> Span {
    let end = offer.span.end.map(|end| clock.short(end)).unwrap_or_default();
    let ends = if offer.cut { format!("cut, ends {end}") } else { format!("ends {end}") };
    Span { value: String::from(offer.length), length: offer.length.words(), ends }
}

fn another(max: Minutes) -> Span {
    Span { value: "other".to_owned(), length: "Another".to_owned(), ends: format!("up to {}", max.words()) }
}
