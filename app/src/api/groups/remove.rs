//! Taking assignments away.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Removes the assignments `pick` (ids) of the group at `key` or the directory role `role`; `successor` (at most one id) becomes an owner with it.
#[server(prefix = "/api/ui", endpoint = "groups/remove")]
pub async fn remove(
    #[server(default)] key: String,
    #[server(default)] role: String,
    #[server(default)] pick: Vec<String>,
    #[server(default)] successor: Vec<String>,
    #[server(default)] reason: String,
    #[server(default)] code: String,
    #[server(default)] form: String,
) -> Result<Done, Failure> {
    use super::typed;
    use crate::ctx::{caller, engine};
    use domain::ids::{AssignmentId, PersonId};
    use engine::act::remove_assignment::{Input, remove_assignment};

    let at = typed::place(&key, &role)?;
    let ids = pick.iter().map(|id| typed::written(id).map(AssignmentId));
    let input = Input {
        at: at.clone(),
        assignments: ids.collect::<Result<_, _>>()?,
        reason: reason.trim().to_owned(),
        successor: successor.first().map(|id| typed::written(id).map(PersonId)).transpose()?,
        code,
        key: typed::form_key(&form)?,
    };
    let removed = remove_assignment(&engine()?, &caller()?, input).await?;
    let done = Done::to(format!("{at}/assignments")).saying("assignments-removed");
    Ok(done.with("count", removed.assignments).with("activations", removed.activations))
}
