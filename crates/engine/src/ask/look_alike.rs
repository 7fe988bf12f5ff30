//! People whose names look like somebody's: the same to the eye, a different person.

use crate::ask::who::Who;
use crate::{Result, alike};
use domain::ids::PersonId;
use domain::risk::look_alike_key;
use sqlx::PgConnection;

/// Who else looks like this person, by name.
///
/// # Errors
/// The database can't be reached.
pub async fn of(conn: &mut PgConnection, person: PersonId, name: &str) -> Result<Vec<Who>> {
    let key = look_alike_key(name);
    let others = alike::candidates(conn, &[name]).await?.into_iter().map(|candidate| candidate.who);
    Ok(others.filter(|other| other.person() != person && look_alike_key(&other.name) == key).collect())
}
