//! Into a group and out of it. What is written down before something is sent says that it may have been done, so that whoever comes
//! after a lost answer or a stopped server looks first.

use super::client::{Call, Seen, no_patches};
use super::user;
use crate::provision::connector::Ready;
use crate::provision::drift::Group;
use crate::provision::group;
use crate::provision::line::{Again, Key, Line, Stop};
use crate::provision::person::{Member, Plan};
use crate::provision::record::{self, record};
use domain::provision::answer::Meaning;
use domain::provision::steps::Step;
use domain::provision::{Probe, body, filter, listing};
use reqwest::Method;
use serde_json::Value;

/// Tries where the group changes between a reading and a writing.
const TRIES: usize = 5;

/// What a look at a membership says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Inside {
    Yes,
    No,
    /// It can't be found out.
    Dark,
}

/// Puts her in.
pub(crate) async fn add(
    line: &Line,
    key: &Key,
    plan: &Plan,
    member: &Member,
    group: &str,
    user: &Ready,
) -> Result<(), Stop> {
    let name = &plan.account.user_name;
    // where adding twice does no harm, it is quicker than looking
    let look = line.app.adds_twice && (user.look || (member.there == "unknown" && !user.anew));
    if look && probe(line, member, name, group, &user.remote).await? == Inside::Yes {
        return record::inside(line, key, member.group_id, group).await;
    }
    let call = Write { line, member, name, group, user: &user.remote, inside: true };
    let seen = call.send().await?;
    match seen.meaning {
        Meaning::Done => record::inside(line, key, member.group_id, group).await,
        Meaning::Conflict => match probe(line, member, name, group, &user.remote).await? {
            Inside::Yes => record::inside(line, key, member.group_id, group).await,
            _ => Err(Stop::Failed(seen.words(), Again::Soon)),
        },
        Meaning::Gone => {
            missing(line, key, member, group, &user.remote).await?;
            Err(Stop::Failed(seen.words(), Again::Soon))
        }
        _ => Err(seen.stop()),
    }
}

/// Takes her out. It counts as done when the application says that it is, and that she is not a member any more.
pub(crate) async fn remove(line: &Line, key: &Key, plan: &Plan, member: &Member) -> Result<(), Stop> {
    let name = &plan.account.user_name;
    let (Some(group), Some(user)) = (&member.remote_group, &plan.link.remote_id) else {
        // nothing was ever sent for her: that takes both ids
        return record(line, key, member.group_id, "no").await;
    };
    // it may be done although no answer says so: whoever gives it again has to look
    record(line, key, member.group_id, "unknown").await?;
    let call = Write { line, member, name, group, user, inside: false };
    let seen = call.send().await?;
    match seen.meaning {
        Meaning::Done | Meaning::Gone | Meaning::Conflict => {}
        _ => return Err(seen.stop()),
    }
    match probe(line, member, name, group, user).await? {
        Inside::No => record(line, key, member.group_id, "no").await,
        Inside::Dark if seen.meaning == Meaning::Done => record(line, key, member.group_id, "no").await,
        Inside::Dark if seen.meaning == Meaning::Gone => {
            // either is gone, and with it the membership; or neither, and then she is out
            line.must_be_alive().await?;
            record(line, key, member.group_id, "no").await
        }
        Inside::Yes if seen.meaning == Meaning::Done => {
            let why = "The application says that it took the person out, and they are still in.";
            Err(Stop::Failed(why.into(), Again::Soon))
        }
        _ => Err(Stop::Failed(seen.words(), Again::Soon)),
    }
}

/// A change of one membership.
struct Write<'a> {
    line: &'a Line,
    member: &'a Member,
    name: &'a str,
    group: &'a str,
    user: &'a str,
    inside: bool,
}

