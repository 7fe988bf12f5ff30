//! Marking what one wants to find first.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Makes `add` a favourite, or `remove` none any longer: `key.member` or `key.owner`.
#[server(prefix = "/api/ui", endpoint = "access/favour")]
pub async fn favour(
    #[server(default)] add: String,
    #[server(default)] remove: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use crate::pages::access::favourite;
    use engine::act::favour::{Wish, favour};

    let (wish, pick) = if remove.is_empty() { (Wish::Add, add) } else { (Wish::Remove, remove) };
    let pick = pick.parse().map_err(|_| Failure::refused(favourite::nothing()))?;
    let engine = engine()?;
    let thing = engine::ask::thing::look_up(&engine, &pick).await?;
    favour(&engine, &caller()?, thing.id(), wish).await?;
    Ok(Done::to(format!("/access#{}", favourite::place(&pick))))
}
