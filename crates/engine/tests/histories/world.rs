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
    /// How many versions of a policy other casts left before the first one of this cast.
    pub earlier: BTreeMap<What, i32>,
    /// Which rows the model's grants and requests are; found out by looking.
    pub grants: Vec<Uuid>,
    pub asks: Vec<Uuid>,
    /// The last event that was read.
    pub seen: i64,
}

/// What the engine answered.
#[derive(Debug)]
pub enum Answered {
    /// And so many refusals of single lines are written down beside it.
    Done(usize),
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
            earlier: BTreeMap::new(),
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

    /// From now on the database's clock stands still, so that every moment of a history is known to the microsecond. It
    /// reads a row: another function each time would have every statement planned anew.
    pub async fn stop_clock(&self) {
        self.kit
            .sql(
                "create table still (at timestamptz not null); insert into still values (clock()); grant select on still to public; \
                 create or replace function clock() returns timestamptz language plpgsql volatile \
                 as 'begin return (select at from still); end'",
            )
            .await;
    }

    /// Moves the clock that stands.
    pub async fn set_clock(&self, at: Time) {
        sqlx::query("update still set at = $1")
            .bind(moment(at))
            .execute(&self.kit.engine.pool)
            .await
            .unwrap();
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
