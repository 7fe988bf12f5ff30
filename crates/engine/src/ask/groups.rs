//! The list of groups: for administrators and readers all of them, for everybody else those she has to do with.

use crate::approvers::NAMED_IN_FORCE;
use crate::ask::by_name::{Page, Placed, Turn, keeps_plan, looked_for};
use crate::ask::deleted;
use crate::{Ctx, Engine, Result, authority};
use domain::authz::{Action, allows};
use domain::group::GroupKind;
use sqlx::PgConnection;
use uuid::Uuid;

/// Which groups.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Show {
    /// All that this person may see.
    #[default]
    All,
    /// In which she is, or may be.
    Mine,
    /// That she owns now.
    Owned,
    /// Under management.
    Managed,
    /// Not under management.
    Unmanaged,
}

impl Show {
    /// All, in the order of the filter.
    pub const ALL: [Show; 5] = [Show::All, Show::Mine, Show::Owned, Show::Managed, Show::Unmanaged];

    /// The stable word, in the address.
    pub const fn wire(self) -> &'static str {
        match self {
            Show::All => "all",
            Show::Mine => "mine",
            Show::Owned => "owned",
            Show::Managed => "managed",
            Show::Unmanaged => "unmanaged",
        }
    }

    /// From the address; anything else shows all.
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|show| show.wire() == word).unwrap_or_default()
    }
}

/// What the address asks for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Letters of a name or key, from two on.
    pub text: String,
    /// Which groups.
    pub show: Show,
    /// Of which kind.
    pub kind: Option<GroupKind>,
    /// Where the page begins.
    pub turn: Turn,
}

impl Wanted {
    /// Which groups: those asked for, as far as this person may see them. What is not asked is not in the statement: a
    /// plan for both would use no index. Her own groups are a list of ids, so that no plan looks through all others.
    fn conditions(&self, ctx: &Ctx) -> String {
        let conditions = [
            (
                !allows(&ctx.actor, &Action::ListGroups),
                " and g.id = any (array(select group_id from held union select group_id from approves))",
            ),
            (
                looked_for(&self.text).is_some(),
                " and lower(g.display_name || ' ' || g.key) like '%' || $4 || '%'",
            ),
            (self.show == Show::Mine, " and g.id = any (array(select group_id from held))"),
            (self.show == Show::Owned, " and g.id = any (array(select group_id from held where owned))"),
            (self.show == Show::Managed, " and g.managed_at is not null"),
            (self.show == Show::Unmanaged, " and g.managed_at is null"),
            (self.kind.is_some(), " and g.group_kind = $5"),
        ];
        conditions.into_iter().filter(|(asked, _)| *asked).map(|(_, condition)| condition).collect()
    }
}

/// The page.
#[derive(Clone, Debug)]
pub struct Groups {
    /// In the order of names.
    pub page: Page<Row>,
    /// Sees all groups, not only her own.
    pub sees_all: bool,
    /// May take deleted ones back.
    pub restores: bool,
    /// May create a group.
    pub creates: bool,
    /// May assign many at once.
    pub assigns: bool,
}

/// A group.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    id: Uuid,
    place: String,
    /// Address.
    pub key: String,
    /// Name.
    pub name: String,
    /// Microsoft 365, not security.
    pub microsoft365: bool,
    /// Can carry directory roles.
    pub role_assignable: bool,
    /// Members are computed by a rule.
    pub dynamic: bool,
    /// Mastered elsewhere.
    pub on_premises: bool,
    /// Under management.
    pub managed: bool,
    /// May activate membership.
    pub eligible: i64,
    /// Activated membership now.
    pub on_now: i64,
    /// Members without activation.
    pub standing: i64,
    /// Owners now, by name.
    pub owners: Vec<String>,
    /// This person is a member, owner, or may be.
    pub mine: bool,
    /// This person owns it now.
    pub owned: bool,
}

impl Placed for Row {
    fn place(&self) -> (&str, Uuid) {
        (&self.place, self.id)
    }
}

/// Lists groups.
///
/// # Errors
/// The database can't be reached.
pub async fn groups(engine: &Engine, ctx: &Ctx, wanted: &Wanted) -> Result<Groups> {
    let mut conn = engine.pool.acquire().await?;
    Ok(Groups {
        page: list(&mut conn, ctx, wanted).await?,
        sees_all: allows(&ctx.actor, &Action::ListGroups),
        restores: deleted::restores_groups(ctx),
        creates: allows(&ctx.actor, &Action::CreateGroup { role_assignable: false }),
        assigns: authority::assigns_many(&mut conn, ctx).await?,
    })
}

/// The list, as far as this person may see it: the rule of `Action::SeeGroup` as a condition on rows.
pub(super) async fn list(conn: &mut PgConnection, ctx: &Ctx, wanted: &Wanted) -> Result<Page<Row>> {
    let (name, id) = wanted.turn.bound();
    let rows = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "with own as materialized (select id from groups_above($3)), \
         held as materialized ( \
           select t.group_id, bool_or(t.kind = 'owner' and a.kind = 'active') as owned \
           from assignments a join targets t on t.id = a.target_id and t.group_id is not null \
           where a.principal_id in (select id from own) and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at)) \
             and (a.kind = 'eligible' or a.starts_at <= clock()) group by t.group_id), \
         approves as materialized ( \
           select t.group_id from targets t where t.id = any (array({NAMED_IN_FORCE}))) \
         select g.id, lower(g.display_name) as place, g.key, g.display_name as name, \
           g.group_kind = 'microsoft365' as microsoft365, g.role_assignable, g.membership = 'dynamic' as dynamic, \
           g.source = 'on_premises' as on_premises, g.managed_at is not null as managed, \
           counts.eligible, counts.on_now, counts.standing, owners.names as owners, \
           held.group_id is not null as mine, coalesce(held.owned, false) as owned \
         from groups g left join held on held.group_id = g.id \
         cross join lateral ( \
           select count(distinct a.principal_id) filter (where a.kind = 'eligible') as eligible, \
             count(distinct a.principal_id) filter (where a.origin = 'activated' and a.starts_at <= clock()) as on_now, \
             count(distinct a.principal_id) filter \
               (where a.kind = 'active' and a.origin <> 'activated' and a.starts_at <= clock()) as standing \
           from targets t join assignments a on a.target_id = t.id and (a.ends_at is null or a.ends_at > greatest(clock(), a.starts_at)) \
           where t.group_id = g.id and t.kind = 'member') counts \
         cross join lateral ( \
           select array(select distinct u.display_name from targets t join active_now a on a.target_id = t.id \
             join users u on u.id = a.principal_id and u.enabled and u.deleted_at is null \
             where t.group_id = g.id and t.kind = 'owner' order by 1) as names) owners \
         where g.deleted_at is null{}{}",
        wanted.conditions(ctx),
        wanted.turn.sql("lower(g.display_name)", "g.id")
    )))
    .bind(name)
    .bind(id)
    .bind(ctx.person().0)
    .bind(looked_for(&wanted.text))
    .persistent(keeps_plan(&wanted.text))
    .bind(wanted.kind.map(GroupKind::wire))
    .fetch_all(conn)
    .await?;
    Ok(Page::of(rows, &wanted.turn))
}
