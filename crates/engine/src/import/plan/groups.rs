//! Groups: which are new, which changed, and which can't be what the directory says.

use super::{Ahead, GroupAhead, Plan};
use crate::import::facts::{Facts, GroupState, KnownGroup};
use crate::import::field::bad;
use crate::import::record::{Given, GroupRecord};
use crate::import::report::{Line, Outcome, Thing};
use domain::details;
use domain::group::{GroupKind, MAX_ROLE_ASSIGNABLE, Membership};
use domain::ids::{GroupId, PersonId};
use domain::principal::Source;
use domain::refusal::{Code, Refusal};
use domain::text::Text;
use std::collections::BTreeSet;

/// Plans the groups, and gives those whose members can be looked at next.
pub(super) fn plan<'a>(
    facts: &Facts,
    records: &'a [GroupRecord],
    ahead: &mut Ahead,
    plan: &mut Plan,
) -> Vec<&'a GroupRecord> {
    let mut seen = BTreeSet::new();
    let mut settled = Vec::new();
    let mut keys: BTreeSet<String> = facts.groups.values().map(|known| known.key.clone()).collect();
    for record in records {
        let id = GroupId(record.id);
        let known = facts.groups.get(&id);
        let state = match judge(facts, record, known, ahead, &mut seen) {
            Ok(state) => state,
            Err(line) => {
                plan.report.add(line);
                continue;
            }
        };
        let line = |outcome| Line::new(Thing::Group, outcome, &state.display_name, Some(record.id));
        match known {
            None => {
                plan.report.add(line(Outcome::Created));
                let key = key(record, &state, &keys);
                keys.insert(key.clone());
                plan.groups_new.push((id, key, state.clone()));
            }
            Some(known) if known.state == state => plan.report.unchanged(Thing::Group),
            Some(known) => {
                let changes = differences(&known.state, &state);
                plan.report.add(changes.into_iter().fold(line(Outcome::Changed), Line::because));
                plan.groups_changed.push((id, state.clone()));
            }
        }
        let managed = known.is_some_and(|known| known.managed);
        let role_assignable = state.role_assignable;
        ahead.groups.insert(id, GroupAhead { name: state.display_name, role_assignable, managed });
        settled.push(record);
    }
    settled
}

fn judge(
    facts: &Facts,
    record: &GroupRecord,
    known: Option<&KnownGroup>,
    ahead: &Ahead,
    seen: &mut BTreeSet<GroupId>,
) -> Result<GroupState, Line> {
    let name = record.display_name.clone().or(known.map(|known| known.state.display_name.clone()));
    let name = name.unwrap_or_else(|| record.id.to_string());
    let line = |outcome| Line::new(Thing::Group, outcome, &name, Some(record.id));
    let skipped = |why: &str| Err(line(Outcome::Skipped).because(why));
    if !seen.insert(GroupId(record.id)) {
        return skipped("Listed before in these files; the first record counts.");
    }
    if record.deleted {
        return skipped("Is being deleted in the directory.");
    }
    if known.is_some_and(|known| known.deleted) {
        return skipped("Was deleted here.");
    }
    if record.distribution_list {
        return skipped("A distribution list gives no access.");
    }
    let person = PersonId(record.id);
    let refused = |why| Line::refused(Thing::Group, &name, Some(record.id), why);
    if facts.people.contains_key(&person) || ahead.people.contains_key(&person) {
        return Err(refused(Refusal::new(Code::Conflict, "A person has this id.").into()));
    }
    let state = state(record, known.map(|known| &known.state)).map_err(refused)?;
    let unmet = contradictions(&state, known, ahead);
    if unmet.is_empty() { Ok(state) } else { Err(refused(unmet)) }
}

/// The state after the import: what is listed counts, what is not listed stays.
fn state(record: &GroupRecord, before: Option<&GroupState>) -> Result<GroupState, Vec<Refusal>> {
    let name = match (&record.display_name, before) {
        (Some(text), _) => details::name(text, "displayName"),
        (None, Some(before)) => Ok(before.display_name.clone()),
        (None, None) => Err(bad("displayName", "is missing")),
    };
    let description = match &record.description {
        Given::Value(text) => details::description(text, "description"),
        other => Ok(other.or(before.map(|before| before.description.clone())).unwrap_or_default()),
    };
    let (display_name, description) = match (name, description) {
        (Ok(name), Ok(description)) => (name, description),
        (name, description) => return Err(name.err().into_iter().chain(description.err()).collect()),
    };
    Ok(GroupState {
        display_name,
        description,
        kind: record.kind.or(before.map(|before| before.kind)).unwrap_or(GroupKind::Security),
        membership: record
            .membership
            .or(before.map(|before| before.membership))
            .unwrap_or(Membership::Assigned),
        rule: record.rule.or(before.and_then(|before| before.rule.clone())),
        source: record.source.or(before.map(|before| before.source)).unwrap_or(Source::Cloud),
        role_assignable: record
            .role_assignable
            .or(before.map(|before| before.role_assignable))
            .unwrap_or_default(),
    })
}

/// What can't be, whatever the directory says (entra-pim-groups.md sections 2 and 3).
fn contradictions(state: &GroupState, known: Option<&KnownGroup>, ahead: &Ahead) -> Vec<Refusal> {
    let mut unmet = Vec::new();
    let fixed = state.membership == Membership::Dynamic || state.source == Source::OnPremises;
    if state.role_assignable && fixed {
        let text = "A role-assignable group has assigned members and is of this directory.";
        unmet.push(Refusal::new(Code::Conflict, text));
    }
    if let Some(known) = known {
        if known.state.role_assignable != state.role_assignable {
            let text = "Whether a group is role-assignable is fixed when it is made.";
            unmet.push(Refusal::new(Code::Conflict, text));
        }
        if known.managed && fixed {
            let text = "It is managed here, so its members can be neither computed nor come from elsewhere.";
            unmet.push(Refusal::new(Code::ManagedHere, text));
        }
    } else if state.role_assignable {
        let many = ahead.groups.values().filter(|group| group.role_assignable).count();
        if many >= MAX_ROLE_ASSIGNABLE as usize {
            let text =
                format!("There are {MAX_ROLE_ASSIGNABLE} role-assignable groups already, as many as may be.");
            unmet.push(Refusal::new(Code::TooManyRoleAssignable, text.as_str()));
        }
    }
    unmet
}

/// Its address for ever. Made of the display name: the directory's own nickname is often a row of random letters.
fn key(record: &GroupRecord, state: &GroupState, taken: &BTreeSet<String>) -> String {
    let nickname = || record.nickname.as_deref().and_then(details::slug);
    let slug = details::slug(&state.display_name).or_else(nickname).unwrap_or_else(|| "group".into());
    details::free_key(&slug, |key| taken.contains(key))
}

fn differences(old: &GroupState, new: &GroupState) -> Vec<Text> {
    let mut changes = Vec::new();
    let mut note = |what: &str, old: &str, new: &str| {
        if old != new {
            changes.push(Text::say(format!("{what}: ")).name(old).then(" → ").name(new));
        }
    };
    note("Name", &old.display_name, &new.display_name);
    note("Description", &old.description, &new.description);
    note("Kind", old.kind.wire(), new.kind.wire());
    note("Members", old.membership.wire(), new.membership.wire());
    note("Rule", old.rule.as_deref().unwrap_or("–"), new.rule.as_deref().unwrap_or("–"));
    note("Mastered", old.source.wire(), new.source.wire());
    changes
}
