//! What comes through a group rests on being in it: a person activates for herself what a group she is in is eligible
//! for, and it ends when she leaves that group, by whatever route (product.md 4.3).
//!
//! Whoever grants such access holds the groups of her way still; whoever takes memberships away holds the groups they
//! were in alone, and settles afterwards. So one of the two waits and sees what the other did. These locks come before
//! slots.

mod settle;

pub(crate) use self::settle::settle;
pub use self::settle::{Left, Settled, sweep};

use crate::Result;
use domain::ids::{GroupId, PersonId, PrincipalId, TargetId};
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The groups that are held still: only ways through these count.
#[derive(Clone, Debug, Default)]
pub struct Ways(BTreeSet<GroupId>);

impl Ways {
    /// Whether this group is held still.
    pub fn holds(&self, group: GroupId) -> bool {
        self.0.contains(&group)
    }
}

/// Of each person the ways that end in a group with an eligibility for what she wants: `up` walks from her to every
/// group she lies in, `back` from those that are eligible to her. What she activated through a group lies behind it.
const HOLD: &str = "with recursive wanted (person, target) as (select * from unnest($1::uuid[], $2::uuid[])), \
       up (person, target, id, inside) as ( \
         select person, target, person, null::uuid from wanted \
         union \
         select up.person, up.target, t.group_id, coalesce(a.through_id, up.id) from up \
         join active_now a on a.principal_id = up.id join targets t on t.id = a.target_id and t.kind = 'member' \
         join groups g on g.id = t.group_id and g.deleted_at is null \
       ), back (person, target, id) as ( \
         select up.person, up.target, up.id from up join assignments e on e.principal_id = up.id \
           and e.target_id = up.target and e.kind = 'eligible' and (e.ends_at is null or e.ends_at > greatest(clock(), e.starts_at)) \
         where up.inside is not null \
         union \
         select up.person, up.target, up.inside from back join up using (person, target, id) \
         where up.inside <> up.person \
       ), way as (select id, hashtextextended(id::text, 0) as key from back group by id order by key) \
     select id from (select id, pg_advisory_xact_lock_shared(key) from way) held";

/// Holds still the ways through groups by which these people may be eligible. Take it before slots.
///
/// # Errors
/// The database can't be reached.
pub async fn hold(conn: &mut PgConnection, wanted: &[(PersonId, TargetId)]) -> Result<Ways> {
    let people: Vec<Uuid> = wanted.iter().map(|(person, _)| person.0).collect();
    let targets: Vec<Uuid> = wanted.iter().map(|(_, target)| target.0).collect();
    let held: Vec<Uuid> = sqlx::query_scalar(HOLD).bind(people).bind(targets).fetch_all(conn).await?;
    Ok(Ways(held.into_iter().map(GroupId).collect()))
}

/// Keeps everybody else from granting through these groups, because somebody leaves them or they lose what they are
/// eligible for. Take it before slots; [`settle()`] afterwards.
///
/// # Errors
/// The database can't be reached.
pub async fn loosen(
    conn: &mut PgConnection,
    groups: impl IntoIterator<Item = impl Into<PrincipalId>>,
) -> Result<()> {
    let groups: Vec<Uuid> = groups.into_iter().map(|group| group.into().0).collect();
    sqlx::query(
        "select pg_advisory_xact_lock(key) from ( \
           select distinct hashtextextended(id::text, 0) as key from unnest($1::uuid[]) id order by 1) way",
    )
    .bind(groups)
    .execute(conn)
    .await?;
    Ok(())
}
