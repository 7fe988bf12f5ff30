//! Writes a plan in few statements, however many rows it has, with one audit event for each object whose access or
//! details change.

use super::facts::{self, GroupState, PersonState};
use super::plan::Plan;
use crate::act::set_person_state;
use crate::ctx::By;
use crate::grounds::{self, Left};
use crate::{Error, Result, alike, clock, ids};
use chrono::{DateTime, Utc};
use domain::assignment::EndReason;
use domain::audit::Event;
use domain::ids::{GroupId, PersonId, TargetId};
use domain::target::{Access, Target};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Writes it all into the transaction of the caller, who has locked the people who get disabled.
///
/// # Errors
/// The database can't be reached, or refuses what slipped through.
pub async fn write(conn: &mut PgConnection, by: &By, plan: &Plan) -> Result<()> {
    people_new(conn, by, plan).await?;
    people_changed(conn, by, plan).await?;
    groups_new(conn, by, plan).await?;
    groups_changed(conn, by, plan).await?;
    let now = clock::now(conn).await?;
    let targets = facts::target_ids(conn, &plan.targets()).await?;
    leave(conn, by, plan, &targets, now).await?;
    join(conn, by, plan, &targets, now).await?;
    // only now: who moved to a group inside the one she left is still in it
    let members = plan.leaves.iter().filter(|(_, access, _)| *access == Access::Member);
    let left: Vec<Left> = members.map(|(group, _, principal)| (*principal, *group)).collect();
    grounds::settle(conn, by, &left, now).await?;
    for person in &plan.disabled {
        let reason = "Disabled in the directory.".to_owned();
        let input = set_person_state::Input { person: *person, enabled: false, reason };
        set_person_state::write(conn, by, &input, now).await?;
    }
    Ok(())
}

async fn people_new(conn: &mut PgConnection, by: &By, plan: &Plan) -> Result<()> {
    let people: Vec<_> = plan.people_new.iter().map(|(id, state, _)| (*id, state.clone())).collect();
    let enabled: Vec<bool> = plan.people_new.iter().map(|(_, _, enabled)| *enabled).collect();
    let columns = People::of(&people);
    principals(conn, &columns.ids, "user").await?;
    sqlx::query(
        "insert into users (id, user_name, display_name, mail, job_title, department, user_type, source, enabled, \
           alike_key, alike_of) \
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], \
           $8::text[], $9::bool[], $10::bytea[], $3::text[])",
    )
    .bind(&columns.ids)
    .bind(&columns.user_names)
    .bind(&columns.display_names)
    .bind(&columns.mails)
    .bind(&columns.job_titles)
    .bind(&columns.departments)
    .bind(&columns.user_types)
    .bind(&columns.sources)
    .bind(&enabled)
    .bind(&columns.alike_keys)
    .execute(&mut *conn)
    .await?;
    note(conn, by, Event::PersonCreated, &Rows { principals: columns.ids.clone(), ..Rows::default() }).await
}

async fn people_changed(conn: &mut PgConnection, by: &By, plan: &Plan) -> Result<()> {
    let columns = People::of(&plan.people_changed);
    // two people may swap their user names: everybody steps aside first
    sqlx::query("update users set user_name = id::text where id = any ($1)")
        .bind(&columns.ids)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "update users set user_name = new.user_name, display_name = new.display_name, mail = new.mail, \
           job_title = new.job_title, department = new.department, user_type = new.user_type, source = new.source, \
           alike_key = new.alike_key, alike_of = new.display_name \
         from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], \
             $9::bytea[]) \
           as new (id, user_name, display_name, mail, job_title, department, user_type, source, alike_key) \
         where users.id = new.id",
    )
    .bind(&columns.ids)
    .bind(&columns.user_names)
    .bind(&columns.display_names)
    .bind(&columns.mails)
    .bind(&columns.job_titles)
    .bind(&columns.departments)
    .bind(&columns.user_types)
    .bind(&columns.sources)
    .bind(&columns.alike_keys)
    .execute(&mut *conn)
    .await?;
    note(conn, by, Event::PersonUpdated, &Rows { principals: columns.ids.clone(), ..Rows::default() }).await
}

