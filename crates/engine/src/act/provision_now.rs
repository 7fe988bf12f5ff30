//! Provisioning on demand: one person, now, in five steps that are shown; or a rehearsal that only reads.

use crate::act::test_application::line;
use crate::audit::{self, About};
use crate::provision::connector::{Connector, Preview, of_kind};
use crate::provision::line::{Key, Line, Stop};
use crate::provision::person::{self, Plan};
use crate::provision::{keys, marks};
use crate::{Ctx, Engine, Error, Result, authority};
use domain::audit::Event;
use domain::authz::Action;
use domain::ids::PersonId;
use domain::provision::steps::{Step, Taken, Went};
use domain::provision::{Kind, Leaving};
use domain::refusal::{Code, Refusal};
use serde_json::json;
use uuid::Uuid;

/// Runs the five steps for this person and says how each went. A rehearsal (`dry`) changes nothing there and nothing here.
///
/// # Errors
/// Not for this person; unknown; or a server works on her at this moment.
pub async fn provision_now(
    engine: &Engine,
    ctx: &Ctx,
    id: Uuid,
    person: PersonId,
    dry: bool,
) -> Result<Vec<Taken>> {
    authority::require(ctx, &Action::ManageApplications)?;
    let line = line(engine, ctx, id, "on demand").await?;
    let known: Option<String> = sqlx::query_scalar("select display_name from users where id = $1")
        .bind(person.0)
        .fetch_optional(&engine.pool)
        .await?;
    let name = known.ok_or_else(Error::not_found)?;
    let mut steps = Steps(Vec::new());
    if steps.connect(&line).await? {
        walk(&mut steps, &line, person.0, &name, dry).await?;
    }
    steps.fill();
    if !dry {
        let well = steps.0.iter().all(|step| step.went != Went::Badly);
        let facts = json!({ "application": id, "name": line.app.name, "well": well });
        let about = About { principal: Some(person.into()), facts: Some(facts), ..About::default() };
        let mut tx = engine.begin().await?;
        audit::done(&mut tx, &ctx.by(), Event::ApplicationAsked, &about).await?;
        tx.commit().await?;
    }
    Ok(steps.0)
}

async fn walk(steps: &mut Steps, line: &Line, person: Uuid, name: &str, dry: bool) -> Result<()> {
    steps.add(Step::Import, Went::Well, vec![name.to_owned()]);
    let engine = &line.engine;
    let wants: Vec<String> = sqlx::query_scalar(
        "select d.display_name from application_wants($1, $2) w join groups d on d.id = w order by 1",
    )
    .bind(line.app.id)
    .bind(person)
    .fetch_all(&engine.pool)
    .await?;
    let scope = if wants.is_empty() {
        "No: in none of its groups.".to_owned()
    } else {
        format!("Yes: {}.", wants.join(", "))
    };
    steps.add(Step::Scope, Went::Well, vec![scope]);
    if dry {
        return rehearse(steps, line, person, &wants).await;
    }
    let mut tx = engine.begin().await?;
    let touch = marks::touch(
        "x as materialized (select $1::uuid as application_id, $2::uuid as user_id, 'on demand'::text as why, clock() as at)",
        "select count(*) from touched",
    );
    let touched: i64 = sqlx::query_scalar(touch).bind(line.app.id).bind(person).fetch_one(&mut *tx).await?;
    tx.commit().await?;
    if touched == 0 {
        steps.add(Step::Match, Went::Skipped, vec!["The application never knew this person.".into()]);
        return Ok(());
    }
    let Some(key) = keys::claim_one(engine, line.app.id, person).await? else {
        let text = "A server works on this person at this moment. Look again in some seconds.";
        return Err(Refusal::new(Code::TooManyTries, text).into());
    };
    act(steps, line, key).await
}

