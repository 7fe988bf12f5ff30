//! What the policy form would do, kept up while somebody types. Before it wakes, "Review changes" shows the same.

use leptos::prelude::*;

/// Id of the form.
pub const FORM: &str = "policy";
/// Id of what is said of it.
pub const SAID: &str = "would";

/// Shows nothing itself, and takes nothing: both would weigh more than what it does.
#[island]
pub fn PolicyReview() -> impl IntoView {
    Effect::new(follow);
}

/// Looks at the form every now and then, and asks when it has come to rest as something else. Listening to it instead
/// would miss the people that are picked, and weigh more.
#[cfg(feature = "hydrate")]
fn follow() {
    use leptos::task::spawn_local;
    use std::cell::RefCell;
    use std::rc::Rc;
    use std::time::Duration;
    use wasm_bindgen::JsCast;

    let found = |id| document().get_element_by_id(id);
    let (Some(form), Some(place)) = (found(FORM), found(SAID)) else { return };
    let Ok(form) = form.dyn_into::<web_sys::HtmlFormElement>() else { return };
    let text = |fields: &web_sys::UrlSearchParams| String::from(fields.to_string());
    let first = draw::typed(&form).map(|fields| text(&fields)).unwrap_or_default();
    let (seen, asked) = (RefCell::new(first.clone()), Rc::new(RefCell::new(first)));
    let look = move || {
        let Some(fields) = draw::typed(&form) else { return };
        let now = text(&fields);
        let rests = seen.replace(now.clone()) == now;
        if !rests || *asked.borrow() == now {
            return;
        }
        asked.replace(now.clone());
        let (asked, place) = (asked.clone(), place.clone());
        spawn_local(async move {
            let answer = draw::ask(&fields).await;
            // an answer to an older form is dropped
            if let Some(would) = answer.filter(|_| *asked.borrow() == now) {
                drop(draw::show(&place, &would));
            }
        });
    };
    if let Ok(looking) = set_interval_with_handle(look, Duration::from_millis(300)) {
        on_cleanup(move || looking.clear());
    }
}

#[cfg(not(feature = "hydrate"))]
fn follow() {}

/// Made of elements and texts one by one: no markup is ever read from an answer.
#[cfg(feature = "hydrate")]
mod draw {
    use crate::api::policies::preview::{AFFECTED, Consequences, PAST, PreviewPolicy, REFUSED};
    use crate::islands::call::call;
    use leptos::prelude::document;
    use leptos::serde_json;
    use server_fn::ServerFn;
    use wasm_bindgen::JsValue;
    use web_sys::{Element, FormData, HtmlFormElement, UrlSearchParams};

    /// What stands in the form, but for the code: it is nobody's business before it is used.
    pub fn typed(form: &HtmlFormElement) -> Option<UrlSearchParams> {
        let typed = FormData::new_with_form(form).ok()?;
        let fields = UrlSearchParams::new_with_str_sequence_sequence(typed.as_ref()).ok()?;
        fields.delete("code");
        Some(fields)
    }

    /// What it would do; nothing if there is no answer.
    pub async fn ask(fields: &UrlSearchParams) -> Option<Consequences> {
        let answer = call(PreviewPolicy::PATH, fields).await.ok()??;
        serde_json::from_str(&answer).ok()
    }

    /// Puts it in the place of what stood there.
    pub fn show(place: &Element, would: &Consequences) -> Result<(), JsValue> {
        place.set_text_content(None);
        if would.changes.is_empty() {
            put(place, "p", "sm muted", "Nothing changes.")?;
        } else {
            let list = put(place, "dl", "diff", "")?;
            for [setting, old, new] in &would.changes {
                let row = put(&list, "div", "", "")?;
                put(&row, "dt", "", setting)?;
                let both = put(&row, "dd", "", "")?;
                put(&both, "del", "", old)?;
                put(&both, "ins", "", new)?;
            }
        }
        if !would.refusals.is_empty() {
            let told = flash(place, "flash bad")?;
            put(&put(&told, "p", "", "")?, "strong", "", REFUSED)?;
            for text in &would.refusals {
                put(&told, "p", "", text)?;
            }
        }
        for text in &would.warnings {
            put(&flash(place, "flash wait")?, "p", "", text)?;
        }
        for (heading, texts) in [(AFFECTED, &would.affected), (PAST, &would.past)] {
            let part = put(place, "div", "stack tight sm", "")?;
            put(&part, "h3", "", heading)?;
            for text in texts {
                put(&part, "p", "", text)?;
            }
        }
        Ok(())
    }

    fn flash(into: &Element, class: &str) -> Result<Element, JsValue> {
        put(&put(into, "div", class, "")?, "div", "", "")
    }

    fn put(into: &Element, tag: &str, class: &str, text: &str) -> Result<Element, JsValue> {
        let made = document().create_element(tag)?;
        made.set_class_name(class);
        made.set_text_content(Some(text));
        into.append_child(&made)?;
        Ok(made)
    }
}
