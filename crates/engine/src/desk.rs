//! What a manager of a group works on: one of its two targets, with the policy in force and the right to change it.

use crate::audit::About;
use crate::db::groups::{self, GroupRow};
use crate::db::policies::{self, Versioned};
use crate::db::targets::{self, Hold};
use crate::{Ctx, Error, Result, authority};
use domain::authz::{Action, GroupFacts};
use domain::ids::TargetId;
use domain::refusal::{Code, Refusal};
use domain::target::{Access, Target};
use sqlx::PgConnection;

/// A target of a group, opened for management.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The group.
    pub group: GroupRow,
    /// The group as the permission table sees it.
    pub facts: GroupFacts,
    /// Member or owner of it.
    pub target: Target,
    /// Its id.
    pub target_id: TargetId,
    /// The policy in force.
    pub policy: Versioned,
}

/// Opens a target for management; `about` learns of the group as soon as it is known to exist, so that a refusal can
/// be written down. Call [`Desk::refresh`] after the locks.
///
/// # Errors
/// Unknown or not the actor's to manage (alike), or not under management.
pub async fn open(
    conn: &mut PgConnection,
    ctx: &Ctx,
    key: &str,
    access: Access,
    about: &mut About,
) -> Result<Desk> {
    let group = groups::by_key(conn, key).await?.ok_or_else(Error::not_found)?;
    let target = Target::of(group.group_id(), access);
    about.group = Some(group.group_id());
    let facts = authority::group_facts(conn, ctx, &group).await?;
    authority::require(ctx, &Action::ManageAccess(facts))?;
    if group.managed_at.is_none() {
        let refusal = Refusal::new(Code::NotManaged, "This group is not managed here.")
            .way("Bring it under management", format!("/groups/discover?q={}", group.key));
        return Err(refusal.into());
    }
    let target_id = targets::ensure(conn, target).await?;
    about.target = Some(target_id);
    let policy = policies::current(conn, target_id).await?;
    about.policy_version = Some(policy.version);
    Ok(Desk { group, facts, target, target_id, policy })
}

impl Desk {
    /// Locks the target's row after the slots and assignments, then reads right and policy again: what was seen
    /// before the wait for a lock decides nothing.
    ///
    /// # Errors
    /// The right was lost meanwhile, or the database can't be reached.
    pub async fn refresh(&mut self, conn: &mut PgConnection, ctx: &Ctx, hold: Hold) -> Result<()> {
        targets::lock(conn, self.target_id, hold).await?;
        self.group = groups::find(conn, self.group.group_id()).await?.ok_or_else(Error::not_found)?;
        self.facts = authority::group_facts(conn, ctx, &self.group).await?;
        authority::require(ctx, &Action::ManageAccess(self.facts))?;
        self.policy = policies::current(conn, self.target_id).await?;
        Ok(())
    }
}
