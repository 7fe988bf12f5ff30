//! The test write: makes two users and a group of its own, takes one out, and looks what became of the other. What is made is deleted.

use super::client::{Call, Seen};
use super::user::made;
use crate::ids;
use crate::provision::connector::{Rehearsed, Switches, Tested};
use crate::provision::line::{Line, Stop};
use domain::provision::answer::Meaning;
use domain::provision::body::{self, Account};
use domain::provision::steps::Step;
use domain::provision::{Dialect, Probe, filter, listing};
use reqwest::Method;
use serde_json::Value;

/// Who was left in a group of two from which one was taken out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Left {
    TheOther,
    Nobody,
    Both,
}

/// The test, as far as it came.
struct Trial<'a> {
    line: &'a Line,
    lines: Vec<String>,
    well: bool,
    users: Vec<String>,
    group: Option<String>,
    patches: bool,
    delete_accept: bool,
    legacy: bool,
    emptied: bool,
}

/// Runs it, and takes away what it made whatever happens.
pub(crate) async fn run(line: &Line) -> Result<Rehearsed, Stop> {
    let mut trial = Trial {
        line,
        lines: Vec::new(),
        well: true,
        users: Vec::new(),
        group: None,
        patches: line.app.patches,
        delete_accept: line.app.delete_accept,
        legacy: false,
        emptied: false,
    };
    let found = trial.write().await;
    trial.clean().await?;
    let (probe, adds_twice) = match found {
        Ok(found) => found,
        Err(Stop::Failed(why, _)) => {
            trial.say(false, why);
            (line.app.probe, line.app.adds_twice)
        }
        Err(stop) => return Err(stop),
    };
    let Trial { well, lines, patches, delete_accept, legacy, emptied, .. } = trial;
    let tested = Tested { well, lines, patches: Some(patches) };
    Ok(Rehearsed { tested, switches: Some(Switches { probe, adds_twice, delete_accept, legacy, emptied }) })
}

