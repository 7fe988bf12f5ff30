//! Finding people while typing: an ARIA combobox over a list of boxes. Without scripts the same list is what the
//! server found for the typed letters.

use super::face::face;
use crate::api::people::suggest::{Suggestion, suggest};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

/// What the picker is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purpose {
    /// Name of the form field that is sent once per picked person.
    pub name: String,
    /// Id of the text field.
    pub id: String,
    /// Only one can be picked.
    pub single: bool,
    /// Key of the group that somebody is picked for.
    pub group: Option<String>,
    /// Whether groups can be picked as well.
    pub groups: bool,
    /// Ids of hint and error.
    pub described_by: Option<String>,
    /// Whether the field takes the focus.
    pub focus: bool,
}

/// How long typing must rest before anything is asked.
const REST: std::time::Duration = std::time::Duration::from_millis(150);

/// Boxes for what is picked and found, the text field, and its list.
#[island]
pub fn PeoplePicker(
    /// What it is for.
    purpose: Purpose,
    /// Shown as boxes at first: picked ones, and what the server found for the typed letters.
    shown: Vec<(Suggestion, bool)>,
    /// The letters typed before.
    typed: String,
) -> impl IntoView {
    let Purpose { name, id, single, group, groups, described_by, focus } = purpose;
    let boxes = RwSignal::new(shown);
    let text = RwSignal::new(typed.clone());
    let found = RwSignal::new(Vec::<Suggestion>::new());
    let active = RwSignal::new(None::<usize>);
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));

    let open = Memo::new(move |_| !found.read().is_empty());
    let close = move || {
        found.set(Vec::new());
        active.set(None);
    };
    let pick = move |at: usize| {
        let Some(who) = found.read_untracked().get(at).filter(|who| who.barred.is_none()).cloned() else {
            return;
        };
        boxes.update(|boxes| {
            boxes.retain(|(other, _)| !single && other.id != who.id);
            boxes.push((who, true));
        });
        text.set(String::new());
        close();
    };
    let asked = StoredValue::new(0_u32);
    let look = move |letters: String| {
        asked.update_value(|asked| *asked += 1);
        let this = asked.get_value();
        text.set(letters.clone());
        if letters.trim().chars().count() < 2 {
            return close();
        }
        let group = group.clone();
        set_timeout(
            move || {
                // Somebody typed on: only the last letters are asked for.
                if asked.get_value() == this {
                    spawn_local(async move {
                        let answer = suggest(letters, group, groups).await.unwrap_or_default();
                        if asked.get_value() == this {
                            active.set(None);
                            found.set(answer);
                        }
                    });
                }
            },
            REST,
        );
    };
    let key = move |event: KeyboardEvent| {
        let many = found.read_untracked().len();
        match (event.key().as_str(), many) {
            ("ArrowDown", 1..) => active.update(|at| *at = Some(at.map_or(0, |at| (at + 1) % many))),
            ("ArrowUp", 1..) => {
                active.update(|at| *at = Some(at.map_or(many - 1, |at| (at + many - 1) % many)))
            }
            ("Enter", 1..) => pick(active.get_untracked().unwrap_or(0)),
            ("Escape", 1..) => close(),
            ("Backspace", _) if text.read_untracked().is_empty() => {
                boxes.update(|boxes| drop(boxes.pop()));
                return;
            }
            // Letters that found nothing would send the form.
            ("Enter", _) if !text.read_untracked().is_empty() => {}
            _ => return,
        }
        event.prevent_default();
    };

    let list_id = format!("{id}-list");
    let option_id = {
        let id = id.clone();
        move |at: usize| format!("{id}-option-{at}")
    };
    let active_id = {
        let option_id = option_id.clone();
        move || active.get().map(&option_id)
    };
    let plain = name.split('[').next().unwrap_or_default().to_owned();
    let find_name = format!("{plain}_find");
    view! {
        <div class="picker">
            <ul class="picked">
                <For each=move || boxes.get() key=|(who, _)| who.id.clone() let((who, on))>
                    <li>
                        <label class="tick">
                            <input
                                type=if single { "radio" } else { "checkbox" }
                                name=name.clone()
                                value=who.id.clone()
                                checked=on
                                disabled=who.barred.is_some()
                            />
                            {face(&who, "")}
                        </label>
                    </li>
                </For>
            </ul>
            <div class="row">
                <input
                    class="input"
                    id=id.clone()
                    name=find_name
                    role="combobox"
                    autocomplete="off"
                    autofocus=focus
                    aria-autocomplete="list"
                    aria-controls=list_id.clone()
                    aria-expanded=move || open.get().to_string()
                    aria-activedescendant=active_id
                    aria-describedby=described_by
                    value=typed
                    prop:value=move || text.get()
                    on:input=move |event| look(event_target_value(&event))
                    on:keydown=key
                    on:blur=move |_| close()
                />
                <button class="btn small" name="find" value=plain hidden=move || awake.get()>
                    "Find"
                </button>
            </div>
            <ul role="listbox" id=list_id aria-label="Matches" hidden=move || !open.get()>
                {move || {
                    let letters = text.get();
                    found
                        .get()
                        .into_iter()
                        .enumerate()
                        .map(|(at, who)| {
                            view! {
                                <li
                                    role="option"
                                    id=option_id(at)
                                    aria-selected=move || (active.get() == Some(at)).to_string()
                                    aria-disabled=who.barred.is_some().then_some("true")
                                    // The field keeps the focus, so that it does not close the list first.
                                    on:mousedown=move |event| event.prevent_default()
                                    on:click=move |_| pick(at)
                                >
                                    {face(&who, &letters)}
                                </li>
                            }
                        })
                        .collect_view()
                }}
            </ul>
            <p class="vh" role="status">
                {move || match found.read().len() {
                    0 => String::new(),
                    1 => "1 match".to_owned(),
                    n => format!("{n} matches"),
                }}
            </p>
        </div>
    }
}
