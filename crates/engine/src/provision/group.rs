//! The group there that stands for one of ours. One at a time makes or rewrites it: applications take two of the same name.

use super::client::{Again, Call, Line, Stop};
use super::person::Member;
use super::user::made;
use domain::provision::answer::Meaning;
use domain::provision::listing::{self, Found};
use domain::provision::steps::Step;
use domain::provision::{Foreign, body, filter};
use reqwest::Method;
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

/// How often it is asked whether somebody else is done with a group, and for how long.
const ASK: (Duration, usize) = (Duration::from_millis(50), 600);

/// A group held by one server, so that nobody else makes or rewrites it meanwhile.
pub(crate) struct Held {
    lease: Uuid,
    group: Uuid,
}

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

async fn known(line: &Line, group: Uuid) -> Result<Option<String>, Stop> {
    let sql = "select remote_id from application_groups where application_id = $1 and group_id = $2";
    let known: Option<Option<String>> =
        sqlx::query_scalar(sql).bind(line.app.id).bind(group).fetch_optional(&line.engine.pool).await?;
    Ok(known.flatten())
}

/// Waits for its turn.
pub(crate) async fn hold(line: &Line, group: Uuid) -> Result<Held, Stop> {
    let (pause, tries) = ASK;
    for _ in 0..tries {
        let lease = crate::ids::new();
        let taken = sqlx::query(
            "update application_groups set lease = $3, leased_until = clock() + interval '2 minutes' \
             where application_id = $1 and group_id = $2 and (leased_until is null or leased_until < clock())",
        )
        .bind(line.app.id)
        .bind(group)
        .bind(lease)
        .execute(&line.engine.pool)
        .await?;
        if taken.rows_affected() == 1 {
            return Ok(Held { lease, group });
        }
        tokio::time::sleep(pause).await;
    }
    Err(Stop::Failed("Somebody else works on the group.".into(), Again::Soon))
}

/// Keeps it for as long as a request can take.
pub(crate) async fn keep_on(line: &Line, held: &Held) -> Result<(), Stop> {
    let sql = "update application_groups set leased_until = clock() + interval '2 minutes' where application_id = $1 and group_id = $2 and lease = $3";
    let kept = sqlx::query(sql).bind(line.app.id).bind(held.group).bind(held.lease);
    match kept.execute(&line.engine.pool).await?.rows_affected() {
        1 => Ok(()),
        _ => Err(Stop::Failed("Somebody else works on the group.".into(), Again::Soon)),
    }
}

pub(crate) async fn release(line: &Line, held: &Held) -> Result<(), Stop> {
    let sql = "update application_groups set lease = null, leased_until = null where application_id = $1 and group_id = $2 and lease = $3";
    sqlx::query(sql).bind(line.app.id).bind(held.group).bind(held.lease).execute(&line.engine.pool).await?;
    Ok(())
}

/// Looks for it before it is made, always: an answer may have been lost.
async fn make(line: &Line, held: &Held, member: &Member) -> Result<String, Stop> {
    let external = member.group_id.to_string();
    for (attribute, value) in [("externalId", &external), ("displayName", &member.group_name)] {
        let path =
            format!("/Groups?filter={}&excludedAttributes=members&count=2", filter::eq(attribute, value));
        let call = Call::get(path, Step::Match, "find").in_group(member.group_id).named(&member.group_name);
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
                return keep(line, held, &remote, &member.group_name).await;
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
    let seen = line.send(call.in_group(member.group_id).named(&member.group_name)).await?;
    let made = if seen.meaning == Meaning::Done { made(&seen) } else { None };
    let Some(remote) = made else { return Err(seen.stop()) };
    keep(line, held, &remote, &member.group_name).await
}

async fn keep(line: &Line, held: &Held, remote: &str, name: &str) -> Result<String, Stop> {
    let mut tx = line.engine.begin().await?;
    let kept = sqlx::query(
        "update application_groups set remote_id = $4, remote_name = $5, problem = '' where application_id = $1 and group_id = $2 and lease = $3 \
           and not exists (select from application_groups o where o.application_id = $1 and o.remote_id = $4 and o.group_id <> $2)",
    )
    .bind(line.app.id)
    .bind(held.group)
    .bind(held.lease)
    .bind(remote)
    .bind(name)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    match kept.rows_affected() {
        1 => Ok(remote.to_owned()),
        _ => Err(Stop::Failed("The group there stands for another group here.".into(), Again::Later)),
    }
}

/// What carries the id of another system is that system's, unless somebody said that it may be taken over.
pub(crate) fn refuse_foreign(line: &Line, there: &Value, ours: &str) -> Result<(), Stop> {
    match listing::foreign(there, ours) {
        Some(theirs) if line.app.foreigners == Foreign::Refuse => {
            let theirs = super::log::short(&theirs, 100);
            let why = format!(
                "What is there carries the id of another system: {theirs}. The settings say whether it may be taken over."
            );
            Err(Stop::Failed(why, Again::Later))
        }
        _ => Ok(()),
    }
}

/// The group is not there any more: it is made again when somebody is to be in it.
pub(crate) async fn lose(line: &Line, group: Uuid, remote: &str) -> Result<(), Stop> {
    let mut tx = line.engine.begin().await?;
    let lost = "update application_groups set remote_id = null where application_id = $1 and group_id = $2 and remote_id = $3";
    let lost = sqlx::query(lost).bind(line.app.id).bind(group).bind(remote).execute(&mut *tx).await?;
    if lost.rows_affected() == 0 {
        // it was made anew meanwhile: what is known is of the new one
        return Ok(());
    }
    let out = "update application_members m set there = 'no', confirmed_at = case when m.wanted then null else coalesce(m.confirmed_at, clock()) end \
         from (select user_id from application_members where application_id = $1 and group_id = $2 order by user_id for update) o \
         where m.application_id = $1 and m.group_id = $2 and m.user_id = o.user_id";
    sqlx::query(out).bind(line.app.id).bind(group).execute(&mut *tx).await?;
    super::marks::everybody(&mut tx, line.app.id, Some(group), "group gone there").await?;
    tx.commit().await?;
    Ok(())
}
