//! A directory role's overview: what it may do, who holds it now, what it takes to activate it; warnings first.

use crate::ask::at_a_glance::{self, Counts, InWords};
use crate::ask::group_header::{self, Header};
use crate::ask::roles::{self, Holder};
use crate::ask::thing::Place;
use crate::{Ctx, Engine, Result};
use domain::authz::{Action, allows};
use domain::role::Role;
use domain::target::Target;

/// The page.
#[derive(Clone, Debug)]
pub struct RolePage {
    /// Above the tabs.
    pub header: Header,
    /// What to put right, most pressing first; only for those who can.
    pub warnings: Vec<String>,
    /// How many.
    pub counts: Vec<Counts>,
    /// Who holds it now, by name; `None` for who may not see that.
    pub holders: Option<Vec<Holder>>,
    /// The policy in words.
    pub policy: InWords,
}

/// Loads the page for whoever may see the role.
///
/// # Errors
/// Not for this person. Or the database can't be reached.
pub async fn role_page(engine: &Engine, ctx: &Ctx, role: Role) -> Result<RolePage> {
    let mut conn = engine.pool.acquire().await?;
    let (subject, header) =
        group_header::load_any(&mut conn, ctx, &Place::Role(role), Action::SeeGroup).await?;
    let mut warnings = Vec::new();
    let to_manage = header.manages.then_some(&mut warnings);
    let policy = at_a_glance::policy(&mut conn, Target::Role(role), true, to_manage).await?;
    let holders = if allows(&ctx.actor, &Action::SeeRoles) {
        Some(roles::holders(&mut conn, ctx, Some(role)).await?.remove(&role).unwrap_or_default())
    } else {
        None
    };
    Ok(RolePage {
        counts: at_a_glance::counts(&mut conn, &subject).await?,
        header,
        warnings,
        holders,
        policy,
    })
}
