//! Moments and lengths, the boundaries that matter among them.

use crate::dice::Dice;
use crate::model::{Ask, DAY, FOREVER, HOUR, MINUTE, Model, Time};

/// How far the clock goes: a little, or to a moment at which something begins, ends or lapses, or just before.
pub fn next(dice: &mut Dice, model: &Model) -> Time {
    let now = model.now;
    match dice.below(20) {
        0..7 => now + MINUTE * dice.one([1, 3, 10, 25]),
        7..11 => now + HOUR * dice.one([1, 2, 5]),
        11..13 => now + DAY * dice.one([1, 2]),
        13 => now + DAY * dice.one([7, 16, 31]),
        14 => now + 1,
        15..18 => boundary(model).unwrap_or(now + MINUTE),
        _ => boundary(model).map_or(now + MINUTE, |at| (at - 1).max(now + 1)),
    }
}

/// The next moment at which something begins, ends or lapses.
fn boundary(model: &Model) -> Option<Time> {
    let grants = model.grants.iter().filter(|grant| !model.over(grant));
    let grants = grants.flat_map(|grant| [grant.start, grant.end]);
    let asks = model.asks.iter().filter(|ask| ask.state.open());
    let asks = asks.flat_map(|ask| [ask.start, ask.deadline, escalates(ask)]).flatten();
    let back = model.people.iter().filter_map(|person| person.away).map(|away| away.until);
    grants.chain(asks).chain(back).filter(|at| *at > model.now && *at < FOREVER).min()
}

/// When others may decide on it too.
fn escalates(ask: &Ask) -> Option<Time> {
    let rule = ask.under.approval.as_ref().filter(|rule| !rule.later.is_empty())?;
    Some(ask.asked + rule.later_after * HOUR)
}

/// When something is to begin. Past by a whole hour: forms may take minutes to fill in.
pub fn start(dice: &mut Dice, model: &Model) -> Time {
    let now = model.now;
    match dice.below(12) {
        0 => now - HOUR,
        1 => now,
        2 => now + DAY * dice.one([29, 31]),
        3 => boundary(model).unwrap_or(now + HOUR),
        4..8 => now + MINUTE * dice.one([3, 20, 50]),
        _ => now + HOUR * dice.one([1, 4, 20]),
    }
}

pub fn minutes(dice: &mut Dice) -> i64 {
    dice.one([4, 5, 30, 30, 60, 60, 120, 240, 480, 1441])
}

/// When an assignment is to end: rarely too soon or never.
pub fn end(dice: &mut Dice, start: Time, model: &Model) -> Option<Time> {
    let odd = Time::try_from(dice.below(1_000_000)).ok()?;
    match dice.below(20) {
        0 | 1 => None,
        2 => Some(start + 4 * MINUTE),
        3 => Some(start - HOUR),
        4 => Some(start + 400 * DAY),
        5 | 6 => Some(boundary(model).unwrap_or(start + DAY)),
        7..11 => Some(start + HOUR * dice.one([1, 6]) + odd),
        11..15 => Some(start + DAY - odd),
        _ => Some(start + DAY * dice.one([3, 15, 19]) + odd),
    }
}
