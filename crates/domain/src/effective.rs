//! Who effectively holds what, through which path. Reading is safe whatever the data holds: circles end, diamonds work.

use crate::ids::{GroupId, PersonId, PrincipalId};
use crate::span::Span;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A membership: `holder` is in `group`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Edge {
    /// Who is inside.
    pub holder: PrincipalId,
    /// In which group.
    pub group: GroupId,
    /// How long this edge holds.
    pub span: Span,
}

/// How a person belongs to a group: the groups between, outermost first, and how long the whole path holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Path {
    /// From the group asked about down to the one the person is in directly; always begins with the group asked about.
    pub groups: Vec<GroupId>,
    /// First end on the way; `None` when nothing on it ends.
    pub until: Option<DateTime<Utc>>,
}

/// The effective people of `root`: everybody in it directly or through active nesting, with the shortest path for
/// each. `edges` are all active memberships of all groups that can be met; who is a person, not a group, is told by
/// `groups`.
pub fn members(root: GroupId, edges: &[Edge], groups: &BTreeSet<GroupId>) -> BTreeMap<PersonId, Path> {
    let mut inside: BTreeMap<GroupId, Vec<&Edge>> = BTreeMap::new();
    for edge in edges {
        inside.entry(edge.group).or_default().push(edge);
    }
    let mut found: BTreeMap<PersonId, Path> = BTreeMap::new();
    let mut seen = BTreeSet::from([root]);
    let mut queue = VecDeque::from([Path { groups: vec![root], until: None }]);
    while let Some(path) = queue.pop_front() {
        let Some(group) = path.groups.last() else { continue };
        for edge in inside.get(group).into_iter().flatten() {
            let until = sooner(path.until, edge.span.end);
            let nested = GroupId(edge.holder.0);
            if !groups.contains(&nested) {
                found
                    .entry(PersonId(edge.holder.0))
                    .or_insert_with(|| Path { groups: path.groups.clone(), until });
            } else if seen.insert(nested) {
                let mut groups = path.groups.clone();
                groups.push(nested);
                queue.push_back(Path { groups, until });
            }
        }
    }
    found
}

/// Every group that `start` lies in, directly or through active nesting, with the shortest path: from the group it is
/// in directly up to the one reached.
pub fn reached(start: PrincipalId, edges: &[Edge]) -> BTreeMap<GroupId, Path> {
    let mut above: BTreeMap<PrincipalId, Vec<&Edge>> = BTreeMap::new();
    for edge in edges {
        above.entry(edge.holder).or_default().push(edge);
    }
    let mut found: BTreeMap<GroupId, Path> = BTreeMap::new();
    let mut queue = VecDeque::from([(start, Path { groups: Vec::new(), until: None })]);
    while let Some((holder, path)) = queue.pop_front() {
        for edge in above.get(&holder).into_iter().flatten() {
            if found.contains_key(&edge.group) {
                continue;
            }
            let mut groups = path.groups.clone();
            groups.push(edge.group);
            let next = Path { groups, until: sooner(path.until, edge.span.end) };
            found.insert(edge.group, next.clone());
            queue.push_back((edge.group.into(), next));
        }
    }
    found
}

/// Every group that `start` lies in, with the path that lasts longest: its first end is when she is known to be out. Of
/// paths that last equally long the shortest. A path that comes back to where it was never lasts longer, so this ends.
pub fn lasting(start: PrincipalId, edges: &[Edge]) -> BTreeMap<GroupId, Path> {
    let mut above: BTreeMap<PrincipalId, Vec<&Edge>> = BTreeMap::new();
    for edge in edges {
        above.entry(edge.holder).or_default().push(edge);
    }
    let mut found: BTreeMap<GroupId, Path> = BTreeMap::new();
    let mut queue = VecDeque::from([(start, Path { groups: Vec::new(), until: None })]);
    while let Some((holder, path)) = queue.pop_front() {
        for edge in above.get(&holder).into_iter().flatten() {
            let mut groups = path.groups.clone();
            groups.push(edge.group);
            let next = Path { groups, until: sooner(path.until, edge.span.end) };
            if found.get(&edge.group).is_none_or(|known| next.outlasts(known)) {
                found.insert(edge.group, next.clone());
                queue.push_back((edge.group.into(), next));
            }
        }
    }
    found
}

impl Path {
    fn outlasts(&self, other: &Path) -> bool {
        let rank = |path: &Path| (path.until.is_none(), path.until, std::cmp::Reverse(path.groups.len()));
        rank(self) > rank(other)
    }
}

/// What becomes of access that came through a group when memberships change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hold {
    /// Nothing changes.
    Stays,
    /// Ends earlier than it would have, with the membership it rests on.
    Until(DateTime<Utc>),
    /// She is not in the group any more: ends at once.
    Gone,
}

/// Whether access that came through a group and ends at `end` still holds, given the groups she lies in
/// ([`lasting`]): it never outlives her membership (product.md 4.3).
pub fn hold(through: GroupId, end: Option<DateTime<Utc>>, within: &BTreeMap<GroupId, Path>) -> Hold {
    match within.get(&through) {
        None => Hold::Gone,
        Some(Path { until: Some(until), .. }) if end.is_none_or(|end| *until < end) => Hold::Until(*until),
        Some(_) => Hold::Stays,
    }
}

fn sooner(a: Option<DateTime<Utc>>, b: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

/// The circle that a membership would close, as the path from the group back to itself; `None` when there is none.
/// `edges` are the memberships there are, `inner` would be put into `outer`.
pub fn circle(inner: GroupId, outer: GroupId, edges: &[Edge]) -> Option<Vec<GroupId>> {
    if inner == outer {
        return Some(vec![inner, inner]);
    }
    // a circle arises when outer already lies somewhere inside inner
    let up = reached(outer.into(), edges);
    let path = up.get(&inner)?;
    let mut circle = vec![inner, outer];
    circle.extend(&path.groups);
    Some(circle)
}
