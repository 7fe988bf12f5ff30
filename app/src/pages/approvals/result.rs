//! What came of each decision, one line each, on the page after the form.

use crate::ctx;
use crate::pages::said::said;
use crate::parts::prelude::*;
use domain::approval::Tally;
use domain::text::Text;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The code of the message that carries the lines.
pub const CODE: &str = "decided";

/// What came of one decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Who asked; empty when that is not to be seen.
    pub who: String,
    /// For which group; empty when that is not to be seen.
    pub group: String,
    /// What was done, or why it was not recorded.
    pub result: Result<Text, Text>,
}

/// As the message carries it.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

/// What was done, in words.
pub fn words(tally: Tally) -> Text {
    match tally {
        Tally::Approved => "Approved.".into(),
        Tally::Denied => "Denied.".into(),
        Tally::Waiting { have, needed } => {
            Text::say(format!("Recorded: {have} of {needed} approvals. It waits for the others."))
        }
    }
}

/// The lines for this page, or the message of another form.
pub fn taken() -> (Option<Vec<(String, Line)>>, Option<Message>) {
    match ctx::flash() {
        Some(flash) if flash.code == CODE => {
            let lines = flash.params.into_iter();
            let read = |(name, line): (String, String)| Some((name, serde_json::from_str(&line).ok()?));
            (Some(lines.filter_map(read).collect()), None)
        }
        _ => (None, said()),
    }
}

/// One line for each decision.
#[component]
pub fn Results(lines: Vec<(String, Line)>) -> impl IntoView {
    let tone = if lines.iter().all(|(_, line)| line.result.is_ok()) { Tone::Ok } else { Tone::Wait };
    let lines: Vec<_> = lines.into_iter().map(|(name, line)| one(name, line)).collect();
    view! { <Notice tone>{lines}</Notice> }
}

fn one(name: String, Line { who, group, result }: Line) -> impl IntoView {
    let whose = (!who.is_empty()).then(|| view! { ", " <bdi>{who}</bdi> ", " <bdi>{group}</bdi> });
    let text = result.unwrap_or_else(|why| why);
    view! {
        <p>
            <a href=format!("/approvals/{name}")>{name.clone()}</a>
            {whose}
            ": "
            <Sentence text />
        </p>
    }
}
