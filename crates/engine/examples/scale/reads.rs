//! The measured things: pages as the server asks for them, through the engine.

use crate::Result;
use crate::counting::statements;
use crate::figures::Figures;
use crate::places::Places;
use crate::world::World;
use domain::target::Access;
use engine::ask::audit_page::{self, Page, Scope, audit_page};
use engine::ask::by_name::Turn;
use engine::ask::insights::Scope::{Everything, Of};
use engine::ask::thing::Place;
use engine::ask::{
    alerts, discover, group_assignments, groups, insights, look_alike, my_access, people, person, search,
    suggest,
};
use std::time::Instant;

/// A page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Read {
    MyAccess,
    MyGroups,
    MyAudit,
    LookAlikes,
    Person,
    GroupAssignments,
    Suggest,
    SuggestTwo,
    Search,
    FirstPeople,
    LastPeople,
    FirstGroups,
    LastGroups,
    FirstDiscover,
    LastDiscover,
    FirstAudit,
    LastAudit,
    Insights,
    InsightsOfGroup,
    Alerts,
}

impl Read {
    /// All, in the order of the table.
    pub const ALL: [Read; 20] = [
        Read::MyAccess,
        Read::MyGroups,
        Read::MyAudit,
        Read::LookAlikes,
        Read::Person,
        Read::GroupAssignments,
        Read::Suggest,
        Read::SuggestTwo,
        Read::Search,
        Read::FirstPeople,
        Read::LastPeople,
        Read::FirstGroups,
        Read::LastGroups,
        Read::FirstDiscover,
        Read::LastDiscover,
        Read::FirstAudit,
        Read::LastAudit,
        Read::Insights,
        Read::InsightsOfGroup,
        Read::Alerts,
    ];

    /// Lists with their first page and one far behind.
    pub const LISTS: [(&'static str, Read, Read); 4] = [
        ("People", Read::FirstPeople, Read::LastPeople),
        ("Groups", Read::FirstGroups, Read::LastGroups),
        ("Groups to bring in", Read::FirstDiscover, Read::LastDiscover),
        ("Audit", Read::FirstAudit, Read::LastAudit),
    ];

    /// For the table.
    pub fn name(self) -> &'static str {
        match self {
            Read::MyAccess => "My access",
            Read::MyGroups => "Groups, as a person without a role",
            Read::MyAudit => "Audit, as a person without a role",
            Read::LookAlikes => "Look-alikes of a name",
            Read::Person => "A person's page",
            Read::GroupAssignments => "Assignments of a group",
            Read::Suggest => "Picker, part of a name",
            Read::SuggestTwo => "Picker, two letters",
            Read::Search => "Search",
            Read::FirstPeople => "People, page 1",
            Read::LastPeople => "People, page 10,000 or last",
            Read::FirstGroups => "Groups, page 1",
            Read::LastGroups => "Groups, page 10,000 or last",
            Read::FirstDiscover => "Groups to bring in, page 1",
            Read::LastDiscover => "Groups to bring in, page 10,000 or last",
            Read::FirstAudit => "Audit, page 1",
            Read::LastAudit => "Audit, page 10,000 or last",
            Read::Insights => "Insights over everything, 30 days",
            Read::InsightsOfGroup => "Insights of a group, 30 days",
            Read::Alerts => "Alerts",
        }
    }

    /// The read with a bar of its own.
    pub fn is_my_access(self) -> bool {
        self == Read::MyAccess
    }

    /// How many different ones in one turn.
    fn times(self) -> usize {
        if self.is_my_access() { 50 } else { 10 }
    }

    /// Takes one turn, each time about somebody or something else.
    pub async fn take(self, world: &World, places: &Places, turn: usize) -> Result<Figures> {
        let mut figures = Figures::default();
        for n in world.spread(turn, self.times()) {
            let name = world.name(n).await?;
            let begun = Instant::now();
            self.once(world, places, n, &name).await?;
            figures.0.push(u64::try_from(begun.elapsed().as_micros())?);
        }
        Ok(figures)
    }

