//! Who is in which group. Groups that are managed here change through assignments only: for them differences are told.

use super::{Ahead, GroupAhead, Plan};
use crate::import::facts::{Facts, Held};
use crate::import::record::{GroupRecord, Listed, Ref};
use crate::import::report::{Line, Outcome, Thing};
use crate::nesting::circle_refusal;
use domain::effective::{self, Edge};
use domain::ids::{GroupId, PersonId, PrincipalId};
use domain::refusal::{Code, Refusal};
use domain::span::Span;
use domain::target::Access;
use domain::text::Text;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn plan(facts: &Facts, records: &[&GroupRecord], ahead: &Ahead, plan: &mut Plan) {
    let lists: Vec<(GroupId, Access, &Listed)> = records
        .iter()
        .flat_map(|record| {
            let id = GroupId(record.id);
            let members = record.members.as_ref().map(|listed| (id, Access::Member, listed));
            members.into_iter().chain(record.owners.as_ref().map(|listed| (id, Access::Owner, listed)))
        })
        .collect();
    // first who leaves, then who comes: a group may move from one side of another to the other side
    for (id, access, listed) in &lists {
        leave(facts, ahead, plan, (*id, *access), listed);
    }
    let mut nested = nested(facts, ahead, plan);
    for (id, access, listed) in &lists {
        let Some(group) = ahead.groups.get(id) else { continue };
        if group.managed {
            tell_differences(facts, ahead, plan, (*id, *access), listed);
        } else {
            join(facts, ahead, plan, (*id, *access), listed, &mut nested);
        }
    }
}

fn thing(access: Access) -> Thing {
    match access {
        Access::Member => Thing::Member,
        Access::Owner => Thing::Owner,
    }
}

/// "Ann Berg in Payroll", as one name of a line.
fn named(ahead: &Ahead, listed: Option<&Ref>, principal: PrincipalId, group: &str) -> String {
    let known = ahead.people.get(&PersonId(principal.0)).cloned();
    let known = known.or_else(|| ahead.groups.get(&GroupId(principal.0)).map(|group| group.name.clone()));
    let name = known.or_else(|| listed.and_then(|listed| listed.name.clone()));
    format!("{} › {group}", name.unwrap_or_else(|| principal.to_string()))
}

fn leave(facts: &Facts, ahead: &Ahead, plan: &mut Plan, at: (GroupId, Access), listed: &Listed) {
    let Some(group) = ahead.groups.get(&at.0) else { return };
    if group.managed || listed.partial {
        return;
    }
    let stay: BTreeSet<PrincipalId> = listed.refs.iter().map(|listed| PrincipalId(listed.id)).collect();
    for (principal, held) in facts.inside.get(&at).into_iter().flatten() {
        if held.directory && !stay.contains(principal) {
            let name = named(ahead, None, *principal, &group.name);
            let line = Line::new(thing(at.1), Outcome::Ended, name, Some(principal.0));
            plan.report.add(line.because("The directory no longer lists it."));
            plan.leaves.push((at.0, at.1, *principal));
        }
    }
}

/// Groups in groups that stay, and groups that may be switched on in groups.
fn nested(facts: &Facts, ahead: &Ahead, plan: &Plan) -> Vec<Edge> {
    let gone: BTreeSet<&(GroupId, Access, PrincipalId)> = plan.leaves.iter().collect();
    let inside = facts.inside.iter().filter(|((_, access), _)| *access == Access::Member);
    inside
        .flat_map(|((group, access), holders)| holders.keys().map(move |holder| (*group, *access, *holder)))
        .filter(|edge| ahead.groups.contains_key(&GroupId(edge.2.0)) && !gone.contains(edge))
        .map(|(group, _, holder)| edge(holder, group))
        .chain(facts.eligible.iter().map(|(inner, outer)| edge((*inner).into(), *outer)))
        .collect()
}

/// An edge as the circle rule wants it; how long it holds does not matter there.
fn edge(holder: PrincipalId, group: GroupId) -> Edge {
    Edge { holder, group, span: Span::permanent(chrono::DateTime::UNIX_EPOCH) }
}

