//! Giving back what is on.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Ends an own activation at once.
#[server(prefix = "/api/ui", endpoint = "access/deactivate")]
pub async fn deactivate(
    #[server(default)] assignment: String,
    #[server(default)] key: String,
) -> Result<Done, Failure> {
    use super::asked::written;
    use crate::ctx::{caller, engine};

    let (engine, caller) = (engine()?, caller()?);
    let assignment = assignment.parse().map_err(|_| Failure::NotFound)?;
    let on = engine::ask::own::find(&engine, &caller, assignment).await?;
    engine::act::deactivate::deactivate(&engine, &caller, assignment, written(&key)?).await?;
    Ok(Done::to("/access").saying("deactivated").with("group", on.thing.name))
}