impl Write<'_> {
    async fn send(&self) -> Result<Seen, Stop> {
        if self.line.app.patches {
            let dialect = self.line.app.dialect;
            let body = match self.inside {
                true => body::add(dialect, &[self.user]),
                false => body::remove(dialect, self.user),
            };
            let seen = self.line.send(self.call(Method::PATCH, Some(body))).await?;
            match seen.meaning {
                Meaning::Unsupported => no_patches(self.line, &seen).await?,
                Meaning::Moved => return Err(Stop::Failed(seen.words(), Again::Soon)),
                _ => return Ok(seen),
            }
        }
        let held = group::hold(self.line, self.member.group_id).await?;
        let seen = self.put(&held).await;
        group::release(self.line, &held).await?;
        seen
    }

    fn call(&self, method: Method, body: Option<serde_json::Value>) -> Call {
        let action = if self.inside { "add" } else { "remove" };
        let gives = (self.inside && body.is_some()).then(|| self.group.to_owned());
        let call = Call::of(method, path(self.group), body, Step::Act, action)
            .in_group(self.member.group_id)
            .on(self.user)
            .named(&format!("{} in {}", self.name, self.member.group_name));
        Call { gives, whole: true, ..call }
    }

    /// Reads the whole group, and writes it with her or without.
    async fn put(&self, held: &group::Held) -> Result<Seen, Stop> {
        for _ in 0..TRIES {
            group::keep_on(self.line, held).await?;
            let call = Call { action: "read", ..self.call(Method::GET, None) };
            let seen = self.line.send(call).await?;
            if seen.meaning != Meaning::Done {
                return Ok(seen);
            }
            self.must_be_whole(&seen.exchange.body).await?;
            group::keep_on(self.line, held).await?;
            let body = body::regrouped(&seen.exchange.body, self.user, self.inside);
            let mut call = self.call(Method::PUT, Some(body));
            call.if_match = seen.exchange.etag;
            let seen = self.line.send(call).await?;
            if seen.meaning != Meaning::Moved {
                return Ok(seen);
            }
        }
        Err(Stop::Failed("The group there changed again and again while it was written.".into(), Again::Soon))
    }

    /// What is written back takes out everybody who was not shown.
    async fn must_be_whole(&self, there: &Value) -> Result<(), Stop> {
        if listing::id(there).as_deref() != Some(self.group) {
            let why = "The application answered with something else than the group.";
            return Err(Stop::Failed(why.into(), Again::Soon));
        }
        if listing::members(there).is_some_and(|members| !members.is_empty()) {
            return Ok(());
        }
        let others = "select exists (select from application_members m join application_people p on p.application_id = m.application_id \
             and p.user_id = m.user_id where m.application_id = $1 and m.group_id = $2 and m.there <> 'no' and p.remote_id <> $3)";
        let others =
            sqlx::query_scalar(others).bind(self.line.app.id).bind(self.member.group_id).bind(self.user);
        if others.fetch_one(&self.line.engine.pool).await? {
            let why = "The application does not show who is in the group, so that it can't be written whole.";
            return Err(Stop::Failed(why.into(), Again::Later));
        }
        Ok(())
    }
}

fn path(group: &str) -> String {
    format!("/Groups/{}", filter::encoded(group))
}

/// Looks whether she is in.
pub(crate) async fn probe(
    line: &Line,
    member: &Member,
    name: &str,
    group: &str,
    user: &str,
) -> Result<Inside, Stop> {
    let call = |path: String| {
        Call::get(path, Step::Match, "look")
            .in_group(member.group_id)
            .on(user)
            .named(&format!("{name} in {}", member.group_name))
    };
    if let Some(filter) = filter::member(line.app.probe, group, user) {
        let seen = line.send(call(format!("/Groups?filter={filter}&attributes=id&count=2"))).await?;
        match seen.meaning {
            Meaning::Done => match listing::read(&seen.exchange.body) {
                Some(list) if list.total == 0 && list.resources.is_empty() => return Ok(Inside::No),
                Some(list)
                    if list.resources.len() == 1
                        && listing::id(&list.resources[0]).as_deref() == Some(group) =>
                {
                    return Ok(Inside::Yes);
                }
                // the filter was ignored, or that was no list: read the group instead
                _ => {}
            },
            Meaning::Gone => return Ok(Inside::Dark),
            Meaning::Wrong => {}
            _ => return Err(seen.stop()),
        }
    }
    if line.app.probe == Probe::None {
        return Ok(Inside::Dark);
    }
    let call = call(format!("{}?attributes=members", path(group)));
    let seen = line.send(Call { whole: true, ..call }).await?;
    match seen.meaning {
        Meaning::Done => Ok(inside(&seen, group, user)),
        Meaning::Gone => Ok(Inside::Dark),
        _ => Err(seen.stop()),
    }
}

/// An answer about something else, or one that does not say who is in, is no proof of anything.
fn inside(seen: &Seen, group: &str, user: &str) -> Inside {
    match listing::members(&seen.exchange.body) {
        Some(_) if listing::id(&seen.exchange.body).is_some_and(|id| id != group) => Inside::Dark,
        Some(members) if members.iter().any(|member| member == user) => Inside::Yes,
        Some(_) => Inside::No,
        None => Inside::Dark,
    }
}

/// Something that a change was about is not there: finds out what, and forgets it.
async fn missing(line: &Line, key: &Key, member: &Member, group: &str, user: &str) -> Result<(), Stop> {
    let call = Call::get(format!("{}?excludedAttributes=members", path(group)), Step::Match, "look");
    let seen = line.send(call.in_group(member.group_id).named(&member.group_name)).await?;
    if seen.meaning == Meaning::Gone {
        line.must_be_alive().await?;
        return group::lose(line, member.group_id, group).await;
    }
    let call = Call::get(format!("/Users/{}", filter::encoded(user)), Step::Match, "look").on(user);
    if line.send(call).await?.meaning == Meaning::Gone {
        user::lose(line, key).await?;
    }
    Ok(())
}

/// Takes out somebody whom nobody here put in.
pub(super) async fn strip(line: &Line, group: &Group, user: &str) -> Result<(), Stop> {
    let member = Member::stranger(group);
    let write = Write { line, member: &member, name: user, group: &group.remote_id, user, inside: false };
    let seen = write.send().await?;
    if seen.meaning == Meaning::Done { Ok(()) } else { Err(seen.stop()) }
}
