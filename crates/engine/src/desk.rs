//! What a manager works on: a target of a group, or a directory role, with the policy in force and the right to change it.

use crate::ask::thing::Pick;
use crate::audit::About;
use crate::db::policies::{self, Versioned};
use crate::db::targets::{self, Hold};
use crate::subject::{self, Subject};
use crate::{Ctx, Error, Result, authority};
use domain::authz::{Action, GroupFacts};
use domain::ids::{GroupId, PrincipalId, TargetId};
use domain::refusal::{Code, Refusal};
use domain::target::Target;
use sqlx::PgConnection;

/// A target, opened for management.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The group or role.
    pub subject: Subject,
    /// It as the permission table sees it.
    pub facts: GroupFacts,
    /// Member or owner of it, or the role.
    pub target: Target,
    /// Its id.
    pub target_id: TargetId,
    /// The policy in force.
    pub policy: Versioned,
}

/// Opens a target for management; `about` learns of it as soon as it is known to exist, so that a refusal can be
/// written down. Call [`Desk::refresh`] after the locks.
///
/// # Errors
/// Unknown or not the actor's to manage (alike), or not under management.
pub async fn open(conn: &mut PgConnection, ctx: &Ctx, pick: &Pick, about: &mut About) -> Result<Desk> {
    let subject = subject::of(conn, pick).await?;
    let target = subject.target(pick.kind).ok_or_else(Error::not_found)?;
    about.group = target.group();
    if about.group.is_none() {
        about.target = Some(targets::ensure(conn, target).await?);
    }
    let facts = subject.facts(conn, ctx).await?;
    authority::require(ctx, &Action::ManageAccess(facts))?;
    if !facts.managed {
        let refusal = Refusal::new(Code::NotManaged, "This group is not managed here.")
            .way("Bring it under management", format!("/groups/discover?q={}", pick.key));
        return Err(refusal.into());
    }
    let target_id = targets::ensure(conn, target).await?;
    about.target = Some(target_id);
    let policy = policies::current(conn, target_id).await?;
    about.policy_version = Some(policy.version);
    Ok(Desk { subject, facts, target, target_id, policy })
}

impl Desk {
    /// Locks the target's row after the slots and assignments, then reads right and policy again: what was seen
    /// before the wait for a lock decides nothing.
    ///
    /// # Errors
    /// The right was lost meanwhile, or the database can't be reached.
    pub async fn refresh(&mut self, conn: &mut PgConnection, ctx: &Ctx, hold: Hold) -> Result<()> {
        targets::lock(conn, self.target_id, hold).await?;
        self.facts = authority::target_facts(conn, ctx, self.target).await?.ok_or_else(Error::not_found)?;
        authority::require(ctx, &Action::ManageAccess(self.facts))?;
        self.policy = policies::current(conn, self.target_id).await?;
        Ok(())
    }

    /// Name of the group or role.
    pub fn name(&self) -> &str {
        self.subject.name()
    }

    /// The group, unless it is a directory role.
    pub fn group(&self) -> Option<GroupId> {
        self.target.group()
    }

    /// The group as what holds something elsewhere: it may lose that when its own access changes.
    pub fn as_principal(&self) -> Option<PrincipalId> {
        self.group().map(Into::into)
    }
}
