//! What the people picker asks for while somebody types.

use crate::failure::Failure;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A person or group that can be picked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// What is sent when it is picked.
    pub id: String,
    /// Display name: a stranger's words.
    pub name: String,
    /// User name of a person or key of a group, with department or kind.
    pub note: String,
    /// A group, not a person.
    pub group: bool,
    /// Why it cannot be picked; `None` if it can.
    pub barred: Option<String>,
}

/// The best matches for a few letters. `group` is the key of the group somebody is picked for; `groups` lets groups be
/// picked as well.
#[server(prefix = "/api/ui", endpoint = "people")]
pub async fn suggest(
    #[server(default)] q: String,
    #[server(default)] group: Option<String>,
    #[server(default)] groups: bool,
) -> Result<Vec<Suggestion>, Failure> {
    let wanted = engine::ask::suggest::Wanted { text: q, for_group: group, groups };
    let found =
        engine::ask::suggest::suggest(&crate::ctx::engine()?, &crate::ctx::caller()?, &wanted).await?;
    Ok(found.into_iter().map(Suggestion::from).collect())
}

#[cfg(feature = "ssr")]
impl From<engine::ask::suggest::Match> for Suggestion {
    fn from(found: engine::ask::suggest::Match) -> Self {
        let note = match (found.is_group, found.note.as_str()) {
            (true, _) => format!("{} · group", found.user_name),
            (false, "") => found.user_name,
            (false, department) => format!("{} · {department}", found.user_name),
        };
        Self {
            id: found.id.to_string(),
            name: found.name,
            note,
            group: found.is_group,
            barred: (!found.enabled).then(|| "cannot sign in: disabled".to_owned()),
        }
    }
}

/// What a picker shows on this page: after a refusal or "Find" what was picked and what the typed letters find, else
/// what stands there at first.
///
/// # Errors
/// The person may look nobody up (for this group).
#[cfg(feature = "ssr")]
pub async fn picks(
    name: &str,
    first: Vec<Suggestion>,
    group: Option<String>,
    groups: bool,
) -> Result<crate::parts::people::Picks, Failure> {
    use crate::parts::answers::{Answers, plain};
    use engine::ask::suggest::{Wanted, known, suggest};

    let answers = Answers::here();
    if !answers.sent() {
        return Ok(crate::parts::people::Picks { picked: first, found: Vec::new() });
    }
    let (engine, ctx) = (crate::ctx::engine()?, crate::ctx::caller()?);
    let ids: Vec<_> = answers.values(name).filter_map(|id| id.parse().ok()).collect();
    let text = answers.value(&format!("{}_find", plain(name))).unwrap_or_default().to_owned();
    let wanted = Wanted { text, for_group: group, groups };
    let mut found = suggest(&engine, &ctx, &wanted).await?;
    found.retain(|who| !ids.contains(&who.id));
    let picked = known(&engine, &ctx, &wanted, &ids).await?;
    let plainly = |list: Vec<_>| list.into_iter().map(Suggestion::from).collect();
    Ok(crate::parts::people::Picks { picked: plainly(picked), found: plainly(found) })
}
