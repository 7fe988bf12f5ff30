//! A person switches several things on with one form and one code. Each is decided by itself, by the rules that decide
//! one alone ([`super::activate`]): what is refused takes nothing else with it, and what passes is written together, so
//! that a crash leaves all of it or none.

use super::activate::{self, Activate, Activated, Asked, Early};
use crate::audit::{self, About};
use crate::db::{admin_requests, targets};
use crate::grounds::{self, Ways};
use crate::proof::{self, Purpose};
use crate::standing::{self, Asking, Loaded};
use crate::{Ctx, Engine, Error, Result, Tx};
use chrono::{DateTime, Utc};
use domain::activation::{self, Factor, Next, Plan};
use domain::audit::Event;
use domain::ids::{RequestKey, TargetId};
use domain::policy::evaluate::Answers;
use domain::refusal::{Code, Refusal};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most things in one form: one code names what it is for, and a prompt shows no more (SEC-12).
pub const MOST_AT_ONCE: usize = proof::MOST_SUBJECTS;

/// What the form said.
#[derive(Clone, Debug)]
pub struct ActivateSeveral {
    /// What to switch on.
    pub targets: Vec<TargetId>,
    /// Start, length, reason, ticket: the same for all.
    pub answers: Answers,
    /// Code of the second factor; empty when none was asked.
    pub code: String,
    /// The same key gives the first results back.
    pub key: RequestKey,
}

/// What came of one of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Of what.
    pub target: TargetId,
    /// On, planned or waiting; or every unmet demand.
    pub result: Result<Activated, Vec<Refusal>>,
}

/// The key of one of the requests that a form makes.
pub fn key_of(form: RequestKey, target: TargetId) -> RequestKey {
    admin_requests::key_for(form, target.0)
}

/// Activates. The outcomes are in the order in which all locks are taken: that of the targets' ids. What does not exist
/// or this person may not know of has none.
///
/// # Errors
/// Nothing or too much was chosen. Then nothing was changed, and a code that was given is still good.
pub async fn activate_several(engine: &Engine, ctx: &Ctx, input: ActivateSeveral) -> Result<Vec<Outcome>> {
    let chosen = chosen(&input.targets)?;
    let mut tx = engine.begin().await?;
    let mut cases = look(&mut tx, ctx, &input, &chosen).await?;
    confirm(engine, &mut tx, ctx, &input, &mut cases).await?;
    let mut outcomes = Vec::with_capacity(cases.len());
    let mut refused = Vec::new();
    for case in cases {
        let (target, about) = (case.form.target, case.about.clone());
        let result = case.write(&mut tx, ctx).await?;
        if let (Err(refusals), Some(about)) = (&result, about) {
            refused.push(About { facts: Some(audit::reasons(refusals)), ..about });
        }
        outcomes.push(Outcome { target, result });
    }
    if outcomes.iter().all(|outcome| outcome.result.is_err()) {
        // nothing happened: neither is a code used up
        tx.rollback().await?;
        tx = engine.begin().await?;
    }
    for about in &refused {
        audit::done_refused(&mut tx, &ctx.by(), Event::ActivationRequested, about).await?;
    }
    tx.commit().await?;
    Ok(outcomes)
}

/// Each once, in the order in which everybody locks slots.
fn chosen(targets: &[TargetId]) -> Result<BTreeSet<TargetId>> {
    let chosen: BTreeSet<TargetId> = targets.iter().copied().collect();
    if chosen.is_empty() {
        return Err(Refusal::new(Code::Missing, "Choose at least one.").at("pick").into());
    }
    if chosen.len() > MOST_AT_ONCE {
        let text = format!("Choose at most {MOST_AT_ONCE} at once.");
        return Err(Refusal::new(Code::BadValue, text.as_str()).at("pick").into());
    }
    Ok(chosen)
}

/// One of the things, as far as it is decided.
struct Case {
    /// What a form about it alone would have said.
    form: Activate,
    /// What its event tells; none when the same form did it before.
    about: Option<About>,
    stage: Stage,
}

/// How far.
enum Stage {
    /// The same form did it before.
    Done(Activated),
    Refused(Vec<Refusal>),
    /// Only a code is missing.
    NeedsCode(DateTime<Utc>, Box<Loaded>),
    Passed(DateTime<Utc>, Box<Loaded>, Plan, Option<Uuid>),
}