    /// The most statements that it sends for any of some people.
    pub async fn statements(self, world: &World, places: &Places) -> Result<usize> {
        let mut most = 0;
        for n in world.spread(0, self.times()) {
            let name = world.name(n).await?;
            let (done, count) = statements(self.once(world, places, n, &name)).await;
            done?;
            most = most.max(count);
        }
        Ok(most)
    }

    async fn once(self, world: &World, places: &Places, n: i64, name: &str) -> Result<()> {
        let (engine, reader) = (&world.engine, world.reader());
        let (me, user_name) = (world.ctx(world.person(n)), format!("person.{n}"));
        let team = Place::Group(format!("team-{}", 1 + n % (world.people / 10)));
        match self {
            Read::MyAccess => drop(my_access::load(engine, &me).await?),
            Read::MyGroups => drop(groups::groups(engine, &me, &Default::default()).await?),
            Read::MyAudit => drop(audit(world, &me, Page::Newest).await?),
            Read::LookAlikes => {
                let mut conn = engine.pool.acquire().await?;
                drop(look_alike::of(&mut conn, world.person(n), name).await?);
            }
            Read::Person => drop(person::person(engine, &reader, &user_name).await?),
            Read::GroupAssignments => {
                let filter = group_assignments::Filter { access: Some(Access::Member), ..Default::default() };
                drop(group_assignments::group_assignments(engine, &reader, &team, &filter).await?);
            }
            Read::Suggest => drop(suggest::suggest(engine, &reader, &picked(name, 7)).await?),
            Read::SuggestTwo => drop(suggest::suggest(engine, &reader, &picked(name, 2)).await?),
            Read::Search => drop(search::search(engine, &reader, name).await?),
            Read::FirstPeople => drop(people::people(engine, &reader, &Default::default()).await?),
            Read::LastPeople => {
                let wanted = people::Wanted { turn: places.people.1.clone(), ..Default::default() };
                drop(people::people(engine, &reader, &wanted).await?);
            }
            Read::FirstGroups => drop(listed(world, Turn::First).await?),
            Read::LastGroups => drop(listed(world, places.groups.1.clone()).await?),
            Read::FirstDiscover => drop(discover::discover(engine, &reader, &Default::default()).await?),
            Read::LastDiscover => {
                let wanted = discover::Wanted { turn: places.discover.1.clone(), ..Default::default() };
                drop(discover::discover(engine, &reader, &wanted).await?);
            }
            Read::FirstAudit => drop(audit(world, &reader, Page::Newest).await?),
            Read::LastAudit => drop(audit(world, &reader, Page::Before(places.audit.1)).await?),
            Read::Insights => {
                drop(insights::insights(engine, &reader, &Everything, Default::default()).await?);
            }
            Read::InsightsOfGroup => {
                drop(insights::insights(engine, &reader, &Of(team), Default::default()).await?);
            }
            Read::Alerts => drop(alerts::alerts(engine, &reader, Default::default(), None).await?),
        }
        Ok(())
    }
}

async fn listed(world: &World, turn: Turn) -> Result<groups::Groups> {
    let wanted = groups::Wanted { turn, ..Default::default() };
    Ok(groups::groups(&world.engine, &world.reader(), &wanted).await?)
}

async fn audit(world: &World, ctx: &engine::Ctx, page: Page) -> Result<audit_page::AuditPage> {
    Ok(audit_page(&world.engine, ctx, &Scope::Mine, &Default::default(), page).await?)
}

/// The first letters of a family name, or more.
fn picked(name: &str, letters: usize) -> suggest::Wanted {
    let family = name.split(' ').next_back().unwrap_or(name);
    let text = family.chars().take(letters).collect();
    suggest::Wanted { text, groups: true, ..Default::default() }
}
