//! Switching several things on with one form: each at once, later, or after approval.
#![expect(
    clippy::too_many_arguments,
    reason = "the arguments of a server function are the fields of its form"
)]

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Asks for activation of everything in `pick` (`key.member`, `key.owner`); the other fields are those of activation and
/// hold for all. What names nothing is as if it were not there. When nothing was done, the form comes back.
#[server(prefix = "/api/ui", endpoint = "access/activate-several")]
pub async fn activate_several(
    #[server(default)] pick: Vec<String>,
    #[server(default)] length: String,
    #[server(default)] hours: String,
    #[server(default)] minutes: String,
    #[server(default)] start: String,
    #[server(default)] start_at: String,
    #[server(default)] reason: String,
    #[server(default)] ticket: String,
    #[server(default)] code: String,
    #[server(default)] key: String,
) -> Result<Done, Failure> {
    use super::asked::{answers, written};
    use crate::ctx::{caller, engine};
    use crate::pages::access::results;
    use engine::act::activate_several::{ActivateSeveral, activate_several};
    use engine::ask::several_form;

    let chosen = crate::islands::window::Chosen { length, hours, minutes, start, start_at };
    let (engine, caller, key) = (engine()?, caller()?, written(&key)?);
    let picks: Vec<_> = pick.iter().filter_map(|pick| pick.parse().ok()).collect();
    let things = several_form::things(&engine, &picks).await?;
    let answers = answers(chosen, &reason, &ticket).await?;
    let targets = things.iter().map(engine::ask::thing::Thing::id).collect();
    let input = ActivateSeveral { targets, answers, code, key };
    results::done(key, &things, activate_several(&engine, &caller, input).await?)
}
