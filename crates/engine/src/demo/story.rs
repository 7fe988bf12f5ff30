//! What the chapters of the sample company share: who is who, and what the audit will tell.

use crate::audit::About;
use crate::db::targets;
use crate::{Engine, Error, Result, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use domain::audit::Event;
use domain::ids::{GroupId, PersonId, TargetId};
use domain::target::{Access, Target};
use serde_json::json;
use std::collections::HashMap;

/// The company while it is being made.
pub(super) struct Story<'a> {
    pub engine: &'a Engine,
    pub tx: Tx,
    pub now: DateTime<Utc>,
    pub people: HashMap<&'static str, PersonId>,
    pub groups: HashMap<&'static str, GroupId>,
    events: Vec<Told>,
}

/// An event of the past.
struct Told {
    at: DateTime<Utc>,
    event: Event,
    by: Option<PersonId>,
    about: About,
}

impl<'a> Story<'a> {
    pub fn new(engine: &'a Engine, tx: Tx, now: DateTime<Utc>) -> Self {
        Self { engine, tx, now, people: HashMap::new(), groups: HashMap::new(), events: Vec::new() }
    }

    /// Somebody of the company, by user name.
    pub fn person(&self, user_name: &str) -> Result<PersonId> {
        let found = self.people.get(user_name).copied();
        found.ok_or_else(|| Error::Internal(format!("the sample company has no {user_name}")))
    }

    /// A group of the company, by its address.
    pub fn group(&self, key: &str) -> Result<GroupId> {
        let found = self.groups.get(key).copied();
        found.ok_or_else(|| Error::Internal(format!("the sample company has no group {key}")))
    }

    /// What can be held of a group.
    pub async fn target(&mut self, key: &str, access: Access) -> Result<(Target, TargetId)> {
        let target = Target::of(self.group(key)?, access);
        Ok((target, targets::ensure(&mut self.tx, target).await?))
    }

    pub fn days_ago(&self, days: i64) -> DateTime<Utc> {
        self.now - TimeDelta::days(days)
    }

    pub fn in_days(&self, days: i64) -> DateTime<Utc> {
        self.now + TimeDelta::days(days)
    }

    /// Keeps an event for the end: the audit is written in the order of time.
    pub fn tell(&mut self, at: DateTime<Utc>, event: Event, by: Option<PersonId>, about: About) {
        self.events.push(Told { at, event, by, about });
    }

    /// Writes the audit and makes everything true.
    pub async fn end(mut self) -> Result<()> {
        self.events.sort_by_key(|told| told.at);
        for Told { at, event, by, about } in &self.events {
            sqlx::query(
                "insert into audit_events (at, action, outcome, actor_id, principal_id, group_id, target_id, \
                 request_id, assignment_id, reason, ticket, policy_version, facts, trace_id) \
                 values ($1, $2, 'done', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'demo')",
            )
            .bind(at)
            .bind(event.wire())
            .bind(by.map(|id| id.0))
            .bind(about.principal.map(|id| id.0))
            .bind(about.group.map(|id| id.0))
            .bind(about.target.map(|id| id.0))
            .bind(about.request.map(|id| id.0))
            .bind(about.assignment.map(|id| id.0))
            .bind(&about.reason)
            .bind(&about.ticket)
            .bind(about.policy_version)
            .bind(about.facts.clone().unwrap_or_else(|| json!({})))
            .execute(&mut *self.tx)
            .await?;
        }
        self.tx.commit().await
    }
}
