//! Asking for the activation of somebody else.
#![expect(
    clippy::too_many_arguments,
    reason = "the arguments of a server function are the fields of its form"
)]

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Asks for `principal` (an id): `role` is member or owner of the group at `key`, or without a key a directory role;
/// `length` an ISO 8601 length, or `other` with `hours` and `minutes`; `start` is `later` with `start_at` in the zone of
/// whoever asks; `form` is the id of the form.
#[server(prefix = "/api/ui", endpoint = "groups/activate-for")]
pub async fn activate_for(
    #[server(default)] key: String,
    #[server(default)] role: String,
    #[server(default)] principal: String,
    #[server(default)] length: String,
    #[server(default)] hours: String,
    #[server(default)] minutes: String,
    #[server(default)] start: String,
    #[server(default)] start_at: String,
    #[server(default)] reason: String,
    #[server(default)] ticket: String,
    #[server(default)] code: String,
    #[server(default)] form: String,
) -> Result<Done, Failure> {
    use super::typed;
    use crate::api::access::asked::answers;
    use crate::ctx::{caller, engine};
    use domain::activation::Next;
    use engine::act::request_for::{RequestFor, request_for};
    use engine::db::requests;

    let pick = typed::pick(&key, &role)?;
    let chosen = crate::islands::window::Chosen { length, hours, minutes, start, start_at };
    let (principal, key) = (typed::written(&principal)?, typed::form_key(&form)?);
    let answers = answers(chosen, &reason, &ticket).await?;
    let input = RequestFor { pick, principal, answers, code, key };
    let asked = request_for(&engine()?, &caller()?, input).await?;
    let done = Done::to(format!("/requests/{}", requests::name(asked.number))).saying("asked-for");
    Ok(match asked.next {
        Next::Awaiting { deadline } => done.with("lapses", deadline.to_rfc3339()),
        Next::Live(_) | Next::Scheduled(_) => done,
    })
}
