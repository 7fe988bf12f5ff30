//! Saving the next version of a policy.

use super::fields::Fields;
use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Saves what the form says as the version after `version`, for `role`: member or owner of the
/// group at `key`, or without a key a directory role.
#[server(prefix = "/api/ui", endpoint = "policies/save")]
pub async fn save_policy(
    #[server(default)] key: String,
    #[server(default)] role: String,
    #[server(default)] version: String,
    #[server(default)] reason: String,
    #[server(default)] code: String,
    #[server(flatten)] fields: Fields,
) -> Result<Done, Failure> {
    use crate::api::groups::typed;
    use crate::ctx::{caller, engine};
    use engine::act::set_policy::{Input, set_policy};

    let (engine, pick) = (engine()?, typed::pick(&key, &role)?);
    let fields = super::whole(&engine, &caller()?, &pick, fields).await?;
    let input = Input {
        pick: pick.clone(),
        based_on: typed::written(&version)?,
        policy: super::meant(&engine, &fields).await??,
        reason: reason.trim().to_owned(),
        code,
    };
    let saved = set_policy(&engine, &caller()?, input).await?;
    let to = match pick.kind.access() {
        Some(access) => format!("{}/settings?role={}", pick.place(), access.wire()),
        None => format!("{}/settings", pick.place()),
    };
    Ok(Done::to(to).saying("policy-saved").with("version", saved))
}
