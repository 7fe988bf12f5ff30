//! What stands above every tab of a group's page, and which tabs this person has.

use crate::authority;
use crate::db::groups::{self, GroupRow};
use crate::{Ctx, Engine, Error, Result};
use chrono::{DateTime, Utc};
use domain::authz::{Action, GroupFacts, allows};
use sqlx::PgConnection;

/// The head of the page.
#[derive(Clone, Debug)]
pub struct Header {
    /// Address.
    pub key: String,
    /// Name.
    pub name: String,
    /// "Security group" or "Microsoft 365 group".
    pub kind: &'static str,
    /// Can carry directory roles.
    pub role_assignable: bool,
    /// Since when under management.
    pub managed_at: Option<DateTime<Utc>>,
    /// Names of the effective owners.
    pub owners: Vec<String>,
    /// May assign, change, remove, save policies.
    pub manages: bool,
    /// May see assignments, policies and requests.
    pub inspects: bool,
    /// May read the group's audit.
    pub audits: bool,
    /// May bring it under management.
    pub onboards: bool,
    /// May see who effectively is in it, managed or not.
    pub looks_inside: bool,
    /// It is not managed, and its direct members may be seen or changed.
    pub membership: bool,
    /// May change its name and description.
    pub edits: bool,
    /// May delete it.
    pub deletes: bool,
    /// Requests that wait here, for those who may see them.
    pub waiting: i64,
}

/// The group with its head, for whoever may do `action` with it.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn load(
    conn: &mut PgConnection,
    ctx: &Ctx,
    key: &str,
    action: fn(GroupFacts) -> Action,
) -> Result<(GroupRow, Header)> {
    let group = groups::by_key(conn, key).await?.ok_or_else(Error::not_found)?;
    let facts = authority::group_facts(conn, ctx, &group).await?;
    authority::require(ctx, &action(facts))?;
    let may = |action: Action| allows(&ctx.actor, &action);
    let inspects = may(Action::InspectAccess(facts));
    let header = Header {
        key: group.key.clone(),
        name: group.display_name.clone(),
        kind: if facts.microsoft365 { "Microsoft 365 group" } else { "Security group" },
        role_assignable: group.role_assignable,
        managed_at: group.managed_at,
        owners: groups::owner_names(conn, group.group_id()).await?,
        manages: may(Action::ManageAccess(facts)) && group.managed_at.is_some(),
        inspects: inspects && group.managed_at.is_some(),
        audits: may(Action::ReadGroupAudit(facts)),
        onboards: may(Action::OnboardGroup(facts)) && group.rules()?.can_be_managed().is_ok(),
        looks_inside: inspects,
        membership: !facts.managed && (inspects || may(Action::EditMembership(facts))),
        edits: may(Action::EditGroup(facts)),
        deletes: may(Action::DeleteGroup(facts)),
        waiting: if inspects { waiting(conn, &group).await? } else { 0 },
    };
    Ok((group, header))
}

async fn waiting(conn: &mut PgConnection, group: &GroupRow) -> Result<i64> {
    let count = sqlx::query_scalar(
        "select count(*) from requests r join targets t on t.id = r.target_id \
         where t.group_id = $1 and r.status in ('PendingApproval', 'PendingAdminDecision') and r.deadline_at > clock()",
    )
    .bind(group.id)
    .fetch_one(conn)
    .await?;
    Ok(count)
}

/// The head alone, for whoever may read the group's audit.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn of(engine: &Engine, ctx: &Ctx, key: &str) -> Result<Header> {
    let mut conn = engine.pool.acquire().await?;
    Ok(load(&mut conn, ctx, key, Action::ReadGroupAudit).await?.1)
}