/// Takes every lock, in the one order of all use cases, and judges each as far as that goes without a code.
async fn look(
    tx: &mut Tx,
    ctx: &Ctx,
    input: &ActivateSeveral,
    chosen: &BTreeSet<TargetId>,
) -> Result<Vec<Case>> {
    let person = ctx.person();
    let wanted: Vec<_> = chosen.iter().map(|target| (person, *target)).collect();
    let ways = grounds::hold(tx, &wanted).await?;
    for target in chosen {
        targets::lock_slot(tx, person.into(), *target).await?;
    }
    for target in chosen {
        standing::hold(tx, &[person], *target).await?;
    }
    let (mut cases, mut opened) = (Vec::with_capacity(chosen.len()), 0);
    for target in chosen {
        let form = Activate {
            target: *target,
            answers: input.answers.clone(),
            code: input.code.clone(),
            key: key_of(input.key, *target),
        };
        match Case::of(tx, ctx, form, &ways, &mut opened).await {
            Ok(case) => cases.push(case),
            Err(Error::Refused(refusals)) if is_nothing(&refusals) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(cases)
}

fn is_nothing(refusals: &[Refusal]) -> bool {
    refusals.iter().all(|refusal| refusal.code == Code::NotFound)
}

impl Case {
    /// Loads and judges; `opened` counts the requests that this form opens, which those after it find open.
    async fn of(tx: &mut Tx, ctx: &Ctx, form: Activate, ways: &Ways, opened: &mut usize) -> Result<Self> {
        let asking =
            standing::load_asked(tx, ctx.person(), ctx.person(), form.target, form.key, ways).await?;
        let (now, mut loaded) = match asking {
            Asking::New(now, loaded) => (now, loaded),
            Asking::Again(first) => {
                let done = activate::repeated(tx, &first).await?;
                return Ok(Self { form, about: None, stage: Stage::Done(done) });
            }
        };
        activate::hide_from_strangers(tx, ctx, &loaded).await?;
        loaded.standing.open_requests += *opened;
        let about = activate::about(form.target, &form.answers, &loaded);
        let standing = &loaded.standing;
        let decide = |factor| activation::request(standing, &form.answers, factor, now);
        let early =
            activate::before_code(standing.rules.proof, &form.code, ctx.session.factor_at, now, decide);
        *opened += usize::from(opens(&early, &loaded, &form.answers));
        let stage = match early {
            Early::Refused(refusals) => Stage::Refused(refusals),
            Early::Passed(plan) => Stage::Passed(now, loaded, plan, None),
            Early::NeedsCode => Stage::NeedsCode(now, loaded),
        };
        Ok(Self { form, about: Some(about), stage })
    }

    /// Writes what passed. What the database refuses besides is refused alone, with nothing of it written.
    async fn write(self, conn: &mut PgConnection, ctx: &Ctx) -> Result<Result<Activated, Vec<Refusal>>> {
        let (now, loaded, plan, proof) = match self.stage {
            Stage::Done(done) => return Ok(Ok(done)),
            Stage::Refused(refusals) => return Ok(Err(refusals)),
            Stage::Passed(now, loaded, plan, proof) => (now, loaded, plan, proof),
            Stage::NeedsCode(..) => return Err(Error::Internal("an activation without its code".into())),
        };
        let asked =
            Asked { action: "selfActivate", extends: None, answers: &self.form.answers, key: self.form.key };
        let about = About { proof, ..self.about.unwrap_or_default() };
        let mut savepoint = conn.begin().await?;
        match activate::write(&mut savepoint, ctx, &loaded, &asked, plan, about, now).await {
            Ok(done) => {
                savepoint.commit().await?;
                Ok(Ok(done))
            }
            Err(error) if is_taken(&error) => {
                savepoint.rollback().await?;
                let text = "Something else switched this on or asked for it at this moment.";
                Ok(Err(Refusal::new(Code::ChangedMeanwhile, text).into()))
            }
            Err(error) => Err(error),
        }
    }
}

/// Whether it leaves a request open if its code is right.
fn opens(early: &Early, loaded: &Loaded, answers: &Answers) -> bool {
    match early {
        Early::Refused(_) => false,
        Early::Passed(plan) => !matches!(plan.next, Next::Live(_)),
        Early::NeedsCode => loaded.standing.rules.approval.is_some() || answers.start.is_some(),
    }
}

/// Uses the code up for everything that has no other fault, once. A wrong one refuses those and nothing else.
async fn confirm(
    engine: &Engine,
    tx: &mut Tx,
    ctx: &Ctx,
    input: &ActivateSeveral,
    cases: &mut [Case],
) -> Result<()> {
    let asking = cases.iter().filter(|case| matches!(case.stage, Stage::NeedsCode(..)));
    let subjects: Vec<String> = asking.map(|case| activate::subject(&case.form)).collect();
    if subjects.is_empty() {
        return Ok(());
    }
    let given = proof::give(engine, tx, ctx, &input.code, Purpose::Activate, &subjects).await?;
    let factor = Factor { given: given.given, in_session: ctx.session.factor_at };
    let mut proofs = given.proofs.into_iter();
    for case in cases {
        let stage = std::mem::replace(&mut case.stage, Stage::Refused(Vec::new()));
        case.stage = match stage {
            Stage::NeedsCode(now, loaded) => {
                let proof = proofs.next();
                match activation::request(&loaded.standing, &case.form.answers, factor, now) {
                    Ok(plan) => Stage::Passed(now, loaded, plan, proof),
                    Err(refusals) => Stage::Refused(refusals),
                }
            }
            other => other,
        };
    }
    Ok(())
}

/// Whether the database refused a second activation or request of one person for one target at one instant.
fn is_taken(error: &Error) -> bool {
    let Error::Database(sqlx::Error::Database(error)) = error else { return false };
    matches!(error.constraint(), Some("one_activation" | "requests_one_open"))
}
