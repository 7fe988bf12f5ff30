//! The directory roles and who holds them now, directly or as a group.

use crate::ask::who::Who;
use crate::{Ctx, Engine, Error, Result, authority};
use chrono::{DateTime, Utc};
use domain::authz::Action;
use domain::role::Role;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A role with its holders.
#[derive(Clone, Debug)]
pub struct Held {
    /// The role.
    pub role: Role,
    /// Who holds it, by name.
    pub holders: Vec<Holder>,
}

/// Somebody or a group that holds a role.
#[derive(Clone, Debug)]
pub struct Holder {
    /// Who.
    pub by: By,
    /// Until when; `None` for no end.
    pub until: Option<DateTime<Utc>>,
}

/// A person, or a group whose members hold the role.
#[derive(Clone, Debug)]
pub enum By {
    /// A person.
    Person(Who),
    /// A group.
    Group {
        /// Its address.
        key: String,
        /// Its name.
        name: String,
        /// How many people hold the role by it now.
        people: i64,
        /// Its page is open to the viewer.
        open: bool,
    },
}

#[derive(sqlx::FromRow)]
struct Row {
    role: String,
    id: Uuid,
    name: String,
    user_name: Option<String>,
    department: Option<String>,
    key: Option<String>,
    people: i64,
    ends_at: Option<DateTime<Utc>>,
}

/// The whole catalogue, in its order.
///
/// # Errors
/// Not for the caller to see. Or the database can't be reached.
pub async fn roles(engine: &Engine, ctx: &Ctx) -> Result<Vec<Held>> {
    authority::require(ctx, &Action::SeeRoles)?;
    let mut conn = engine.pool.acquire().await?;
    let mut holders = holders(&mut conn, ctx, None).await?;
    let mut held = |role: Role| Held { role, holders: holders.remove(&role).unwrap_or_default() };
    Ok(Role::ALL.iter().copied().map(&mut held).collect())
}

/// Who holds these roles now: all of them, or `only` this one.
pub(super) async fn holders(
    conn: &mut PgConnection,
    ctx: &Ctx,
    only: Option<Role>,
) -> Result<BTreeMap<Role, Vec<Holder>>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select t.role, a.principal_id as id, coalesce(u.display_name, g.display_name) as name, u.user_name, \
                u.department, g.key, a.ends_at, \
                case when g.id is null then 1 else (select count(*) from people_within(array[g.id])) end as people \
           from active_now a join targets t on t.id = a.target_id and t.kind = 'role' \
           left join users u on u.id = a.principal_id and u.deleted_at is null \
           left join groups g on g.id = a.principal_id and g.deleted_at is null \
          where (u.id is not null or g.id is not null) and ($1::text is null or t.role = $1) \
          order by lower(coalesce(u.display_name, g.display_name)), a.id",
    )
    .bind(only.map(Role::wire))
    .fetch_all(&mut *conn)
    .await?;
    let groups: Vec<Uuid> = rows.iter().filter(|row| row.key.is_some()).map(|row| row.id).collect();
    let open = authority::open_groups(conn, ctx, &groups).await?;
    let mut found: BTreeMap<Role, Vec<Holder>> = BTreeMap::new();
    for row in rows {
        let role = Role::parse(&row.role)
            .ok_or_else(|| Error::inconsistent("targets", &row.role, "unknown role"))?;
        found.entry(role).or_default().push(row.holder(open.contains(&row.id)));
    }
    Ok(found)
}

impl Row {
    fn holder(&self, open: bool) -> Holder {
        let name = self.name.clone();
        let by = match &self.key {
            Some(key) => By::Group { key: key.clone(), name, people: self.people, open },
            None => By::Person(Who {
                id: self.id,
                name,
                user_name: self.user_name.clone().unwrap_or_default(),
                department: self.department.clone().unwrap_or_default(),
            }),
        };
        Holder { by, until: self.ends_at }
    }
}
