//! Creates a group by hand. Whether it can hold directory roles is decided here and never again.

use crate::audit::{self, About};
use crate::db::groups::{self, NewGroup};
use crate::{Ctx, Engine, Result, authority, ids};
use domain::audit::Event;
use domain::authz::Action;
use domain::details;
use domain::group::{GroupKind, room_for_role_assignable};
use domain::ids::GroupId;
use domain::refusal::{Code, Refusal};
use serde_json::json;
use sqlx::PgConnection;

/// As typed.
#[derive(Clone, Debug)]
pub struct Input {
    /// Name.
    pub display_name: String,
    /// Address for ever, or empty: made of the name.
    pub key: String,
    /// What it gives.
    pub description: String,
    /// Security or Microsoft 365.
    pub kind: GroupKind,
    /// Can hold directory roles, for ever.
    pub role_assignable: bool,
}

/// Creates, and gives the key.
///
/// # Errors
/// Not allowed; a detail does not fit; the key is taken; there are 500 role-assignable groups already.
pub async fn create_group(engine: &Engine, ctx: &Ctx, input: Input) -> Result<String> {
    authority::require(ctx, &Action::CreateGroup { role_assignable: input.role_assignable })?;
    let mut tx = engine.begin().await?;
    // one at a time: the count and the free key are looked up before they are used
    sqlx::query("lock table groups in share row exclusive mode").execute(&mut *tx).await?;
    let new = match judge(&mut tx, &input).await? {
        Ok(new) => new,
        Err(refusals) => {
            drop(tx);
            let about = About::default();
            return Err(audit::refused(engine, &ctx.by(), Event::GroupCreated, about, refusals).await);
        }
    };
    groups::insert(&mut tx, &new).await?;
    let about = About {
        group: Some(new.id),
        facts: Some(
            json!({ "key": new.key, "kind": new.kind.wire(), "roleAssignable": new.role_assignable }),
        ),
        ..About::default()
    };
    audit::done(&mut tx, &ctx.by(), Event::GroupCreated, &about).await?;
    tx.commit().await?;
    Ok(new.key)
}

async fn judge(conn: &mut PgConnection, input: &Input) -> Result<Result<NewGroup, Vec<Refusal>>> {
    let mut unmet = Vec::new();
    let display_name = keep(details::name(&input.display_name, "display_name"), &mut unmet);
    let description = keep(details::description(&input.description, "description"), &mut unmet);
    let key = match input.key.trim() {
        "" => free_key(conn, &display_name).await?,
        typed => {
            let key = keep(details::key(typed, "key"), &mut unmet);
            if taken(conn, &key).await? {
                unmet.push(Refusal::new(Code::Taken, "Another group has, or had, this key.").at("key"));
            }
            key
        }
    };
    if input.role_assignable {
        unmet.extend(room_for_role_assignable(groups::count_role_assignable(conn).await?).err());
    }
    if !unmet.is_empty() {
        return Ok(Err(unmet));
    }
    let id = GroupId(ids::new());
    let (kind, role_assignable) = (input.kind, input.role_assignable);
    Ok(Ok(NewGroup { id, key, display_name, description, kind, role_assignable }))
}

fn keep(judged: Result<String, Refusal>, unmet: &mut Vec<Refusal>) -> String {
    judged.unwrap_or_else(|refusal| {
        unmet.push(refusal);
        String::new()
    })
}

async fn taken(conn: &mut PgConnection, key: &str) -> Result<bool> {
    Ok(sqlx::query_scalar("select exists (select from groups where key = $1)")
        .bind(key)
        .fetch_one(conn)
        .await?)
}

async fn free_key(conn: &mut PgConnection, name: &str) -> Result<String> {
    let slug = details::slug(name).unwrap_or_else(|| "group".into());
    let like: Vec<String> = sqlx::query_scalar("select key from groups where starts_with(key, $1)")
        .bind(&slug)
        .fetch_all(conn)
        .await?;
    Ok(details::free_key(&slug, |key| like.iter().any(|taken| taken == key)))
}