/// People, column by column.
#[derive(Default)]
struct People {
    ids: Vec<Uuid>,
    user_names: Vec<String>,
    display_names: Vec<String>,
    mails: Vec<Option<String>>,
    job_titles: Vec<Option<String>>,
    departments: Vec<Option<String>>,
    user_types: Vec<&'static str>,
    sources: Vec<&'static str>,
    alike_keys: Vec<Vec<u8>>,
}

impl People {
    fn of(people: &[(PersonId, PersonState)]) -> Self {
        let mut columns = Self::default();
        for (id, state) in people {
            columns.ids.push(id.0);
            columns.user_names.push(state.user_name.clone());
            columns.display_names.push(state.display_name.clone());
            columns.alike_keys.push(alike::key(&state.display_name));
            columns.mails.push(state.mail.clone());
            columns.job_titles.push(state.job_title.clone());
            columns.departments.push(state.department.clone());
            columns.user_types.push(state.user_type.wire());
            columns.sources.push(state.source.wire());
        }
        columns
    }
}

async fn groups_new(conn: &mut PgConnection, by: &By, plan: &Plan) -> Result<()> {
    let groups: Vec<_> = plan.groups_new.iter().map(|(id, _, state)| (*id, state.clone())).collect();
    let keys: Vec<String> = plan.groups_new.iter().map(|(_, key, _)| key.clone()).collect();
    let roles: Vec<bool> = plan.groups_new.iter().map(|(_, _, state)| state.role_assignable).collect();
    let columns = Groups::of(&groups);
    principals(conn, &columns.ids, "group").await?;
    sqlx::query(
        "insert into groups (id, display_name, description, group_kind, membership, membership_rule, source, key, \
           role_assignable) \
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], \
           $8::text[], $9::bool[])",
    )
    .bind(&columns.ids)
    .bind(&columns.display_names)
    .bind(&columns.descriptions)
    .bind(&columns.kinds)
    .bind(&columns.memberships)
    .bind(&columns.rules)
    .bind(&columns.sources)
    .bind(&keys)
    .bind(&roles)
    .execute(&mut *conn)
    .await?;
    note(conn, by, Event::GroupCreated, &Rows { groups: columns.ids.clone(), ..Rows::default() }).await
}

async fn groups_changed(conn: &mut PgConnection, by: &By, plan: &Plan) -> Result<()> {
    let columns = Groups::of(&plan.groups_changed);
    sqlx::query(
        "update groups set display_name = new.display_name, description = new.description, \
           group_kind = new.group_kind, membership = new.membership, membership_rule = new.membership_rule, \
           source = new.source \
         from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) \
           as new (id, display_name, description, group_kind, membership, membership_rule, source) \
         where groups.id = new.id",
    )
    .bind(&columns.ids)
    .bind(&columns.display_names)
    .bind(&columns.descriptions)
    .bind(&columns.kinds)
    .bind(&columns.memberships)
    .bind(&columns.rules)
    .bind(&columns.sources)
    .execute(&mut *conn)
    .await?;
    note(conn, by, Event::GroupUpdated, &Rows { groups: columns.ids.clone(), ..Rows::default() }).await
}

/// Groups, column by column.
#[derive(Default)]
struct Groups {
    ids: Vec<Uuid>,
    display_names: Vec<String>,
    descriptions: Vec<String>,
    kinds: Vec<&'static str>,
    memberships: Vec<&'static str>,
    rules: Vec<Option<String>>,
    sources: Vec<&'static str>,
}

impl Groups {
    fn of(groups: &[(GroupId, GroupState)]) -> Self {
        let mut columns = Self::default();
        for (id, state) in groups {
            columns.ids.push(id.0);
            columns.display_names.push(state.display_name.clone());
            columns.descriptions.push(state.description.clone());
            columns.kinds.push(state.kind.wire());
            columns.memberships.push(state.membership.wire());
            columns.rules.push(state.rule.clone());
            columns.sources.push(state.source.wire());
        }
        columns
    }
}

