//! Who can approve: the people a policy names, groups resolved to their effective members now, able people only.

use crate::Result;
use domain::approval::Given;
use domain::ids::{GroupId, PersonId, RequestId};
use domain::policy::Approver;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Resolves named approvers. Who is among them only by being in the group `but` does not count: a group never approves
/// entry into itself, by no way (security.md 6.12). A failing look-up is an error, never an empty set (C14).
///
/// # Errors
/// The database can't be reached.
pub async fn resolve(
    conn: &mut PgConnection,
    named: &[Approver],
    but: Option<GroupId>,
) -> Result<BTreeSet<PersonId>> {
    let mut people = Vec::new();
    let mut groups = Vec::new();
    for approver in named {
        match approver {
            Approver::Person(person) => people.push(person.0),
            Approver::Group(group) => groups.push(group.0),
        }
    }
    let sql = format!(
        "select id from users where id = any ($1) and enabled and deleted_at is null \
         union select id from ({}) within",
        people_within("$2", "$3"),
    );
    let found: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(&people)
        .bind(&groups)
        .bind(but.map(|group| group.0))
        .fetch_all(conn)
        .await?;
    Ok(found.into_iter().map(PersonId).collect())
}

/// Of these people, who is away, and who stands in for her now.
///
/// # Errors
/// The database can't be reached.
pub async fn stand_ins(
    conn: &mut PgConnection,
    people: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, PersonId>> {
    let people: Vec<Uuid> = people.into_iter().map(|person| person.0).collect();
    let found: Vec<(Uuid, Uuid)> =
        sqlx::query_as("select person_id, delegate_id from stand_ins where person_id = any ($1)")
            .bind(people)
            .fetch_all(conn)
            .await?;
    Ok(found.into_iter().map(|(away, instead)| (PersonId(away), PersonId(instead))).collect())
}

/// True of a person `who` (a column) who is away now, whether or not somebody stands in for her.
pub(crate) fn is_away(who: &str) -> String {
    format!(
        "exists (select from absences a where a.person_id = {who} and a.from_at <= clock() and a.until > clock())"
    )
}

/// Of these people, who is away now, whether or not somebody stands in for her.
///
/// # Errors
/// The database can't be reached.
pub async fn away(conn: &mut PgConnection, people: &BTreeSet<PersonId>) -> Result<BTreeSet<PersonId>> {
    let people: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    let sql = format!("select id from unnest($1::uuid[]) id where {}", is_away("id"));
    let found: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql)).bind(people).fetch_all(conn).await?;
    Ok(found.into_iter().map(PersonId).collect())
}

/// The approvals that a request has so far.
///
/// # Errors
/// The database can't be reached.
pub async fn given(conn: &mut PgConnection, request: RequestId) -> Result<Vec<Given>> {
    let found: Vec<(Uuid, Uuid, bool)> = sqlx::query_as(
        "select v.approver_id, coalesce(v.for_id, v.approver_id), u.enabled and u.deleted_at is null \
         from votes v join users u on u.id = v.approver_id where v.request_id = $1 and v.verdict = 'approve'",
    )
    .bind(request.0)
    .fetch_all(conn)
    .await?;
    let given = |(by, seat, able)| Given { by: PersonId(by), seat: PersonId(seat), able };
    Ok(found.into_iter().map(given).collect())
}

/// The query for everybody who lies in one of these groups now, by a way that does not lead through another group.
pub(crate) fn people_within(groups: &str, but: &str) -> String {
    format!(
        "with recursive down (id) as ( \
           select g.id from groups g where g.id = any ({groups}) and g.id is distinct from {but} and g.deleted_at is null \
           union \
           select a.principal_id from down join targets t on t.group_id = down.id and t.kind = 'member' \
           join active_now a on a.target_id = t.id and a.principal_id is distinct from {but} \
           left join groups g on g.id = a.principal_id where g.id is null or g.deleted_at is null \
         ) select u.id from users u join down on down.id = u.id where u.enabled and u.deleted_at is null"
    )
}

