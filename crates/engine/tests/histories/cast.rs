//! Who a history is about: five people, three groups, one of them in another and one of them role-assignable.

use super::dice::Dice;
use super::draw::policies;
use super::model::{DAY, FOREVER, Grant, Group, HOUR, Model, Person, Role, Time, What, Who};
use std::collections::BTreeMap;

/// Ada is Global Administrator, and asks for access like everybody else.
pub const ADA: usize = 0;
/// Olga owns the groups.
pub const OLGA: usize = 1;
pub const NAMES: [&str; 5] = ["Ada", "Olga", "Ann", "Ben", "Cleo"];
/// The team is put into the vault.
pub const TEAM: usize = 0;
pub const VAULT: usize = 1;
/// Role-assignable.
pub const TIER: usize = 2;
pub const KEYS: [&str; 3] = ["team", "vault", "tier"];

pub const WHATS: [What; 9] = [
    What::Member(TEAM),
    What::Member(VAULT),
    What::Member(TIER),
    What::Owner(TEAM),
    What::Owner(VAULT),
    What::Owner(TIER),
    What::Role(Role::Global),
    What::Role(Role::Users),
    What::Role(Role::Groups),
];

/// The cast of a history as it begins.
pub fn cast(dice: &mut Dice, now: Time) -> Model {
    let person = |factor| Person { enabled: true, deleted: None, factor, away: None };
    let mut model = Model {
        now,
        people: (0..NAMES.len()).map(|at| person(at <= OLGA || dice.chance(60))).collect(),
        groups: (0..KEYS.len()).map(|at| Group { guarded: at == TIER, deleted: None }).collect(),
        grants: Vec::new(),
        asks: Vec::new(),
        policies: BTreeMap::new(),
    };
    for what in WHATS {
        model.policies.insert(what, (1, policies::draw(dice, what)));
    }
    let mut give = |what, who, eligible, end| {
        let start = now - HOUR;
        model.grants.push(Grant { what, who, eligible, basis: Vec::new(), start, end, taken: false });
    };
    give(What::Role(Role::Global), Who::Person(ADA), false, FOREVER);
    if dice.chance(30) {
        give(What::Role(Role::Users), Who::Person(dice.one([2, 3])), false, FOREVER);
    }
    if dice.chance(30) {
        let role = dice.one([Role::Users, Role::Groups, Role::Global]);
        give(What::Role(role), Who::Group(TIER), dice.chance(50), FOREVER);
    }
    for group in 0..KEYS.len() {
        give(What::Owner(group), Who::Person(OLGA), false, FOREVER);
    }
    // the team in the vault: each member for herself, or all at once
    let until = now + DAY * dice.one([2, 10, 40]);
    give(What::Member(VAULT), Who::Group(TEAM), dice.chance(60), until);
    if dice.chance(40) {
        give(What::Member(TIER), Who::Group(VAULT), true, FOREVER);
    }
    for person in [ADA, OLGA, 2, 3, 4] {
        let until = now + dice.one([HOUR * 3, DAY * 2, DAY * 30]);
        match dice.below(4) {
            0 => give(What::Member(TEAM), Who::Person(person), false, until),
            1 => give(What::Member(TEAM), Who::Person(person), true, until),
            2 => give(What::Member(VAULT), Who::Person(person), true, until),
            _ => give(What::Member(TIER), Who::Person(person), true, until),
        }
    }
    model
}
