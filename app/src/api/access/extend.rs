//! More time for what is on.
#![expect(
    clippy::too_many_arguments,
    reason = "the arguments of a server function are the fields of its form"
)]

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Asks for more time, counted from now. `assignment` is the activation that is on.
#[server(prefix = "/api/ui", endpoint = "access/extend")]
pub async fn extend(
    #[server(default)] assignment: String,
    #[server(default)] length: String,
    #[server(default)] hours: String,
    #[server(default)] minutes: String,
    #[server(default)] reason: String,
    #[server(default)] ticket: String,
    #[server(default)] code: String,
    #[server(default)] key: String,
) -> Result<Done, Failure> {
    use super::asked::{answers, done, written};
    use crate::ctx::{caller, engine};
    use engine::act::extend::{Extend, extend};

    let chosen = crate::islands::window::Chosen { length, hours, minutes, ..Default::default() };
    let (engine, caller) = (engine()?, caller()?);
    let assignment = assignment.parse().map_err(|_| Failure::NotFound)?;
    let on = engine::ask::own::find(&engine, &caller, assignment).await?;
    let answers = answers(chosen, &reason, &ticket).await?;
    let asked = extend(&engine, &caller, Extend { assignment, answers, code, key: written(&key)? }).await?;
    Ok(done(&asked, &on.thing.name, true))
}
