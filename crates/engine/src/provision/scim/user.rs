//! The account of a person: found, made, brought to what is here, closed.

use super::client::{Call, Seen};
use super::{client, group};
use crate::Result;
use crate::provision::breaker;
use crate::provision::connector::Ready;
use crate::provision::line::{Again, Key, Line, Stop};
use crate::provision::person::Plan;
use crate::provision::record::{self, link};
use domain::provision::answer::Meaning;
use domain::provision::body::{self, Account, Change};
use domain::provision::listing::{self, Found};
use domain::provision::steps::Step;
use domain::provision::{Leaving, Match, filter};
use reqwest::Method;
use serde_json::{Value, json};

/// Tries of a change that came between a reading and a writing.
const TRIES: usize = 5;

/// What is written into an account, to tell whether it is still so.
pub(crate) fn written(account: &Account) -> String {
    account.resource().to_string()
}

/// Makes sure of the account.
pub(crate) async fn ensure(line: &Line, key: &Key, plan: &Plan) -> Result<Ready, Stop> {
    let account = &plan.account;
    if let Some(remote) = &plan.link.remote_id {
        if plan.is_settled(&written(account)) {
            return Ok(Ready { remote: remote.clone(), look: false, anew: false });
        }
        let seen = read(line, remote, account).await?;
        match seen.meaning {
            Meaning::Done => {
                must_be(&seen, remote)?;
                group::refuse_foreign(line, &seen.exchange.body, &account.external_id)?;
                bring(line, key, account, remote, &seen.exchange.body).await?;
                return Ok(Ready { remote: remote.clone(), look: false, anew: false });
            }
            Meaning::Gone => lose(line, key).await?,
            _ => return Err(seen.stop()),
        }
    }
    match find(line, account).await? {
        Some(there) => adopt(line, key, account, &there).await,
        None => create(line, key, account).await,
    }
}

async fn read(line: &Line, remote: &str, account: &Account) -> Result<Seen, Stop> {
    let call = Call::get(path(remote), Step::Match, "read").on(remote).named(&account.user_name);
    line.send(call).await
}

/// An answer about somebody else, or about nobody, says nothing.
fn must_be(seen: &Seen, remote: &str) -> Result<(), Stop> {
    match listing::id(&seen.exchange.body) {
        Some(id) if id == remote => Ok(()),
        _ => Err(Stop::Failed(
            "The application answered with something else than the account.".into(),
            Again::Soon,
        )),
    }
}

fn path(remote: &str) -> String {
    format!("/Users/{}", filter::encoded(remote))
}

/// The account is not there any more: that is believed only of an application whose address is right.
pub(crate) async fn lose(line: &Line, key: &Key) -> Result<(), Stop> {
    line.must_be_alive().await?;
    link(line, key, None, "no", false, "").await?;
    record::lost_account(line, key).await
}

/// Looks by each attribute in turn, as it is stored here and then in lower case. More than one is an error, never a guess.
pub(crate) async fn find(line: &Line, account: &Account) -> Result<Option<Value>, Stop> {
    for attribute in &line.app.matching {
        let value = match attribute {
            Match::External => Some(&account.external_id),
            Match::UserName => Some(&account.user_name),
            Match::Mail => account.mail.as_ref(),
            // logins of databases only: the settings of other kinds refuse it
            Match::Local => None,
        };
        let Some(value) = value else { continue };
        let lower = value.to_lowercase();
        for spelling in [value.as_str()].into_iter().chain((lower != *value).then_some(lower.as_str())) {
            if let Some(there) = look(line, account, attribute.wire(), spelling).await? {
                return Ok(Some(there));
            }
        }
    }
    Ok(None)
}

