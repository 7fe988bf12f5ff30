//! A reviewer says what should become of assignments in a round: some of a page, or all that are recommended to stay. All
//! that was sent is taken, or nothing, with a reason at each row that does not fit.

use crate::access_review::seen::{Seen, together};
use crate::access_review::{Bench, read_opened};
use crate::audit::{self, About};
use crate::db::access_reviews::{self, ItemRow, RoundRow};
use crate::db::groups;
use crate::settle::settle;
use crate::{Ctx, Engine, Error, Result, clock};
use chrono::{DateTime, Utc};
use domain::access_review::effort::share;
use domain::access_review::{Decision, Fate, verdict};
use domain::audit::Event;
use domain::authz::{Action, allows};
use domain::ids::{AssignmentId, PrincipalId, TargetId};
use domain::refusal::{Code, Refusal};
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Most decisions that are taken at once.
pub const MAX_AT_ONCE: usize = 1_000;

/// What is said about one assignment.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Which, and what the page showed of it.
    pub seen: Seen,
    /// What.
    pub decision: Decision,
    /// Why.
    pub reason: String,
}

/// Which assignments a form is about.
#[derive(Clone, Debug)]
pub enum Choices {
    /// These.
    Some(Vec<Choice>),
    /// Everything undecided that is recommended to stay, as the page showed it, for this reason.
    Recommended {
        /// What the page showed, in one word.
        seen: String,
        /// Why, if the review asks for it.
        reason: String,
    },
}

/// What the form says.
#[derive(Clone, Debug)]
pub struct Input {
    /// Number of the round.
    pub number: i64,
    /// What.
    pub choices: Choices,
    /// When the page was made, sealed.
    pub opened: String,
}

/// How a row's refusals name it.
pub fn field(item: Uuid) -> String {
    format!("reason_{item}")
}

/// Decides and gives how many decisions are new or changed.
///
/// # Errors
/// Refused: not hers to review, over, somebody else decided meanwhile, a reason is missing.
pub async fn decide_access_review(engine: &Engine, ctx: &Ctx, input: Input) -> Result<usize> {
    let mut tx = engine.begin().await?;
    let mut about = About::default();
    let outcome = attempt(engine, &mut tx, ctx, &input, &mut about).await;
    settle(engine, &ctx.by(), tx, Event::AccessReviewDecided, about, outcome).await
}

async fn attempt(
    engine: &Engine,
    conn: &mut PgConnection,
    ctx: &Ctx,
    input: &Input,
    about: &mut About,
) -> Result<usize> {
    let round = access_reviews::hold_round(conn, input.number).await?.ok_or_else(Error::not_found)?;
    groups::find(conn, round.group()).await?.ok_or_else(Error::not_found)?;
    let all = access_reviews::items_near(conn, &round, ctx.person()).await?;
    let bench = Bench::of(conn, &round, &all).await?;
    if !all.iter().any(|item| bench.hers(ctx.person(), item)) {
        return Err(Error::not_found());
    }
    about.group = Some(round.group());
    let opened = read_opened(engine, round.id(), ctx.person(), &input.opened);
    let opened = opened.ok_or_else(|| Refusal::new(Code::BadInput, "Open the page again, then decide."))?;
    let choices = choices(ctx, &bench, &all, &input.choices)?;
    let ids: Vec<Uuid> = choices.iter().map(|choice| choice.seen.item).collect();
    let items = access_reviews::lock_items(conn, round.id(), &ids).await?;
    // who may is asked again: the wait for the locks may have been long
    let bench = Bench::of(conn, &round, &items).await?;
    let now = clock::now(conn).await?;
    if !round.open(now) {
        return Err(
            Refusal::new(Code::AlreadyClosed, "This review is over. Nothing more is decided in it.").into()
        );
    }
    let decided = judge(ctx, (&round, &bench), &items, &choices, now)?;
    let took = share(now - opened, decided.len());
    for (item, choice) in &decided {
        write(conn, ctx, &round, (item, choice), took, now).await?;
    }
    Ok(decided.len())
}

fn choices(ctx: &Ctx, bench: &Bench, all: &[ItemRow], wanted: &Choices) -> Result<Vec<Choice>> {
    match wanted {
        Choices::Some(chosen) if chosen.is_empty() => {
            Err(Refusal::new(Code::NothingDecided, "Choose something for at least one of them.").into())
        }
        Choices::Some(chosen) if chosen.len() > MAX_AT_ONCE => {
            Err(Refusal::new(Code::TooLarge, "Too many at once.").into())
        }
        Choices::Some(chosen) => Ok(chosen.clone()),
        Choices::Recommended { seen, reason } => {
            let mut found = recommended(ctx, bench, all)?;
            found.truncate(MAX_AT_ONCE);
            if together(found.iter().copied()) != *seen || found.is_empty() {
                let text = "Meanwhile others decided too, or something changed. Look again.";
                return Err(Refusal::new(Code::ChangedMeanwhile, text).into());
            }
            let choice = |item: &ItemRow| Choice {
                seen: Seen::now(item),
                decision: Decision::Approve,
                reason: reason.clone(),
            };
            Ok(found.into_iter().map(choice).collect())
        }
    }
}

