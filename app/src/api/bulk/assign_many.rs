//! Several people to several groups and roles.
#![expect(
    clippy::too_many_arguments,
    reason = "the arguments of a server function are the fields of its form"
)]

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Assigns everybody in `who` to everything in `what` (pasted lists), groups as `role` says; `kind`, `start`, `until` and
/// `end` are those of one assignment. Without `assign` it shows what would happen; with it, it does what the report with
/// the digest `agreed` said.
#[server(prefix = "/api/ui", endpoint = "bulk/assign-many")]
pub async fn assign_many(
    #[server(default)] who: String,
    #[server(default)] what: String,
    #[server(default)] role: String,
    #[server(default)] kind: String,
    #[server(default)] start: String,
    #[server(default)] until: String,
    #[server(default)] end: String,
    #[server(default)] reason: String,
    #[server(default)] agreed: String,
    #[server(default)] assign: bool,
    #[server(default)] code: String,
    #[server(default)] form: String,
) -> Result<Done, Failure> {
    use super::{Agreed, carry_out};
    use crate::api::groups::typed;
    use engine::bulk::read::cross;

    let wanted = typed::wanted(typed::clock().await?, &kind, &start, (&until, &end), &reason)?;
    let role = typed::access(&role)?.into();
    let lines = cross(&who, &what, role, &wanted).map_err(|refusals| Failure::Refused { refusals })?;
    carry_out(lines, assign, Agreed { report: agreed, code, form }).await
}
