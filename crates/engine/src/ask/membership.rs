//! Direct members and owners of a group that is not managed here, to be changed as in the directory.

use crate::ask::by_name::{Page, Placed, Turn, looked_for};
use crate::ask::group_header::{self, Header};
use crate::db::groups;
use crate::{Ctx, Engine, Error, Result, authority};
use domain::authz::{Action, allows};
use domain::refusal::{Code, Refusal};
use domain::target::Access;
use sqlx::PgConnection;
use uuid::Uuid;

/// What the address asks for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Letters of a name or user name, from two on.
    pub text: String,
    /// Where the page of members begins.
    pub turn: Turn,
}

/// The page.
#[derive(Clone, Debug)]
pub struct Membership {
    /// Above the tabs.
    pub header: Header,
    /// May change it. Who may only look sees it without buttons.
    pub edits: bool,
    /// Members are computed by a rule: this one.
    pub rule: Option<String>,
    /// Comes from another directory.
    pub on_premises: bool,
    /// Groups can be put in too.
    pub takes_groups: bool,
    /// Owners, by name.
    pub owners: Vec<Row>,
    /// Members, page by page.
    pub members: Page<Row>,
}

/// A person or group.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    /// Id of the person or group.
    pub id: Uuid,
    place: String,
    /// A group, not a person.
    pub is_group: bool,
    /// Name.
    pub name: String,
    /// User name of a person, key of a group.
    pub handle: String,
    /// Department of a person.
    pub note: String,
    /// May act; always so for groups.
    pub enabled: bool,
    /// A group whose page is open to the viewer.
    #[sqlx(skip)]
    pub open: bool,
}

impl Placed for Row {
    fn place(&self) -> (&str, Uuid) {
        (&self.place, self.id)
    }
}

/// Loads the page for whoever may see the access of the group or change its membership.
///
/// # Errors
/// Unknown or not for this person, alike; managed here: then its assignments are the page to go to.
pub async fn membership(engine: &Engine, ctx: &Ctx, key: &str, wanted: &Wanted) -> Result<Membership> {
    let mut conn = engine.pool.acquire().await?;
    let (group, header) = group_header::load(&mut conn, ctx, key, Action::SeeGroup).await?;
    let facts = authority::group_facts(&mut conn, ctx, &group).await?;
    let edits = allows(&ctx.actor, &Action::EditMembership(facts));
    if !edits && !allows(&ctx.actor, &Action::InspectAccess(facts)) {
        return Err(Error::not_found());
    }
    if facts.managed {
        let text = "This group is managed here. Its members and owners change through assignments only.";
        let path = format!("/groups/{key}/assignments");
        return Err(Refusal::new(Code::ManagedHere, text).way("Assignments", path).into());
    }
    let rule: Option<String> = sqlx::query_scalar("select membership_rule from groups where id = $1")
        .bind(group.id)
        .fetch_one(&mut *conn)
        .await?;
    Ok(Membership {
        edits,
        rule,
        on_premises: group.source == domain::principal::Source::OnPremises.wire(),
        takes_groups: !group.role_assignable,
        owners: list(&mut conn, ctx, group.id, "owner", &Wanted::default()).await?.rows,
        members: list(&mut conn, ctx, group.id, "member", wanted).await?,
        header,
    })
}

/// Somebody in a group, for the page that asks before taking her out.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Seat {
    /// The group's address.
    pub key: String,
    /// The group's name.
    pub group: String,
    /// Name of the person or group inside.
    pub name: String,
    /// Her user name, or its key.
    pub handle: String,
}

/// Loads a seat for whoever may change the group's membership.
///
/// # Errors
/// Unknown, not inside, or not for this person, alike.
pub async fn seat(engine: &Engine, ctx: &Ctx, key: &str, access: Access, who: Uuid) -> Result<Seat> {
    let mut conn = engine.pool.acquire().await?;
    let group = groups::by_key(&mut conn, key).await?.ok_or_else(Error::not_found)?;
    let facts = authority::group_facts(&mut conn, ctx, &group).await?;
    authority::require(ctx, &Action::EditMembership(facts))?;
    let seat = sqlx::query_as(
        "select o.key, o.display_name as group, coalesce(u.display_name, g.display_name) as name, \
           coalesce(u.user_name, g.key) as handle \
         from groups o join targets t on t.group_id = o.id and t.kind = $2 \
         join active_now a on a.target_id = t.id and a.principal_id = $3 \
         left join users u on u.id = $3 left join groups g on g.id = $3 where o.id = $1 limit 1",
    )
    .bind(group.id)
    .bind(access.wire())
    .bind(who)
    .fetch_optional(&mut *conn)
    .await?;
    seat.ok_or_else(Error::not_found)
}

async fn list(
    conn: &mut PgConnection,
    ctx: &Ctx,
    group: Uuid,
    access: &str,
    wanted: &Wanted,
) -> Result<Page<Row>> {
    let (name, id) = wanted.turn.bound();
    let mut rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select * from (select distinct p.id, lower(coalesce(u.display_name, g.display_name)) as place, \
           p.kind = 'group' as is_group, coalesce(u.display_name, g.display_name) as name, \
           coalesce(u.user_name, g.key) as handle, coalesce(u.department, '') as note, \
           coalesce(u.enabled, true) as enabled \
         from targets t join active_now a on a.target_id = t.id join principals p on p.id = a.principal_id \
         left join users u on u.id = p.id left join groups g on g.id = p.id \
         where t.group_id = $3 and t.kind = $4 and coalesce(u.deleted_at, g.deleted_at) is null) held \
         where ($5::text is null or lower(name || ' ' || handle) like '%' || $5 || '%'){}",
        wanted.turn.sql("place", "id")
    )))
    .bind(name)
    .bind(id)
    .bind(group)
    .bind(access)
    .bind(looked_for(&wanted.text))
    .fetch_all(&mut *conn)
    .await?;
    let groups: Vec<Uuid> = rows.iter().filter(|row| row.is_group).map(|row| row.id).collect();
    let open = authority::open_groups(conn, ctx, &groups).await?;
    for row in &mut rows {
        row.open = open.contains(&row.id);
    }
    Ok(Page::of(rows, &wanted.turn))
}