async fn principals(conn: &mut PgConnection, ids: &[Uuid], kind: &str) -> Result<()> {
    sqlx::query("insert into principals (id, kind) select id, $2 from unnest($1::uuid[]) as new (id)")
        .bind(ids)
        .bind(kind)
        .execute(conn)
        .await?;
    Ok(())
}

type Targets = BTreeMap<Target, TargetId>;

fn target_id(targets: &Targets, target: Target) -> Result<Uuid> {
    let id = targets.get(&target).ok_or_else(|| Error::Internal("a target of the plan has no id".into()))?;
    Ok(id.0)
}

async fn leave(
    conn: &mut PgConnection,
    by: &By,
    plan: &Plan,
    targets: &Targets,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut rows = Rows::default();
    for (group, access, principal) in &plan.leaves {
        rows.targets.push(target_id(targets, Target::of(*group, *access))?);
        rows.groups.push(group.0);
        rows.principals.push(principal.0);
    }
    sqlx::query(
        "update assignments a set ends_at = greatest($3, a.starts_at), end_reason = $4, end_recorded = true \
         from unnest($1::uuid[], $2::uuid[]) as gone (target_id, principal_id) \
         where a.target_id = gone.target_id and a.principal_id = gone.principal_id and a.kind = 'active' \
           and a.origin = 'directory' and not a.end_recorded and (a.ends_at is null or a.ends_at > $3)",
    )
    .bind(&rows.targets)
    .bind(&rows.principals)
    .bind(now)
    .bind(EndReason::LeftDirectory.wire())
    .execute(&mut *conn)
    .await?;
    note(conn, by, Event::AssignmentEnded, &rows).await
}

async fn join(
    conn: &mut PgConnection,
    by: &By,
    plan: &Plan,
    targets: &Targets,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut found = Rows::default();
    for (group, access, principal) in &plan.joins {
        found.targets.push(target_id(targets, Target::of(*group, *access))?);
        found.groups.push(group.0);
        found.principals.push(principal.0);
    }
    let mut granted = Rows::default();
    for (role, principal) in &plan.roles {
        granted.targets.push(target_id(targets, Target::Role(*role))?);
        granted.principals.push(principal.0);
    }
    for rows in [&mut found, &mut granted] {
        rows.assignments = rows.targets.iter().map(|_| ids::new()).collect();
        sqlx::query(
            "insert into assignments (id, target_id, principal_id, kind, origin, starts_at, created_by) \
             select id, target_id, principal_id, 'active', 'directory', $4, $5 \
             from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as new (id, target_id, principal_id)",
        )
        .bind(&rows.assignments)
        .bind(&rows.targets)
        .bind(&rows.principals)
        .bind(now)
        .bind(by.person.map(|id| id.0))
        .execute(&mut *conn)
        .await?;
    }
    note(conn, by, Event::AssignmentFound, &found).await?;
    note(conn, by, Event::RoleGranted, &granted).await
}

/// What many events of one kind are about, column by column; a column is full or empty.
#[derive(Default)]
struct Rows {
    principals: Vec<Uuid>,
    groups: Vec<Uuid>,
    targets: Vec<Uuid>,
    assignments: Vec<Uuid>,
}

/// Writes one event for each row.
async fn note(conn: &mut PgConnection, by: &By, event: Event, rows: &Rows) -> Result<()> {
    sqlx::query(
        "insert into audit_events (action, outcome, actor_id, principal_id, group_id, target_id, assignment_id, facts, \
           session_hash, ip, user_agent, trace_id) \
         select $1, 'done', $2, principal, grp, target, assignment, '{\"by\": \"import\"}'::jsonb, encode($3, 'hex'), $4, $5, $6 \
         from unnest($7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[]) as rows (principal, grp, target, assignment)",
    )
    .bind(event.wire())
    .bind(by.person.map(|id| id.0))
    .bind(&by.session_hash)
    .bind(&by.via.ip)
    .bind(&by.via.user_agent)
    .bind(&by.via.trace_id)
    .bind(&rows.principals)
    .bind(&rows.groups)
    .bind(&rows.targets)
    .bind(&rows.assignments)
    .execute(conn)
    .await?;
    Ok(())
}
