//! The form that switches something on: every question, every choice with its own end, who decides, what is in the way.

use crate::ask::deciders::{self, Away, Later};
use crate::ask::frame::{self, Frame};
use crate::ask::last::{self, Last};
use crate::ask::thing::{self, Pick, Thing};
use crate::ask::who::Who;
use crate::db::groups::Label;
use crate::db::{groups, requests};
use crate::standing::{self, Loaded};
use crate::{Ctx, Engine, Result, authority, ids, nesting};
use chrono::{DateTime, Utc};
use domain::activation::{Eligibility, Offer, Standing, obstacles, offers};
use domain::duration::Minutes;
use domain::ids::{AssignmentId, RequestKey, TargetId};
use domain::policy::escalation::Asked;
use domain::policy::prompt::{Prompts, prompts};
use domain::policy::{ActivationRules, TicketRule};
use domain::refusal::Refusal;
use domain::span::Span;
use sqlx::PgConnection;

/// The form.
#[derive(Clone, Debug)]
pub struct ActivationForm {
    /// What surrounds it.
    pub frame: Frame,
    /// What would be switched on.
    pub thing: Thing,
    /// Her name, when the reader asks for somebody else.
    pub asked_for: Option<String>,
    /// The groups through which she is eligible, from the one she is in directly; empty when she is it herself.
    pub through: Vec<Label>,
    /// The questions.
    pub prompts: Prompts,
    /// The demands behind them.
    pub rules: ActivationRules,
    /// Who can approve, when approval is needed.
    pub deciders: Vec<Who>,
    /// Of them, who is away.
    pub away: Vec<Away>,
    /// Who could decide later too, if it is asked now.
    pub later: Option<Later>,
    /// When the eligibility ends.
    pub until: Option<DateTime<Utc>>,
    /// First possible start, when it is not now.
    pub earliest: Option<DateTime<Utc>>,
    /// The lengths, with the end of each when it starts now or at the first possible start.
    pub offers: Vec<Offer>,
    /// The length that is chosen first.
    pub usual: Minutes,
    /// Why it can't start now.
    pub not_now: Vec<Refusal>,
    /// Why it can't be asked for at all; then there is nothing to fill in.
    pub not_at_all: Vec<Refusal>,
    /// The activation that is on.
    pub running: Option<AssignmentId>,
    /// Activations granted for later.
    pub planned: Vec<Span>,
    /// What she asked for here last.
    pub last: Option<Last>,
    /// Answers of an earlier request, to ask the same again.
    pub again: Option<Again>,
    /// The policy has break glass, and the form asks for something that it does without.
    pub break_glass: bool,
    /// Sent with the form, so that sending it twice has one effect.
    pub key: RequestKey,
}

/// Answers of an earlier request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    /// Length.
    pub length: Option<Minutes>,
    /// Words.
    pub reason: String,
    /// Ticket.
    pub ticket: String,
}

/// Loads the form; `again` is the number of an own earlier request whose answers are offered.
///
/// # Errors
/// Not found: there is no such group, or this person may not know of it.
pub async fn load(engine: &Engine, ctx: &Ctx, pick: &Pick, again: Option<i64>) -> Result<ActivationForm> {
    let mut conn = engine.pool.acquire().await?;
    let frame = frame::load(&mut conn, ctx).await?;
    form(&mut conn, ctx, frame, pick, again).await
}

/// The same inside a frame that is loaded.
///
/// # Errors
/// As [`load`].
pub(super) async fn form(
    conn: &mut PgConnection,
    ctx: &Ctx,
    frame: Frame,
    pick: &Pick,
    again: Option<i64>,
) -> Result<ActivationForm> {
    let (me, now) = (ctx.person(), frame.now);
    let thing = thing::find(conn, pick).await?;
    let target = thing.id();
    let mut loaded = standing::load(conn, me, me, target, None, now, None).await?;
    if loaded.standing.eligibilities.is_empty() && loaded.standing.before.is_empty() {
        authority::require_known(conn, ctx, thing.target).await?;
        if let Some(group) = thing.group() {
            loaded.standing.owner_names = groups::owner_names(conn, group).await?;
        }
    }
    let again = match again {
        Some(number) => again_from(conn, ctx, target, number).await?,
        None => None,
    };
    let last = last::find(conn, ctx, target).await?;
    let form =
        draw(conn, ctx, frame, thing, loaded, |standing, start| obstacles(standing, start, now)).await?;
    let usual = last.as_ref().and_then(Last::length).map_or(form.usual, |length| length.min(form.rules.max));
    Ok(ActivationForm { usual, last, again, ..form })
}

