//! Requests to extend or renew an assignment that wait for this person, because she manages the group.

use crate::ask::thing::{COLUMNS, Thing};
use crate::ask::who::{self, Who};
use crate::{Ctx, Result};
use chrono::{DateTime, Utc};
use domain::authz::{Action, GroupFacts, Relation, allows};
use domain::role::Role;
use domain::target::Target;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

/// Most that are shown at once.
const MOST: i64 = 100;

/// True for requests `r` about things `t` that the person $1 answers: she owns the group, or her roles manage groups of
/// its sort ($2: not role-assignable, $3: role-assignable, and directory roles). `own` are the groups she lies in.
pub(crate) const HERS_TO_ANSWER: &str = "r.status = 'PendingAdminDecision' and r.deadline_at > clock() \
    and r.principal_id <> $1 and r.filer_id is distinct from $1 and t.open and t.deleted_at is null \
    and (case when t.role_assignable then $3::bool else $2::bool end \
      or exists (select from targets o join active_now h on h.target_id = o.id and h.principal_id in (select id from own) \
                 where o.group_id = t.group_id and o.kind = 'owner'))";

/// Whether the person's roles alone let her manage groups that are not role-assignable, and those that are.
pub(crate) fn managed_by_role(ctx: &Ctx) -> [bool; 2] {
    [false, true].map(|role_assignable| {
        let facts = GroupFacts {
            role_assignable,
            managed: true,
            microsoft365: false,
            fixed: false,
            relation: Relation::default(),
        };
        allows(&ctx.actor, &Action::ManageAccess(facts))
    })
}

/// A request in one line.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Line {
    /// R-number.
    pub number: i64,
    /// Graph's action word.
    pub action: String,
    /// Eligible or active, as stored.
    pub kind: String,
    /// Of what.
    #[sqlx(flatten)]
    pub thing: Thing,
    /// Who asks.
    #[sqlx(json)]
    pub who: Who,
    /// Her words.
    pub reason: String,
    /// When it ends or ended.
    pub ends_at: Option<DateTime<Utc>>,
    /// Asked at.
    pub asked: DateTime<Utc>,
    /// Lapses then.
    pub lapses: DateTime<Utc>,
}

/// What waits for this person, the oldest first.
///
/// # Errors
/// The database can't be reached.
pub async fn waiting(conn: &mut PgConnection, ctx: &Ctx) -> Result<Vec<Line>> {
    let sql = format!(
        "with own as materialized (select id from groups_above($1)) \
         select r.number, r.action, r.kind, {COLUMNS}, r.reason, a.ends_at, r.created_at as asked, r.deadline_at as lapses, \
           {who} as who \
         from requests r join things t on t.id = r.target_id \
         join assignments a on a.id = r.extends_id join users u on u.id = r.principal_id \
         where {HERS_TO_ANSWER} order by r.created_at, r.number limit $4",
        who = who::json("u"),
    );
    let [plain, role_assignable] = managed_by_role(ctx);
    let rows = sqlx::query_as(AssertSqlSafe(sql)).bind(ctx.person().0).bind(plain).bind(role_assignable);
    Ok(rows.bind(MOST).fetch_all(conn).await?)
}

/// Who is named as answering about this: the effective owners of a group, or who gives directory roles. People only, by
/// name.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn answerers(conn: &mut PgConnection, target: Target) -> Result<Vec<Who>> {
    let givers = [Role::PrivilegedRoleAdministrator, Role::GlobalAdministrator].map(Role::wire);
    let people: Vec<Who> = sqlx::query_as(
        "with holders as materialized (select h.principal_id as id from targets o join active_now h on h.target_id = o.id \
                                       where (o.group_id = $1 and o.kind = 'owner') or ($1 is null and o.role = any ($2))) \
         select u.id, u.display_name as name, u.user_name, coalesce(u.department, '') as department from users u \
         where u.enabled and u.deleted_at is null \
           and (u.id in (select id from holders) or u.id in (select id from people_within(array(select id from holders)))) \
         order by lower(u.display_name), u.id",
    )
    .bind(target.group().map(|group| group.0))
    .bind(givers)
    .fetch_all(conn)
    .await?;
    Ok(people)
}

/// The assignment that a form or page is about: what it is of, and who gave it why.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct About {
    /// Of what.
    #[sqlx(flatten)]
    pub thing: Thing,
    /// Who gave it, if a person did.
    pub given_by: Option<String>,
    /// Why it was given.
    pub reason: String,
    /// Activations in the last 90 days.
    pub used: i64,
    /// Last activated at.
    pub last_used: Option<DateTime<Utc>>,
}

/// Loads it; `None` when the group is gone.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn about(conn: &mut PgConnection, assignment: Uuid) -> Result<Option<About>> {
    let sql = format!(
        "select {COLUMNS}, b.display_name as given_by, a.reason, coalesce(used.count, 0) as used, used.last as last_used \
         from assignments a join things t on t.id = a.target_id and t.deleted_at is null left join users b on b.id = a.created_by \
         left join lateral (select count(*) filter (where x.starts_at > clock() - interval '90 days'), max(x.starts_at) as last \
           from assignments x where x.principal_id = a.principal_id and x.target_id = a.target_id \
             and x.origin = 'activated' and x.starts_at <= clock()) used on true \
         where a.id = $1"
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(assignment).fetch_optional(conn).await?)
}