impl Trial<'_> {
    fn say(&mut self, well: bool, says: impl Into<String>) {
        self.well &= well;
        self.lines.push(says.into());
    }

    async fn send(&self, method: Method, path: String, body: Option<Value>) -> Result<Seen, Stop> {
        self.line.send(Call::of(method, path, body, Step::Act, "test").named("test write")).await
    }

    async fn must(&self, method: Method, path: String, body: Option<Value>) -> Result<Seen, Stop> {
        let seen = self.send(method, path, body).await?;
        if seen.meaning == Meaning::Done { Ok(seen) } else { Err(seen.stop()) }
    }

    async fn write(&mut self) -> Result<(Probe, bool), Stop> {
        for _ in 0..2 {
            let name = format!("zz-probe-{}", ids::new());
            let account = Account {
                external_id: name.clone(),
                user_name: name.clone(),
                display_name: name,
                ..Account::default()
            };
            let seen = self.must(Method::POST, "/Users".into(), Some(account.resource())).await?;
            self.users.extend(made(&seen));
        }
        let name = format!("zz-probe-{}", ids::new());
        let seen = self.must(Method::POST, "/Groups".into(), Some(body::group(&name, &name))).await?;
        self.group = made(&seen);
        let (Some(group), [first, second]) = (self.group.clone(), self.users.as_slice()) else {
            self.say(false, "It does not say the ids of what it made.");
            return Ok((Probe::None, true));
        };
        let (first, second) = (first.clone(), second.clone());
        self.say(true, "Users and groups can be made.");
        for user in [&first, &second] {
            self.member(&group, user, true).await?;
        }
        let probe = self.probes(&group, &first).await?;
        self.member(&group, &first, false).await?;
        let left = self.left(&group, &first, &second, probe).await?;
        self.judge(left);
        self.older(&group, &first, &second, probe, left).await?;
        self.member(&group, &second, true).await?;
        let twice = self.count(&group, &second).await? > 1;
        if twice {
            self.say(true, "It keeps a member twice that is added twice: it is looked before adding.");
        }
        self.disable(&second).await?;
        Ok((probe, twice || probe == Probe::None))
    }

    async fn member(&mut self, group: &str, user: &str, inside: bool) -> Result<(), Stop> {
        let path = format!("/Groups/{}", filter::encoded(group));
        if self.patches {
            let dialect = self.line.app.dialect;
            let body = if inside { body::add(dialect, &[user]) } else { body::remove(dialect, user) };
            let seen = self.send(Method::PATCH, path.clone(), Some(body)).await?;
            match seen.meaning {
                Meaning::Done => return Ok(()),
                Meaning::Unsupported => {
                    self.patches = false;
                    self.say(true, "It knows no PATCH: whole resources are written.");
                }
                _ => return Err(seen.stop()),
            }
        }
        let there = self.must(Method::GET, path.clone(), None).await?.exchange.body;
        self.must(Method::PUT, path, Some(body::regrouped(&there, user, inside))).await?;
        Ok(())
    }

    /// The form in which it says that somebody is a member, and that nobody else is.
    async fn probes(&mut self, group: &str, user: &str) -> Result<Probe, Stop> {
        for probe in [Probe::Dot, Probe::Bracket] {
            let mut right = true;
            for (who, expected) in [(user.to_owned(), 1), (ids::new().to_string(), 0)] {
                let Some(filter) = filter::member(probe, group, &who) else { continue };
                let seen =
                    self.send(Method::GET, format!("/Groups?filter={filter}&attributes=id"), None).await?;
                let listing = listing::read(&seen.exchange.body).filter(|_| seen.meaning == Meaning::Done);
                right &= listing.is_some_and(|listing| listing.resources.len() == expected);
            }
            if right {
                self.say(true, format!("Membership can be looked up. {}.", probe.words()));
                return Ok(probe);
            }
        }
        if self.count(group, user).await? > 0 {
            self.say(true, "Membership can be read from the group.");
            return Ok(Probe::Read);
        }
        self.say(true, "It does not show who is a member: what it answers has to be believed.");
        Ok(Probe::None)
    }

    /// Of two, one was taken out: exactly the other must be left. `None` where that can't be seen.
    async fn left(&self, group: &str, out: &str, left: &str, probe: Probe) -> Result<Option<Left>, Stop> {
        let (gone, stays) = match filter::member(probe, group, out) {
            Some(_) => (self.found(probe, group, out).await?, self.found(probe, group, left).await?),
            None if probe == Probe::Read => (self.count(group, out).await?, self.count(group, left).await?),
            None => return Ok(None),
        };
        Ok(Some(match (gone, stays) {
            (0, 1..) => Left::TheOther,
            (_, 0) => Left::Nobody,
            _ => Left::Both,
        }))
    }

    fn judge(&mut self, left: Option<Left>) {
        match left {
            Some(Left::TheOther) => self.say(true, "One was taken out, and the other stayed."),
            Some(Left::Nobody) => {
                self.emptied = self.patches;
                self.say(false, "One was taken out, and the group was EMPTIED.");
                if self.line.app.dialect == Dialect::Legacy {
                    self.say(false, "From now on removals are written as the standard says.");
                }
            }
            Some(Left::Both) => self.say(false, "It says that one was taken out, and both are still in."),
            None => {}
        }
    }

    /// Tries the older way of writing removals too, in the same group: only who passed here may be written to like that.
    async fn older(
        &mut self,
        group: &str,
        out: &str,
        stays: &str,
        probe: Probe,
        first: Option<Left>,
    ) -> Result<(), Stop> {
        if !self.patches || probe == Probe::None {
            return Ok(());
        }
        if self.line.app.dialect == Dialect::Legacy {
            self.legacy = first == Some(Left::TheOther);
            return Ok(());
        }
        for user in [out, stays] {
            self.member(group, user, true).await?;
        }
        let path = format!("/Groups/{}", filter::encoded(group));
        let seen = self.send(Method::PATCH, path, Some(body::remove(Dialect::Legacy, out))).await?;
        let left = self.left(group, out, stays, probe).await?;
        let switched = format!("/Users/{}", filter::encoded(stays));
        let switched = self.send(Method::PATCH, switched, Some(body::active(Dialect::Legacy, false))).await?;
        self.legacy = seen.meaning == Meaning::Done
            && left == Some(Left::TheOther)
            && switched.meaning == Meaning::Done;
        self.lines.push(match (self.legacy, left) {
            (true, _) => "The older way of writing works too.".into(),
            (_, Some(Left::Nobody)) => {
                "The older way of writing removals would empty the group: it can't be chosen.".into()
            }
            _ => "The older way of writing is not understood: it can't be chosen.".into(),
        });
        Ok(())
    }

    async fn found(&self, probe: Probe, group: &str, user: &str) -> Result<usize, Stop> {
        let Some(filter) = filter::member(probe, group, user) else { return Ok(0) };
        let seen = self.must(Method::GET, format!("/Groups?filter={filter}&attributes=id"), None).await?;
        Ok(listing::read(&seen.exchange.body).unwrap_or_default().resources.len())
    }

    async fn count(&self, group: &str, user: &str) -> Result<usize, Stop> {
        let path = format!("/Groups/{}?attributes=members", filter::encoded(group));
        let seen = self.must(Method::GET, path, None).await?;
        let members = listing::members(&seen.exchange.body).unwrap_or_default();
        Ok(members.iter().filter(|member| *member == user).count())
    }

    async fn disable(&mut self, user: &str) -> Result<(), Stop> {
        if !self.patches {
            return Ok(());
        }
        let path = format!("/Users/{}", filter::encoded(user));
        let body = body::active(self.line.app.dialect, false);
        if self.send(Method::PATCH, path, Some(body)).await?.meaning == Meaning::Done {
            self.say(true, "Accounts can be closed.");
            return Ok(());
        }
        self.say(false, "Accounts can't be closed.");
        Ok(())
    }

    async fn clean(&mut self) -> Result<(), Stop> {
        let group = self.group.take().map(|group| format!("/Groups/{}", filter::encoded(&group)));
        let users: Vec<String> =
            self.users.drain(..).map(|user| format!("/Users/{}", filter::encoded(&user))).collect();
        for path in group.into_iter().chain(users) {
            let mut seen = self.send(Method::DELETE, path.clone(), None).await?;
            if seen.meaning == Meaning::Wrong && self.delete_accept {
                let mut line = self.line.clone();
                line.app.delete_accept = false;
                let call =
                    Call::of(Method::DELETE, path.clone(), None, Step::Act, "test").named("test write");
                seen = line.send(call).await?;
                self.delete_accept = seen.meaning != Meaning::Done;
            }
            if !matches!(seen.meaning, Meaning::Done | Meaning::Gone) {
                self.say(false, format!("{path} could not be deleted: {}", seen.words()));
            }
        }
        Ok(())
    }
}
