//! Plays one step in the engine, as the pages and the worker do.

use super::{Answered, World, forms, moment, role};
use crate::act::{Act, Answer, Give, Leave, Save, Sheet, Switch, Typed, Vote};
use crate::model::{Model, Proof, What, Who};
use domain::approval::Verdict;
use domain::assignment::{Kind, Wanted};
use domain::ids::{AssignmentId, PersonId, PrincipalId, RequestId, TargetId};
use engine::act::{
    activate, ask_renewal, assign, assign_many, break_glass, cancel, close_review, deactivate, decide,
    decide_renewal, delete_group, delete_person, end_absence, extend, remove_assignment, request_for,
    restore_group, restore_person, save_absence, set_person_state, set_policy, sweep, update_assignment,
};
use engine::bulk::Line;
use engine::bulk::report::Row;
use engine::ctx::{Ctx, Session, Via};
use engine::testkit::key;
use engine::{Error, authority};

/// What a use case gave, without what it says besides.
type Played = Result<(), Error>;

impl World {
    /// Plays it; the roles of who acts must be those that the model says (I-17).
    ///
    /// # Errors
    /// The engine failed, or sees other roles than the model.
    pub async fn play(&self, act: &Act, model: &Model) -> Result<Answered, String> {
        let ctx = match act.by() {
            None => return self.time(act).await,
            Some(by) => match self.ctx(by, model).await? {
                None => return Ok(Answered::Outside),
                Some(ctx) => ctx,
            },
        };
        let typed = typed(act);
        let code = if typed == Typed::Nothing || !asks_for_code(act, model) {
            String::new()
        } else {
            self.code(act.by().unwrap_or(0), typed, model).await
        };
        let played = match act {
            Act::AssignMany(_, sheet) => self.assign_many(&ctx, sheet, code).await,
            _ => self.person(&ctx, act, model, code).await.map(|()| 0),
        };
        if typed == Typed::Wrong {
            // the wait after wrong codes has proofs of its own
            self.kit.sql("delete from throttles").await;
        }
        match played {
            Ok(beside) => Ok(Answered::Done(beside)),
            Err(Error::Refused(refusals)) => {
                Ok(Answered::Refused(refusals.iter().map(|refusal| refusal.code).collect()))
            }
            Err(error) => Err(format!("the engine failed: {error:?}")),
        }
    }

    async fn time(&self, act: &Act) -> Result<Answered, String> {
        match act {
            Act::Clock(to) => self.set_clock(*to).await,
            _ => drop(sweep::sweep(&self.kit.engine).await.map_err(|error| format!("sweep: {error:?}"))?),
        }
        Ok(Answered::Done(0))
    }

    /// Who acts, as signed in: with the second factor if she has one.
    pub async fn ctx(&self, by: usize, model: &Model) -> Result<Option<Ctx>, String> {
        let mut conn = self.kit.engine.pool.acquire().await.unwrap();
        let actor = authority::actor(&mut conn, PersonId(self.people[by])).await.unwrap();
        let Some(actor) = actor else { return Ok(None) };
        let roles: std::collections::BTreeSet<_> = model.roles(by).into_iter().map(role).collect();
        if roles != actor.roles {
            return Err(format!("roles: the model says {roles:?}, the engine {:?} (I-17)", actor.roles));
        }
        let factor_at = model.people[by].factor.then(|| moment(model.now));
        let via = Via { ip: "127.0.0.1".into(), user_agent: "history".into(), trace_id: "history".into() };
        Ok(Some(Ctx { actor, session: Session { hash: vec![1; 32], factor_at }, via }))
    }

    async fn person(&self, ctx: &Ctx, act: &Act, model: &Model, code: String) -> Played {
        let engine = &self.kit.engine;
        match act {
            Act::Assign(_, form) => self.assign(ctx, form, code).await,
            Act::Update(_, at, form) => self.update(ctx, *at, form, model, code).await,
            Act::Remove(_, at, heir) => self.remove(ctx, *at, *heir, model, code).await,
            Act::Activate(_, form) => {
                activate::activate(engine, ctx, self.activation(form, code)).await.map(drop)
            }
            Act::AskFor(_, who, form) => self.ask_for(ctx, *who, form, code).await,
            Act::BreakGlass(_, form) => {
                break_glass::break_glass(engine, ctx, self.activation(form, code)).await.map(drop)
            }
            Act::Review(_, ask, finding) => self.review(ctx, *ask, *finding).await,
            Act::Vote(_, ask, vote) => self.vote(ctx, *ask, *vote, &code).await,
            Act::Cancel(_, ask) => cancel::cancel(engine, ctx, RequestId(self.asks[*ask]), "").await,
            Act::Extend(_, at, form) => {
                let answers = forms::answers(form);
                let assignment = AssignmentId(self.grants[*at]);
                extend::extend(engine, ctx, extend::Extend { assignment, answers, code, key: key() })
                    .await
                    .map(drop)
            }
            Act::Deactivate(_, at) => {
                deactivate::deactivate(engine, ctx, AssignmentId(self.grants[*at]), key()).await
            }
            Act::AskRenewal(_, at, reason) => {
                let (assignment, reason) = (AssignmentId(self.grants[*at]), forms::text(*reason));
                ask_renewal::ask_renewal(engine, ctx, ask_renewal::Input { assignment, reason, key: key() })
                    .await
                    .map(drop)
            }
            Act::Answer(by, ask, form) => self.answer(ctx, *by, *ask, form, model, code).await,
            Act::SetPolicy(_, form) => self.set_policy(ctx, form, code).await,
            Act::Leave(_, form) => self.leave(ctx, form, code).await,
            Act::Back(_) => end_absence::end_absence(engine, ctx).await,
            _ => self.life(ctx, act).await,
        }
    }

