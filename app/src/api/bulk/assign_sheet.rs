//! A sheet with a line for each assignment.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Assigns what the lines of `sheet` say. Without `assign` it shows what would happen; with it, it does what the report
/// with the digest `agreed` said. The server puts an uploaded file into `sheet`.
#[server(prefix = "/api/ui", endpoint = "bulk/assign-sheet")]
pub async fn assign_sheet(
    #[server(default)] sheet: String,
    #[server(default)] agreed: String,
    #[server(default)] assign: bool,
    #[server(default)] code: String,
    #[server(default)] form: String,
) -> Result<Done, Failure> {
    use super::{Agreed, carry_out};
    use crate::api::groups::typed;
    use engine::bulk::read;

    let clock = typed::clock().await?;
    let lines = read::sheet(&sheet, &|typed, edge| clock.read_cell(typed, edge == read::Edge::End));
    let lines = lines.map_err(|refusals| Failure::Refused { refusals })?;
    carry_out(lines, assign, Agreed { report: agreed, code, form }).await
}
