//! Plans a review of who is in a group. One that begins now begins in the same step.

use crate::access_review::{self, begin};
use crate::ask::thing::Place;
use crate::audit::{self, About};
use crate::db::access_reviews::ReviewRow;
use crate::settle::settle;
use crate::subject::{self, Subject};
use crate::{Ctx, Engine, Error, Result, authority, clock, ids};
use chrono::{DateTime, TimeDelta, Utc};
use domain::access_review::panel::Panel;
use domain::access_review::plan::{Plan, Reviewers};
use domain::audit::Event;
use domain::authz::Action;
use domain::details;
use domain::ids::{GroupId, RequestKey};
use domain::refusal::{Code, Refusal};
use serde_json::json;
use sqlx::PgConnection;
use sqlx::types::Json;

/// How far ahead a review is planned at most.
const FARTHEST: TimeDelta = TimeDelta::days(366);

/// What the form says.
#[derive(Clone, Debug)]
pub struct Input {
    /// Key of the group.
    pub key: String,
    /// Name of the review.
    pub name: String,
    /// When it begins; `None` is now.
    pub start: Option<DateTime<Utc>>,
    /// The rest.
    pub plan: Plan,
    /// Of the form.
    pub form: RequestKey,
}

/// Plans and gives the number.
///
/// # Errors
/// Refused: not the actor's to manage, or the plan is not sound.
pub async fn plan_access_review(engine: &Engine, ctx: &Ctx, input: Input) -> Result<i64> {
    let mut tx = engine.begin().await?;
    let mut about = About::default();
    let outcome = attempt(&mut tx, ctx, &input, &mut about).await;
    settle(engine, &ctx.by(), tx, Event::AccessReviewCreated, about, outcome).await
}

/// The group, for whoever may plan, end and apply its reviews.
pub(super) async fn managed(
    conn: &mut PgConnection,
    ctx: &Ctx,
    key: &str,
    about: &mut About,
) -> Result<GroupId> {
    let subject = subject::at(conn, &Place::group(key)).await?;
    let Subject::Group(group) = &subject else { return Err(Error::not_found()) };
    let id = group.group_id();
    about.group = Some(id);
    let facts = subject.facts(conn, ctx).await?;
    authority::require(ctx, &Action::ManageAccessReviews(facts))?;
    if !facts.managed {
        let refusal = Refusal::new(Code::NotManaged, "This group is not managed here.")
            .way("Bring it under management", format!("/groups/discover?q={key}"));
        return Err(refusal.into());
    }
    Ok(id)
}

async fn attempt(conn: &mut PgConnection, ctx: &Ctx, input: &Input, about: &mut About) -> Result<i64> {
    let group = managed(conn, ctx, &input.key, about).await?;
    let now = clock::now(conn).await?;
    if let Some(number) = made_before(conn, ctx, input).await? {
        return Ok(number);
    }
    let mut wrong = input.plan.check();
    let name = details::name(&input.name, "name").map_err(|refusal| wrong.insert(0, refusal)).ok();
    wrong.extend(judge_start(input.start, now));
    if !wrong.iter().any(|refusal| matches!(refusal.field.as_deref(), Some("named" | "fallback"))) {
        wrong.extend(judge_reviewers(conn, group, &input.plan).await?);
    }
    let Some(name) = name.filter(|_| wrong.is_empty()) else { return Err(Error::Refused(wrong)) };
    let review = insert(conn, ctx, group, &name, input, now).await?;
    about.facts = Some(json!({
        "review": name, "start": review.starts_at, "every": input.plan.every.words(), "days": input.plan.days,
        "reviewers": input.plan.reviewers.words(), "undecided": input.plan.undecided.words(),
        "applied_by_itself": input.plan.auto_apply,
    }));
    audit::done(conn, &ctx.by(), Event::AccessReviewCreated, about).await?;
    if review.starts_at <= now {
        begin::begin(conn, &ctx.by(), &review, now).await?;
    }
    Ok(review.number)
}

