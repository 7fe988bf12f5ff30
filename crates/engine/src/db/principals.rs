//! Whoever can hold something, person or group, as assignments need to know them.

use crate::{Error, Result};
use domain::ids::PrincipalId;
use domain::principal::PrincipalKind;
use sqlx::PgConnection;
use uuid::Uuid;

/// A person or group with the name people read.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PrincipalRow {
    /// Id.
    pub id: Uuid,
    /// User or group.
    pub kind: String,
    /// Name.
    pub display_name: String,
    /// Enabled and not deleted.
    pub able: bool,
}

impl PrincipalRow {
    /// Person or group.
    ///
    /// # Errors
    /// A word in the row is unknown.
    pub fn kind(&self) -> Result<PrincipalKind> {
        match self.kind.as_str() {
            "user" => Ok(PrincipalKind::User),
            "group" => Ok(PrincipalKind::Group),
            _ => Err(Error::inconsistent("principals", self.id, "kind")),
        }
    }
}

/// Finds a principal, disabled or deleted ones too.
///
/// # Errors
/// The database can't be reached.
pub async fn find(conn: &mut PgConnection, id: PrincipalId) -> Result<Option<PrincipalRow>> {
    let row = sqlx::query_as(
        "select p.id, p.kind, coalesce(u.display_name, g.display_name) as display_name, \
           coalesce(u.enabled and u.deleted_at is null, g.deleted_at is null) as able \
         from principals p left join users u on u.id = p.id left join groups g on g.id = p.id \
         where p.id = $1 and coalesce(u.display_name, g.display_name) is not null",
    )
    .bind(id.0)
    .fetch_optional(conn)
    .await?;
    Ok(row)
}
