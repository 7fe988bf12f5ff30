//! Bringing groups under management.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Brings the chosen groups in. Those that can't be do not hold up the others, and are told.
#[server(prefix = "/api/ui", endpoint = "directory/bring-in")]
pub async fn bring_in(#[server(default)] pick: Vec<String>) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};

    let outcomes = engine::act::onboard::onboard(&engine()?, &caller()?, &pick).await?;
    let done = outcomes.iter().filter(|outcome| outcome.result.is_ok()).count();
    let failed: Vec<_> =
        outcomes.into_iter().filter_map(|outcome| Some((outcome.key, outcome.result.err()?))).collect();
    if done == 0 {
        return Err(failed.into_iter().flat_map(|(_, refusals)| refusals).collect::<Vec<_>>().into());
    }
    let failed: Vec<_> = failed
        .into_iter()
        .map(|(key, refusals)| match refusals.first() {
            Some(why) => format!("{key}: {}", why.text),
            None => key,
        })
        .collect();
    Ok(Done::to("/groups/discover").saying("brought-in").with("count", done).with("failed", failed.join(" ")))
}
