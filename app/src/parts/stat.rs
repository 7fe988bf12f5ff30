//! Numbers side by side, and short facts below one another.

use leptos::prelude::*;

/// One number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Number {
    /// What is counted.
    pub label: String,
    /// The number in words.
    pub value: String,
    /// A line under it; may be empty.
    pub note: String,
    /// Where what is counted stands.
    pub href: Option<String>,
}

/// A row of numbers.
#[component]
pub fn Stats(
    /// The numbers.
    numbers: Vec<Number>,
) -> impl IntoView {
    let items: Vec<_> = numbers
        .into_iter()
        .map(|number| {
            let value = match number.href {
                Some(href) => view! { <a href=href>{number.value}</a> }.into_any(),
                None => number.value.into_any(),
            };
            view! {
                <div class="stat">
                    <dt>{number.label}</dt>
                    <dd>{value}</dd>
                    {(!number.note.is_empty()).then(|| view! { <dd>{number.note}</dd> })}
                </div>
            }
        })
        .collect();
    view! { <dl class="card stats">{items}</dl> }
}

/// Label and value pairs.
#[component]
pub fn Facts(
    /// The pairs.
    facts: Vec<(&'static str, AnyView)>,
) -> impl IntoView {
    let items: Vec<_> = facts
        .into_iter()
        .map(|(label, value)| {
            view! {
                <dt>{label}</dt>
                <dd>{value}</dd>
            }
        })
        .collect();
    view! { <dl class="facts">{items}</dl> }
}