async fn look(line: &Line, account: &Account, attribute: &str, value: &str) -> Result<Option<Value>, Stop> {
    let path = format!("/Users?filter={}&startIndex=1&count=2", filter::eq(attribute, value));
    let seen = line.send(Call::get(path, Step::Match, "find").named(&account.user_name)).await?;
    match seen.meaning {
        Meaning::Done => {}
        // some say so where there is nobody, and all of them where the address is wrong
        Meaning::Gone => {
            line.must_be_alive().await?;
            return Ok(None);
        }
        // an attribute by which it can't be asked; the next one may do
        Meaning::Wrong if line.app.matching.len() > 1 && attribute == Match::External.wire() => {
            return Ok(None);
        }
        _ => return Err(seen.stop()),
    }
    let Some(listing) = listing::read(&seen.exchange.body) else {
        return Err(Stop::Failed(
            "The application answered a search with something that is no list.".into(),
            Again::Soon,
        ));
    };
    match listing.one(attribute, value) {
        Found::None => Ok(None),
        Found::One(there) => Ok(Some(*there)),
        Found::Several(count) => {
            let why = format!("{count} accounts there have the same {attribute} (DuplicateTargetEntries).");
            Err(Stop::Failed(why, Again::Later))
        }
        Found::Ignored => {
            let why =
                format!("The application ignored the filter by {attribute}: what it answered says nothing.");
            Err(Stop::Failed(why, Again::Later))
        }
    }
}

async fn adopt(line: &Line, key: &Key, account: &Account, there: &Value) -> Result<Ready, Stop> {
    let Some(remote) = listing::id(there) else {
        return Err(Stop::Failed("The account there has no id.".into(), Again::Later));
    };
    group::refuse_foreign(line, there, &account.external_id)?;
    link(line, key, Some(&remote), "yes", there["active"] != json!(false), "").await?;
    // it may be in any group already
    let sql = "update application_members m set there = 'unknown' from application_people p \
         where p.application_id = $1 and p.user_id = $2 and p.lease = $3 and p.fence = $4 \
           and m.application_id = p.application_id and m.user_id = p.user_id and m.there = 'no' and m.wanted";
    sqlx::query(sql)
        .bind(line.app.id)
        .bind(key.user_id)
        .bind(key.lease)
        .bind(key.fence)
        .execute(&line.engine.pool)
        .await?;
    bring(line, key, account, &remote, there).await?;
    Ok(Ready { remote, look: true, anew: true })
}

async fn create(line: &Line, key: &Key, account: &Account) -> Result<Ready, Stop> {
    // whatever becomes of the answer, it is looked for before it is made again or forgotten
    link(line, key, None, "unknown", false, "").await?;
    let call = Call::of(Method::POST, "/Users".into(), Some(account.resource()), Step::Act, "create")
        .named(&account.user_name);
    let seen = line.send(call).await?;
    let made = match seen.meaning {
        Meaning::Done => made(&seen),
        // it exists: also our own, if an answer was lost
        Meaning::Conflict => {
            return match find(line, account).await? {
                Some(there) => adopt(line, key, account, &there).await,
                None => Err(Stop::Failed(seen.words(), Again::Later)),
            };
        }
        _ => None,
    };
    let Some(remote) = made else {
        let why = format!("{} It is looked for before it is made again.", seen.words());
        return Err(match seen.stop() {
            Stop::Failed(_, again) => Stop::Failed(why, again),
            stop => stop,
        });
    };
    link(line, key, Some(&remote), "yes", true, &written(account)).await?;
    Ok(Ready { remote, look: false, anew: true })
}

/// The id of what was made: in the body, or at the end of where it lies.
pub(crate) fn made(seen: &Seen) -> Option<String> {
    let last =
        || seen.exchange.location.as_deref()?.trim_end_matches('/').rsplit('/').next().map(str::to_owned);
    listing::id(&seen.exchange.body).or_else(last)
}

/// Changes what differs. Without PATCH the whole is written, with everything that is theirs.
async fn bring(line: &Line, key: &Key, account: &Account, remote: &str, there: &Value) -> Result<(), Stop> {
    let (mut there, mut patches) = (there.clone(), line.app.patches);
    for _ in 0..TRIES {
        let changes = account.changes(&there);
        if changes.is_empty() {
            return link(line, key, Some(remote), "yes", account.active, &written(account)).await;
        }
        let seen = write(line, account, remote, &there, &changes, patches).await?;
        match seen.meaning {
            Meaning::Done => {
                return link(line, key, Some(remote), "yes", account.active, &written(account)).await;
            }
            Meaning::Unsupported if patches => {
                client::no_patches(line, &seen).await?;
                patches = false;
            }
            Meaning::Moved | Meaning::Conflict => {}
            Meaning::Gone => {
                lose(line, key).await?;
                return Err(Stop::Failed("The account is not there any more.".into(), Again::Soon));
            }
            _ => return Err(seen.stop()),
        }
        let seen = read(line, remote, account).await?;
        if seen.meaning != Meaning::Done {
            return Err(seen.stop());
        }
        must_be(&seen, remote)?;
        there = seen.exchange.body;
    }
    Err(Stop::Failed("The account there changed again and again while it was written.".into(), Again::Soon))
}

