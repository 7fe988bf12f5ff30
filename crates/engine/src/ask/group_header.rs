//! What stands above every tab of the page of a group or directory role, and which tabs this person has.

use crate::ask::thing::Place;
use crate::db::groups::{self, GroupRow};
use crate::subject::{self, Subject};
use crate::{Ctx, Engine, Error, Result, authority};
use chrono::{DateTime, Utc};
use domain::authz::{Action, GroupFacts, allows};
use sqlx::PgConnection;

/// The head of the page.
#[derive(Clone, Debug)]
pub struct Header {
    /// Where its pages are.
    pub place: Place,
    /// The last part of their address.
    pub key: String,
    /// Name.
    pub name: String,
    /// "Security group", "Microsoft 365 group" or "Directory role".
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

/// The group or role with its head, for whoever may do `action` with it.
///
/// # Errors
/// Unknown or not for this person, alike.
pub(crate) async fn load_any(
    conn: &mut PgConnection,
    ctx: &Ctx,
    place: &Place,
    action: fn(GroupFacts) -> Action,
) -> Result<(Subject, Header)> {
    let subject = subject::at(conn, place).await?;
    let facts = subject.facts(conn, ctx).await?;
    authority::require(ctx, &action(facts))?;
    let header = header(conn, ctx, &subject, facts).await?;
    Ok((subject, header))
}

/// The same for a group only.
///
/// # Errors
/// As [`load_any`].
pub(crate) async fn load(
    conn: &mut PgConnection,
    ctx: &Ctx,
    key: &str,
    action: fn(GroupFacts) -> Action,
) -> Result<(GroupRow, Header)> {
    let (subject, header) = load_any(conn, ctx, &Place::Group(key.to_owned()), action).await?;
    match subject {
        Subject::Group(group) => Ok((*group, header)),
        Subject::Role(_) => Err(Error::not_found()),
    }
}

async fn header(conn: &mut PgConnection, ctx: &Ctx, subject: &Subject, facts: GroupFacts) -> Result<Header> {
    let may = |action: Action| allows(&ctx.actor, &action);
    let inspects = may(Action::InspectAccess(facts));
    let group = subject.group();
    let kind = match (group, facts.microsoft365) {
        (None, _) => "Directory role",
        (Some(_), true) => "Microsoft 365 group",
        (Some(_), false) => "Security group",
    };
    let owners = match group {
        Some(group) => groups::owner_names(conn, group.group_id()).await?,
        None => Vec::new(),
    };
    let can_be_managed = match group {
        Some(group) => group.rules()?.can_be_managed().is_ok(),
        None => false,
    };
    Ok(Header {
        place: subject.place(),
        key: subject.place().key().to_owned(),
        name: subject.name().to_owned(),
        kind,
        role_assignable: subject.role_assignable(),
        managed_at: group.and_then(|group| group.managed_at),
        owners,
        manages: may(Action::ManageAccess(facts)) && facts.managed,
        inspects: inspects && facts.managed,
        audits: may(Action::ReadGroupAudit(facts)),
        onboards: can_be_managed && may(Action::OnboardGroup(facts)),
        looks_inside: inspects,
        membership: !facts.managed && (inspects || may(Action::EditMembership(facts))),
        edits: may(Action::EditGroup(facts)),
        deletes: may(Action::DeleteGroup(facts)),
        waiting: if inspects { waiting(conn, subject).await? } else { 0 },
    })
}

async fn waiting(conn: &mut PgConnection, subject: &Subject) -> Result<i64> {
    let count = sqlx::query_scalar(
        "select count(*) from targets t join requests r on r.target_id = t.id \
         where (t.group_id = $1 or t.role = $2) \
           and r.status in ('PendingApproval', 'PendingAdminDecision') and r.deadline_at > clock()",
    )
    .bind(subject.group_id().map(|group| group.0))
    .bind(subject.group().is_none().then(|| subject.place().key().to_owned()))
    .fetch_one(conn)
    .await?;
    Ok(count)
}

/// The head alone, for whoever may read the audit of the group or role.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn of(engine: &Engine, ctx: &Ctx, place: &Place) -> Result<Header> {
    let mut conn = engine.pool.acquire().await?;
    Ok(load_any(&mut conn, ctx, place, Action::ReadGroupAudit).await?.1)
}
