//! What the address of a report asks for, and the addresses that its numbers lead to.

use crate::ctx;
use chrono::NaiveDate;
use domain::insight::idle::Idle;
use domain::insight::window::Period;
use engine::ask::insights::csv::Table;
use engine::ask::insights::{Asked as Wanted, Limit, Scope};
use engine::ask::thing::{Place, Thing};

/// Which report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// Of what.
    pub scope: Scope,
    /// How far back.
    pub period: Period,
    /// What counts as unused.
    pub idle: Idle,
}

impl Asked {
    /// From the address of this request.
    #[must_use]
    pub fn here(scope: Scope) -> Self {
        Self::of(scope, |name| ctx::query(name).unwrap_or_default())
    }

    /// From the values of a query. What can't be read is the usual.
    #[must_use]
    pub fn of(scope: Scope, one: impl Fn(&str) -> String) -> Self {
        Self { scope, period: Period::parse(&one("days")), idle: Idle::parse(&one("unused")) }
    }

    /// As the engine takes it.
    #[must_use]
    pub fn engine(&self) -> Wanted {
        Wanted { period: self.period, idle: self.idle, limit: Limit::Page }
    }

    /// The group or role, unless it is about everything.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match &self.scope {
            Scope::Everything => None,
            Scope::Of(place) => Some(place),
        }
    }

    /// The address of a page beside this one, of the same group or role.
    #[must_use]
    pub fn beside(&self, page: &str) -> String {
        match self.place() {
            Some(place) => format!("{place}/{page}"),
            None => format!("/{page}"),
        }
    }

    /// The same report over another time, or with other days unused.
    #[must_use]
    pub fn with(&self, period: Period, idle: Idle) -> String {
        format!("{}?days={}&unused={}", self.beside("insights"), period.days(), idle.days())
    }

    /// The same report of this group or role.
    #[must_use]
    pub fn of_thing(&self, thing: &Thing) -> String {
        Self { scope: Scope::Of(thing.place()), ..self.clone() }.with(self.period, self.idle)
    }

    /// The file of a table.
    #[must_use]
    pub fn file(&self, table: Table) -> String {
        format!(
            "{}/export.csv?table={}&days={}&unused={}",
            self.beside("insights"),
            table.wire(),
            self.period.days(),
            self.idle.days()
        )
    }

    /// The events of these days and this kind.
    #[must_use]
    pub fn events(&self, kind: &str, first: NaiveDate, last: NaiveDate) -> String {
        format!("{}?from={first}&to={last}&kind={kind}", self.beside("audit"))
    }
}
