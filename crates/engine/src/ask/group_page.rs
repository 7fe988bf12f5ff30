//! A group's overview: what it gives, who can get in and how, the two policies in two sentences each, warnings first.

use crate::ask::at_a_glance::{self, Counts, InWords};
use crate::ask::group_header::{self, Header};
use crate::ask::thing::Place;
use crate::db::groups::GroupRow;
use crate::{Ctx, Engine, Error, Result, authority};
use chrono::{DateTime, Utc};
use domain::audit::Event;
use domain::authz::{Action, allows};
use domain::role::Role;
use sqlx::PgConnection;
use uuid::Uuid;

/// The page.
#[derive(Clone, Debug)]
pub struct GroupPage {
    /// Above the tabs.
    pub header: Header,
    /// In its owners' words.
    pub description: String,
    /// What to put right, most pressing first; only for those who can.
    pub warnings: Vec<String>,
    /// Directory roles that come with it.
    pub roles: Vec<RoleGiven>,
    /// Groups that it lies in now: their members are its members.
    pub inside_of: Vec<Neighbour>,
    /// Groups inside it now.
    pub nested: Vec<Neighbour>,
    /// How many, by access.
    pub counts: Vec<Counts>,
    /// The two policies in words; empty while it is not managed.
    pub policies: Vec<InWords>,
}

/// A directory role that a group holds.
#[derive(Clone, Debug)]
pub struct RoleGiven {
    /// Name.
    pub name: String,
    /// Its address.
    pub word: String,
    /// Its page is open to the viewer.
    pub open: bool,
    /// Held now, or to be activated by each member.
    pub active: bool,
    /// Until when.
    pub until: Option<DateTime<Utc>>,
}

/// A group beside this one.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Neighbour {
    id: Uuid,
    /// Address.
    pub key: String,
    /// Name.
    pub name: String,
    /// Enabled people who get in through it.
    pub people: i64,
    /// Its page is open to the viewer.
    #[sqlx(skip)]
    pub open: bool,
}

/// Loads the page for whoever may see the group.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn group_page(engine: &Engine, ctx: &Ctx, key: &str) -> Result<GroupPage> {
    let mut conn = engine.pool.acquire().await?;
    let place = Place::Group(key.to_owned());
    let (subject, header) = group_header::load_any(&mut conn, ctx, &place, Action::SeeGroup).await?;
    let group = subject.group().ok_or_else(Error::not_found)?;
    let mut warnings = Vec::new();
    if header.manages && header.owners.is_empty() {
        warnings.push("Nobody owns this group now. Only administrators can manage it.".to_owned());
    }
    if header.manages {
        warnings.extend(kept(&mut conn, group).await?);
    }
    let mut in_words = Vec::new();
    if group.managed_at.is_some() {
        for target in subject.targets() {
            let warnings = header.manages.then_some(&mut warnings);
            in_words.push(at_a_glance::policy(&mut conn, target, group.role_assignable, warnings).await?);
        }
    }
    Ok(GroupPage {
        description: group.description.clone(),
        roles: roles(&mut conn, ctx, group).await?,
        inside_of: inside_of(&mut conn, ctx, group).await?,
        nested: nested(&mut conn, ctx, group).await?,
        counts: at_a_glance::counts(&mut conn, &subject).await?,
        policies: in_words,
        warnings,
        header,
    })
}

/// The last owner, whose ownership would have ended.
async fn kept(conn: &mut PgConnection, group: &GroupRow) -> Result<Option<String>> {
    let name: Option<String> = sqlx::query_scalar(
        "select coalesce(u.display_name, g.display_name) from audit_events e \
         left join users u on u.id = e.principal_id left join groups g on g.id = e.principal_id \
         where e.group_id = $1 and e.action = $2 and e.at > clock() - interval '1 day' order by e.seq desc limit 1",
    )
    .bind(group.id)
    .bind(Event::LastHolderKept.wire())
    .fetch_optional(conn)
    .await?;
    Ok(name.map(|name| {
        format!("The ownership of {name} would have ended. It is kept day by day, because nobody else owns this group: name another owner.")
    }))
}

async fn roles(conn: &mut PgConnection, ctx: &Ctx, group: &GroupRow) -> Result<Vec<RoleGiven>> {
    let rows: Vec<(String, bool, Option<DateTime<Utc>>)> = sqlx::query_as(
        "select t.role, a.kind = 'active', a.ends_at from assignments a join targets t on t.id = a.target_id \
         where a.principal_id = $1 and t.kind = 'role' and a.starts_at <= clock() \
         and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at)) order by t.role, a.kind",
    )
    .bind(group.id)
    .fetch_all(conn)
    .await?;
    let open = allows(&ctx.actor, &Action::SeeRoles);
    rows.into_iter()
        .map(|(word, active, until)| {
            let role =
                Role::parse(&word).ok_or_else(|| Error::inconsistent("targets", &word, "unknown role"))?;
            Ok(RoleGiven { name: role.name().to_owned(), word, open, active, until })
        })
        .collect()
}

async fn inside_of(conn: &mut PgConnection, ctx: &Ctx, group: &GroupRow) -> Result<Vec<Neighbour>> {
    let rows = sqlx::query_as(
        "select g.id, g.key, g.display_name as name, 0::bigint as people from groups_above($1) up \
         join groups g on g.id = up.id where g.id <> $1 and g.deleted_at is null order by lower(g.display_name), g.id \
         limit 50",
    )
    .bind(group.id)
    .fetch_all(&mut *conn)
    .await?;
    with_pages(conn, ctx, rows).await
}

async fn nested(conn: &mut PgConnection, ctx: &Ctx, group: &GroupRow) -> Result<Vec<Neighbour>> {
    let rows = sqlx::query_as(
        "select g.id, g.key, g.display_name as name, (select count(*) from people_within(array[g.id])) as people \
         from targets t join active_now a on a.target_id = t.id \
         join groups g on g.id = a.principal_id and g.deleted_at is null \
         where t.group_id = $1 and t.kind = 'member' order by lower(g.display_name), g.id limit 50",
    )
    .bind(group.id)
    .fetch_all(&mut *conn)
    .await?;
    with_pages(conn, ctx, rows).await
}

async fn with_pages(conn: &mut PgConnection, ctx: &Ctx, mut rows: Vec<Neighbour>) -> Result<Vec<Neighbour>> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let open = authority::open_groups(conn, ctx, &ids).await?;
    for row in &mut rows {
        row.open = open.contains(&row.id);
    }
    Ok(rows)
}
