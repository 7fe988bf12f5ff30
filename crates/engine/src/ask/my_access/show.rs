//! From facts to rows of the page: whether and why not is asked of the rules, the same as the act asks.

use super::rows::{Asked, Held};
use super::ways::{Ways, before};
use super::{Eligible, Frame, MyAccess, On, Planned, Waiting, renewals};
use crate::ask::deciders::Deciders;
use crate::db::groups::Label;
use crate::db::policies::Versioned;
use crate::{Ctx, Error, Result};
use chrono::{DateTime, Utc};
use domain::activation::{Standing, obstacles};
use domain::duration::Minutes;
use domain::ids::{AssignmentId, GroupId, PersonId, TargetId};
use domain::policy::ApprovalRule;
use domain::policy::prompt::prompts;
use domain::policy::stricter::stricter;
use domain::principal::Person;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that was loaded.
pub(super) struct Facts<'a> {
    pub ctx: &'a Ctx,
    pub now: DateTime<Utc>,
    pub held: Vec<Held>,
    pub ways: Ways,
    pub asked: Vec<Asked>,
    pub policies: BTreeMap<TargetId, Versioned>,
    pub deciders: Deciders,
    pub owners: BTreeMap<GroupId, Vec<String>>,
}

/// Puts the page together.
pub(super) fn page(frame: Frame, facts: Facts<'_>) -> Result<MyAccess> {
    let mut eligible =
        facts.eligible().map(|(first, all)| facts.show_eligible(first, &all)).collect::<Result<Vec<_>>>()?;
    eligible.sort_by_cached_key(|row| {
        (!row.favourite, -row.used, row.thing.name.to_lowercase(), row.thing.target_id)
    });
    let mut on: Vec<On> = facts.held.iter().filter(|row| row.activated()).map(show_on).collect();
    on.sort_by_key(|row| row.span.end);
    let waiting =
        facts.asked.iter().filter(|row| row.waits).filter_map(|row| facts.show_waiting(row).transpose());
    let waiting = waiting.collect::<Result<Vec<_>>>()?;
    let mut planned: Vec<Planned> =
        facts.asked.iter().filter(|row| !row.waits).filter_map(show_planned).collect();
    planned.sort_by_key(|row| row.span.start);
    let (ending, expired) = (renewals::ending(&facts), renewals::expired(&facts));
    Ok(MyAccess { frame, on, waiting, planned, eligible, ending, expired })
}

