//! The group there that stands for one of ours: found or made. One at a time does: applications take two of the same name.

use super::client::Call;
use super::user::made;
use crate::provision::group::{Held, hold, keep, keep_on, known, release};
use crate::provision::line::{Again, Line, Stop};
use crate::provision::log;
use crate::provision::person::Member;
use domain::provision::answer::Meaning;
use domain::provision::listing::{self, Found};
use domain::provision::steps::Step;
use domain::provision::{Foreign, body, filter};
use reqwest::Method;
use serde_json::Value;

/// The id of the group there: known, found or made.
pub(crate) async fn ensure(line: &Line, member: &Member) -> Result<String, Stop> {
    if let Some(remote) = &member.remote_group {
        return Ok(remote.clone());
    }
    let held = hold(line, member.group_id).await?;
    let remote = match known(line, member.group_id).await {
        Ok(Some(remote)) => Ok(remote),
        Ok(None) => make(line, &held, member).await,
        Err(stop) => Err(stop),
    };
    release(line, &held).await?;
    remote
}

/// Looks for it before it is made, always: an answer may have been lost.
async fn make(line: &Line, held: &Held, member: &Member) -> Result<String, Stop> {
    let external = member.group_id.to_string();
    for (attribute, value) in [("externalId", &external), ("displayName", &member.group_name)] {
        let path =
            format!("/Groups?filter={}&excludedAttributes=members&count=2", filter::eq(attribute, value));
        let call = Call::get(path, Step::Match, "find").in_group(member.group_id).named(&member.group_name);
        keep_on(line, held).await?;
        let seen = line.send(call).await?;
        match seen.meaning {
            Meaning::Done => {}
            Meaning::Gone => {
                line.must_be_alive().await?;
                continue;
            }
            Meaning::Wrong if attribute == "externalId" => continue,
            _ => return Err(seen.stop()),
        }
        let Some(listing) = listing::read(&seen.exchange.body) else {
            return Err(Stop::Failed(
                "The application answered a search with something that is no list.".into(),
                Again::Soon,
            ));
        };
        match listing.one(attribute, value) {
            Found::None => {}
            Found::One(there) => {
                let Some(remote) = listing::id(&there) else { continue };
                refuse_foreign(line, &there, &external)?;
                return keep(line, held, &remote, &member.group_name, None).await;
            }
            Found::Several(count) => {
                let why = format!("{count} groups there have the same {attribute} (DuplicateTargetEntries).");
                return Err(Stop::Failed(why, Again::Later));
            }
            Found::Ignored => {
                let why = format!(
                    "The application ignored the filter by {attribute}: what it answered says nothing."
                );
                return Err(Stop::Failed(why, Again::Later));
            }
        }
    }
    let body = body::group(&external, &member.group_name);
    let call = Call::of(Method::POST, "/Groups".into(), Some(body), Step::Act, "create");
    keep_on(line, held).await?;
    let seen = line.send(call.in_group(member.group_id).named(&member.group_name)).await?;
    let made = if seen.meaning == Meaning::Done { made(&seen) } else { None };
    let Some(remote) = made else { return Err(seen.stop()) };
    keep(line, held, &remote, &member.group_name, None).await
}

/// What carries the id of another system is that system's, unless somebody said that it may be taken over.
pub(crate) fn refuse_foreign(line: &Line, there: &Value, ours: &str) -> Result<(), Stop> {
    match listing::foreign(there, ours) {
        Some(theirs) if line.app.foreigners == Foreign::Refuse => {
            let theirs = log::short(&theirs, 100);
            let why = format!(
                "What is there carries the id of another system: {theirs}. The settings say whether it may be taken over."
            );
            Err(Stop::Failed(why, Again::Later))
        }
        _ => Ok(()),
    }
}
