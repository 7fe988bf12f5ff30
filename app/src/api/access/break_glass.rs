//! Break glass.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Switches on at once and opens a review. `pick`, `length` and `key` are those of activation.
#[server(prefix = "/api/ui", endpoint = "access/break-glass")]
pub async fn break_glass(
    #[server(default)] pick: String,
    #[server(default)] length: String,
    #[server(default)] hours: String,
    #[server(default)] minutes: String,
    #[server(default)] reason: String,
    #[server(default)] code: String,
    #[server(default)] key: String,
) -> Result<Done, Failure> {
    use super::asked::{answers, written};
    use crate::ctx::{caller, engine};
    use crate::islands::window::Chosen;
    use domain::activation::Next;
    use engine::act::activate::Activate;
    use engine::act::break_glass::break_glass;

    let chosen = Chosen { length, hours, minutes, ..Chosen::default() };
    let (engine, key) = (engine()?, written(&key)?);
    let thing = engine::ask::thing::look_up(&engine, &written(&pick)?).await?;
    let answers = answers(chosen, &reason, "").await?;
    let input = Activate { target: thing.id(), answers, code, key };
    let broken = break_glass(&engine, &caller()?, input).await?;
    let end = match broken.next {
        Next::Live(span) => span.end,
        _ => None,
    };
    let until = end.map(|end| end.to_rfc3339()).unwrap_or_default();
    Ok(Done::to("/access").saying("glass-broken").with("group", thing.name).with("until", until))
}
