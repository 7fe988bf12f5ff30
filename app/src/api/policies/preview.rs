//! What saving the policy form would do, in words: asked by the form's page, and while somebody types.

use super::fields::Fields;
use crate::failure::Failure;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Over what stands against it.
pub const REFUSED: &str = "Cannot be saved like this.";
/// Over who is affected.
pub const AFFECTED: &str = "Who is affected";
/// Over what it would have made of what was asked lately.
pub const PAST: &str = "The last 90 days under this draft";

/// What saving would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequences {
    /// Setting, old and new.
    pub changes: Vec<[String; 3]>,
    /// What stands against it.
    pub refusals: Vec<String>,
    /// What it leaves open.
    pub warnings: Vec<String>,
    /// Who is affected.
    pub affected: Vec<String>,
    /// What it would have made of what was asked lately.
    pub past: Vec<String>,
}

/// The effect of the form as it stands, for `role`: member or owner of the group at `key`, or without a key a
/// directory role. Changes nothing.
#[server(prefix = "/api/ui", endpoint = "policies/preview")]
pub async fn preview_policy(
    #[server(default)] key: String,
    #[server(default)] role: String,
    #[server(default)] version: String,
    #[server(default)] reason: String,
    #[server(flatten)] fields: Fields,
) -> Result<Consequences, Failure> {
    use crate::api::groups::typed;
    use crate::ctx::{caller, engine};
    use engine::ask::policy_form::preview;

    let (engine, pick) = (engine()?, typed::pick(&key, &role)?);
    let fields = super::whole(&engine, &caller()?, &pick, fields).await?;
    let policy = match super::meant(&engine, &fields).await? {
        Ok(policy) => policy,
        Err(unread) => {
            let refusals = unread.iter().map(|refusal| refusal.text.to_string()).collect();
            return Ok(Consequences { refusals, ..Consequences::default() });
        }
    };
    let based_on = typed::written(&version)?;
    Ok((&preview(&engine, &caller()?, &pick, &policy, based_on, &reason).await?).into())
}

#[cfg(feature = "ssr")]
impl From<&engine::ask::policy_form::Preview> for Consequences {
    fn from(preview: &engine::ask::policy_form::Preview) -> Self {
        let plain = |text: &&str| (*text).to_owned();
        Self {
            changes: preview
                .changes
                .iter()
                .map(|change| [change.setting.clone(), change.old.clone(), change.new.clone()])
                .collect(),
            refusals: preview.refusals.iter().map(|refusal| refusal.text.to_string()).collect(),
            warnings: preview.warnings.iter().map(plain).collect(),
            affected: affected(preview),
            past: preview.rehearsal.sentences(),
        }
    }
}

#[cfg(feature = "ssr")]
fn affected(preview: &engine::ask::policy_form::Preview) -> Vec<String> {
    use crate::islands::words::{counted, number};
    use domain::policy::notifications::Moment;
    let eligible = counted(preview.eligible, "eligible person or group", "eligible people and groups");
    let mut said = vec![
        format!("{eligible}, from the next activation on."),
        counted(preview.running, "running activation keeps its end.", "running activations keep their end."),
        format!(
            "{} now, to be decided by the stricter of both versions.",
            counted(preview.waiting, "request waits", "requests wait")
        ),
    ];
    let (before, after) = preview.able;
    if before > 0 || after > 0 {
        let after = number(i64::try_from(after).unwrap_or(i64::MAX));
        said.push(format!("{after} people can approve (now {before})."));
    }
    said.extend(Moment::ALL.map(|moment| preview.notifications.said(moment, &preview.audience)));
    said
}
