//! Policies and texts.

use crate::cast::{KEYS, NAMES};
use crate::dice::Dice;
use crate::model::{Approval, Demands, Limit, Policy, Proof, What, Who};

/// Letters of a reason.
pub fn reason(dice: &mut Dice) -> usize {
    match dice.below(10) {
        0 => 0,
        1 | 2 => 5,
        _ => 25,
    }
}

pub fn draw(dice: &mut Dice, what: What) -> Policy {
    let role = matches!(what, What::Role(_));
    Policy {
        demands: Demands {
            max: dice.one([30, 120, 480, 1440]),
            proof: proof(dice),
            reason: dice.one([None, None, Some(5), Some(10)]),
            ticket: dice.chance(10),
            approval: dice.chance(if role { 20 } else { 45 }).then(|| approval(dice)),
        },
        eligible: limit(dice),
        active: limit(dice),
        active_reason: dice.chance(30),
        active_code: dice.chance(20),
        glass: dice.chance(35).then(|| dice.one([15, 60, 240])),
    }
}

fn proof(dice: &mut Dice) -> Proof {
    dice.one([Proof::None, Proof::None, Proof::None, Proof::Session, Proof::Fresh])
}

fn limit(dice: &mut Dice) -> Limit {
    Limit { permanent: dice.chance(40), days: dice.one([1, 20, 180]) }
}

fn approval(dice: &mut Dice) -> Approval {
    let mut named: Vec<Who> = (0..NAMES.len()).filter(|_| dice.chance(55)).map(Who::Person).collect();
    named.extend((0..KEYS.len()).filter(|_| dice.chance(15)).map(Who::Group));
    if named.is_empty() {
        named = vec![Who::Person(0), Who::Person(3)];
    }
    let needed = if dice.chance(70) { 1 } else { 2 };
    let mut hours = dice.one([1, 24, 72]);
    let mut later = Vec::new();
    // with fewer named at first, so that others are missed
    if dice.chance(40) {
        later = (0..NAMES.len()).filter(|_| dice.chance(30)).map(Who::Person).collect();
        later.extend((0..KEYS.len()).filter(|_| dice.chance(15)).map(Who::Group));
        named.truncate(2);
        hours = dice.one([1, 24, 24, 72]);
    }
    Approval { named, needed, hours, later, later_after: dice.one([1, 2, 30]) }
}

/// One or two settings changed, sometimes to what can't be saved.
pub fn edited(dice: &mut Dice, policy: &Policy, what: What) -> Policy {
    let mut next = policy.clone();
    let fresh = draw(dice, what);
    for _ in 0..=dice.below(2) {
        match dice.below(10) {
            0 | 1 => next.demands.max = fresh.demands.max,
            2 => next.demands.reason = fresh.demands.reason,
            3 => next.demands.ticket = fresh.demands.ticket,
            4 | 5 => next.demands.approval = fresh.demands.approval.clone(),
            6 => next.demands.proof = fresh.demands.proof,
            7 => (next.eligible, next.active) = (fresh.eligible, fresh.active),
            8 => next.glass = fresh.glass,
            _ => unfit(dice, &mut next),
        }
    }
    next
}

fn unfit(dice: &mut Dice, policy: &mut Policy) {
    match dice.below(3) {
        0 => policy.demands.max = 45,
        1 => policy.glass = Some(10),
        _ => {
            policy.demands.approval =
                Some(Approval { named: Vec::new(), needed: 1, hours: 24, later: Vec::new(), later_after: 1 })
        }
    }
}
