//! The form that switches several things on: of each question the strictest, and for each thing what it needs, why, and
//! what is in the way.

use crate::act::activate_several::MOST_AT_ONCE;
use crate::ask::activation_form::{self, ActivationForm};
use crate::ask::frame::{self, Frame};
use crate::ask::thing::{self, Pick, Thing};
use crate::{Ctx, Engine, Error, Result, ids};
use domain::activation::Offer;
use domain::duration::Minutes;
use domain::ids::RequestKey;
use domain::policy::prompt::{Prompts, choices};
use domain::span::Span;
use sqlx::PgConnection;

/// The form.
#[derive(Clone, Debug)]
pub struct SeveralForm {
    /// What surrounds it.
    pub frame: Frame,
    /// Each thing with all that a form about it alone would say, in the order of the picks.
    pub items: Vec<ActivationForm>,
    /// How many picks were too many for one form.
    pub left_out: usize,
    /// The questions, strict enough for everything that can be asked for; none when nothing can.
    pub prompts: Option<Prompts>,
    /// The lengths that all of them allow, with the end of each when it starts now.
    pub offers: Vec<Offer>,
    /// The length that is chosen first.
    pub usual: Minutes,
    /// Sent with the form, so that sending it twice has one effect.
    pub key: RequestKey,
}

/// Loads the form. Picks that name nothing this person may know of are as if they were not there.
///
/// # Errors
/// The database can't be reached.
pub async fn load(engine: &Engine, ctx: &Ctx, picks: &[Pick]) -> Result<SeveralForm> {
    let mut conn = engine.pool.acquire().await?;
    let frame = frame::load(&mut conn, ctx).await?;
    let picks = each_once(picks);
    let left_out = picks.len().saturating_sub(MOST_AT_ONCE);
    let mut items = Vec::new();
    for pick in picks.into_iter().take(MOST_AT_ONCE) {
        match activation_form::form(&mut conn, ctx, frame.clone(), pick, None).await {
            Ok(item) => items.push(item),
            Err(Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let possible = || items.iter().filter(|item| item.not_at_all.is_empty());
    let prompts = possible().map(|item| item.prompts.clone()).reduce(|all, one| all.together(&one));
    let max = prompts.as_ref().map_or(Minutes(0), |prompts| prompts.max);
    let usual = possible().map(|item| item.usual).min().unwrap_or(max).min(max);
    let ends = |length: Minutes| Span::lasting(frame.now, length.delta());
    let offers = choices(max).into_iter().filter(|length| length.0 > 0);
    let offers = offers.map(|length| Offer { length, span: ends(length), cut: false }).collect();
    Ok(SeveralForm { items, left_out, prompts, offers, usual, key: RequestKey(ids::new()), frame })
}

fn each_once(picks: &[Pick]) -> Vec<&Pick> {
    let mut once: Vec<&Pick> = Vec::new();
    for pick in picks {
        if !once.contains(&pick) {
            once.push(pick);
        }
    }
    once
}

/// The things that these addresses name, each once, in their order, whether or not anybody may know of them; what names
/// nothing is left out.
///
/// # Errors
/// The database can't be reached.
pub async fn things(engine: &Engine, picks: &[Pick]) -> Result<Vec<Thing>> {
    let mut conn = engine.pool.acquire().await?;
    named(&mut conn, picks).await
}

/// The same on a connection.
pub(super) async fn named(conn: &mut PgConnection, picks: &[Pick]) -> Result<Vec<Thing>> {
    let mut things = Vec::new();
    for pick in each_once(picks) {
        match thing::find(conn, pick).await {
            Ok(thing) => things.push(thing),
            Err(Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(things)
}
