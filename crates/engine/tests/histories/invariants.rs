//! What holds whatever happens (security.md section 10), asked of the rows alone: should model and engine ever err
//! together, this still speaks.

use super::model::{FOREVER, Model, Role, State, What};
use super::world::World;
use super::world::rows::{AskRow, GrantRow, Rows};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const FINAL: [&str; 7] =
    ["Provisioned", "Denied", "Canceled", "TimedOut", "Revoked", "AdminApproved", "AdminDenied"];

/// Of two looks, one step apart.
///
/// # Errors
/// The invariant that is broken, and by what.
pub fn hold(world: &World, model: &Model, before: &Rows, after: &Rows) -> Result<(), String> {
    let now = model.now;
    let on =
        |row: &&GrantRow| row.kind == "active" && row.start <= now && row.end.is_none_or(|end| end > now);
    let activated: Vec<&GrantRow> =
        after.grants.iter().filter(|row| row.origin == "activated").filter(on).collect();
    one_at_a_time(after)?;
    let by_id: BTreeMap<Uuid, &GrantRow> = after.grants.iter().map(|row| (row.id, row)).collect();
    for row in &activated {
        let ground =
            row.eligibility.and_then(|id| by_id.get(&id)).ok_or("I-03: an activation without a ground")?;
        if ground.kind != "eligible" || ground.target != row.target {
            return Err(format!("I-03: {row:?} rests on {ground:?}"));
        }
        if row.end.unwrap_or(FOREVER) > ground.end.unwrap_or(FOREVER) {
            return Err(format!("I-04: {row:?} outlasts its eligibility {ground:?}"));
        }
        if row.end.is_none_or(|end| end - row.start > 1440 * 60_000_000) {
            return Err(format!("I-04: {row:?} is longer than any policy allows"));
        }
    }
    absent_people(world, model, &activated, after)?;
    administrator(world, model, after)?;
    requests(model, before, after)?;
    ends(before, after, now)
}

/// I-02.
fn one_at_a_time(rows: &Rows) -> Result<(), String> {
    let mut slots: BTreeMap<(Uuid, Uuid), Vec<&GrantRow>> = BTreeMap::new();
    for row in rows.grants.iter().filter(|row| row.origin == "activated" && row.end != Some(row.start)) {
        slots.entry((row.principal, row.target)).or_default().push(row);
    }
    for rows in slots.values_mut() {
        rows.sort_by_key(|row| row.start);
        for pair in rows.windows(2) {
            if pair[0].end.is_none_or(|end| end > pair[1].start) {
                return Err(format!("I-02: two activations at once: {pair:?}"));
            }
        }
    }
    Ok(())
}

/// I-09: who is disabled or deleted has nothing on, nothing open, and decides nothing.
fn absent_people(world: &World, model: &Model, activated: &[&GrantRow], rows: &Rows) -> Result<(), String> {
    let absent = (0..model.people.len()).filter(|person| !model.able(*person));
    for id in absent.map(|person| world.people[person]) {
        let open = |row: &&AskRow| row.principal == id && !FINAL.contains(&row.status.as_str());
        if activated.iter().any(|row| row.principal == id) || rows.asks.iter().any(|row| open(&row)) {
            return Err(format!(
                "I-09: {:?} is disabled or deleted and has something on or open",
                world.who(id)
            ));
        }
    }
    Ok(())
}

/// I-10.
fn administrator(world: &World, model: &Model, rows: &Rows) -> Result<(), String> {
    let role = world.targets[&What::Role(Role::Global)];
    let able = |id: &Uuid| {
        world.people.iter().position(|person| person == id).is_some_and(|at| model.people[at].factor)
    };
    let there = rows.holders.iter().any(|(target, person)| *target == role && able(person));
    if there { Ok(()) } else { Err("I-10: no Global Administrator with a second factor".into()) }
}

/// I-05, I-06, I-11, I-12.
fn requests(model: &Model, before: &Rows, after: &Rows) -> Result<(), String> {
    for (at, row) in after.asks.iter().enumerate() {
        let was = before.asks.get(at);
        if was.is_some_and(|was| FINAL.contains(&was.status.as_str()) && was.status != row.status) {
            return Err(format!("I-06: {was:?} was final and became {row:?}"));
        }
        let asks = [row.principal, row.filer];
        let seats: BTreeSet<&Uuid> = row.votes.iter().map(|(_, seat)| seat).collect();
        let own = row.votes.iter().any(|(by, seat)| asks.contains(by) || asks.contains(seat))
            || (row.status.starts_with("Admin") && row.closed_by == Some(row.principal));
        if own {
            return Err(format!("I-11: decided by herself: {row:?}"));
        }
        if let Some(since) = was.and_then(|was| was.early)
            && row.early != Some(since)
        {
            return Err(format!("others were let decide early and no longer are: {was:?} became {row:?}"));
        }
        if row.early.is_some_and(|since| row.deadline.is_none_or(|deadline| since >= deadline)) {
            return Err(format!("others were let decide on what had lapsed: {row:?}"));
        }
        let granted = matches!(model.asks[at].state, State::Planned | State::Done);
        let waited = was.is_some_and(|was| was.status == "PendingApproval");
        if granted && waited {
            let needed = model.asks[at].under.approval.as_ref().map_or(1, |rule| rule.needed);
            if seats.len() < needed {
                return Err(format!("I-05: granted by {} of {needed}: {row:?}", seats.len()));
            }
            if row.deadline.is_none_or(|deadline| deadline <= model.now) {
                return Err(format!("I-12: granted after its deadline: {row:?}"));
            }
        }
    }
    let own = |row: &&GrantRow| {
        row.kind == "active" && row.origin == "assigned" && row.made_by == Some(row.principal)
    };
    after.grants.iter().find(own).map_or(Ok(()), |row| Err(format!("I-11: given by herself: {row:?}")))
}

/// I-06, I-22, I-23: what ended stays ended, and no activation is lengthened: more time is a new one.
fn ends(before: &Rows, after: &Rows, now: i64) -> Result<(), String> {
    let was: BTreeMap<Uuid, &GrantRow> = before.grants.iter().map(|row| (row.id, row)).collect();
    for row in &after.grants {
        let Some(was) = was.get(&row.id) else { continue };
        let later = row.end.unwrap_or(FOREVER) > was.end.unwrap_or(FOREVER);
        if later && row.origin == "activated" {
            return Err(format!("I-22, I-23: lengthened: {was:?} became {row:?}"));
        }
        if later && was.end.is_some_and(|end| end <= now) {
            return Err(format!("I-06: revived: {was:?} became {row:?}"));
        }
    }
    Ok(())
}
