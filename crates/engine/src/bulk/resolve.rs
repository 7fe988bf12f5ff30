//! From what is written to whoever it names.

use crate::db::principals::{self, PrincipalRow};
use crate::{Ctx, Result, authority};
use domain::ids::PrincipalId;
use domain::refusal::{Code, Refusal};
use domain::text::Text;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Whom each of these names, or why that is not clear.
pub(crate) type Named = BTreeMap<String, Result<PrincipalRow, Refusal>>;

/// Finds people by user name, mail address or id, groups by key or id, without regard to capitals.
///
/// # Errors
/// The database can't be reached.
pub(crate) async fn principals(
    conn: &mut PgConnection,
    ctx: &Ctx,
    written: impl Iterator<Item = &str>,
) -> Result<Named> {
    let written: BTreeSet<String> = written.map(str::to_lowercase).collect();
    let wanted: Vec<&String> = written.iter().collect();
    let found: Vec<(String, Uuid, bool)> = sqlx::query_as(
        "with w as materialized (select w from unnest($1::text[]) w) \
         select w, u.id, false from w join users u on lower(u.user_name) = w and u.deleted_at is null \
         union select w, u.id, false from w join users u on lower(u.mail) = w and u.deleted_at is null \
         union select w, g.id, true from w join groups g on g.key = w and g.deleted_at is null \
         union select p.id::text, p.id, p.kind = 'group' from principals p \
           left join users u on u.id = p.id left join groups g on g.id = p.id \
           where p.id = any($2) and coalesce(u.deleted_at, g.deleted_at) is null",
    )
    .bind(wanted)
    .bind(written.iter().filter_map(|word| word.parse().ok()).collect::<Vec<Uuid>>())
    .fetch_all(&mut *conn)
    .await?;
    let groups: Vec<Uuid> = found.iter().filter(|(.., is_group)| *is_group).map(|(_, id, _)| *id).collect();
    let open = authority::open_groups(conn, ctx, &groups).await?;
    let mut ids: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
    for (word, id, _) in found.into_iter().filter(|(_, id, is_group)| !is_group || open.contains(id)) {
        ids.entry(word).or_default().push(id);
    }
    let mut named = Named::new();
    for word in written {
        let row = match ids.get(&word).map_or(&[][..], Vec::as_slice) {
            [id] => principals::find(conn, PrincipalId(*id)).await?.ok_or_else(|| unknown(&word)),
            [] => Err(unknown(&word)),
            _ => Err(ambiguous(&word)),
        };
        named.insert(word, row);
    }
    Ok(named)
}

fn unknown(word: &str) -> Refusal {
    let text = Text::say("Nobody is here under ")
        .name(word)
        .then(". Write a user name, a mail address or the key of a group.");
    Refusal::new(Code::UnknownReference, text).at("principal")
}

fn ambiguous(word: &str) -> Refusal {
    let text = Text::say("Several are here under ").name(word).then(". Write the user name.");
    Refusal::new(Code::Conflict, text).at("principal")
}