/// The query for the able people among these ids of people and groups, groups as in [`people_within`]. It goes down as far as
/// it is read, so that a limit spares the rest.
pub(crate) fn able_among(ids: &str, but: &str) -> String {
    format!(
        "with recursive down (id) as ( \
           select p.id from principals p left join groups g on g.id = p.id where p.id = any ({ids}) \
             and p.id is distinct from {but} and (g.id is null or g.deleted_at is null) \
           union \
           select a.principal_id from down join targets t on t.group_id = down.id and t.kind = 'member' \
           join active_now a on a.target_id = t.id and a.principal_id is distinct from {but} \
           left join groups g on g.id = a.principal_id where g.id is null or g.deleted_at is null \
         ) select u.id from down join users u on u.id = down.id where u.enabled and u.deleted_at is null"
    )
}

/// How a stored list of approvers names somebody with one of these ids (a list of the column `id`): for `@> any`, which
/// an index answers however many policies and requests there are.
macro_rules! naming {
    ($ids:literal) => {
        concat!(
            "array(select jsonb_build_array(jsonb_build_object(sort, id)) from ",
            $ids,
            " cross join unnest(array['person', 'group']) sort)"
        )
    };
}
pub(crate) use naming;

/// The query for the targets whose policy in force names one of `own`.
pub(crate) const NAMED_IN_FORCE: &str = concat!(
    "select p.target_id from policies p \
     where named_in(p.settings #> '{activation,approval}') @> any (",
    naming!("own"),
    ") and p.version = (select max(newer.version) from policies newer where newer.target_id = p.target_id)"
);

/// A named approver with what people read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// Who.
    pub approver: Approver,
    /// Name.
    pub name: String,
    /// User name, or the group's key with its number of people.
    pub detail: String,
    /// A group.
    pub group: bool,
    /// Is there, and able to act.
    pub able: bool,
}

/// Names of approvers, in the order given; one that is gone keeps its place and says so.
///
/// # Errors
/// The database can't be reached.
pub async fn names(conn: &mut PgConnection, named: &[Approver]) -> Result<Vec<Named>> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = named.iter().map(|approver| approver.id()).collect();
    let rows: Vec<(Uuid, String, String, bool)> = sqlx::query_as(
        "select id, display_name, user_name, enabled and deleted_at is null from users where id = any ($1) \
         union all select g.id, g.display_name, g.key || ', ' || (select count(*) from people_within(array[g.id])) \
           || ' people', g.deleted_at is null from groups g where g.id = any ($1)",
    )
    .bind(&ids)
    .fetch_all(conn)
    .await?;
    let named = named.iter().map(|approver| {
        let row = rows.iter().find(|row| row.0 == approver.id());
        let (name, detail, able) = row.map_or_else(
            || ("Gone".into(), String::new(), false),
            |row| (row.1.clone(), row.2.clone(), row.3),
        );
        Named { approver: *approver, name, detail, group: matches!(approver, Approver::Group(_)), able }
    });
    Ok(named.collect())
}

/// Approvers from the ids that a picker sends, each once. An id that is no group's counts as a person's; whether it is
/// one, the policy's use case judges.
///
/// # Errors
/// The database can't be reached.
pub async fn of_ids(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Approver>> {
    let groups: Vec<Uuid> =
        sqlx::query_scalar("select id from groups where id = any ($1)").bind(ids).fetch_all(conn).await?;
    let mut seen = BTreeSet::new();
    let distinct = ids.iter().copied().filter(|id| seen.insert(*id));
    Ok(distinct
        .map(
            |id| {
                if groups.contains(&id) {
                    Approver::Group(GroupId(id))
                } else {
                    Approver::Person(PersonId(id))
                }
            },
        )
        .collect())
}
