//! My access: what is on, what waits, what can be switched on and why not. Six statements for any number of rows.

mod renewals;
mod rows;
mod show;
mod ways;

use self::ways::Ways;
use crate::ask::frame::{self, Frame};
use crate::ask::last::Last;
use crate::ask::thing::Thing;
use crate::ask::{deciders, who::Who};
use crate::db::groups::Label;
use crate::db::{groups, policies};
use crate::{Ctx, Engine, Result};
use chrono::{DateTime, TimeDelta, Utc};
use domain::assignment::Kind;
use domain::duration::Minutes;
use domain::ids::{AssignmentId, GroupId, TargetId};
use domain::policy::prompt::Prompts;
use domain::refusal::Refusal;
use domain::renewal::Offer;
use domain::span::Span;
use std::collections::BTreeSet;

/// How long what ended is still listed.
const REMEMBERED: TimeDelta = domain::renewal::AFTER;

/// The page.
#[derive(Clone, Debug)]
pub struct MyAccess {
    /// What surrounds it.
    pub frame: Frame,
    /// On now, soonest end first.
    pub on: Vec<On>,
    /// Waits for approval, oldest first.
    pub waiting: Vec<Waiting>,
    /// Granted, starts later; soonest first.
    pub planned: Vec<Planned>,
    /// Can be switched on, or could but for a reason; favourites first, then most used, then by name.
    pub eligible: Vec<Eligible>,
    /// Standing access about whose end something can be or was asked, soonest end first.
    pub ending: Vec<Ending>,
    /// What ended in the last 30 days, newest first.
    pub expired: Vec<Expired>,
}

/// An activation that is on.
#[derive(Clone, Debug)]
pub struct On {
    /// Of what.
    pub thing: Thing,
    /// The activation.
    pub assignment: AssignmentId,
    /// Since when, until when.
    pub span: Span,
    /// The person's own words.
    pub reason: String,
    /// The group through which she is eligible; `None` when she is it herself.
    pub through: Option<Label>,
}

/// A request that waits for approval.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Of what.
    pub thing: Thing,
    /// R-number.
    pub number: i64,
    /// Asked at.
    pub asked: DateTime<Utc>,
    /// Who asked for her, when that is not she.
    pub asked_by: Option<String>,
    /// Asked start; `None` is from the approval.
    pub start: Option<DateTime<Utc>>,
    /// Asked length.
    pub length: Minutes,
    /// Lapses then.
    pub lapses: DateTime<Utc>,
    /// Who can decide.
    pub deciders: Vec<Who>,
    /// Approvals needed and given.
    pub needed: usize,
    /// Names of those who approved already.
    pub approved_by: Vec<String>,
    /// Whether it asks for more time on what is on.
    pub extends: bool,
}

/// A granted activation that has not begun.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Of what.
    pub thing: Thing,
    /// R-number.
    pub number: i64,
    /// From when until when.
    pub span: Span,
    /// The person's own words.
    pub reason: String,
    /// Names of those who approved.
    pub approved_by: Vec<String>,
}

/// Something the person is eligible for.
#[derive(Clone, Debug)]
pub struct Eligible {
    /// Of what.
    pub thing: Thing,
    /// The groups through which she is eligible, from the one she is in directly; empty when she is it herself.
    pub through: Vec<Label>,
    /// What the form will ask.
    pub prompts: Prompts,
    /// When the eligibility begins, if it has not.
    pub begins: Option<DateTime<Utc>>,
    /// When it ends.
    pub until: Option<DateTime<Utc>>,
    /// Why it can't be switched on at this moment; empty when it can.
    pub obstacles: Vec<Refusal>,
    /// The activation that is on.
    pub running: Option<AssignmentId>,
    /// What can be or was asked about its end.
    pub renewal: Option<Renewal>,
    /// Activations in the last 90 days.
    pub used: i64,
    /// Marked by her.
    pub favourite: bool,
    /// What she asked for here last, in the last 90 days.
    pub last: Option<Last>,
}

/// What can be asked about the end of an assignment, or was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// More time, or the same again, for this assignment.
    Offered(Offer, AssignmentId),
    /// The request with this R-number waits.
    Asked(i64),
}

/// Standing access that ends soon.
#[derive(Clone, Debug)]
pub struct Ending {
    /// Of what.
    pub thing: Thing,
    /// When.
    pub ends: DateTime<Utc>,
    /// What can be or was asked.
    pub renewal: Renewal,
}

/// An eligibility or standing access that ended.
#[derive(Clone, Debug)]
pub struct Expired {
    /// Of what.
    pub thing: Thing,
    /// Eligible or active.
    pub kind: Kind,
    /// When.
    pub ended: DateTime<Utc>,
    /// What can be or was asked; nothing about what was taken away.
    pub renewal: Option<Renewal>,
    /// Names of the owners, who can give it again.
    pub owners: Vec<String>,
}

/// Loads the page.
///
/// # Errors
/// Not found: the person was disabled meanwhile. Or the database can't be reached.
pub async fn load(engine: &Engine, ctx: &Ctx) -> Result<MyAccess> {
    let mut conn = engine.pool.acquire().await?;
    let frame = frame::load(&mut conn, ctx).await?;
    let now = frame.now;
    let held = rows::held(&mut conn, ctx.person(), now).await?;
    let asked = rows::asked(&mut conn, ctx.person()).await?;
    let targets: BTreeSet<TargetId> = held
        .iter()
        .filter(|row| !row.standing())
        .map(|row| row.thing.id())
        .chain(asked.iter().map(|row| row.thing.id()))
        .collect();
    let policies = policies::current_of(&mut conn, &targets).await?;
    let made_under = asked.iter().filter_map(|row| Some((row.rules.0.approval.as_ref()?, row.thing.target)));
    let things = held.iter().map(|row| &row.thing).chain(asked.iter().map(|row| &row.thing));
    let current = things.filter_map(|thing| {
        let found = policies.get(&thing.id())?;
        Some((found.policy.activation.approval.as_ref()?, thing.target))
    });
    let deciders = deciders::load(&mut conn, made_under.chain(current)).await?;
    let ways = Ways::of(ctx.person(), &held);
    let facts = show::Facts { ctx, now, held, ways, asked, policies, deciders, owners: Default::default() };
    let helpers: BTreeSet<GroupId> = facts.groups_that_need_help();
    let owners = if helpers.is_empty() {
        Default::default()
    } else {
        groups::owner_names_of(&mut conn, &helpers).await?
    };
    show::page(frame, show::Facts { owners, ..facts })
}
