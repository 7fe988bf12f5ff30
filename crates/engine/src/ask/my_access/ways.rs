//! How a person lies in the groups through which she is eligible.

use super::rows::{Held, Way};
use crate::db::groups::Label;
use domain::activation::{Before, Eligibility, Ground};
use domain::effective::{self, Edge, Path};
use domain::ids::{AssignmentId, GroupId, PersonId, PrincipalId};
use domain::span::Span;
use std::collections::BTreeMap;

/// The best way into each group.
#[derive(Debug, Default)]
pub(super) struct Ways {
    paths: BTreeMap<GroupId, Path>,
    labels: BTreeMap<GroupId, Label>,
}

impl Ways {
    pub fn of(person: PersonId, held: &[Held]) -> Self {
        let Some(ways) = held.iter().find_map(|row| row.ways.as_ref()) else { return Self::default() };
        let label = |way: &Way| Label { key: way.key.clone(), name: way.name.clone() };
        let edges: Vec<Edge> = ways.iter().map(edge).collect();
        Self {
            paths: effective::lasting(person.into(), &edges),
            labels: ways.iter().map(|way| (GroupId(way.group_id), label(way))).collect(),
        }
    }

    /// What a row lets her activate, as long as she is known to be in the group it comes through. `None`: she is not
    /// in there, or not yet.
    pub fn eligibility(&self, row: &Held) -> Option<Eligibility> {
        if row.before_key.is_some() {
            return None;
        }
        let through = row.through.map(GroupId);
        let until = match through {
            None => None,
            Some(group) => self.paths.get(&group)?.until,
        };
        let span = until.map_or(row.span(), |until| row.span().cut(until));
        let ground = Ground { eligibility: AssignmentId(row.assignment), through };
        Some(Eligibility { ground, span })
    }

    /// The groups on the way.
    pub fn labels(&self, ground: Ground) -> Vec<Label> {
        let path = ground.through.and_then(|group| self.paths.get(&group));
        let groups = path.into_iter().flat_map(|path| &path.groups);
        groups.filter_map(|group| self.labels.get(group).cloned()).collect()
    }
}

fn edge(way: &Way) -> Edge {
    let span = Span { start: chrono::DateTime::UNIX_EPOCH, end: way.ends_at };
    Edge { holder: PrincipalId(way.holder), group: GroupId(way.group_id), span }
}

/// What she would have to switch on first.
pub(super) fn before(row: &Held) -> Option<Before> {
    Some(Before { key: row.before_key.clone()?, name: row.before_name.clone()? })
}
