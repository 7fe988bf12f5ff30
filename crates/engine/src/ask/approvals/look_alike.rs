//! Other people whose name looks like the name of somebody who asks (ui.md section 6).

use crate::{Result, alike};
use domain::risk::look_alike_key;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Name and user name of somebody else who looks the same, for each of these people (id, name): of several, the one who
/// was here first.
pub(super) async fn find(
    conn: &mut PgConnection,
    people: &[(Uuid, String)],
) -> Result<BTreeMap<Uuid, (String, String)>> {
    if people.is_empty() {
        return Ok(BTreeMap::new());
    }
    let names: Vec<&str> = people.iter().map(|(_, name)| name.as_str()).collect();
    let mut others: Vec<_> = alike::candidates(conn, &names)
        .await?
        .into_iter()
        .map(|other| (look_alike_key(&other.who.name), other))
        .collect();
    others.sort_by_key(|(_, other)| (other.created_at, other.who.id));
    let mut found = BTreeMap::new();
    for (id, name) in people {
        let key = look_alike_key(name);
        if let Some((_, twin)) = others.iter().find(|(theirs, other)| other.who.id != *id && *theirs == key) {
            found.insert(*id, (twin.who.name.clone(), twin.who.user_name.clone()));
        }
    }
    Ok(found)
}
