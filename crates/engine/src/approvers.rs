//! Who can approve: the people a policy names, groups resolved to their effective members now, able people only.

use crate::Result;
use domain::ids::PersonId;
use domain::policy::Approver;
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// Resolves named approvers. A failing look-up is an error, never an empty set (C14).
///
/// # Errors
/// The database can't be reached.
pub async fn resolve(conn: &mut PgConnection, named: &[Approver]) -> Result<BTreeSet<PersonId>> {
    let mut people = Vec::new();
    let mut groups = Vec::new();
    for approver in named {
        match approver {
            Approver::Person(person) => people.push(person.0),
            Approver::Group(group) => groups.push(group.0),
        }
    }
    let found: Vec<uuid::Uuid> = sqlx::query_scalar(
        "select id from users where id = any ($1) and enabled and deleted_at is null \
         union select id from people_within($2)",
    )
    .bind(&people)
    .bind(&groups)
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().map(PersonId).collect())
}
