//! Switching something on: at once, later, or after approval.
#![expect(
    clippy::too_many_arguments,
    reason = "the arguments of a server function are the fields of its form"
)]

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Asks for activation. `pick` is `key.member` or `key.owner` of a group; `length` an ISO 8601 length, or `other` with
/// `hours` and `minutes`; `start` is `later` with `start_at` in the person's zone; `key` is the id of the form.
#[server(prefix = "/api/ui", endpoint = "access/activate")]
pub async fn activate(
    #[server(default)] pick: String,
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
    use super::asked::{answers, done, written};
    use crate::ctx::{caller, engine};
    use engine::act::activate::{Activate, activate};

    let chosen = crate::islands::window::Chosen { length, hours, minutes, start, start_at };
    let (engine, key) = (engine()?, written(&key)?);
    let thing = engine::ask::thing::look_up(&engine, &written(&pick)?).await?;
    let answers = answers(chosen, &reason, &ticket).await?;
    let input = Activate { target: thing.id(), answers, code, key };
    let asked = activate(&engine, &caller()?, input).await?;
    Ok(done(&asked, &thing.name, false))
}
