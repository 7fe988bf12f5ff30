//! Finding people while typing: an ARIA combobox over a list of boxes. Without scripts the same list is what the
//! server found for the typed letters.

use super::face::face;
use crate::api::people::suggest::Suggestion;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
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

/// What the picker knows while it is used.
#[derive(Clone, Copy)]
struct Desk {
    /// The boxes, ticked or not.
    boxes: RwSignal<Vec<(Suggestion, bool)>>,
    /// The letters in the text field.
    text: RwSignal<String>,
    /// What was found for them.
    found: RwSignal<Vec<Suggestion>>,
    /// Which of them the keys have reached.
    active: RwSignal<Option<usize>>,
    /// What it is for.
    purpose: StoredValue<Purpose>,
    /// How often something was typed: answers to older letters are dropped.
    typed: StoredValue<u32>,
}

impl Desk {
    fn close(self) {
        self.found.set(Vec::new());
        self.active.set(None);
    }

    fn pick(self, at: usize) {
        let picked =
            self.found.with_untracked(|found| found.get(at).filter(|who| who.barred.is_none()).cloned());
        let Some(who) = picked else { return };
        let single = self.purpose.with_value(|purpose| purpose.single);
        self.boxes.update(|boxes| {
            boxes.retain(|(other, _)| !single && other.id != who.id);
            boxes.push((who, true));
        });
        self.text.set(String::new());
        self.close();
    }

    /// Remembers a box that was ticked by hand; the page shows it already.
    fn tick(self, id: &str, on: bool) {
        let single = self.purpose.with_value(|purpose| purpose.single);
        self.boxes.update_untracked(|boxes| {
            for (who, ticked) in boxes.iter_mut() {
                // Of radio buttons the others go out.
                *ticked = if who.id == id { on } else { *ticked && !single };
            }
        });
    }

    /// What a key does; `true` if the browser is not to do anything more.
    fn key(self, key: &str) -> bool {
        let many = self.found.with_untracked(Vec::len);
        let empty = self.text.with_untracked(String::is_empty);
        match key {
            "ArrowDown" if many > 0 => {
                self.active.update(|at| *at = Some(at.map_or(0, |at| (at + 1) % many)))
            }
            "ArrowUp" if many > 0 => {
                self.active.update(|at| *at = Some(at.map_or(many - 1, |at| (at + many - 1) % many)));
            }
            "Enter" if many > 0 => self.pick(self.active.get_untracked().unwrap_or(0)),
            // Letters that found nothing would send the form.
            "Enter" if !empty => {}
            "Escape" if many > 0 => self.close(),
            "Backspace" if empty => {
                self.boxes.update(|boxes| drop(boxes.pop()));
                return false;
            }
            _ => return false,
        }
        true
    }
}

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
    let Purpose { name, id, single, described_by, focus, .. } = purpose.clone();
    let desk = Desk {
        boxes: RwSignal::new(shown),
        text: RwSignal::new(typed.clone()),
        found: RwSignal::new(Vec::new()),
        active: RwSignal::new(None),
        purpose: StoredValue::new(purpose),
        typed: StoredValue::new(0),
    };
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    let open = move || desk.found.with(|found| !found.is_empty());
    let key = move |event: KeyboardEvent| {
        if desk.key(&event.key()) {
            event.prevent_default();
        }
    };
    let plain = name.split('[').next().unwrap_or_default().to_owned();
    let (list_id, option) = (format!("{id}-list"), format!("{id}-option"));
    let active = {
        let option = option.clone();
        move || desk.active.get().map(|at| format!("{option}-{at}"))
    };
    view! {
        <div class="picker">
            <ul class="picked">
                {move || {
                    desk.boxes.get().into_iter().map(|(who, on)| one_box(desk, &name, single, who, on)).collect_view()
                }}
            </ul>
            <div class="row">
                <input
                    class="input"
                    id=id
                    name=format!("{plain}_find")
                    role="combobox"
                    autocomplete="off"
                    autofocus=focus
                    aria-autocomplete="list"
                    aria-controls=list_id.clone()
                    aria-expanded=move || open().to_string()
                    aria-activedescendant=active
                    aria-describedby=described_by
                    value=typed
                    prop:value=move || desk.text.get()
                    on:input=move |event| look(desk, event_target_value(&event))
                    on:keydown=key
                    on:blur=move |_| desk.close()
                />
                <button class="btn small" name="find" value=plain formnovalidate=true hidden=move || awake.get()>
                    "Find"
                </button>
            </div>
            <ul role="listbox" id=list_id aria-label="Matches" hidden=move || !open()>
                {move || {
                    let letters = desk.text.get_untracked();
                    let found = desk.found.get().into_iter().enumerate();
                    found.map(|(at, who)| one_match(desk, at, &who, &letters, &option)).collect_view()
                }}
            </ul>
            <p class="vh" role="status">
                {move || match desk.found.with(Vec::len) {
                    0 => String::new(),
                    1 => "1 match".to_owned(),
                    n => format!("{n} matches"),
                }}
            </p>
        </div>
    }
}

fn one_box(desk: Desk, name: &str, single: bool, who: Suggestion, on: bool) -> impl IntoView + use<> {
    let id = who.id.clone();
    view! {
        <li>
            <label class="tick">
                <input
                    type=if single { "radio" } else { "checkbox" }
                    name=name.to_owned()
                    value=who.id.clone()
                    checked=on
                    disabled=who.barred.is_some()
                    on:change=move |event| desk.tick(&id, event_target_checked(&event))
                />
                {face(&who, "")}
            </label>
        </li>
    }
}

fn one_match(desk: Desk, at: usize, who: &Suggestion, letters: &str, id: &str) -> impl IntoView + use<> {
    view! {
        <li
            role="option"
            id=format!("{id}-{at}")
            aria-selected=move || (desk.active.get() == Some(at)).to_string()
            aria-disabled=who.barred.is_some().then_some("true")
            // The field keeps the focus; losing it would close the list before the click.
            on:mousedown=move |event| event.prevent_default()
            on:click=move |_| desk.pick(at)
        >
            {face(who, letters)}
        </li>
    }
}

/// Takes what is typed, and asks for matches when typing rests.
fn look(desk: Desk, letters: String) {
    desk.typed.update_value(|typed| *typed += 1);
    desk.text.set(letters.clone());
    if letters.trim().chars().count() < 2 {
        desk.close();
    } else {
        ask(desk, letters);
    }
}

#[cfg(feature = "hydrate")]
fn ask(desk: Desk, letters: String) {
    use super::look_up::look_up;
    use leptos::task::spawn_local;
    use std::time::Duration;

    let this = desk.typed.get_value();
    let still = move || desk.typed.try_get_value() == Some(this);
    let when_it_rests = move || {
        if still() {
            let purpose = desk.purpose.get_value();
            spawn_local(async move {
                let found = look_up(&letters, &purpose).await;
                if still() {
                    desk.active.set(None);
                    desk.found.set(found);
                }
            });
        }
    };
    set_timeout(when_it_rests, Duration::from_millis(150));
}

#[cfg(not(feature = "hydrate"))]
fn ask(_desk: Desk, _letters: String) {}
