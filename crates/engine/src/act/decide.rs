//! Approvers decide on waiting requests, one or several in one go. The first decision wins; the other learns who
//! decided and when. Nobody decides on access of her own, in any path (I-11).

mod refused;
mod settle;

pub(crate) use refused::{became, close, closed_already};

use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::requests::{self, RequestRow};
use crate::db::{assignments, targets};
use crate::grounds::Ways;
use crate::proof::{self, Purpose};
use crate::standing::{self, Loaded};
use crate::{Ctx, Engine, Error, Result, Tx, clock, deciding, grounds};

use chrono::{DateTime, Utc};
use domain::activation::{Pending, Status};
use domain::approval::{self, Stage, Tally, Verdict, Vote};
use domain::audit::Event;
use domain::ids::{AssignmentId, PersonId, PrincipalId, RequestId, TargetId};
use domain::policy::evaluate::{self, ProofGiven};
use domain::policy::stricter::stricter;
use domain::policy::{ActivationRules, ProofRule};
use domain::refusal::{Code, Refusal};
use std::collections::BTreeSet;

/// One decision of a form.
#[derive(Clone, Debug)]
pub struct Decision {
    /// On which request.
    pub request: RequestId,
    /// Yes or no.
    pub verdict: Verdict,
    /// Comment; needed for a no.
    pub reason: String,
    /// Content hash of what was shown.
    pub seen: String,
    /// Cues that were shown, stored with the decision.
    pub cues: Vec<domain::risk::Cue>,
}

/// What came of one decision.
#[derive(Clone, Debug)]
pub struct Decided {
    /// On which request.
    pub request: RequestId,
    /// Its R-number; 0 when there is no such request to see.
    pub number: i64,
    /// Where it stands, or why the decision was not recorded.
    pub result: std::result::Result<Tally, Refusal>,
}

/// Most decisions in one form: a proof names what it is given for (SEC-12).
pub const MAX_DECISIONS: usize = 10;

/// Decides. All locks are taken in one order, so that two approvers with the same list never wait for each other.
///
/// # Errors
/// Only what concerns the form as a whole: nothing chosen, too many, code missing or wrong. Then nothing was recorded.
/// What concerns one request is in its [`Decided`].
pub async fn decide(engine: &Engine, ctx: &Ctx, decisions: &[Decision], code: &str) -> Result<Vec<Decided>> {
    if decisions.is_empty() || decisions.len() > MAX_DECISIONS {
        let text = format!("Choose Approve or Deny for 1 to {MAX_DECISIONS} requests.");
        return Err(Refusal::new(Code::NothingDecided, text.as_str()).into());
    }
    let mut tx = engine.begin().await?;
    let (mut cases, ways) = lock_all(&mut tx, ctx.person(), decisions).await?;
    let now = clock::now(&mut tx).await?;
    for case in cases.iter_mut().filter(|case| case.row.is_some()) {
        case.look(&mut tx, ctx.person(), now, &ways).await?;
    }
    let proofs = match confirm(engine, &mut tx, ctx, &cases, code, now).await? {
        Ok(proofs) => proofs,
        Err(refusal) => {
            drop(tx);
            return Err(audit::refused(
                engine,
                &ctx.by(),
                Event::RequestVoted,
                About::default(),
                refusal.into(),
            )
            .await);
        }
    };
    let mut results = Vec::with_capacity(cases.len());
    for case in cases {
        let proof = proofs.iter().find(|(id, _)| *id == case.decision.request).map(|(_, proof)| *proof);
        results.push(case.record(&mut tx, &ctx.by(), ctx.person(), proof, now).await?);
    }
    tx.commit().await?;
    Ok(results)
}

/// One request of the form with what is known of it.
struct Case<'a> {
    decision: &'a Decision,
    row: Option<RequestRow>,
    looked: Option<Looked>,
}

/// What the rules need, loaded under lock.
struct Looked {
    loaded: Loaded,
    pending: Pending,
    rules: ActivationRules,
    stage: Stage,
    judged: std::result::Result<Tally, Refusal>,
}

/// Locks the ways through groups, then slots, then requests, then people and policies, each in the order of their ids.
async fn lock_all<'a>(
    tx: &mut Tx,
    voter: PersonId,
    decisions: &'a [Decision],
) -> Result<(Vec<Case<'a>>, Ways)> {
    let mut found = Vec::new();
    for decision in decisions {
        found.push((decision, requests::find(tx, decision.request).await?));
    }
    let wanted = found.iter().filter_map(|(_, row)| row.as_ref());
    let wanted: Vec<_> = wanted.map(|row| (PersonId(row.principal_id), TargetId(row.target_id))).collect();
    let ways = grounds::hold(tx, &wanted).await?;
    found.sort_by_key(|(_, row)| row.as_ref().map(|row| (row.principal_id, row.target_id, row.id)));
    for row in found.iter().filter_map(|(_, row)| row.as_ref()) {
        targets::lock_slot(tx, PrincipalId(row.principal_id), TargetId(row.target_id)).await?;
    }
    let mut cases = Vec::new();
    for (decision, row) in found {
        let row = match row {
            Some(row) => requests::lock(tx, row.request_id()).await?,
            None => None,
        };
        cases.push(Case { decision, row, looked: None });
    }
    let mut people: BTreeSet<PersonId> =
        cases.iter().filter_map(|case| Some(PersonId(case.row.as_ref()?.principal_id))).collect();
    people.insert(voter);
    let people: Vec<PersonId> = people.into_iter().collect();
    let targets: BTreeSet<_> = cases.iter().filter_map(|case| Some(case.row.as_ref()?.target_id)).collect();
    for target in targets {
        standing::hold(tx, &people, TargetId(target)).await?;
    }
    Ok((cases, ways))
}

