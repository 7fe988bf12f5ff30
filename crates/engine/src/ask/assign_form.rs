//! What the form to assign people needs: the policies that limit it, and who was named in the address.

use crate::ask::group_header::{self, Header};
use crate::ask::suggest::{self, Match, Wanted};
use crate::db::{policies, targets};
use crate::{Ctx, Engine, Error, Result};
use domain::authz::Action;
use domain::policy::Policy;
use domain::target::{Access, Target};

/// The form.
#[derive(Clone, Debug)]
pub struct AssignForm {
    /// Above the tabs.
    pub header: Header,
    /// Policy for members.
    pub member: Policy,
    /// Policy for owners.
    pub owner: Policy,
    /// Picked already.
    pub people: Vec<Match>,
}

/// Loads the form for whoever manages the group; `people` are ids, unreadable ones are left out.
///
/// # Errors
/// Unknown or not for this person, alike; also while the group is not managed.
pub async fn assign_form(engine: &Engine, ctx: &Ctx, key: &str, people: &[String]) -> Result<AssignForm> {
    let mut conn = engine.pool.acquire().await?;
    let (group, header) = group_header::load(&mut conn, ctx, key, Action::ManageAccess).await?;
    if group.managed_at.is_none() {
        return Err(Error::not_found());
    }
    let mut policies_of = Vec::with_capacity(2);
    for access in Access::ALL {
        let target = targets::ensure(&mut conn, Target::of(group.group_id(), access)).await?;
        policies_of.push(policies::current(&mut conn, target).await?.policy);
    }
    drop(conn);
    let ids: Vec<_> = people.iter().filter_map(|id| id.parse().ok()).collect();
    let wanted = Wanted { for_group: Some(key.to_owned()), ..Wanted::default() };
    let people = if ids.is_empty() { Vec::new() } else { suggest::known(engine, ctx, &wanted, &ids).await? };
    let owner = policies_of.pop().unwrap_or_default();
    let member = policies_of.pop().unwrap_or_default();
    Ok(AssignForm { header, member, owner, people })
}
