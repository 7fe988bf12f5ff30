//! The form by which somebody who manages a group or role asks for a person who is eligible: the form of activation, drawn
//! for her and read by whoever asks.

use crate::act::request_for::with_way;
use crate::ask::activation_form::{self, ActivationForm};
use crate::ask::frame;
use crate::ask::group_header::{self, Header};
use crate::ask::thing::{self, Pick};
use crate::ask::who::{self, Who};
use crate::db::targets;
use crate::{Ctx, Engine, Error, Result, standing};
use domain::activation::obstacles_on_behalf;
use domain::authz::Action;
use domain::ids::PersonId;
use domain::refusal::Refusal;

/// The form.
#[derive(Clone, Debug)]
pub struct BehalfForm {
    /// Above the tabs.
    pub header: Header,
    /// Who would get it.
    pub person: Who,
    /// The questions, and what is in the way.
    pub form: ActivationForm,
}

/// Loads the form for whoever manages the group or role.
///
/// # Errors
/// The group, role or person is unknown, or not for this reader, alike; also while the group is not managed.
pub async fn load(engine: &Engine, ctx: &Ctx, pick: &Pick, principal: PersonId) -> Result<BehalfForm> {
    let mut conn = engine.pool.acquire().await?;
    let (subject, header) =
        group_header::load_any(&mut conn, ctx, &pick.place(), Action::ManageAccess).await?;
    let target = subject.target(pick.kind).filter(|_| subject.managed()).ok_or_else(Error::not_found)?;
    let person = who::find(&mut conn, principal).await?.ok_or_else(Error::not_found)?;
    targets::ensure(&mut conn, target).await?;
    let frame = frame::load(&mut conn, ctx).await?;
    let (thing, now, filer) = (thing::find(&mut conn, pick).await?, frame.now, ctx.person());
    let loaded = standing::load(&mut conn, principal, filer, thing.id(), None, now, None).await?;
    let drawn = activation_form::draw(&mut conn, ctx, frame, thing, loaded, |standing, start| {
        let ways = |refusal: Refusal| with_way(pick, principal, refusal);
        obstacles_on_behalf(standing, filer, start, now).into_iter().map(ways).collect()
    });
    let drawn = drawn.await?;
    // by which groups she is eligible is hers to know, and an emergency is hers to call
    let form = ActivationForm { through: Vec::new(), break_glass: false, ..drawn };
    Ok(BehalfForm { header, person, form })
}
