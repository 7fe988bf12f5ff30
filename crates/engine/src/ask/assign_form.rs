//! What the form to assign people needs: the policies that limit it, and who was named in the address.

use crate::ask::group_header::{self, Header};
use crate::ask::suggest::{self, Match, Wanted};
use crate::ask::thing::Place;
use crate::db::{policies, targets};
use crate::{Ctx, Engine, Error, Result};
use domain::authz::Action;
use domain::policy::Policy;
use domain::target::TargetKind;

/// The form.
#[derive(Clone, Debug)]
pub struct AssignForm {
    /// Above the tabs.
    pub header: Header,
    /// The policy of each target: member and owner of a group, or the role alone.
    pub policies: Vec<(TargetKind, Policy)>,
    /// Picked already.
    pub people: Vec<Match>,
}

/// Loads the form for whoever manages the group or role; `people` are ids, unreadable ones are left out.
///
/// # Errors
/// Unknown or not for this person, alike; also while the group is not managed.
pub async fn assign_form(engine: &Engine, ctx: &Ctx, place: &Place, people: &[String]) -> Result<AssignForm> {
    let mut conn = engine.pool.acquire().await?;
    let (subject, header) = group_header::load_any(&mut conn, ctx, place, Action::ManageAccess).await?;
    if !subject.managed() {
        return Err(Error::not_found());
    }
    let mut policies_of = Vec::with_capacity(2);
    for target in subject.targets() {
        let id = targets::ensure(&mut conn, target).await?;
        policies_of.push((target.kind(), policies::current(&mut conn, id).await?.policy));
    }
    drop(conn);
    let ids: Vec<_> = people.iter().filter_map(|id| id.parse().ok()).collect();
    let wanted = Wanted { for_group: subject.group().map(|group| group.key.clone()), ..Wanted::default() };
    let people = if ids.is_empty() { Vec::new() } else { suggest::known(engine, ctx, &wanted, &ids).await? };
    Ok(AssignForm { header, policies: policies_of, people })
}