impl Facts<'_> {
    /// Eligibilities that are not over, by target.
    fn eligible(&self) -> impl Iterator<Item = (&Held, Vec<&Held>)> {
        let mut by_target: BTreeMap<TargetId, Vec<&Held>> = BTreeMap::new();
        for row in self.held.iter().filter(|row| row.eligible && !row.span().is_over(self.now)) {
            by_target.entry(row.thing.id()).or_default().push(row);
        }
        by_target.into_values().filter_map(|all| Some((*all.first()?, all)))
    }

    fn show_eligible(&self, first: &Held, all: &[&Held]) -> Result<Eligible> {
        let standing = self.standing(first, all)?;
        let covering = standing.eligibilities.iter().filter(|held| held.span.contains(self.now));
        let best = covering.max_by_key(|held| held.rank());
        let own = best.and_then(|best| {
            all.iter().find(|row| row.own() && AssignmentId(row.assignment) == best.ground.eligibility)
        });
        let running = self.running(first.thing.id());
        Ok(Eligible {
            thing: first.thing.clone(),
            through: best.map(|held| self.ways.labels(held.ground)).unwrap_or_default(),
            prompts: prompts(&standing.rules, self.ctx.session.factor_at.is_some()),
            begins: (best.is_none() && !standing.eligibilities.is_empty()).then_some(first.starts_at),
            until: best.map_or(first.ends_at, |held| held.span.end),
            renewal: own.and_then(|row| renewals::of(self, row)),
            obstacles: obstacles(&standing, None, self.now),
            running: running.map(|row| AssignmentId(row.assignment)),
            used: first.used,
            favourite: first.favourite,
            last: first.last.as_ref().map(|last| last.0.clone()),
        })
    }

    fn standing(&self, first: &Held, all: &[&Held]) -> Result<Standing> {
        let target = first.thing.id();
        let here = || self.asked.iter().filter(move |row| row.thing.id() == target);
        let rules = self.policy(target)?.policy.activation.clone();
        let eligibilities: Vec<_> = all.iter().filter_map(|row| self.ways.eligibility(row)).collect();
        let (able, barred) = self.able(first, &rules);
        Ok(Standing {
            person: Person { id: self.ctx.person(), enabled: true, deleted: false },
            asked_for: None,
            group_open: first.open,
            before: if eligibilities.is_empty() {
                all.iter().filter_map(|row| before(row)).collect()
            } else {
                Vec::new()
            },
            eligibilities,
            running: self.running(target).map(Held::span),
            planned: here().filter(|row| !row.waits).filter_map(Asked::window).collect(),
            waiting_since: here().find(|row| row.waits).map(|row| row.created_at),
            open_requests: self.asked.len(),
            approvers_able: able,
            approvers_barred: barred,
            rules,
            group_name: first.thing.name.clone(),
            owner_names: first
                .thing
                .group()
                .and_then(|group| self.owners.get(&group))
                .cloned()
                .unwrap_or_default(),
        })
    }

    /// How many could approve it, and how many besides, if they did not stand in for her.
    fn able(&self, row: &Held, rules: &domain::policy::ActivationRules) -> (usize, usize) {
        let me = self.ctx.person();
        let Some(rule) = rules.approval.as_ref().map(ApprovalRule::whole) else { return (0, 0) };
        self.deciders.counts(&rule, row.thing.target, [me, me])
    }

    /// Groups whose owners are named in a sentence.
    pub fn groups_that_need_help(&self) -> BTreeSet<GroupId> {
        let nobody = |row: &Held| {
            let rules = self.policies.get(&row.thing.id()).map(|found| &found.policy.activation);
            rules.is_some_and(|rules| rules.approval.is_some() && self.able(row, rules).0 == 0)
        };
        let stuck =
            self.held.iter().filter(|row| row.span().is_over(self.now) || (row.eligible && nobody(row)));
        stuck.filter_map(|row| row.thing.group()).collect()
    }

    fn running(&self, target: TargetId) -> Option<&Held> {
        self.held.iter().find(|row| row.activated() && row.thing.id() == target)
    }

    fn policy(&self, target: TargetId) -> Result<&Versioned> {
        self.policies.get(&target).ok_or_else(|| Error::inconsistent("policies", target, "not loaded"))
    }

    /// A request is decided by the stricter of two policies; so is who decides. One that lapsed waits no longer,
    /// whether or not that was written down.
    fn show_waiting(&self, row: &Asked) -> Result<Option<Waiting>> {
        let Some(lapses) = row.deadline_at.filter(|deadline| *deadline > self.now) else { return Ok(None) };
        let current = &self.policy(row.thing.id())?.policy.activation;
        let approval = stricter(&row.rules.0, current).approval.map(|rule| rule.at(row.asked(), self.now));
        let me = self.ctx.person();
        let filer = row.filer_id.map_or(me, PersonId);
        let deciders = approval
            .as_ref()
            .map_or(Vec::new(), |rule| self.deciders.may_approve(rule, row.thing.target, [me, filer]));
        Ok(Some(Waiting {
            thing: row.thing.clone(),
            number: row.number,
            asked: row.created_at,
            asked_by: row.asked_by.clone(),
            start: row.asked_start,
            length: minutes(row),
            lapses,
            deciders,
            needed: approval.map_or(1, |rule| usize::from(rule.needed)),
            approved_by: row.approved_by.clone(),
            extends: row.extends,
        }))
    }
}

fn show_on(row: &Held) -> On {
    let through = row.by_key.clone().zip(row.by_name.clone());
    On {
        through: through.map(|(key, name)| Label { key, name }),
        thing: row.thing.clone(),
        assignment: AssignmentId(row.assignment),
        span: row.span(),
        reason: row.reason.clone(),
    }
}

fn show_planned(row: &Asked) -> Option<Planned> {
    Some(Planned {
        thing: row.thing.clone(),
        number: row.number,
        span: row.window()?,
        reason: row.reason.clone(),
        approved_by: row.approved_by.clone(),
    })
}

fn minutes(row: &Asked) -> Minutes {
    Minutes(u32::try_from(row.asked_minutes).unwrap_or(0))
}
