//! People and groups that match a few typed letters: for pickers, with and without scripts.

use crate::ask::by_name::keeps_plan;
use crate::db::groups;
use crate::{Ctx, Engine, Error, Result, authority};
use domain::authz::{Action, allows};
use sqlx::PgConnection;
use uuid::Uuid;

/// Most matches that are shown; more letters find fewer.
pub const MOST: i64 = 8;

/// Letters from which on anything is looked for.
const LEAST_LETTERS: usize = 2;

/// Letters from which on an index finds them anywhere in a name.
const INDEXED_LETTERS: usize = 3;

/// What is looked for, and by whom it may be.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Letters of a name, user name, address or key.
    pub text: String,
    /// Key of the group that somebody is picked for: who manages it may look people up for it.
    pub for_group: Option<String>,
    /// Whether groups can be picked as well.
    pub groups: bool,
}

/// A match.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Match {
    /// Id of the person or group.
    pub id: Uuid,
    /// A group, not a person.
    pub is_group: bool,
    /// Display name.
    pub name: String,
    /// User name of a person, key of a group.
    pub user_name: String,
    /// Department; empty for groups and where there is none.
    pub note: String,
    /// May act; always so for groups.
    pub enabled: bool,
}

/// The best matches, those whose name begins with the letters first. Nothing for fewer than two letters.
///
/// # Errors
/// The person may look nobody up (for this group): "not here". The database can't be reached.
pub async fn suggest(engine: &Engine, ctx: &Ctx, wanted: &Wanted) -> Result<Vec<Match>> {
    let mut conn = engine.pool.acquire().await?;
    let sees_all = may_look_up(&mut conn, ctx, wanted).await?;
    let text = wanted.text.trim().to_lowercase();
    if text.chars().count() < LEAST_LETTERS {
        return Ok(Vec::new());
    }
    let mut matches = people(&mut conn, &text).await?;
    if wanted.groups {
        let groups = groups_named(&mut conn, &text).await?;
        matches.extend(seen(&mut conn, ctx, sees_all, groups).await?);
    }
    Ok(matches)
}

/// The people and groups with these ids, in the order of their names: what was picked before a form came back.
///
/// # Errors
/// As [`suggest`].
pub async fn known(engine: &Engine, ctx: &Ctx, wanted: &Wanted, ids: &[Uuid]) -> Result<Vec<Match>> {
    let mut conn = engine.pool.acquire().await?;
    let sees_all = may_look_up(&mut conn, ctx, wanted).await?;
    let found: Vec<Match> = sqlx::query_as(
        "select id, false as is_group, display_name as name, user_name, coalesce(department, '') as note, enabled \
         from users where id = any($1) and deleted_at is null \
         union all select id, true, display_name, key, '', true from groups where id = any($1) and deleted_at is null \
         order by 3, 1",
    )
    .bind(ids)
    .fetch_all(&mut *conn)
    .await?;
    seen(&mut conn, ctx, sees_all, found).await
}

/// Without groups that this person may not see.
async fn seen(conn: &mut PgConnection, ctx: &Ctx, sees_all: bool, found: Vec<Match>) -> Result<Vec<Match>> {
    if sees_all {
        return Ok(found);
    }
    let groups: Vec<Uuid> = found.iter().filter(|each| each.is_group).map(|each| each.id).collect();
    let open = authority::open_groups(conn, ctx, &groups).await?;
    Ok(found.into_iter().filter(|each| !each.is_group || open.contains(&each.id)).collect())
}

/// Whether everything may be looked up (`true`), or people for this one group (`false`).
async fn may_look_up(conn: &mut PgConnection, ctx: &Ctx, wanted: &Wanted) -> Result<bool> {
    if allows(&ctx.actor, &Action::ListPeople) {
        Ok(true)
    } else if manages(conn, ctx, wanted.for_group.as_deref()).await? {
        Ok(false)
    } else {
        Err(Error::not_found())
    }
}

async fn manages(conn: &mut PgConnection, ctx: &Ctx, key: Option<&str>) -> Result<bool> {
    let Some(key) = key else { return Ok(false) };
    let Some(group) = groups::by_key(conn, key).await? else { return Ok(false) };
    let facts = authority::group_facts(conn, ctx, &group).await?;
    Ok(allows(&ctx.actor, &Action::ManageAccess(facts)))
}

async fn people(conn: &mut PgConnection, text: &str) -> Result<Vec<Match>> {
    // set aside first: in the order of all names, those that begin with these letters may be the last
    let begins = "with found as materialized ( \
           select * from users where deleted_at is null and enabled and lower(display_name) like $1 || '%') \
         select id, false as is_group, display_name as name, user_name, coalesce(department, '') as note, enabled \
         from found order by lower(display_name), id limit $2";
    let holds = "select id, false as is_group, display_name as name, user_name, coalesce(department, '') as note, enabled \
         from users where deleted_at is null \
           and lower(display_name || ' ' || user_name || ' ' || coalesce(mail, '')) like '%' || $1 || '%' \
         order by not enabled, not (lower(display_name) like $1 || '%'), lower(display_name), id limit $2";
    best(conn, text, [begins, holds]).await
}

async fn groups_named(conn: &mut PgConnection, text: &str) -> Result<Vec<Match>> {
    let begins = "with found as materialized ( \
           select * from groups where deleted_at is null and lower(display_name) like $1 || '%') \
         select id, true as is_group, display_name as name, key as user_name, '' as note, true as enabled \
         from found order by lower(display_name), id limit $2";
    let holds = "select id, true as is_group, display_name as name, key as user_name, '' as note, true as enabled \
         from groups where deleted_at is null and lower(display_name || ' ' || key) like '%' || $1 || '%' \
         order by not (lower(display_name) like $1 || '%'), lower(display_name), id limit $2";
    best(conn, text, [begins, holds]).await
}

/// The best matches of the second statement. They are those of the first, if that one has enough: names that begin with
/// the letters. It is asked first where the letters are too few for the index of letters, and everything would be read.
async fn best(conn: &mut PgConnection, text: &str, [begins, holds]: [&'static str; 2]) -> Result<Vec<Match>> {
    let statements = if text.chars().count() < INDEXED_LETTERS { vec![begins, holds] } else { vec![holds] };
    let mut found = Vec::new();
    for statement in statements {
        found = sqlx::query_as(statement)
            .bind(literal(text))
            .bind(MOST)
            .persistent(keeps_plan(text))
            .fetch_all(&mut *conn)
            .await?;
        if i64::try_from(found.len()) == Ok(MOST) {
            break;
        }
    }
    Ok(found)
}

/// The letters themselves: `%` and `_` are no wildcards when a person types them.
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn wildcards_are_letters() {
        assert_eq!(literal("a_b%c\\"), "a\\_b\\%c\\\\");
    }
}
