//! Whether the person in whose name a review runs may still have it run: a plan acts long after it was made (I-17).

use crate::Result;
use crate::authority::{self, COULD};
use crate::db::groups::GroupRow;
use domain::authz::{Action, Actor, Relation, allows};
use domain::ids::PersonId;
use domain::role::Role;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgConnection};

/// Whether she manages the group, or could at any time by switching on what she is eligible for: whoever manages with a role
/// of an hour plans for a year.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn manages(conn: &mut PgConnection, person: PersonId, group: &GroupRow) -> Result<bool> {
    let sql = format!(
        "{COULD}, held as materialized (select t.kind, t.role, t.group_id from assignments a join targets t on t.id = a.target_id \
           where a.principal_id in (select id from own union select id from could) \
             and a.starts_at <= clock() and (a.ends_at is null or a.ends_at > clock())) \
         select array(select distinct role from held where kind = 'role'), \
           exists (select from held where kind = 'owner' and group_id = $2) \
         from users where id = $1 and enabled and deleted_at is null"
    );
    let held: Option<(Vec<String>, bool)> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(person.0).bind(group.id).fetch_optional(conn).await?;
    let Some((roles, owner)) = held else { return Ok(false) };
    let actor = Actor { person, roles: roles.iter().filter_map(|word| Role::parse(word)).collect() };
    let facts = authority::facts(group, Relation { owner, ..Relation::default() })?;
    Ok(allows(&actor, &Action::ManageAccessReviews(facts)))
}

/// The facts of what did not happen because of that.
pub(crate) fn gone(review: &str) -> Value {
    json!({ "review": review, "why": "Whoever it would be done for does not manage the group any more." })
}
