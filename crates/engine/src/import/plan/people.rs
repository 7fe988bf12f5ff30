//! People: who is new, who changed, who may act no longer.

use super::{Ahead, Plan};
use crate::import::facts::{Facts, KnownPerson, PersonState};
use crate::import::field::bad;
use crate::import::record::{Given, PersonRecord};
use crate::import::report::{Line, Outcome, Thing};
use domain::details;
use domain::ids::{GroupId, PersonId};
use domain::principal::{Source, UserType};
use domain::refusal::{Code, Refusal};
use domain::text::Text;
use std::collections::{BTreeMap, BTreeSet};

/// A record that fits, with the state it leads to.
struct Wanted<'a> {
    record: &'a PersonRecord,
    id: PersonId,
    known: Option<&'a KnownPerson>,
    state: PersonState,
    notes: Vec<Text>,
}

pub(super) fn plan(facts: &Facts, records: &[PersonRecord], ahead: &mut Ahead, plan: &mut Plan) {
    let mut seen = BTreeSet::new();
    let mut wanted = Vec::new();
    for record in records {
        match judge(facts, record, &mut seen) {
            Ok(fit) => wanted.push(fit),
            Err(line) => plan.report.add(line),
        }
    }
    refuse_taken_names(facts, &mut wanted, plan);
    for wanted in wanted {
        ahead.people.insert(wanted.id, wanted.state.display_name.clone());
        settle(wanted, plan);
    }
}

fn judge<'a>(
    facts: &'a Facts,
    record: &'a PersonRecord,
    seen: &mut BTreeSet<PersonId>,
) -> Result<Wanted<'a>, Line> {
    let id = PersonId(record.id);
    let known = facts.people.get(&id);
    let name = record.display_name.clone().or(known.map(|known| known.state.display_name.clone()));
    let name = name.unwrap_or_else(|| record.id.to_string());
    let line = |outcome| Line::new(Thing::Person, outcome, &name, Some(record.id));
    if !seen.insert(id) {
        return Err(line(Outcome::Skipped).because("Listed before in these files; the first record counts."));
    }
    if record.deleted {
        return Err(line(Outcome::Skipped).because("Is being deleted in the directory."));
    }
    if known.is_some_and(|known| known.deleted) {
        return Err(line(Outcome::Skipped).because("Was deleted here."));
    }
    let refused = |why| Line::refused(Thing::Person, &name, Some(record.id), why);
    if facts.groups.contains_key(&GroupId(record.id)) {
        return Err(refused(Refusal::new(Code::Conflict, "A group here has this id.").into()));
    }
    let (state, notes) = state(record, known.map(|known| &known.state)).map_err(refused)?;
    Ok(Wanted { record, id, known, state, notes })
}

/// The state after the import: what is listed counts, what is not listed stays.
fn state(
    record: &PersonRecord,
    before: Option<&PersonState>,
) -> Result<(PersonState, Vec<Text>), Vec<Refusal>> {
    let mut unmet = Vec::new();
    let mut notes = Vec::new();
    let mut keep = |judged: Result<String, Refusal>| judged.map_err(|refusal| unmet.push(refusal)).ok();
    let user_name = match (&record.user_name, before) {
        (Some(text), _) => keep(details::user_name(text, "userPrincipalName")),
        (None, Some(before)) => Some(before.user_name.clone()),
        (None, None) => keep(Err(bad("userPrincipalName", "is missing"))),
    };
    let display_name = match (&record.display_name, before) {
        (Some(text), _) => keep(details::name(text, "displayName")),
        (None, Some(before)) => Some(before.display_name.clone()),
        (None, None) => keep(Err(bad("displayName", "is missing"))),
    };
    let mut short = |given: &Given<String>, before: Option<String>, field: &str| match given {
        Given::Value(text) => details::short(text, field).unwrap_or_else(|refusal| {
            unmet.push(refusal);
            None
        }),
        other => other.or(before),
    };
    let job_title = short(&record.job_title, before.and_then(|b| b.job_title.clone()), "jobTitle");
    let department = short(&record.department, before.and_then(|b| b.department.clone()), "department");
    let mail = match &record.mail {
        // a person can do without mail: an address that is none is left out, and that is said
        Given::Value(text) => details::mail(text, "mail").unwrap_or_else(|_| {
            notes.push(Text::say("Without mail: ").name(text.clone()).then(" is no mail address."));
            None
        }),
        other => other.or(before.and_then(|b| b.mail.clone())),
    };
    match (user_name, display_name) {
        (Some(user_name), Some(display_name)) if unmet.is_empty() => {
            let user_type = record.user_type.or(before.map(|b| b.user_type)).unwrap_or(UserType::Member);
            let source = record.source.or(before.map(|b| b.source)).unwrap_or(Source::Cloud);
            let state =
                PersonState { user_name, display_name, mail, job_title, department, user_type, source };
            Ok((state, notes))
        }
        _ => Err(unmet),
    }
}

