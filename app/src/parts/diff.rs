//! What changes, in words: old with a minus, new with a plus.

use leptos::prelude::*;

/// One setting that changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Which setting.
    pub what: String,
    /// How it was; `None` for something new.
    pub old: Option<String>,
    /// How it will be; `None` for something taken away.
    pub new: Option<String>,
}

/// Everything that changes.
#[component]
pub fn Diff(
    /// The changes.
    changes: Vec<Change>,
) -> impl IntoView {
    let items: Vec<_> = changes
        .into_iter()
        .map(|change| {
            view! {
                <div>
                    <dt>{change.what}</dt>
                    <dd>
                        {change.old.map(|old| view! { <del>{old}</del> })}
                        {change.new.map(|new| view! { <ins>{new}</ins> })}
                    </dd>
                </div>
            }
        })
        .collect();
    view! { <dl class="diff">{items}</dl> }
}
