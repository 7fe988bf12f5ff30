//! The guard of the last administrator: there must always be an enabled person who effectively is Global Administrator
//! and has a confirmed second factor (product.md section 4, point 12), or nobody can mend anything.

use crate::db::targets::{self, Hold};
use crate::{Error, Result};
use domain::ids::PersonId;
use domain::refusal::{Code, Refusal};
use domain::role::Role;
use domain::target::Target;
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// The guard of one transaction: who could administrate before it changed anything.
#[derive(Debug)]
pub struct Guard {
    before: BTreeSet<PersonId>,
}

/// Takes the lock that lets only one transaction at a time take administrators away, and looks who there is. Take it
/// after slots, requests and assignments.
///
/// # Errors
/// The database can't be reached.
pub async fn guard(conn: &mut PgConnection) -> Result<Guard> {
    let target = targets::ensure(conn, Target::Role(Role::GlobalAdministrator)).await?;
    targets::lock(conn, target, Hold::Change).await?;
    Ok(Guard { before: able(conn).await? })
}

impl Guard {
    /// Whether taking this person away would leave nobody.
    pub fn is_last(&self, person: PersonId) -> bool {
        self.before.len() == 1 && self.before.contains(&person)
    }

    /// Looks again after the changes.
    ///
    /// # Errors
    /// The refusal, when there was an administrator before and there is none now.
    pub async fn check(&self, conn: &mut PgConnection) -> Result<()> {
        if !self.before.is_empty() && able(conn).await?.is_empty() {
            return Err(Error::from(refusal()));
        }
        Ok(())
    }
}

/// As people read it.
pub fn refusal() -> Refusal {
    Refusal::new(
        Code::LastAdministrator,
        "Nobody would be left who is Global Administrator and has a second factor. Give the role to somebody else first.",
    )
}

/// Enabled people who effectively are Global Administrators now and have a confirmed second factor. Who activated the
/// role does not count: that ends by itself, and with the group it came through.
///
/// # Errors
/// The database can't be reached.
pub async fn able(conn: &mut PgConnection) -> Result<BTreeSet<PersonId>> {
    let people: Vec<uuid::Uuid> = sqlx::query_scalar(
        "with holders as (select a.principal_id as id from active_now a join targets t on t.id = a.target_id \
           where t.kind = 'role' and t.role = $1 and a.origin <> 'activated') \
         select u.id from users u join totp_factors f on f.user_id = u.id and f.confirmed_at is not null \
         where u.enabled and u.deleted_at is null and (u.id in (select id from holders) \
           or u.id in (select id from people_within(array(select id from holders))))",
    )
    .bind(Role::GlobalAdministrator.wire())
    .fetch_all(conn)
    .await?;
    Ok(people.into_iter().map(PersonId).collect())
}
