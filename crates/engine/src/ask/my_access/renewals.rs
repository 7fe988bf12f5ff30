//! What can be asked about the ends of assignments, by the rule that the act asks too.

use super::rows::Held as Row;
use super::show::Facts;
use super::{Ending, Expired, Renewal};
use domain::assignment::{EndReason, Kind, Origin};
use domain::ids::{AssignmentId, TargetId};
use domain::renewal::{Held, offer};
use domain::span::Span;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What can be or was asked about this row.
pub(super) fn of(facts: &Facts<'_>, row: &Row) -> Option<Renewal> {
    if let Some(number) = row.renewal {
        return Some(Renewal::Asked(number));
    }
    let same = |other: &&Row| {
        other.thing.id() == row.thing.id()
            && other.eligible == row.eligible
            && !other.activated()
            && other.own()
            && other.assignment != row.assignment
    };
    let others: Vec<Span> = facts.held.iter().filter(same).map(Row::span).collect();
    let held = Held {
        origin: Origin::parse(&row.origin)?,
        span: row.span(),
        end_reason: row.end_reason.as_deref().and_then(EndReason::parse),
        others: &others,
    };
    offer(&held, facts.now).map(|offer| Renewal::Offered(offer, AssignmentId(row.assignment)))
}

/// Standing access that is not over and about whose end there is something to ask.
pub(super) fn ending(facts: &Facts<'_>) -> Vec<Ending> {
    let running = facts.held.iter().filter(|row| row.standing() && row.span().contains(facts.now));
    let mut ending: Vec<Ending> = running
        .filter_map(|row| {
            Some(Ending { thing: row.thing.clone(), ends: row.ends_at?, renewal: of(facts, row)? })
        })
        .collect();
    ending.sort_by_key(|row| row.ends);
    ending
}

/// What ended last of each target and kind, and was not given again.
pub(super) fn expired(facts: &Facts<'_>) -> Vec<Expired> {
    let lasting = facts.held.iter().filter(|row| !row.activated() && !row.span().is_over(facts.now));
    let still: BTreeSet<(TargetId, Kind)> = lasting.map(|row| (row.thing.id(), row.kind())).collect();
    let mut last: BTreeMap<(TargetId, Kind), Expired> = BTreeMap::new();
    let over = facts.held.iter().filter(|row| !row.activated() && row.span().is_over(facts.now));
    for row in over {
        let (of_what, Some(ended)) = ((row.thing.id(), row.kind()), row.ends_at) else { continue };
        if still.contains(&of_what) || last.get(&of_what).is_some_and(|other| other.ended >= ended) {
            continue;
        }
        let owners =
            row.thing.group().and_then(|group| facts.owners.get(&group)).cloned().unwrap_or_default();
        let (thing, renewal) = (row.thing.clone(), of(facts, row));
        last.insert(of_what, Expired { thing, kind: row.kind(), ended, renewal, owners });
    }
    let mut expired: Vec<Expired> = last.into_values().collect();
    expired.sort_by_key(|row| Reverse(row.ended));
    expired
}
