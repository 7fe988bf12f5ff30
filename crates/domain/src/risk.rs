//! Risk cues on the approval page: facts that help to decide. They inform, they never preselect (ui.md section 6).

mod hours;

pub use hours::UsualHours;

use crate::duration::Minutes;
use crate::ids::PersonId;
use crate::target::Access;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use unicode_security::MixedScript;
use unicode_security::confusable_detection::skeleton;

/// How loud a cue is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Grey: reassuring.
    Usual,
    /// Amber: look.
    Look,
    /// Red: look twice.
    Alarm,
}

/// One fact, in one line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cue {
    /// How loud.
    pub level: Level,
    /// The fact.
    pub text: String,
}

/// What the cues are drawn from.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Display name of who asks.
    pub name: String,
    /// Another person whose name looks the same: name and user name.
    pub look_alike: Option<(String, String)>,
    /// When the account was made.
    pub account_since: DateTime<Utc>,
    /// When the second factor was set up, if there is one.
    pub factor_since: Option<DateTime<Utc>>,
    /// When the eligibility was given, and by whom, if a person gave it.
    pub eligible_since: DateTime<Utc>,
    /// Who gave it.
    pub eligible_by: Option<(PersonId, String)>,
    /// Who looks at the page.
    pub viewer: PersonId,
    /// Earlier requests for any target.
    pub requests_ever: i64,
    /// Earlier activations of this target.
    pub times_here: i64,
    /// Activations of this target in 90 days.
    pub times_recently: i64,
    /// Member or owner, unless a role.
    pub access: Option<Access>,
    /// Asked length.
    pub length: Minutes,
    /// Longest allowed.
    pub max: Minutes,
    /// When it would start by the clock on the person's wall; none for more time on what is on.
    pub start: Option<NaiveTime>,
    /// When her activations of 90 days, of any target, started by the same clock.
    pub starts: Vec<NaiveTime>,
    /// The name of her zone.
    pub zone: String,
    /// A directory role can be reached from the group.
    pub leads_to_role: bool,
}

/// The cues, loudest first.
pub fn cues(facts: &Facts, now: DateTime<Utc>) -> Vec<Cue> {
    let mut found = Vec::new();
    let mut add = |level, text: String| found.push(Cue { level, text });
    if let Some((name, user_name)) = &facts.look_alike {
        add(Level::Alarm, format!("Name looks like {name} ({user_name}), a different person"));
    }
    if has_hidden_or_mixed(&facts.name) {
        add(Level::Alarm, "Name mixes scripts or holds invisible characters".into());
    }
    if facts.requests_ever == 0 {
        add(Level::Alarm, "First request ever".into());
    }
    let young = |since: DateTime<Utc>| now - since < TimeDelta::days(7);
    if young(facts.account_since) {
        add(Level::Alarm, "Account is new".into());
    } else if facts.factor_since.is_some_and(young) {
        add(Level::Alarm, "Second factor is new".into());
    }
    eligibility(facts, now, &mut add);
    if facts.requests_ever > 0 && facts.times_here == 0 {
        add(Level::Look, "First time for this group".into());
    }
    if facts.access == Some(Access::Owner) {
        add(Level::Look, "An owner can let others in".into());
    }
    if facts.length >= facts.max {
        add(Level::Look, "Longest time the policy allows".into());
    }
    if let Some(hours) = unusual(facts) {
        add(Level::Look, format!("Outside usual hours: {} ({})", hours.words(), facts.zone));
    }
    if facts.leads_to_role {
        add(Level::Look, "Leads to a directory role".into());
    }
    if facts.times_recently >= 5 {
        add(Level::Usual, format!("Usual for this person: {} times in 90 days", facts.times_recently));
    }
    found
}

/// The usual hours, if the start lies outside them.
fn unusual(facts: &Facts) -> Option<UsualHours> {
    let start = facts.start?;
    UsualHours::of(&facts.starts).filter(|hours| !hours.contains(start))
}

fn eligibility(facts: &Facts, now: DateTime<Utc>, add: &mut impl FnMut(Level, String)) {
    let by_viewer = facts.eligible_by.as_ref().is_some_and(|(by, _)| *by == facts.viewer);
    if by_viewer {
        add(Level::Look, "You made this person eligible yourself".into());
    } else if now - facts.eligible_since < TimeDelta::hours(48) {
        let by = facts.eligible_by.as_ref().map_or(String::new(), |(_, name)| format!(", by {name}"));
        add(Level::Look, format!("Eligible for less than 48\u{a0}h{by}"));
    }
}

/// A key under which names that look alike fall together (Unicode TS 39 skeleton, case and spacing ignored).
///
/// A digest of it is stored with every name. A change to it, or to the tables it reads, needs a migration that clears
/// `users.alike_of`, so that the worker stores them anew; a test holds both still.
pub fn look_alike_key(name: &str) -> String {
    let visible: String = name.chars().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    skeleton(&words.join(" ")).collect::<String>().to_lowercase()
}

/// Whether a name mixes scripts within a word or holds characters nobody sees.
pub fn has_hidden_or_mixed(name: &str) -> bool {
    name.chars().any(is_invisible) || name.split_whitespace().any(|word| !word.is_single_script())
}

/// Zero-width characters, directional overrides and other formatting that changes how a name reads.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}')
}
