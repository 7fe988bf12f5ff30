//! Other people whose name looks like the name of somebody who asks (ui.md section 6).

use crate::Result;
use domain::risk::look_alike_key;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Up to this many people are all compared; in larger directories only those that share enough letters.
const SMALL: f32 = 5_000.0;

/// Name and user name of somebody else who looks the same, for each of these people (id, name).
pub(super) async fn find(
    conn: &mut PgConnection,
    people: &[(Uuid, String)],
) -> Result<BTreeMap<Uuid, (String, String)>> {
    if people.is_empty() {
        return Ok(BTreeMap::new());
    }
    let keys: Vec<String> = people.iter().map(|(_, name)| look_alike_key(name)).collect();
    let names = people.iter().map(|(_, name)| name.to_lowercase());
    let wanted: Vec<String> = names.chain(keys.iter().cloned()).collect();
    let others: Vec<(Uuid, String, String)> = sqlx::query_as(
        "select u.id, u.display_name, u.user_name from users u where u.deleted_at is null \
           and ((select reltuples from pg_class where oid = 'users'::regclass) <= $1 \
             or exists (select from unnest($2::text[]) wanted \
               where wanted <% lower(u.display_name || ' ' || u.user_name || ' ' || coalesce(u.mail, '')))) \
         order by u.created_at, u.id",
    )
    .bind(SMALL)
    .bind(&wanted)
    .fetch_all(conn)
    .await?;
    let others: Vec<(Uuid, String, &(Uuid, String, String))> =
        others.iter().map(|other| (other.0, look_alike_key(&other.1), other)).collect();
    let mut found = BTreeMap::new();
    for ((id, _), key) in people.iter().zip(&keys) {
        if let Some((_, _, twin)) = others.iter().find(|(other, theirs, _)| other != id && theirs == key) {
            found.insert(*id, (twin.1.clone(), twin.2.clone()));
        }
    }
    Ok(found)
}
