//! A later end for an assignment of one's own, or the same again.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Asks who manages the group to extend or renew the caller's own `assignment`; which of the two, its end says.
#[server(prefix = "/api/ui", endpoint = "access/renew")]
pub async fn ask_renewal(
    #[server(default)] assignment: String,
    #[server(default)] reason: String,
    #[server(default)] key: String,
) -> Result<Done, Failure> {
    use super::asked::written;
    use crate::ctx::{caller, engine};
    use engine::act::ask_renewal::{Input, ask_renewal};

    let (engine, caller) = (engine()?, caller()?);
    let assignment = assignment.parse().map_err(|_| Failure::NotFound)?;
    let thing = engine::ask::renewal_form::thing(&engine, &caller, assignment).await?;
    let input = Input { assignment, reason: reason.trim().to_owned(), key: written(&key)? };
    let asked = ask_renewal(&engine, &caller, input).await?;
    let lapses = asked.lapses.map(|at| at.to_rfc3339()).unwrap_or_default();
    Ok(Done::to("/access").saying("renewal-asked").with("group", thing.name).with("lapses", lapses))
}