/// What is undecided, recommended to stay, and this person's to decide.
pub(crate) fn recommended<'a>(ctx: &Ctx, bench: &Bench, all: &'a [ItemRow]) -> Result<Vec<&'a ItemRow>> {
    let mut found = Vec::new();
    for item in all.iter().filter(|item| item.is_left()) {
        if item.recommended()? == Fate::Keep && bench.may(ctx.person(), item) {
            found.push(item);
        }
    }
    Ok(found)
}

/// What is new or changed; everything that is wrong, each at its row.
fn judge<'a>(
    ctx: &Ctx,
    (round, bench): (&RoundRow, &Bench),
    items: &'a [ItemRow],
    choices: &'a [Choice],
    now: DateTime<Utc>,
) -> Result<Vec<(&'a ItemRow, &'a Choice)>> {
    let (mut wrong, mut decided) = (Vec::new(), Vec::new());
    let items: BTreeMap<Uuid, &ItemRow> = items.iter().map(|item| (item.id, item)).collect();
    for choice in choices {
        let item = *items.get(&choice.seen.item).ok_or_else(Error::not_found)?;
        let said = (Some(choice.decision), choice.reason.trim());
        if (item.decision()?, item.reason.as_str()) == said {
            continue;
        }
        match refusal(ctx, (round, bench), item, choice, now) {
            Some(refusal) if matches!(refusal.code, Code::NotFound) => return Err(refusal.into()),
            Some(refusal) => wrong.push(refusal.at(field(item.id))),
            None => decided.push((item, choice)),
        }
    }
    if wrong.is_empty() { Ok(decided) } else { Err(Error::Refused(wrong)) }
}

fn refusal(
    ctx: &Ctx,
    (round, bench): (&RoundRow, &Bench),
    item: &ItemRow,
    choice: &Choice,
    now: DateTime<Utc>,
) -> Option<Refusal> {
    let facts = bench.facts(ctx.person(), item);
    if !allows(&ctx.actor, &Action::DecideAccessReview(facts)) {
        return Some(match facts.own {
            true => Refusal::new(Code::OwnRequest, "Somebody else decides on your own access."),
            false => Refusal::new(Code::NotApprover, "You do not review this one now."),
        });
    }
    if item.live().is_over(now) {
        return Some(Refusal::new(Code::AlreadyClosed, "It has ended, so there is nothing to decide."));
    }
    if item.version != choice.seen.version {
        let text = "Somebody decided on it after your page was made. Look at it again, then decide.";
        return Some(Refusal::new(Code::ChangedMeanwhile, text));
    }
    if item.live() != choice.seen.span {
        let text = "It was given another time after your page was made. Look at it again, then decide.";
        return Some(Refusal::new(Code::ChangedMeanwhile, text));
    }
    verdict::reason(choice.decision, round.plan.justify, &choice.reason)
}

async fn write(
    conn: &mut PgConnection,
    ctx: &Ctx,
    round: &RoundRow,
    (item, choice): (&ItemRow, &Choice),
    took: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    let reason = choice.reason.trim();
    sqlx::query(
        "update access_review_items set version = version + 1, decision = $2, reason = $3, decided_by = $4, \
           decided_at = $5, took_ms = $6, starts_at = $7, ends_at = $8 where id = $1",
    )
    .bind(item.id)
    .bind(choice.decision.wire())
    .bind(reason)
    .bind(ctx.person().0)
    .bind(now)
    .bind(took)
    .bind(item.live_start)
    .bind(item.live_end)
    .execute(&mut *conn)
    .await?;
    let before = item.decision()?.map(Decision::words);
    let event = if before.is_some() { Event::AccessReviewChanged } else { Event::AccessReviewDecided };
    let about = About {
        principal: Some(PrincipalId(item.principal_id)),
        group: Some(round.group()),
        target: Some(TargetId(item.target_id)),
        assignment: Some(AssignmentId(item.assignment_id)),
        reason: reason.to_owned(),
        facts: Some(
            json!({ "review": round.name, "decision": choice.decision.words(), "decision_before": before }),
        ),
        ..About::default()
    };
    audit::done(conn, &ctx.by(), event, &about).await
}
