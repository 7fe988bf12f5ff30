//! Taking a deleted group back.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Restores the deleted group with this key, empty.
#[server(prefix = "/api/ui", endpoint = "directory/restore-group")]
pub async fn restore_group(#[server(default)] key: String) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};

    engine::act::restore_group::restore_group(&engine()?, &caller()?, &key).await?;
    Ok(Done::to(format!("/groups/{key}")).saying("group-restored"))
}