/// Two people can't have one user name, in any case of letters. Who has it keeps it; of two who want it, the first in
/// the files gets it. Who is refused keeps the old name, which can stand in another one's way, hence the loop.
fn refuse_taken_names(facts: &Facts, wanted: &mut Vec<Wanted<'_>>, plan: &mut Plan) {
    loop {
        let mut names: BTreeMap<String, PersonId> = BTreeMap::new();
        let moving: BTreeSet<PersonId> =
            wanted.iter().filter(|wanted| renamed(wanted)).map(|wanted| wanted.id).collect();
        for (id, known) in facts.people.iter().filter(|(id, _)| !moving.contains(id)) {
            names.insert(known.state.user_name.to_lowercase(), *id);
        }
        let before = wanted.len();
        wanted.retain(|wanted| {
            let holder = *names.entry(wanted.state.user_name.to_lowercase()).or_insert(wanted.id);
            if holder != wanted.id {
                let text = Text::say("The user name ").name(&wanted.state.user_name).then(" is taken.");
                let why = Refusal::new(Code::Conflict, text).into();
                let name = &wanted.state.display_name;
                plan.report.add(Line::refused(Thing::Person, name, Some(wanted.id.0), why));
            }
            holder == wanted.id
        });
        if wanted.len() == before {
            return;
        }
    }
}

fn renamed(wanted: &Wanted<'_>) -> bool {
    wanted
        .known
        .is_none_or(|known| known.state.user_name.to_lowercase() != wanted.state.user_name.to_lowercase())
}

fn settle(wanted: Wanted<'_>, plan: &mut Plan) {
    let line = |outcome| {
        let mut line = Line::new(Thing::Person, outcome, &wanted.state.display_name, Some(wanted.id.0));
        line.why.extend(wanted.notes.clone());
        line
    };
    let Some(known) = wanted.known else {
        let enabled = wanted.record.enabled.unwrap_or(true);
        let text = if enabled { None } else { Some("Disabled.") };
        plan.report.add(text.into_iter().fold(line(Outcome::Created), Line::because));
        plan.people_new.push((wanted.id, wanted.state, enabled));
        return;
    };
    let mut changes = differences(&known.state, &wanted.state);
    if !changes.is_empty() {
        plan.people_changed.push((wanted.id, wanted.state.clone()));
    }
    if known.enabled && wanted.record.enabled == Some(false) {
        plan.disabled.push(wanted.id);
        changes.push("Disabled in the directory: everything active ends, and so do sessions.".into());
    }
    if changes.is_empty() {
        plan.report.unchanged(Thing::Person);
    } else {
        plan.report.add(changes.into_iter().fold(line(Outcome::Changed), Line::because));
    }
    if !known.enabled && wanted.record.enabled == Some(true) {
        // letting somebody in again is a decision of its own
        let why = "Enabled in the directory, disabled here. Enable by hand who may come back.";
        plan.report.add(line(Outcome::Skipped).because(why));
    }
}

fn differences(old: &PersonState, new: &PersonState) -> Vec<Text> {
    let mut changes = Vec::new();
    let mut note = |what: &str, old: Option<&str>, new: Option<&str>| {
        if old != new {
            let text = Text::say(format!("{what}: ")).name(old.unwrap_or("–")).then(" → ");
            changes.push(text.name(new.unwrap_or("–")));
        }
    };
    note("Name", Some(&old.display_name), Some(&new.display_name));
    note("User name", Some(&old.user_name), Some(&new.user_name));
    note("Mail", old.mail.as_deref(), new.mail.as_deref());
    note("Job", old.job_title.as_deref(), new.job_title.as_deref());
    note("Department", old.department.as_deref(), new.department.as_deref());
    note("Kind", Some(old.user_type.wire()), Some(new.user_type.wire()));
    note("Mastered", Some(old.source.wire()), Some(new.source.wire()));
    changes
}