    async fn life(&self, ctx: &Ctx, act: &Act) -> Played {
        let engine = &self.kit.engine;
        let person = |at: &usize| PersonId(self.people[*at]);
        let reason = String::new();
        match act {
            Act::SetEnabled(_, at, enabled) => {
                let input = set_person_state::Input { person: person(at), enabled: *enabled, reason };
                set_person_state::set_person_state(engine, ctx, input).await.map(drop)
            }
            Act::DeletePerson(_, at) => {
                let input = delete_person::Input { person: person(at), reason };
                delete_person::delete_person(engine, ctx, input).await.map(drop)
            }
            Act::RestorePerson(_, at) => {
                restore_person::restore_person(engine, ctx, &self.user_name(*at)).await.map(drop)
            }
            Act::DeleteGroup(_, at) => {
                let group = domain::ids::GroupId(self.groups[*at]);
                delete_group::delete_group(engine, ctx, delete_group::Input { group, reason }).await.map(drop)
            }
            Act::RestoreGroup(_, at) => {
                restore_group::restore_group(engine, ctx, &self.key(*at)).await.map(drop)
            }
            other => panic!("nobody does {other:?}"),
        }
    }

    async fn code(&self, by: usize, typed: Typed, model: &Model) -> String {
        match typed {
            Typed::Right if model.people[by].factor => self.kit.code(PersonId(self.people[by])).await,
            _ => "wrong".into(),
        }
    }

    fn activation(&self, form: &Switch, code: String) -> activate::Activate {
        let target = TargetId(self.targets[&form.what]);
        activate::Activate { target, answers: forms::answers(form), code, key: key() }
    }

    fn wanted(eligible: bool, form: &Give) -> Wanted {
        let kind = if eligible { Kind::Eligible } else { Kind::Active };
        let (start, end) = (form.start.map(moment), form.end.map(moment));
        Wanted { kind, start, end, reason: forms::text(form.reason) }
    }

    async fn assign(&self, ctx: &Ctx, form: &Give, code: String) -> Played {
        let input = assign::Input {
            pick: self.pick(form.what),
            principals: vec![PrincipalId(self.id(form.to))],
            wanted: Self::wanted(form.eligible, form),
            code,
            key: key(),
        };
        let outcome = assign::assign(&self.kit.engine, ctx, input).await?.remove(0);
        outcome.result.map(drop).map_err(Error::Refused)
    }

    /// What is shown first is agreed to. Gives how many lines that name somebody and something were refused.
    async fn assign_many(&self, ctx: &Ctx, sheet: &Sheet, code: String) -> Result<usize, Error> {
        let lines: Vec<Line> = sheet.lines.iter().enumerate().map(|(at, form)| self.line(at, form)).collect();
        let shown = assign_many::preview(&self.kit.engine, ctx, &lines).await?;
        let input = assign_many::Input { lines, agreed: shown.digest(), code, key: key() };
        assign_many::assign_many(&self.kit.engine, ctx, &input).await?;
        let known = |row: &&Row| row.result.is_err() && !row.name.is_empty() && !row.thing.is_empty();
        Ok(shown.rows.iter().filter(known).count())
    }

    fn line(&self, at: usize, form: &Give) -> Line {
        let who = match form.to {
            Who::Person(person) => self.user_name(person),
            Who::Group(group) => self.key(group),
        };
        let wanted = Ok(Self::wanted(form.eligible, form));
        Line { number: at + 1, who, what: self.pick(form.what).to_string(), wanted }
    }

    async fn ask_for(&self, ctx: &Ctx, who: usize, form: &Switch, code: String) -> Played {
        let input = request_for::RequestFor {
            pick: self.pick(form.what),
            principal: PersonId(self.people[who]),
            answers: forms::answers(form),
            code,
            key: key(),
        };
        request_for::request_for(&self.kit.engine, ctx, input).await.map(drop)
    }

    async fn update(&self, ctx: &Ctx, at: usize, form: &Give, model: &Model, code: String) -> Played {
        let input = update_assignment::Input {
            at: self.pick(model.grants[at].what).place(),
            assignment: AssignmentId(self.grants[at]),
            start: form.start.map(moment),
            end: form.end.map(moment),
            reason: forms::text(form.reason),
            code,
            key: key(),
        };
        update_assignment::update_assignment(&self.kit.engine, ctx, input).await.map(drop)
    }

