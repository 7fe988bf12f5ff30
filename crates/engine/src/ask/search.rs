//! Groups and people by a few letters, and the one page that exactly is meant.

use crate::ask::{by_name, groups, people};
use crate::db::{groups as group_rows, users};
use crate::{Ctx, Engine, Result, authority};
use domain::authz::{Action, allows};
use sqlx::PgConnection;

/// Most of each kind that are shown.
const MOST: usize = 20;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Key of the one group whose key this is.
    pub group: Option<String>,
    /// User name of the one person whose user name this is.
    pub person: Option<String>,
    /// Groups that this person may see.
    pub groups: Vec<groups::Row>,
    /// There are more groups.
    pub more_groups: bool,
    /// People, for whoever may look everybody up.
    pub people: Vec<people::Row>,
    /// There are more people.
    pub more_people: bool,
    /// People are not looked for: this person may not look everybody up.
    pub without_people: bool,
}

/// Searches; fewer than two letters find nothing.
///
/// # Errors
/// The database can't be reached.
pub async fn search(engine: &Engine, ctx: &Ctx, text: &str) -> Result<Found> {
    let sees_people = allows(&ctx.actor, &Action::ListPeople);
    let mut found = Found { without_people: !sees_people, ..Found::default() };
    if by_name::looked_for(text).is_none() {
        return Ok(found);
    }
    let mut conn = engine.pool.acquire().await?;
    found.group = exact_group(&mut conn, ctx, text).await?;
    let wanted = groups::Wanted { text: text.into(), ..groups::Wanted::default() };
    found.groups = groups::list(&mut conn, ctx, &wanted).await?.rows;
    if sees_people {
        found.person = users::by_user_name(&mut conn, text).await?.map(|user| user.user_name);
        let wanted = people::Wanted { text: text.into(), ..people::Wanted::default() };
        found.people = people::list(&mut conn, &wanted).await?.rows;
    }
    (found.more_groups, found.more_people) = (found.groups.len() > MOST, found.people.len() > MOST);
    found.groups.truncate(MOST);
    found.people.truncate(MOST);
    Ok(found)
}

async fn exact_group(conn: &mut PgConnection, ctx: &Ctx, text: &str) -> Result<Option<String>> {
    let Some(group) = group_rows::by_key(conn, text.trim()).await? else { return Ok(None) };
    let facts = authority::group_facts(conn, ctx, &group).await?;
    Ok(allows(&ctx.actor, &Action::SeeGroup(facts)).then_some(group.key))
}
