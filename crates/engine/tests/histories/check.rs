//! Holds the engine's rows and reads against the model, and learns which row is what.

use super::model::{Ask, Basis, FOREVER, Grant, Kind, Model, State, What, Who};
use super::world::World;
use super::world::rows::{AskRow, GrantRow, Rows};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Nothing is there that the model does not have, and everything is there that it has, to the microsecond.
///
/// # Errors
/// The first difference, in words.
pub fn compare(world: &mut World, model: &mut Model, rows: &Rows) -> Result<(), String> {
    grants(world, model, rows)?;
    asks(world, model, rows)?;
    effective(world, model, rows)?;
    for (what, (version, _)) in &model.policies {
        let id = world.targets[what];
        if !rows.policies.contains(&(id, version + world.earlier[what])) {
            return Err(format!("policy of {what:?}: the model has version {version}, the engine another"));
        }
    }
    Ok(())
}

fn grants(world: &mut World, model: &mut Model, rows: &Rows) -> Result<(), String> {
    let mut new: Vec<&GrantRow> = rows.grants.iter().filter(|row| !world.grants.contains(&row.id)).collect();
    for at in world.grants.len()..model.grants.len() {
        let grant = &model.grants[at];
        let found = new.iter().position(|row| same(world, grant, row).is_ok());
        let Some(found) = found else {
            return Err(format!("the model has {grant:?}, the engine wrote {new:?}"));
        };
        world.grants.push(new.remove(found).id);
    }
    if let Some(row) = new.first() {
        let what = (world.what(row.target), world.who(row.principal));
        return Err(format!("the engine wrote what the model does not have, {what:?}: {row:?}"));
    }
    for row in &rows.grants {
        let at = place(&world.grants, row.id).ok_or("a row was mapped and is gone")?;
        same(world, &model.grants[at], row).map_err(|why| format!("grant {at}: {why}"))?;
        narrow(world, &mut model.grants[at].basis, row.eligibility, row.through);
    }
    Ok(())
}

fn place(ids: &[Uuid], id: Uuid) -> Option<usize> {
    ids.iter().position(|known| *known == id)
}

fn same(world: &World, grant: &Grant, row: &GrantRow) -> Result<(), String> {
    let kind = if grant.eligible { "eligible" } else { "active" };
    let origin = if grant.activated() { "activated" } else { "assigned" };
    let one = world.what(row.target) == Some(grant.what)
        && world.who(row.principal) == Some(grant.who)
        && (row.kind.as_str(), row.origin.as_str()) == (kind, origin);
    let span = row.start == grant.start && row.end.unwrap_or(FOREVER) == grant.end;
    let basis = !grant.activated() || resting(world, &grant.basis, row.eligibility, row.through);
    if one && span && basis { Ok(()) } else { Err(format!("the model has {grant:?}, the engine {row:?}")) }
}

/// Whether this is one of those that it may rest on.
fn resting(world: &World, basis: &[Basis], eligibility: Option<Uuid>, through: Option<Uuid>) -> bool {
    basis.iter().any(|basis| is(world, basis, eligibility, through))
}

fn is(world: &World, basis: &Basis, eligibility: Option<Uuid>, through: Option<Uuid>) -> bool {
    world.grants.get(basis.grant).copied() == eligibility
        && basis.through.map(|group| world.groups[group]) == through
}

/// Of equals the engine took one.
fn narrow(world: &World, basis: &mut Vec<Basis>, eligibility: Option<Uuid>, through: Option<Uuid>) {
    if basis.len() > 1 {
        basis.retain(|basis| is(world, basis, eligibility, through));
    }
}

