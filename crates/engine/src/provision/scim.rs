//! Applications over SCIM 2.0: accounts are found, made, changed and closed there, groups found and made.

mod check;
mod client;
mod group;
mod member;
mod rehearse;
mod user;

use super::connector::{Connector, Preview, Ready, Rehearsed, Tested};
use super::drift::Group;
use super::line::{Again, Key, Line, Stop};
use super::person::{Member, Plan};
use client::Call;
use domain::provision::answer::Meaning;
use domain::provision::body::{self, Account};
use domain::provision::steps::Step;
use domain::provision::{Probe, filter, listing};
use reqwest::Method;

/// SCIM 2.0 (RFC 7643, 7644).
pub(crate) struct Scim;

impl Connector for Scim {
    fn written(account: &Account) -> String {
        user::written(account)
    }

    async fn ensure(line: &Line, key: &Key, plan: &Plan) -> Result<Ready, Stop> {
        user::ensure(line, key, plan).await
    }

    async fn leave(line: &Line, key: &Key, plan: &Plan) -> Result<(), Stop> {
        user::leave(line, key, plan).await
    }

    async fn add(line: &Line, key: &Key, plan: &Plan, member: &Member, user: &Ready) -> Result<(), Stop> {
        let group = group::ensure(line, member).await?;
        member::add(line, key, plan, member, &group, user).await
    }

    async fn remove(line: &Line, key: &Key, plan: &Plan, member: &Member) -> Result<(), Stop> {
        member::remove(line, key, plan, member).await
    }

    async fn members(line: &Line, group: &Group) -> Result<Option<Vec<String>>, Stop> {
        if line.app.probe == Probe::None {
            return Ok(None);
        }
        let path = format!("/Groups/{}?attributes=members", filter::encoded(&group.remote_id));
        let call = Call::get(path, Step::Import, "read").in_group(group.group_id).named(&group.name);
        let seen = line.send(Call { whole: true, ..call }).await?;
        match seen.meaning {
            Meaning::Done if listing::id(&seen.exchange.body).as_deref() == Some(&group.remote_id) => {}
            Meaning::Done => {
                let why = "The application answered with something else than the group.";
                return Err(Stop::Failed(why.into(), Again::Soon));
            }
            Meaning::Gone => {
                line.must_be_alive().await?;
                super::group::lose(line, group.group_id, &group.remote_id).await?;
                return Ok(None);
            }
            _ => return Err(seen.stop()),
        }
        // not said is nobody only where it is known that it would be said
        let nobody = (line.app.probe == Probe::Read).then(Vec::new);
        Ok(listing::members(&seen.exchange.body).or(nobody))
    }

    async fn strip(line: &Line, group: &Group, user: &str) -> Result<(), Stop> {
        member::strip(line, group, user).await
    }

    async fn rename(line: &Line, group: &Group) -> Result<(), Stop> {
        if !line.app.patches {
            return Ok(());
        }
        let path = format!("/Groups/{}", filter::encoded(&group.remote_id));
        let body = body::rename(line.app.dialect, &group.name);
        let call = Call::of(Method::PATCH, path, Some(body), Step::Act, "update");
        let seen = line.send(call.in_group(group.group_id).named(&group.name)).await?;
        match seen.meaning {
            Meaning::Done => super::group::renamed(line, group.group_id, &group.name).await,
            Meaning::Pause(_) => Err(seen.stop()),
            // its name is of no consequence
            _ => Ok(()),
        }
    }

    async fn connection(line: &Line) -> Result<Tested, Stop> {
        check::connection(line).await
    }

    async fn rehearse(line: &Line) -> Result<Rehearsed, Stop> {
        rehearse::run(line).await
    }

    async fn preview(line: &Line, account: &Account) -> Result<Preview, Stop> {
        let there = user::find(line, account).await?;
        let changes = there.iter().flat_map(|there| account.changes(there));
        Ok(Preview {
            changes: changes.map(|change| format!("Would set {} to {}.", change.path, change.new)).collect(),
            there: there.as_ref().map(|there| listing::id(there).unwrap_or_else(|| "without an id".into())),
            without: "Would make an account.",
        })
    }
}