impl Case<'_> {
    /// Loads the facts and counts the vote.
    async fn look(&mut self, tx: &mut Tx, voter: PersonId, now: DateTime<Utc>, ways: &Ways) -> Result<()> {
        let Some(row) = &self.row else { return Ok(()) };
        if row.status()? != Status::PendingApproval {
            return Ok(());
        }
        let looked = load(tx, row, now, ways).await?;
        let vote = Vote {
            by: voter,
            verdict: self.decision.verdict,
            reason: &self.decision.reason,
            seen: &self.decision.seen,
        };
        let judged = looked.as_ref().map(|looked| approval::cast(&looked.stage, &vote, now));
        self.looked = looked.zip(judged).map(|(looked, judged)| Looked { judged, ..looked });
        Ok(())
    }

    /// Whether an approval that will be recorded asks for a code, by the stricter of the two policies. A no gives
    /// nothing away and needs none.
    fn proof_rule(&self) -> ProofRule {
        match &self.looked {
            Some(looked) if self.decision.verdict == Verdict::Approve && looked.judged.is_ok() => {
                looked.rules.proof
            }
            _ => ProofRule::None,
        }
    }

    /// Writes the vote and what follows, or why it was not recorded.
    async fn record(
        self,
        tx: &mut Tx,
        by: &By,
        voter: PersonId,
        proof: Option<uuid::Uuid>,
        now: DateTime<Utc>,
    ) -> Result<Decided> {
        let id = self.decision.request;
        let Some(row) = self.row else {
            return Ok(Decided { request: id, number: 0, result: Err(Refusal::not_found()) });
        };
        let number = row.number;
        let result = match self.looked {
            Some(Looked { loaded, pending, stage, judged: Ok(tally), .. }) => {
                let settling = settle::Settling {
                    instead_of: stage.seat(voter).ok().filter(|seat| *seat != voter),
                    row: &row,
                    loaded: &loaded,
                    pending: &pending,
                    decision: self.decision,
                };
                settling.settle(tx, by, voter, tally, proof, now).await?
            }
            Some(Looked { loaded, judged: Err(refusal), .. }) => {
                refused::record(tx, by, &row, &loaded, self.decision, refusal, now).await?
            }
            None => refused::record_closed(tx, by, voter, &row, self.decision).await?,
        };
        let number =
            if matches!(&result, Err(refusal) if refusal.code == Code::NotFound) { 0 } else { number };
        Ok(Decided { request: id, number, result })
    }
}

/// Loads a locked, waiting request; `None` when its group is gone.
pub(crate) async fn load_pending(
    tx: &mut Tx,
    row: &RequestRow,
    now: DateTime<Utc>,
    ways: &Ways,
) -> Result<Option<(Loaded, Pending, ActivationRules, Stage)>> {
    Ok(load(tx, row, now, ways)
        .await?
        .map(|looked| (looked.loaded, looked.pending, looked.rules, looked.stage)))
}

async fn load(tx: &mut Tx, row: &RequestRow, now: DateTime<Utc>, ways: &Ways) -> Result<Option<Looked>> {
    let beneficiary = PersonId(row.principal_id);
    let filer = row.filer_id.map_or(beneficiary, PersonId);
    let id = row.request_id();
    let loaded = match standing::load(
        tx,
        beneficiary,
        filer,
        TargetId(row.target_id),
        Some(id),
        now,
        Some(ways),
    )
    .await
    {
        Ok(loaded) => loaded,
        Err(Error::Refused(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let extends = match row.extends_id {
        Some(old) => assignments::lock(tx, AssignmentId(old)).await?.map(|old| old.span()),
        None => None,
    };
    let pending = row.pending(extends)?;
    let rules = stricter(&pending.made_under, &loaded.standing.rules);
    let rule = rules.approval.as_ref().map(|rule| rule.at(row.asked(), now));
    let stage = deciding::stage(tx, row, loaded.target.group(), rule.as_ref()).await?;
    let judged = Err(Refusal::not_found());
    Ok(Some(Looked { loaded, pending, rules, stage, judged }))
}

/// One code for everything that asks for one; nothing is recorded when it is missing or wrong.
async fn confirm(
    engine: &Engine,
    tx: &mut Tx,
    ctx: &Ctx,
    cases: &[Case<'_>],
    code: &str,
    now: DateTime<Utc>,
) -> Result<std::result::Result<Vec<(RequestId, uuid::Uuid)>, Refusal>> {
    let in_session = ctx.session.factor_at;
    let asks =
        |case: &&Case<'_>| evaluate::proof(case.proof_rule(), ProofGiven::Missing, in_session, now).is_some();
    let asking: Vec<&Case<'_>> = cases.iter().filter(asks).collect();
    let Some(first) = asking.first() else { return Ok(Ok(Vec::new())) };
    let rule = first.proof_rule();
    let subject = |case: &&Case<'_>| format!("{}|{}", case.decision.request, case.decision.seen);
    let subjects: Vec<String> = asking.iter().map(subject).collect();
    let given = proof::give(engine, tx, ctx, code, Purpose::Approve, &subjects).await?;
    if let Some(refusal) = evaluate::proof(rule, given.given, in_session, now) {
        return Ok(Err(refusal));
    }
    Ok(Ok(asking.iter().map(|case| case.decision.request).zip(given.proofs).collect()))
}
