//! The people of a group that is eligible, to pick the one for whom somebody asks on behalf.

use crate::ask::by_name::{PAGE, looked_for};
use crate::ask::group_header::{self, Header};
use crate::ask::thing::Pick;
use crate::ask::who::Who;
use crate::db::groups::Label;
use crate::db::targets;
use crate::{Ctx, Engine, Error, Result, authority};
use domain::authz::Action;
use domain::ids::TargetId;
use sqlx::PgConnection;
use uuid::Uuid;

/// The page.
#[derive(Clone, Debug)]
pub struct BehalfPeople {
    /// Above the tabs.
    pub header: Header,
    /// The group that is eligible.
    pub within: Label,
    /// Who is in there now, by name.
    pub people: Vec<Who>,
    /// There are more than are shown.
    pub more: bool,
}

/// Loads the page for whoever manages the group or role: those whose name or user name has these letters, everybody for
/// fewer than two.
///
/// # Errors
/// The group or role is unknown or not for this reader, or `within` is no group of hers to see that is eligible, alike.
pub async fn load(engine: &Engine, ctx: &Ctx, pick: &Pick, within: Uuid, text: &str) -> Result<BehalfPeople> {
    let mut conn = engine.pool.acquire().await?;
    let (subject, header) =
        group_header::load_any(&mut conn, ctx, &pick.place(), Action::ManageAccess).await?;
    let target = subject.target(pick.kind).filter(|_| subject.managed()).ok_or_else(Error::not_found)?;
    let target = targets::ensure(&mut conn, target).await?;
    let group = eligible(&mut conn, target, within).await?.ok_or_else(Error::not_found)?;
    if !authority::open_groups(&mut conn, ctx, &[within]).await?.contains(&within) {
        return Err(Error::not_found());
    }
    let mut people = people(&mut conn, within, text).await?;
    let more = people.len() > PAGE;
    people.truncate(PAGE);
    Ok(BehalfPeople { header, within: group, people, more })
}

async fn eligible(conn: &mut PgConnection, target: TargetId, group: Uuid) -> Result<Option<Label>> {
    let found: Option<(String, String)> = sqlx::query_as(
        "select g.key, g.display_name from groups g where g.id = $2 and g.deleted_at is null and exists ( \
           select from assignments a where a.principal_id = g.id and a.target_id = $1 and a.kind = 'eligible' \
             and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at)))",
    )
    .bind(target.0)
    .bind(group)
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|(key, name)| Label { key, name }))
}

async fn people(conn: &mut PgConnection, group: Uuid, text: &str) -> Result<Vec<Who>> {
    let found = sqlx::query_as(
        "select u.id, u.display_name as name, u.user_name, coalesce(u.department, '') as department \
         from people_within(array[$1]) within join users u on u.id = within.id \
         where $2::text is null or lower(u.display_name || ' ' || u.user_name) like '%' || $2 || '%' \
         order by lower(u.display_name), u.id limit $3",
    )
    .bind(group)
    .bind(looked_for(text))
    .bind(i64::try_from(PAGE + 1).unwrap_or(i64::MAX))
    .fetch_all(conn)
    .await?;
    Ok(found)
}
