//! People as every page names them: a name never stands alone, because names can be alike.

use domain::ids::PersonId;
use uuid::Uuid;

/// A person, as far as a page shows her.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize, sqlx::FromRow)]
pub struct Who {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Unique user name.
    pub user_name: String,
    /// Department; may be empty.
    pub department: String,
}

impl Who {
    /// Typed id.
    pub fn person(&self) -> PersonId {
        PersonId(self.id)
    }
}
