//! Another window for an assignment.
#![expect(
    clippy::too_many_arguments,
    reason = "the arguments of a server function are the fields of its form"
)]

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Sets another start (of one that has not begun) and end, in the person's zone; no end if `until` is
/// `never`. `key` is the group, or `role` the directory role, that it is of.
#[server(prefix = "/api/ui", endpoint = "groups/change")]
pub async fn change(
    #[server(default)] key: String,
    #[server(default)] role: String,
    id: String,
    #[server(default)] start: String,
    #[server(default)] until: String,
    #[server(default)] end: String,
    #[server(default)] reason: String,
    #[server(default)] code: String,
    #[server(default)] form: String,
) -> Result<Done, Failure> {
    use super::typed;
    use crate::ctx::{caller, engine};
    use domain::ids::AssignmentId;
    use engine::act::update_assignment::{Input, update_assignment};

    let (clock, at) = (typed::clock().await?, typed::place(&key, &role)?);
    let end =
        if until == "never" { None } else { Some(typed::moment(clock, &end, "end")?.unwrap_or(clock.now)) };
    let input = Input {
        at: at.clone(),
        assignment: AssignmentId(id.parse().map_err(|_| Failure::NotFound)?),
        start: typed::moment(clock, &start, "start")?,
        end,
        reason: reason.trim().to_owned(),
        code,
        key: typed::form_key(&form)?,
    };
    let span = update_assignment(&engine()?, &caller()?, input).await?;
    let until = span.end.map(|end| end.to_rfc3339()).unwrap_or_default();
    Ok(Done::to(format!("{at}/assignments")).saying("assignment-changed").with("until", until))
}