async fn write(
    line: &Line,
    account: &Account,
    remote: &str,
    there: &Value,
    changes: &[Change],
    patches: bool,
) -> Result<Seen, Stop> {
    let action = match changes {
        [only] if only.path == "active" => {
            if account.active {
                "enable"
            } else {
                "disable"
            }
        }
        _ => "update",
    };
    let (method, body) = match patches {
        true => (Method::PATCH, body::replace(line.app.dialect, changes)),
        false => (Method::PUT, account.over(there)),
    };
    let mut call =
        Call::of(method, path(remote), Some(body), Step::Act, action).on(remote).named(&account.user_name);
    call.changed = changes.iter().map(|change| json!([change.path, change.old, change.new])).collect();
    if !patches {
        call.if_match = there["meta"]["version"].as_str().map(str::to_owned);
    }
    line.send(call).await
}

/// She has nothing of the application any more: closes, deletes or leaves the account. Her memberships are gone already.
pub(crate) async fn leave(line: &Line, key: &Key, plan: &Plan) -> Result<(), Stop> {
    let delete =
        line.app.leaving == Leaving::Delete || (plan.gone_for_good && line.app.leaving != Leaving::Leave);
    if plan.link.there == "no"
        || line.app.leaving == Leaving::Leave
        || (!delete && !plan.link.active && plan.link.there == "yes")
    {
        return Ok(());
    }
    let remote = match &plan.link.remote_id {
        Some(remote) => remote.clone(),
        // an account whose making was not confirmed
        None => match find(line, &plan.account).await? {
            // one of another system is not that account
            Some(there) if listing::foreign(&there, &plan.account.external_id).is_none() => {
                let nameless = || Stop::Failed("The account there has no id.".into(), Again::Later);
                listing::id(&there).ok_or_else(nameless)?
            }
            _ => return link(line, key, None, "no", false, "").await,
        },
    };
    breaker::pass(line, key).await?;
    if delete { take_away(line, key, plan, &remote).await } else { close(line, key, plan, &remote).await }
}

async fn take_away(line: &Line, key: &Key, plan: &Plan, remote: &str) -> Result<(), Stop> {
    let call = Call::of(Method::DELETE, path(remote), None, Step::Act, "delete").on(remote);
    let seen = line.send(call.named(&plan.account.user_name)).await?;
    match seen.meaning {
        Meaning::Done => {}
        Meaning::Gone => line.must_be_alive().await?,
        _ => return Err(seen.stop()),
    }
    link(line, key, None, "no", false, "").await
}

async fn close(line: &Line, key: &Key, plan: &Plan, remote: &str) -> Result<(), Stop> {
    let account = Account { active: false, ..plan.account.clone() };
    let patches = line.app.patches;
    let there = match patches {
        true => Value::Null,
        false => match read(line, remote, &account).await? {
            seen if seen.meaning == Meaning::Done => {
                must_be(&seen, remote)?;
                seen.exchange.body
            }
            seen if seen.meaning == Meaning::Gone => return lose(line, key).await,
            seen => return Err(seen.stop()),
        },
    };
    let change = [Change { path: "active".into(), old: json!(true), new: json!(false) }];
    let seen = write(line, &account, remote, &there, &change, patches).await?;
    match seen.meaning {
        Meaning::Done => link(line, key, Some(remote), "yes", false, "").await,
        Meaning::Gone => lose(line, key).await,
        Meaning::Unsupported if patches => {
            client::no_patches(line, &seen).await?;
            Err(Stop::Failed(seen.words(), Again::Soon))
        }
        _ => Err(seen.stop()),
    }
}