fn asks(world: &mut World, model: &mut Model, rows: &Rows) -> Result<(), String> {
    if rows.asks.len() != model.asks.len() {
        let (engine, model) = (rows.asks.len(), model.asks.len());
        return Err(format!("the model has {model} requests, the engine {engine}"));
    }
    world.asks = rows.asks.iter().map(|row| row.id).collect();
    for (at, row) in rows.asks.iter().enumerate() {
        if model.asks[at].adrift && model.asks[at].state.open() && row.status == word(State::Revoked) {
            model.asks[at].state = State::Revoked;
        }
        same_ask(world, &model.asks[at], row).map_err(|what| {
            format!("request {at}: {what} differs: {:?}, the engine: {row:?}", model.asks[at])
        })?;
        narrow(world, &mut model.asks[at].basis, row.eligibility, row.through);
        for said in model.asks[at].votes.iter_mut().filter(|said| said.seats.len() > 1) {
            let by = world.people[said.by];
            said.seats.retain(|seat| row.votes.contains(&(by, world.people[*seat])));
        }
    }
    Ok(())
}

fn same_ask(world: &World, ask: &Ask, row: &AskRow) -> Result<(), &'static str> {
    let yes = |same: bool, what| if same { Ok(()) } else { Err(what) };
    let about =
        world.what(row.target) == Some(ask.what) && world.who(row.principal) == Some(Who::Person(ask.who));
    yes(about, "what it is about")?;
    yes(world.who(row.filer) == Some(Who::Person(ask.filer)), "who asked")?;
    let extends = match ask.kind {
        Kind::Activation => None,
        Kind::More(grant) | Kind::Renewal(grant) => Some(world.grants[grant]),
    };
    yes(row.extends == extends, "what it continues")?;
    yes(row.status == word(ask.state), "its state")?;
    yes(row.deadline == ask.deadline, "its deadline")?;
    let voted = |by: Uuid, seat: Uuid| {
        let is = |person: &usize, id: Uuid| world.people[*person] == id;
        ask.votes.iter().any(|said| is(&said.by, by) && said.seats.iter().any(|one| is(one, seat)))
    };
    let all = ask.votes.len() == row.votes.len() && row.votes.iter().all(|(by, seat)| voted(*by, *seat));
    yes(all, "who voted, and for whom")?;
    yes(row.early == ask.early, "since when others may decide")?;
    let basis = ask.basis.is_empty() || resting(world, &ask.basis, row.eligibility, row.through);
    yes(basis, "what it rests on")?;
    let owed = match ask.debt {
        super::model::Debt::None => None,
        super::model::Debt::Owed => Some(true),
        super::model::Debt::Settled => Some(false),
    };
    yes(row.owed == owed, "its review")
}

pub fn word(state: State) -> &'static str {
    match state {
        State::Waiting => "PendingApproval",
        State::Planned => "Granted",
        State::Done => "Provisioned",
        State::Denied => "Denied",
        State::Cancelled => "Canceled",
        State::Lapsed => "TimedOut",
        State::Revoked => "Revoked",
        State::WaitingForManager => "PendingAdminDecision",
        State::Given => "AdminApproved",
        State::NotGiven => "AdminDenied",
    }
}

/// Who is in each group, owns it, holds each role, by the engine's own reads (I-01, I-17, I-18, I-19).
fn effective(world: &World, model: &Model, rows: &Rows) -> Result<(), String> {
    for (what, target) in &world.targets {
        let (name, found): (_, BTreeSet<Uuid>) = match what {
            What::Member(group) => {
                let root = world.groups[*group];
                ("members", rows.members.iter().filter(|(of, _)| *of == root).map(|(_, who)| *who).collect())
            }
            _ => {
                ("holders", rows.holders.iter().filter(|(of, _)| of == target).map(|(_, who)| *who).collect())
            }
        };
        let people = match what {
            What::Member(group) => model.inside(*group, None),
            _ => model.holders(*what),
        };
        let expected: BTreeSet<Uuid> = people.iter().map(|person| world.people[*person]).collect();
        if expected != found {
            let found: Vec<_> = found.iter().map(|id| world.who(*id)).collect();
            return Err(format!("{name} of {what:?}: the model says {people:?}, the engine {found:?}"));
        }
    }
    Ok(())
}