async fn made_before(conn: &mut PgConnection, ctx: &Ctx, input: &Input) -> Result<Option<i64>> {
    let made =
        sqlx::query_scalar("select number from access_reviews where created_by = $1 and request_key = $2");
    Ok(made.bind(ctx.person().0).bind(input.form.0).fetch_optional(conn).await?)
}

fn judge_start(start: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<Refusal> {
    let start = start?;
    if start < now - TimeDelta::minutes(5) {
        return Some(
            Refusal::new(Code::StartInPast, "Choose a time to come, or leave it empty.").at("start"),
        );
    }
    (start > now + FARTHEST)
        .then(|| Refusal::new(Code::StartTooFar, "Choose a time within the next year.").at("start"))
}

/// Somebody must be able to review today. Owners may be missing: there the fallback takes over.
async fn judge_reviewers(conn: &mut PgConnection, group: GroupId, plan: &Plan) -> Result<Vec<Refusal>> {
    let panel = access_review::panel(conn, group, plan).await?;
    let no = |field: &str| {
        let text = "Nobody named here can review today: they are disabled, or only in the group itself.";
        Refusal::new(Code::PolicyIncomplete, text).at(field)
    };
    let mut wrong = Vec::new();
    wrong.extend((plan.reviewers == Reviewers::Named && panel.first.is_empty()).then(|| no("named")));
    wrong.extend((!plan.fallback.is_empty() && panel.fallback.is_empty()).then(|| no("fallback")));
    if plan.reviewers == Reviewers::Named
        && wrong.is_empty()
        && holds_alone(conn, group, plan, &panel).await?
    {
        let text = "The only one who can review holds what is reviewed, and nobody decides on their own. Name who does.";
        wrong.push(Refusal::new(Code::Missing, text).at("fallback"));
    }
    Ok(wrong)
}

/// Whether one person only can review, and holds some of it herself, also through a group.
async fn holds_alone(conn: &mut PgConnection, group: GroupId, plan: &Plan, panel: &Panel) -> Result<bool> {
    let mut able = panel.first.union(&panel.fallback);
    let (Some(only), None) = (able.next(), able.next()) else { return Ok(false) };
    let holds = sqlx::query_scalar(
        "select exists (select from targets t join assignments a on a.target_id = t.id and a.origin <> 'activated' \
           where t.group_id = $2 and t.kind = any ($3) and a.kind = any ($4) \
             and a.starts_at <= clock() and (a.ends_at is null or a.ends_at > clock()) \
             and a.principal_id in (select id from groups_above($1)))",
    )
    .bind(only.0)
    .bind(group.0)
    .bind(plan.accesses())
    .bind(plan.kinds());
    Ok(holds.fetch_one(conn).await?)
}

async fn insert(
    conn: &mut PgConnection,
    ctx: &Ctx,
    group: GroupId,
    name: &str,
    input: &Input,
    now: DateTime<Utc>,
) -> Result<ReviewRow> {
    let (id, start) = (ids::new(), input.start.unwrap_or(now).max(now));
    let number = sqlx::query_scalar(
        "insert into access_reviews (id, group_id, name, plan, starts_at, next_at, created_at, created_by, request_key) \
         values ($1, $2, $3, $4, $5, $5, $6, $7, $8) returning number",
    )
    .bind(id)
    .bind(group.0)
    .bind(name)
    .bind(Json(&input.plan))
    .bind(start)
    .bind(now)
    .bind(ctx.person().0)
    .bind(input.form.0)
    .fetch_one(conn)
    .await?;
    Ok(ReviewRow {
        id,
        number,
        group_id: group.0,
        name: name.to_owned(),
        plan: Json(input.plan.clone()),
        starts_at: start,
        next_at: Some(start),
        created_by: ctx.person().0,
        stopped_at: None,
        skipped_at: None,
    })
}
