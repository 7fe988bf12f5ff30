//! The form that asks for more time on what is on.

use crate::ask::deciders;
use crate::ask::frame::{self, Frame};
use crate::ask::my_access::On;
use crate::ask::own;
use crate::ask::who::Who;
use crate::standing;
use crate::{Ctx, Engine, Result, ids};
use domain::activation::{Offer, obstacles_to_more, offers_of_more};
use domain::ids::{AssignmentId, RequestKey};
use domain::policy::ActivationRules;
use domain::policy::prompt::{Prompts, prompts};
use domain::refusal::Refusal;

/// The form.
#[derive(Clone, Debug)]
pub struct ExtendForm {
    /// What surrounds it.
    pub frame: Frame,
    /// What is on.
    pub on: On,
    /// The questions.
    pub prompts: Prompts,
    /// The demands behind them.
    pub rules: ActivationRules,
    /// Who can approve, when approval is needed.
    pub deciders: Vec<Who>,
    /// Lengths counted from now that end later than it does already; none when it can't be longer.
    pub offers: Vec<Offer>,
    /// Why more time can't be asked for.
    pub obstacles: Vec<Refusal>,
    /// Sent with the form, so that sending it twice has one effect.
    pub key: RequestKey,
}

/// Loads the form.
///
/// # Errors
/// Not found: there is no such activation of this person's own.
pub async fn load(engine: &Engine, ctx: &Ctx, id: AssignmentId) -> Result<ExtendForm> {
    let mut conn = engine.pool.acquire().await?;
    let frame = frame::load(&mut conn, ctx).await?;
    let (me, now) = (ctx.person(), frame.now);
    let on = own::activation(&mut conn, me, id).await?;
    let standing = standing::load(&mut conn, me, me, on.thing.id(), None, now, None).await?.standing;
    let deciders =
        deciders::load(&mut conn, standing.rules.approval.as_ref().map(|rule| (rule, on.thing.target)))
            .await?;
    let able =
        standing.rules.approval.as_ref().map(|rule| deciders.may_approve(rule, on.thing.target, [me, me]));
    Ok(ExtendForm {
        prompts: prompts(&standing.rules, ctx.session.factor_at.is_some()),
        deciders: able.unwrap_or_default(),
        offers: offers_of_more(&standing, on.span, now),
        obstacles: obstacles_to_more(&standing, on.span, now),
        rules: standing.rules,
        key: RequestKey(ids::new()),
        frame,
        on,
    })
}