    async fn remove(&self, ctx: &Ctx, at: usize, heir: Option<usize>, model: &Model, code: String) -> Played {
        let input = remove_assignment::Input {
            at: self.pick(model.grants[at].what).place(),
            assignments: vec![AssignmentId(self.grants[at])],
            reason: "moved".into(),
            successor: heir.map(|heir| PersonId(self.people[heir])),
            code,
            key: key(),
        };
        remove_assignment::remove_assignment(&self.kit.engine, ctx, input).await.map(drop)
    }

    async fn vote(&self, ctx: &Ctx, ask: usize, vote: Vote, code: &str) -> Played {
        let request = RequestId(self.asks[ask]);
        let seen = if vote.stale { "0".repeat(64) } else { self.kit.seen(request).await };
        let verdict = if vote.yes { Verdict::Approve } else { Verdict::Deny };
        let decision =
            decide::Decision { request, verdict, reason: forms::text(vote.reason), seen, cues: Vec::new() };
        let decided = decide::decide(&self.kit.engine, ctx, &[decision], code).await?.remove(0);
        decided.result.map(drop).map_err(|refusal| Error::Refused(vec![refusal]))
    }

    async fn review(&self, ctx: &Ctx, ask: usize, finding: usize) -> Played {
        let number = sqlx::query_scalar("select number from requests where id = $1").bind(self.asks[ask]);
        let number = number.fetch_one(&self.kit.engine.pool).await?;
        let input = close_review::Input { number, finding: forms::text(finding) };
        close_review::close_review(&self.kit.engine, ctx, input).await
    }

    async fn answer(
        &self,
        ctx: &Ctx,
        by: usize,
        ask: usize,
        form: &Answer,
        model: &Model,
        code: String,
    ) -> Played {
        let what = model.asks[ask].what;
        let give = Give {
            what,
            to: Who::Person(by),
            eligible: form.eligible,
            start: None,
            end: form.end,
            reason: form.reason,
            code: form.code,
        };
        let input = decide_renewal::Input {
            at: self.pick(what).place(),
            request: RequestId(self.asks[ask]),
            verdict: if form.yes { Verdict::Approve } else { Verdict::Deny },
            wanted: Self::wanted(form.eligible, &give),
            code,
        };
        decide_renewal::decide_renewal(&self.kit.engine, ctx, input).await.map(drop)
    }

    async fn leave(&self, ctx: &Ctx, form: &Leave, code: String) -> Played {
        let delegate = form.instead.map_or_else(String::new, |instead| self.user_name(instead));
        let input = save_absence::Input { until: moment(form.until), delegate, code };
        save_absence::save_absence(&self.kit.engine, ctx, input).await
    }

    async fn set_policy(&self, ctx: &Ctx, form: &Save, code: String) -> Played {
        let input = set_policy::Input {
            pick: self.pick(form.what),
            based_on: form.based_on + self.earlier[&form.what],
            policy: forms::policy(self, &form.policy),
            reason: String::new(),
            code,
        };
        set_policy::set_policy(&self.kit.engine, ctx, input).await.map(drop)
    }
}

fn typed(act: &Act) -> Typed {
    match act {
        Act::Assign(_, form) | Act::Update(_, _, form) => form.code,
        Act::AssignMany(_, sheet) => sheet.code,
        Act::Activate(_, form)
        | Act::AskFor(_, _, form)
        | Act::BreakGlass(_, form)
        | Act::Extend(_, _, form) => form.code,
        Act::Vote(_, _, vote) => vote.code,
        Act::Answer(_, _, form) => form.code,
        Act::SetPolicy(_, form) => form.code,
        Act::Leave(_, form) => form.code,
        Act::Remove(..) => Typed::Right,
        _ => Typed::Nothing,
    }
}

/// Whether a code may be asked for; where none can be, none is made: that takes time.
fn asks_for_code(act: &Act, model: &Model) -> bool {
    let fresh = |what: &What| model.policies[what].1.demands.proof != Proof::None;
    let gives = |what: &What| model.policies[what].1.active_code;
    match act {
        Act::Assign(_, form) | Act::Update(_, _, form) => gives(&form.what),
        Act::Remove(_, at, heir) => {
            let owner = model.grants[*at].what.group().map(What::Owner);
            heir.is_some() && owner.as_ref().is_some_and(gives)
        }
        Act::AssignMany(_, sheet) => sheet.lines.iter().any(|form| gives(&form.what)),
        Act::Activate(_, form) | Act::AskFor(_, _, form) => fresh(&form.what),
        Act::Extend(_, at, _) => fresh(&model.grants[*at].what),
        Act::Vote(_, at, _) => fresh(&model.asks[*at].what) || model.asks[*at].under.proof != Proof::None,
        Act::Answer(_, at, _) => gives(&model.asks[*at].what),
        _ => true,
    }
}
