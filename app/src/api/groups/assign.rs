//! Giving people eligibility or standing access.
#![expect(
    clippy::too_many_arguments,
    reason = "the arguments of a server function are the fields of its form"
)]

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Assigns `people` (ids) as `kind` (eligible or active) to `role`: member or owner of the group at `key`, or without a
/// key a directory role; from `start` (empty: now) to `end` in the person's zone, or without an end if `until` is `never`; `form` is the id of
/// the form.
#[server(prefix = "/api/ui", endpoint = "groups/assign")]
pub async fn assign(
    #[server(default)] key: String,
    #[server(default)] people: Vec<String>,
    #[server(default)] role: String,
    #[server(default)] kind: String,
    #[server(default)] start: String,
    #[server(default)] until: String,
    #[server(default)] end: String,
    #[server(default)] reason: String,
    #[server(default)] code: String,
    #[server(default)] form: String,
) -> Result<Done, Failure> {
    use super::typed;
    use crate::ctx::{caller, engine};
    use domain::ids::PrincipalId;

    let clock = typed::clock().await?;
    let pick = typed::pick(&key, &role)?;
    let wanted = typed::wanted(clock, &kind, &start, (&until, &end), &reason)?;
    let kind = wanted.kind;
    let input = engine::act::assign::Input {
        pick: pick.clone(),
        principals: people.iter().map(|id| typed::written(id).map(PrincipalId)).collect::<Result<_, _>>()?,
        wanted,
        code,
        key: typed::form_key(&form)?,
    };
    let outcomes = engine::act::assign::assign(&engine()?, &caller()?, input)
        .await
        .map_err(|error| typed::at_fields(error.into(), &FIELDS))?;
    told(&pick.place(), kind, outcomes)
}

/// The rules' names of fields, and the form's.
#[cfg(feature = "ssr")]
const FIELDS: [(&str, &str); 1] = [("principal", "people")];

/// When nobody passed, the form comes back with every reason; else the list says who was given what, and who not.
#[cfg(feature = "ssr")]
fn told(
    place: &engine::ask::thing::Place,
    kind: domain::assignment::Kind,
    outcomes: Vec<engine::act::assign::Outcome>,
) -> Result<Done, Failure> {
    let given = outcomes.iter().filter(|outcome| outcome.result.is_ok()).count();
    let why: Vec<_> = outcomes.into_iter().filter_map(|outcome| outcome.result.err()).flatten().collect();
    if given == 0 {
        let mut refusals = why;
        refusals.dedup();
        return Err(super::typed::at_fields(Failure::Refused { refusals }, &FIELDS));
    }
    let done = Done::to(format!("{place}/assignments?kind={}", kind.wire())).saying("assigned");
    let why: Vec<String> = why.iter().map(|refusal| refusal.text.to_string()).collect();
    Ok(done.with("count", given).with("why", why.join(" ")))
}