async fn act(steps: &mut Steps, line: &Line, key: Key) -> Result<()> {
    let line = Line { key: Some(key.clone()), ..line.clone() };
    let begun: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("select clock()").fetch_one(&line.engine.pool).await?;
    let worked = person::work(&line, &key).await;
    let (went, problem) = match &worked.came {
        Ok(_) => (Went::Well, None),
        Err(stop) => (Went::Badly, Some(stop.words())),
    };
    keys::finish(&line, &key, worked).await?;
    let done: Vec<(String, String)> = sqlx::query_as(
        "select step, concat_ws(' ', action, name, '·', status::text, problem) from application_attempts \
         where application_id = $1 and user_id = $2 and at >= $3 order by at, id",
    )
    .bind(line.app.id)
    .bind(key.user_id)
    .bind(begun)
    .fetch_all(&line.engine.pool)
    .await?;
    let of = |step: Step| -> Vec<String> {
        done.iter().filter(|(word, _)| word == step.wire()).map(|(_, line)| line.clone()).collect()
    };
    let (matched, mut acted) = (of(Step::Match), of(Step::Act));
    let looked = if matched.is_empty() { Went::Skipped } else { Went::Well };
    let failed_before = went == Went::Badly && acted.is_empty();
    steps.add(Step::Match, if failed_before { went } else { looked }, matched);
    if acted.is_empty() && went == Went::Well {
        acted.push("Everything is as it should be.".into());
    }
    acted.extend(problem);
    steps.add(Step::Act, went, acted);
    Ok(())
}

/// Only reads: what would be done is worked out from what is known and found.
async fn rehearse(steps: &mut Steps, line: &Line, person: Uuid, wants: &[String]) -> Result<()> {
    let mut conn = line.engine.pool.acquire().await?;
    let known = "select exists (select from application_people where application_id = $1 and user_id = $2)";
    let known: bool = sqlx::query_scalar(known).bind(line.app.id).bind(person).fetch_one(&mut *conn).await?;
    let plan = if known { Some(person::read(&mut conn, line.app.id, person).await?) } else { None };
    let account = match &plan {
        Some(plan) => plan.account.clone(),
        None => person::account(&mut conn, person).await?,
    };
    drop(conn);
    let found = match of_kind!(line, preview(line, &account).await) {
        Ok(found) => found,
        Err(Stop::Engine(error)) => return Err(error),
        Err(stop) => {
            steps.add(Step::Match, Went::Badly, vec![stop.words()]);
            return Ok(());
        }
    };
    let says = match &found.there {
        Some(there) => format!("The account there is {there}."),
        None => "There is no account there.".into(),
    };
    steps.add(Step::Match, Went::Well, vec![says]);
    steps.add(Step::Act, Went::Would, would(line, plan.as_ref(), &found, wants));
    Ok(())
}

fn would(line: &Line, plan: Option<&Plan>, found: &Preview, wants: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    let there = |name: &str| {
        plan.is_some_and(|plan| plan.members.iter().any(|m| m.group_name == name && m.there == "yes"))
    };
    for member in plan.iter().flat_map(|plan| &plan.members) {
        if member.there != "no" && !wants.contains(&member.group_name) {
            lines.push(format!("Would take the person out of {}.", member.group_name));
        }
    }
    match &found.there {
        _ if wants.is_empty() && line.app.kind == Kind::Postgres => {}
        _ if wants.is_empty() && found.there.is_some() => match line.app.leaving {
            Leaving::Disable => lines.push("Would close the account.".into()),
            Leaving::Delete => lines.push("Would delete the account.".into()),
            Leaving::Leave => {}
        },
        _ if wants.is_empty() => {}
        None => lines.push(found.without.into()),
        Some(_) => lines.extend(found.changes.iter().cloned()),
    }
    lines.extend(
        wants.iter().filter(|name| !there(name)).map(|name| format!("Would put the person into {name}.")),
    );
    if lines.is_empty() {
        lines.push("Would do nothing: everything is as it should be.".into());
    }
    lines
}

/// The steps taken so far.
struct Steps(Vec<Taken>);

impl Steps {
    fn add(&mut self, step: Step, went: Went, lines: Vec<String>) {
        self.0.push(Taken { step, went, lines });
    }

    async fn connect(&mut self, line: &Line) -> Result<bool> {
        let (well, lines) = match of_kind!(line, connection(line).await) {
            Ok(tested) => (tested.well, tested.lines),
            Err(Stop::Engine(error)) => return Err(error),
            Err(stop) => (false, vec![stop.words()]),
        };
        self.add(Step::Connect, if well { Went::Well } else { Went::Badly }, lines);
        Ok(well)
    }

    /// What was not come to is shown as such.
    fn fill(&mut self) {
        for step in Step::ALL.iter().copied() {
            if !self.0.iter().any(|taken| taken.step == step) {
                self.add(step, Went::Skipped, Vec::new());
            }
        }
    }
}
