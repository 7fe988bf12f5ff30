//! The same cast in the engine under test, on a real database: puts it there, plays steps, knows who is who.

#[path = "world/forms.rs"]
mod forms;
#[path = "world/place.rs"]
mod place;
#[path = "world/play.rs"]
mod play;
#[path = "world/rows.rs"]
pub mod rows;

use super::model::{Role, Time, What, Who};
use chrono::{DateTime, Utc};
use domain::refusal::Code;
use engine::testkit;
use sqlx::PgPool;
use std::collections::BTreeMap;
use uuid::Uuid;

pub struct World {
    pub kit: testkit::World,
    /// Counts the casts of this database, for names that are unique.
    pub casts: usize,
    pub people: Vec<Uuid>,
    pub groups: Vec<Uuid>,
    pub targets: BTreeMap<What, Uuid>,
    /// Which rows the model's grants and requests are; found out by looking.
    pub grants: Vec<Uuid>,
    pub asks: Vec<Uuid>,
    /// The last event that was read.
    pub seen: i64,
}

/// What the engine answered.
#[derive(Debug)]
pub enum Answered {
    Done,
    /// Who would act can't: she is disabled or deleted.
    Outside,
    Refused(Vec<Code>),
}

impl World {
    pub fn new(pool: &PgPool) -> Self {
        Self {
            kit: testkit::World::new(pool),
            casts: 0,
            people: Vec::new(),
            groups: Vec::new(),
            targets: BTreeMap::new(),
            grants: Vec::new(),
            asks: Vec::new(),
            seen: 0,
        }
    }

    pub fn id(&self, who: Who) -> Uuid {
        match who {
            Who::Person(person) => self.people[person],
            Who::Group(group) => self.groups[group],
        }
    }

    pub fn key(&self, group: usize) -> String {
        format!("{}-{}", super::cast::KEYS[group], self.casts)
    }

    pub fn user_name(&self, person: usize) -> String {
        format!("{}.{}", super::cast::NAMES[person].to_lowercase(), self.casts)
    }

    /// Stops the database's clock at this moment, so that every moment of a history is known to the microsecond.
    pub async fn stop_clock(&self, at: Time) {
        let at = moment(at).to_rfc3339();
        self.kit
            .sql(&format!(
                "create or replace function clock() returns timestamptz language sql volatile \
                 as 'select timestamptz ''{at}'''"
            ))
            .await;
    }
}

pub fn moment(at: Time) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at).unwrap()
}

pub fn role(role: Role) -> domain::role::Role {
    match role {
        Role::Global => domain::role::Role::GlobalAdministrator,
        Role::Users => domain::role::Role::UserAdministrator,
        Role::Groups => domain::role::Role::GroupsAdministrator,
    }
}
