//! The guard of the last administrator: there must always be an enabled person who effectively is Global Administrator
//! and has a confirmed second factor (product.md section 4, point 12), or nobody can mend anything.

use crate::db::targets::{self, Hold};
use crate::{Error, Result, guard};
use domain::ids::PersonId;
use domain::refusal::{Code, Refusal};
use domain::role::Role;
use domain::target::Target;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The guard of one transaction: who could administrate before it changed anything.
#[derive(Debug)]
pub struct Guard {
    before: Able,
}

/// Who can administrate.
#[derive(Debug)]
struct Able {
    now: BTreeSet<PersonId>,
    /// Those of them who will be able to for good: nothing on their way there has an end. Only they outlast a worker
    /// that is stopped, which else keeps the last one day by day.
    for_good: BTreeSet<PersonId>,
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
    /// Why this person can't be taken away: nobody would be left, or nobody for good.
    pub fn keeps(&self, person: PersonId) -> Option<Refusal> {
        let last = |people: &BTreeSet<PersonId>| people.len() == 1 && people.contains(&person);
        (last(&self.before.now) || last(&self.before.for_good)).then(|| refusal(last(&self.before.now)))
    }

    /// Looks again after the changes.
    ///
    /// # Errors
    /// The refusal, when there was an administrator before and there is none now; the same for those who are it for good.
    pub async fn check(&self, conn: &mut PgConnection) -> Result<()> {
        let after = able(conn).await?;
        let lost =
            |before: &BTreeSet<PersonId>, after: &BTreeSet<PersonId>| !before.is_empty() && after.is_empty();
        let nobody = lost(&self.before.now, &after.now);
        if nobody || lost(&self.before.for_good, &after.for_good) {
            return Err(Error::from(refusal(nobody)));
        }
        Ok(())
    }
}

/// As people read it.
fn refusal(nobody: bool) -> Refusal {
    let text = if nobody {
        "Nobody would be left who is Global Administrator and has a second factor. Give the role to somebody else first."
    } else {
        "Nobody would be left who is Global Administrator for good and has a second factor. Give the role to somebody else without an end first."
    };
    Refusal::new(Code::LastAdministrator, text)
}

/// Enabled people who effectively are Global Administrators now and have a confirmed second factor. Who activated the
/// role, or her way into a group that has it, does not count: that ends by itself.
async fn able(conn: &mut PgConnection) -> Result<Able> {
    let sql = format!(
        "select h.id, h.for_good from ({}) h join totp_factors f on f.user_id = h.id and f.confirmed_at is not null",
        guard::standing_holders("t.role = $1"),
    );
    let people: Vec<(Uuid, bool)> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(Role::GlobalAdministrator.wire()).fetch_all(conn).await?;
    let all = people.iter().map(|(id, _)| PersonId(*id)).collect();
    let for_good = people.iter().filter(|(_, for_good)| *for_good).map(|(id, _)| PersonId(*id)).collect();
    Ok(Able { now: all, for_good })
}