fn join(
    facts: &Facts,
    ahead: &Ahead,
    plan: &mut Plan,
    at: (GroupId, Access),
    listed: &Listed,
    nested: &mut Vec<Edge>,
) {
    let Some(group) = ahead.groups.get(&at.0) else { return };
    let none = BTreeMap::new();
    let held = facts.inside.get(&at).unwrap_or(&none);
    let mut seen = BTreeSet::new();
    for listed in &listed.refs {
        let principal = PrincipalId(listed.id);
        if !seen.insert(principal) {
            continue;
        }
        let name = || named(ahead, Some(listed), principal, &group.name);
        if held.get(&principal).is_some_and(|held| held.standing) {
            plan.report.unchanged(thing(at.1));
            continue;
        }
        if let Some(foreign) = &listed.foreign {
            let why = format!("A {foreign} can hold nothing here.");
            let line = Line::new(thing(at.1), Outcome::Skipped, name(), Some(listed.id));
            plan.report.add(line.because(why.as_str()));
            continue;
        }
        match fit(ahead, group, at, principal, nested) {
            Ok(()) => {
                if at.1 == Access::Member && ahead.groups.contains_key(&GroupId(principal.0)) {
                    nested.push(edge(principal, at.0));
                }
                plan.report.add(Line::new(thing(at.1), Outcome::Created, name(), Some(listed.id)));
                plan.joins.push((at.0, at.1, principal));
            }
            Err(why) => {
                plan.report.add(Line::refused(thing(at.1), name(), Some(listed.id), vec![why]));
            }
        }
    }
}

/// Why this principal can't be in this group, if it can't. A circle is told with the way round and never written.
fn fit(
    ahead: &Ahead,
    group: &GroupAhead,
    at: (GroupId, Access),
    principal: PrincipalId,
    nested: &[Edge],
) -> Result<(), Refusal> {
    if ahead.people.contains_key(&PersonId(principal.0)) {
        return Ok(());
    }
    let inner = GroupId(principal.0);
    if !ahead.groups.contains_key(&inner) {
        let text =
            Text::say("Neither the files nor the directory here know the id ").name(principal.to_string());
        return Err(Refusal::new(Code::UnknownReference, text.then(".")));
    }
    if at.1 == Access::Owner {
        return Err(Refusal::new(Code::PrincipalUnfit, "Only people can own a group."));
    }
    if group.role_assignable {
        return Err(Refusal::new(Code::PrincipalUnfit, "No group can lie in a role-assignable group."));
    }
    match effective::circle(inner, at.0, nested) {
        None => Ok(()),
        Some(path) => {
            let names = ahead.groups.iter().map(|(id, group)| (*id, group.name.clone())).collect();
            let mut refusal = circle_refusal(&path, &names);
            refusal.field = None;
            Err(refusal)
        }
    }
}

/// What the directory says of a managed group and is not so here, and the other way round.
fn tell_differences(facts: &Facts, ahead: &Ahead, plan: &mut Plan, at: (GroupId, Access), listed: &Listed) {
    let Some(group) = ahead.groups.get(&at.0) else { return };
    let none: BTreeMap<PrincipalId, Held> = BTreeMap::new();
    let here: BTreeSet<PrincipalId> = facts.inside.get(&at).unwrap_or(&none).keys().copied().collect();
    let there: BTreeSet<PrincipalId> = listed.refs.iter().map(|listed| PrincipalId(listed.id)).collect();
    let name_of = |principal: &PrincipalId| {
        let listed = listed.refs.iter().find(|listed| listed.id == principal.0);
        ahead.people.get(&PersonId(principal.0)).cloned().unwrap_or_else(|| {
            listed.and_then(|listed| listed.name.clone()).unwrap_or_else(|| principal.to_string())
        })
    };
    let more_there: Vec<String> = there.difference(&here).map(name_of).collect();
    let more_here: Vec<String> =
        if listed.partial { Vec::new() } else { here.difference(&there).map(name_of).collect() };
    if more_there.is_empty() && more_here.is_empty() {
        plan.report.unchanged(thing(at.1));
        return;
    }
    let mut line = Line::new(thing(at.1), Outcome::Skipped, &group.name, Some(at.0.0))
        .because("Managed here: who is in it changes through assignments only.");
    if !more_there.is_empty() {
        line = line.because(Text::say("In the directory and not here: ").names(&more_there).then("."));
    }
    if !more_here.is_empty() {
        line = line.because(Text::say("Here and not in the directory: ").names(&more_here).then("."));
    }
    plan.report.add(line);
}
