//! Ways through groups: how long they last, and what rests on them. Circles end, diamonds keep their better side.
#![cfg(test)]

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use domain::effective::{Edge, Hold, circle, hold, lasting};
use domain::ids::{GroupId, PrincipalId};
use domain::span::Span;
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

fn at(hours: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 12, 8, 0, 0).unwrap() + TimeDelta::hours(hours)
}

fn group(n: u128) -> GroupId {
    GroupId(Uuid::from_u128(n))
}

/// Number 0 is the person.
fn edge(holder: u128, outer: u128, end: Option<i64>) -> Edge {
    let span = Span { start: at(-1), end: end.map(at) };
    Edge { holder: PrincipalId(Uuid::from_u128(holder)), group: group(outer), span }
}

const ANN: PrincipalId = PrincipalId(Uuid::nil());

#[test]
fn a_way_lasts_until_its_first_end_and_the_best_way_counts() {
    let edges = [edge(0, 1, Some(8)), edge(1, 3, Some(5)), edge(0, 2, Some(6)), edge(2, 3, None)];
    let within = lasting(ANN, &edges);
    assert_eq!(
        (within[&group(3)].until, &within[&group(3)].groups),
        (Some(at(6)), &vec![group(2), group(3)])
    );
    assert_eq!(within[&group(1)].until, Some(at(8)));
    let edges = [edge(0, 1, None), edge(1, 2, None), edge(2, 3, None), edge(0, 3, Some(9))];
    assert_eq!(lasting(ANN, &edges)[&group(3)].groups.len(), 3, "a longer way that lasts");
    let edges = [edge(0, 1, None), edge(1, 2, None), edge(0, 2, None)];
    assert_eq!(lasting(ANN, &edges)[&group(2)].groups, [group(2)], "of equals the shortest");
}

#[test]
fn what_came_through_a_group_holds_as_long_as_the_membership() {
    let within = lasting(ANN, &[edge(0, 1, Some(3)), edge(0, 2, None)]);
    for (through, end, expected) in [
        (1, Some(at(2)), Hold::Stays),
        (1, Some(at(3)), Hold::Stays),
        (1, Some(at(4)), Hold::Until(at(3))),
        (1, None, Hold::Until(at(3))),
        (2, Some(at(4)), Hold::Stays),
        (2, None, Hold::Stays),
        (3, Some(at(2)), Hold::Gone),
    ] {
        assert_eq!(hold(group(through), end, &within), expected, "{through} {end:?}");
    }
}

#[test]
fn what_hangs_on_itself_is_not_reached() {
    // B was activated through A, and A is only reached through B
    let edges = [edge(1, 2, Some(4)), edge(2, 1, None)];
    assert!(lasting(ANN, &edges).is_empty());
}

#[test]
fn a_circle_of_sixty_groups_is_found_and_told_the_whole_way_round() {
    let edges: Vec<Edge> = (1..60).map(|n| edge(n, n + 1, None)).collect();
    let round = circle(group(60), group(1), &edges).unwrap();
    assert_eq!((round.len(), round[0], round[60]), (61, group(60), group(60)));
    assert_eq!(circle(group(1), group(60), &edges), None);
}

fn graph() -> impl Strategy<Value = Vec<Edge>> {
    let one = (0_u128..9, 1_u128..9, proptest::option::of(0_i64..20));
    proptest::collection::vec(one.prop_map(|(inner, outer, end)| edge(inner, outer, end)), 0..30)
}

/// Whether `to` is reached by edges that all still hold at `when`: what [`lasting`] promises, found in the plainest way.
fn reached_at(edges: &[Edge], to: GroupId, when: DateTime<Utc>) -> bool {
    let mut within = vec![ANN];
    for _ in 0..edges.len() + 1 {
        for edge in edges.iter().filter(|edge| edge.span.contains(when)) {
            if within.contains(&edge.holder) && !within.contains(&edge.group.into()) {
                within.push(edge.group.into());
            }
        }
    }
    within.contains(&to.into())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// She is in a group at a time exactly when the best way there lasts that long, circles or not.
    #[test]
    fn the_best_way_is_as_long_as_there_is_any(edges in graph()) {
        let within = lasting(ANN, &edges);
        for to in (1..9).map(group) {
            for hour in -1..21 {
                let lasts = within.get(&to).is_some_and(|path| path.until.is_none_or(|until| at(hour) < until));
                prop_assert_eq!(lasts, reached_at(&edges, to, at(hour)), "{} at {}", to, hour);
            }
        }
    }

    /// Every step of a path is an edge, and it ends with the first of its steps (the best of equal edges).
    #[test]
    fn every_path_is_a_way(edges in graph()) {
        for path in lasting(ANN, &edges).values() {
            let mut holder = ANN;
            let mut ends = Vec::new();
            for step in &path.groups {
                let best = edges.iter().filter(|edge| edge.holder == holder && edge.group == *step);
                let best = best.map(|edge| edge.span.end).max_by_key(|end| (end.is_none(), *end));
                prop_assert!(best.is_some());
                ends.extend(best.flatten());
                holder = (*step).into();
            }
            prop_assert_eq!(path.until, ends.into_iter().min());
        }
    }

    /// Edges let in only when they close no circle never make one.
    #[test]
    fn edges_that_close_no_circle_make_none(edges in graph()) {
        let mut kept: Vec<Edge> = Vec::new();
        for next in edges.into_iter().filter(|edge| edge.holder != ANN) {
            if circle(GroupId(next.holder.0), next.group, &kept).is_none() {
                kept.push(next);
            }
        }
        let names: BTreeMap<GroupId, _> = (1..9).map(|n| (group(n), lasting(group(n).into(), &kept))).collect();
        for (group, reached) in names {
            prop_assert!(!reached.contains_key(&group));
        }
    }
}