/// The form for the person of this standing, as whoever asks sees it, without anything of what was asked before.
pub(super) async fn draw(
    conn: &mut PgConnection,
    ctx: &Ctx,
    frame: Frame,
    thing: Thing,
    loaded: Loaded,
    obstacles: impl Fn(&Standing, Option<DateTime<Utc>>) -> Vec<Refusal>,
) -> Result<ActivationForm> {
    let now = frame.now;
    let Loaded { standing, running, paths, policy, .. } = loaded;
    let deciders =
        deciders::load(conn, standing.rules.approval.as_ref().map(|rule| (rule, thing.target))).await?;
    let (person, filer) = (standing.person.id, ctx.person());
    let rule = standing.rules.approval.as_ref();
    let able = rule.map(|rule| deciders.may_approve(rule, thing.target, [person, filer]));
    let later =
        rule.and_then(|rule| Later::of(rule, &deciders, (thing.target, [person, filer]), Asked::at(now)));
    let able = able.unwrap_or_default();
    let earliest = earliest(&standing, now);
    let best = best(&standing, earliest.unwrap_or(now));
    let through = match best.and_then(|held| paths.get(&held.ground.through?)) {
        Some(path) => nesting::way(conn, path).await?,
        None => Vec::new(),
    };
    Ok(ActivationForm {
        prompts: prompts(&standing.rules, ctx.session.factor_at.is_some()),
        away: deciders.away(&able, [person, filer]),
        deciders: able,
        later,
        until: best.and_then(|held| held.span.end),
        through,
        offers: offers(&standing, earliest.unwrap_or(now), now),
        usual: Minutes::hours(1).min(standing.rules.max),
        last: None,
        not_now: obstacles(&standing, None),
        not_at_all: obstacles(&standing, earliest),
        break_glass: policy.policy.break_glass.is_some()
            && (standing.rules.approval.is_some() || standing.rules.ticket != TicketRule::None),
        planned: standing.planned.clone(),
        asked_for: standing.asked_for,
        rules: standing.rules,
        key: RequestKey(ids::new()),
        frame,
        thing,
        earliest,
        running,
        again: None,
    })
}

/// The first moment an activation could begin, when that is not now: after what is on, when the eligibility begins.
fn earliest(standing: &Standing, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let after_running = standing.running.and_then(|span| span.end);
    let covered = standing.eligibilities.iter().any(|held| held.span.contains(now));
    let begins = standing.eligibilities.iter().map(|held| held.span.start).filter(|start| *start > now).min();
    if covered { after_running } else { begins }
}

/// The eligibility that would carry it.
fn best(standing: &Standing, start: DateTime<Utc>) -> Option<Eligibility> {
    let covering = standing.eligibilities.iter().copied().filter(|held| held.span.contains(start));
    covering.max_by_key(Eligibility::rank)
}

/// Answers of an own request for the same thing; anything else is as if it were not there.
async fn again_from(
    conn: &mut PgConnection,
    ctx: &Ctx,
    target: TargetId,
    number: i64,
) -> Result<Option<Again>> {
    let row = requests::by_number(conn, number).await?;
    let row = row.filter(|row| row.principal_id == ctx.person().0 && row.target_id == target.0);
    Ok(row.map(|row| Again {
        length: row.asked_minutes.and_then(|minutes| u32::try_from(minutes).ok()).map(Minutes),
        reason: row.reason,
        ticket: row.ticket,
    }))
}
