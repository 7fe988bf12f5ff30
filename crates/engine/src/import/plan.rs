//! Compares what was read with what is here and says what would change: pure, so that the dry run, the import and the
//! tests see the same.

mod groups;
mod membership;
mod people;
mod roles;

use super::facts::{Facts, GroupState, PersonState};
use super::record::Records;
use super::report::Report;
use domain::ids::{GroupId, PersonId, PrincipalId};
use domain::role::Role;
use domain::target::{Access, Target};
use std::collections::{BTreeMap, BTreeSet};

/// What would be written.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// New people, and whether they may act.
    pub people_new: Vec<(PersonId, PersonState, bool)>,
    /// People with other details than before.
    pub people_changed: Vec<(PersonId, PersonState)>,
    /// People who may act no longer.
    pub disabled: Vec<PersonId>,
    /// New groups with their keys.
    pub groups_new: Vec<(GroupId, String, GroupState)>,
    /// Groups with other details than before.
    pub groups_changed: Vec<(GroupId, GroupState)>,
    /// Who is in a group and was not.
    pub joins: Vec<(GroupId, Access, PrincipalId)>,
    /// Who was in a group and is no longer.
    pub leaves: Vec<(GroupId, Access, PrincipalId)>,
    /// Who holds a role and did not.
    pub roles: Vec<(Role, PrincipalId)>,
    /// All of it for people, with what is left alone and why.
    pub report: Report,
}

impl Plan {
    /// Every target that is written to.
    pub fn targets(&self) -> BTreeSet<Target> {
        let moves = self.joins.iter().chain(&self.leaves);
        let groups = moves.map(|(group, access, _)| Target::of(*group, *access));
        groups.chain(self.roles.iter().map(|(role, _)| Target::Role(*role))).collect()
    }
}

/// What there will be once the plan so far is written: later steps judge by it.
#[derive(Default)]
struct Ahead {
    people: BTreeMap<PersonId, String>,
    groups: BTreeMap<GroupId, GroupAhead>,
}

struct GroupAhead {
    name: String,
    role_assignable: bool,
    managed: bool,
}

/// Plans: people, then groups, then who is in them, then roles.
pub fn plan(facts: &Facts, records: &Records) -> Plan {
    let mut plan = Plan::default();
    for line in &records.lines {
        plan.report.add(line.clone());
    }
    let mut ahead = Ahead::default();
    for (id, known) in facts.people.iter().filter(|(_, known)| !known.deleted) {
        ahead.people.insert(*id, known.state.display_name.clone());
    }
    for (id, known) in facts.groups.iter().filter(|(_, known)| !known.deleted) {
        let (name, role_assignable) = (known.state.display_name.clone(), known.state.role_assignable);
        ahead.groups.insert(*id, GroupAhead { name, role_assignable, managed: known.managed });
    }
    people::plan(facts, &records.people, &mut ahead, &mut plan);
    let settled = groups::plan(facts, &records.groups, &mut ahead, &mut plan);
    membership::plan(facts, &settled, &ahead, &mut plan);
    roles::plan(facts, &records.roles, &ahead, &mut plan);
    plan
}
