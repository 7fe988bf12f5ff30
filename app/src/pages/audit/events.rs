//! Filter, table and pager of the audit, the same for everything, for one group and for one person.

use super::event::Event;
use crate::ctx;
use crate::parts::prelude::*;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use domain::audit::Class;
use domain::role::Role;
use engine::ask::audit_page::{AuditPage, Filter, Page as At, Scope};
use engine::ask::thing::Place;
use leptos::prelude::*;

/// What the address asks for, as typed.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    from: String,
    to: String,
    kind: String,
    about: String,
    before: Option<i64>,
    after: Option<i64>,
    person: String,
    at: Option<Place>,
}

impl Asked {
    /// From the address of this request.
    #[must_use]
    pub fn here(clock: Clock) -> Self {
        Self::of(clock, |name| ctx::query(name).unwrap_or_default())
    }

    /// From the values of a query. A day that can't be read is left out.
    #[must_use]
    pub fn of(clock: Clock, one: impl Fn(&str) -> String) -> Self {
        let day =
            |name: &str| Some(one(name)).filter(|day| start(clock, day, 0).is_some()).unwrap_or_default();
        Self {
            from: day("from"),
            to: day("to"),
            kind: one("kind"),
            about: one("about"),
            before: one("before").parse().ok(),
            after: one("after").parse().ok(),
            person: one("person"),
            at: place(&one("group"), &one("role")),
        }
    }

    /// Of one group or role, whatever the query says.
    #[must_use]
    pub fn of_place(mut self, place: Place) -> Self {
        self.at = Some(place);
        self
    }

    /// Whose audit.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match (self.at.clone(), self.person.parse()) {
            (Some(place), _) => Scope::Of(place),
            (None, Ok(person)) => Scope::Person(person),
            (None, Err(_)) => Scope::Mine,
        }
    }

    /// As the engine takes it: whole days in the reader's zone.
    #[must_use]
    pub fn filter(&self, clock: Clock) -> Filter {
        Filter {
            from: start(clock, &self.from, 0),
            to: start(clock, &self.to, 1),
            class: Class::parse(&self.kind),
            refused: self.kind == "refused",
            about: self.about.chars().take(256).collect(),
        }
    }

    /// Which page.
    #[must_use]
    pub fn page(&self) -> At {
        match (self.before, self.after) {
            (Some(seq), _) => At::Before(seq),
            (None, Some(seq)) => At::After(seq),
            (None, None) => At::Newest,
        }
    }

    /// The fields of the filter that say something, by their names.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let (group, role) = match &self.at {
            Some(Place::Group(key)) => (key.clone(), String::new()),
            Some(Place::Role(role)) => (String::new(), role.wire().to_owned()),
            None => Default::default(),
        };
        let fields = [
            ("from", self.from.clone()),
            ("to", self.to.clone()),
            ("kind", self.kind.clone()),
            ("about", self.about.clone()),
            ("person", self.person.clone()),
            ("group", group),
            ("role", role),
        ];
        fields.into_iter().filter(|(_, typed)| !typed.is_empty()).collect()
    }

    /// The page that shows it to everybody who may see it.
    pub(super) fn page_address(&self) -> String {
        self.at("/audit", "", "")
    }

    /// The same filter, at another place.
    fn at(&self, base: &str, name: &str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (field, typed) in self.fields() {
            query.append_pair(field, &typed);
        }
        if !name.is_empty() {
            query.append_pair(name, value);
        }
        format!("{base}?{}", query.finish())
    }
}

/// The group or role that a query names.
fn place(group: &str, role: &str) -> Option<Place> {
    match (group, Role::parse(role)) {
        ("", role) => role.map(Place::Role),
        (key, _) => Some(Place::Group(key.to_owned())),
    }
}

/// The first moment of a day in the reader's zone, `later` days on.
fn start(clock: Clock, day: &str, later: u64) -> Option<DateTime<Utc>> {
    let day: NaiveDate = day.parse().ok()?;
    let midnight = day.checked_add_days(Days::new(later))?.and_time(NaiveTime::MIN);
    // where clocks skip midnight the day begins an hour later
    let local = clock.zone.from_local_datetime(&midnight).earliest();
    let local = local
        .or_else(|| clock.zone.from_local_datetime(&(midnight + chrono::TimeDelta::hours(1))).earliest());
    local.map(|at| at.with_timezone(&Utc))
}

/// The events.
#[component]
pub fn Events(
    /// What was found.
    shown: AuditPage,
    /// What was asked for.
    asked: Asked,
    /// The reader's clock.
    clock: Clock,
    /// Address of the page.
    #[prop(into)]
    base: String,
) -> impl IntoView {
    let count = if shown.capped {
        format!("more than {} events", number(shown.count))
    } else {
        counted(shown.count, "event", "events")
    };
    let newer = shown.newer.map(|seq| asked.at(&base, "after", &seq.to_string()));
    let older = shown.older.map(|seq| asked.at(&base, "before", &seq.to_string()));
    let export = asked.at("/audit/export", "", "");
    let downloads = view! { <Go href=export text="Export" small=true glyph=Glyph::Download /> }.into_any();
    let content = if shown.rows.is_empty() {
        let text = match shown.earliest {
            Some(at) => format!("Earliest kept: {}.", clock.day(at)),
            None => "Nothing has happened yet.".to_owned(),
        };
        view! { <Empty glyph=Glyph::History heading="No event matches" text><Go href=base text="Clear" /></Empty> }.into_any()
    } else {
        let says = format!(
            "{}, newest first. New events do not move this page.",
            counted(i64::try_from(shown.rows.len()).unwrap_or(i64::MAX), "event", "events")
        );
        let cols = vec![
            Col::new(format!("When ({})", clock.zone_word())),
            Col::new("What"),
            Col::new("By"),
            Col::new("On"),
            Col::new("Details"),
        ];
        let rows: Vec<_> = shown.rows.into_iter().map(|row| view! { <Event row clock /> }).collect();
        view! {
            <div class="card">
                <Table class="cards align-top" cols>{rows}</Table>
                <Pager says newer older />
            </div>
        }
        .into_any()
    };
    view! {
        <Narrow asked />
        <section class="section" aria-labelledby="events">
            <SectionHead id="events" heading=count aside=downloads />
            {content}
        </section>
    }
    .into_any()
}

#[component]
fn Narrow(asked: Asked) -> impl IntoView {
    let mut kinds = vec![Choice::new("", "Every kind")];
    kinds.extend(Class::ALL.into_iter().map(|class| Choice::new(class.wire(), class.words())));
    kinds.push(Choice::new("refused", "Refused"));
    let person = (!asked.person.is_empty())
        .then(|| view! { <HiddenField name="person" value=asked.person.clone() /> });
    view! {
        <form class="card pad filters" method="get" role="search" aria-label="Filter the audit">
            {person}
            <TextField name="from" label="From" kind="date" value=asked.from />
            <TextField name="to" label="To" kind="date" value=asked.to />
            <SelectField name="kind" label="Kind" choices=kinds value=asked.kind />
            <TextField name="about" label="Person, group, ticket or request number" kind="search" value=asked.about box_class="grow" max=256 />
            <button class="btn primary">"Filter"</button>
            // without the query, at whatever address this is
            <a class="btn quiet" href="?">"Clear"</a>
        </form>
    }
    .into_any()
}
