//! Taking back a request that waits or is planned.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Cancels the request `R-…`: an own one, or one for a group that this person manages.
#[server(prefix = "/api/ui", endpoint = "access/cancel")]
pub async fn cancel(
    #[server(default)] number: String,
    #[server(default)] reason: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use engine::db::requests;

    let (engine, caller) = (engine()?, caller()?);
    let number = requests::parse_name(&number).ok_or(Failure::NotFound)?;
    let id = engine::ask::request_page::id(&engine, number).await?;
    engine::act::cancel::cancel(&engine, &caller, id, &reason).await?;
    let name = requests::name(number);
    Ok(Done::to(format!("/requests/{name}")).saying("cancelled").with("request", name))
}
