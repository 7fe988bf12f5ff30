//! A request as its approvers see it: who, what it gives, why, what was before, what stands out.

mod row;

use super::look_alike;
use super::named::Named;
use crate::ask::deciders::{self, Away, Deciders, Later};
use crate::ask::thing::Thing;
use crate::ask::who::{self, Who};
use crate::{Ctx, Result};
use chrono::{DateTime, Utc};
use domain::activation::Status;
use domain::approval::Verdict;
use domain::duration::Minutes;
use domain::ids::{PersonId, RequestId};
use domain::policy::evaluate::{self, ProofGiven};
use domain::policy::{ActivationRules, TicketRule};
use domain::risk::{self, Cue, Facts};
use row::Row;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A request for approval.
#[derive(Clone, Debug)]
pub struct Card {
    /// Which.
    pub request: RequestId,
    /// R-number.
    pub number: i64,
    /// Content hash: a decision holds for the request exactly as shown.
    pub seen: String,
    /// Who would get it.
    pub who: Who,
    /// Who asked for her, when that is not she.
    pub asked_by: Option<Who>,
    /// When the account was made.
    pub account_since: DateTime<Utc>,
    /// Of what.
    pub thing: Thing,
    /// More time on something that is on.
    pub extension: bool,
    /// Asked start; none is "at once".
    pub start: Option<DateTime<Utc>>,
    /// Asked length.
    pub length: Minutes,
    /// Longest allowed.
    pub max: Minutes,
    /// As written.
    pub reason: String,
    /// As written.
    pub ticket: String,
    /// Whether the policy asks for a ticket.
    pub ticket_asked: bool,
    /// Asked at.
    pub asked: DateTime<Utc>,
    /// Lapses then.
    pub lapses: Option<DateTime<Utc>>,
    /// What this person did with this target before.
    pub before: Before,
    /// What stands out, the gravest first.
    pub cues: Vec<Cue>,
    /// Votes so far, the oldest first.
    pub votes: Vec<Voted>,
    /// Different people who must approve.
    pub needed: u8,
    /// Everybody whose approval would count now, by name.
    pub deciders: Vec<Who>,
    /// Of them, who is away.
    pub away: Vec<Away>,
    /// Whom the caller decides for, where that is not she herself: an approver who is away.
    pub instead_of: Option<Who>,
    /// Who can decide later too.
    pub later: Option<Later>,
    /// Whether an approval asks for a code.
    pub asks_code: bool,
    /// What the caller can do about it.
    pub standing: Standing,
}

/// What somebody did with a target before.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// Eligible since.
    pub eligible_since: Option<DateTime<Utc>>,
    /// Eligible until; none is without an end.
    pub eligible_until: Option<DateTime<Utc>>,
    /// Who made her eligible.
    pub eligible_by: Option<String>,
    /// The group that is eligible, of which she is a member, where it is not she herself.
    pub eligible_through: Option<String>,
    /// Requests for anything.
    pub requests_ever: i64,
    /// Activations of this.
    pub times: i64,
    /// Activations of this in 90 days.
    pub times_recently: i64,
    /// The last one: when, and for how long.
    pub last: Option<(DateTime<Utc>, Minutes)>,
}

/// A vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voted {
    /// Who.
    pub who: Who,
    /// Yes or no.
    pub verdict: Verdict,
    /// As written.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
    /// For whom, where that is not she herself: an approver who was away.
    pub instead_of: Option<Who>,
    /// Who gave it can still act: else it counts no longer.
    pub able: bool,
}

impl Voted {
    /// Whose say it was.
    fn seat(&self) -> PersonId {
        self.instead_of.as_ref().unwrap_or(&self.who).person()
    }
}

/// What the caller can do about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Decide.
    Decide,
    /// Nothing: it is her own.
    Own,
    /// Nothing more: she has voted, and other votes are needed.
    Voted,
    /// Nothing more: it was decided for her while she was away, or by those she stands in for; other votes are needed.
    Taken,
    /// Nothing: she was named when it was made and is not any more.
    NotNamed,
    /// Nothing: it is decided or closed.
    Closed {
        /// How.
        status: Status,
        /// By whom; none is the system.
        by: Option<Who>,
        /// When.
        at: Option<DateTime<Utc>>,
        /// Comment or reason.
        words: String,
    },
}

/// Loads cards, in no particular order.
pub(super) async fn load(
    conn: &mut PgConnection,
    ctx: &Ctx,
    named: &Named,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Vec<Card>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = row::load(conn, ids).await?;
    let mut votes = row::votes(conn, ids).await?;
    let open = rows.iter().filter(|row| row.status == Status::PendingApproval);
    let people: Vec<(Uuid, String)> = open.map(|row| (row.principal_id, row.name.clone())).collect();
    let twins = look_alike::find(conn, &people).await?;
    let rules: Vec<_> = rows.iter().map(|row| (row.rules(now), row.thing.target)).collect();
    let asked = rules.iter().filter_map(|(rules, target)| Some((rules.approval.as_ref()?, *target)));
    let deciders = deciders::load(conn, asked).await?;
    let sits_for = who::list(conn, named.others()).await?;
    let look = Look { ctx, named, sits_for: &sits_for, twins: &twins, deciders: &deciders, now };
    Ok(rows.into_iter().map(|row| look.card(&mut votes, row)).collect())
}

/// What every card is drawn from.
struct Look<'a> {
    ctx: &'a Ctx,
    named: &'a Named,
    /// Those whom the caller stands in for.
    sits_for: &'a [Who],
    twins: &'a BTreeMap<Uuid, (String, String)>,
    deciders: &'a Deciders,
    now: DateTime<Utc>,
}

impl Look<'_> {
    fn card(&self, votes: &mut BTreeMap<Uuid, Vec<Voted>>, row: Row) -> Card {
        let rules = row.rules(self.now);
        let votes = votes.remove(&row.id).unwrap_or_default();
        let [beneficiary, filer] = row.asks();
        let target = row.thing.target;
        let deciders = rules
            .approval
            .as_ref()
            .map_or_else(Vec::new, |rule| self.deciders.may_approve(rule, target, [beneficiary, filer]));
        let later = rules
            .approval
            .as_ref()
            .and_then(|rule| Later::of(rule, self.deciders, (target, [beneficiary, filer]), row.asked()));
        let in_session = self.ctx.session.factor_at;
        let seats = self.seats(&row, &rules);
        let open = seats.iter().find(|seat| !votes.iter().any(|vote| vote.able && vote.seat() == **seat));
        let standing = self.standing(&row, &votes, !seats.is_empty(), open.is_some());
        let instead_of = self.sits_for.iter().find(|who| Some(&who.person()) == open).cloned();
        Card {
            request: RequestId(row.id),
            number: row.number,
            seen: row.content_hash.clone(),
            who: row.who(),
            asked_by: row.filer(),
            account_since: row.account_since,
            extension: row.action == "selfExtend",
            start: row.asked_start,
            length: row.length(),
            max: rules.max,
            ticket_asked: rules.ticket != TicketRule::None,
            asked: row.created_at,
            lapses: row.deadline_at,
            cues: self.cues(&row, rules.max),
            needed: rules.approval.as_ref().map_or(1, |rule| rule.needed),
            away: self.deciders.away(&deciders, [beneficiary, filer]),
            deciders,
            later,
            instead_of: instead_of.filter(|_| standing == Standing::Decide),
            asks_code: evaluate::proof(rules.proof, ProofGiven::Missing, in_session, self.now).is_some(),
            standing,
            before: row.before(),
            votes,
            thing: row.thing,
            reason: row.reason,
            ticket: row.ticket,
        }
    }

    /// `counts`: she is named, or somebody she stands in for is; `open`: it was not decided for all of them.
    fn standing(&self, row: &Row, votes: &[Voted], counts: bool, open: bool) -> Standing {
        let me = self.ctx.person();
        if row.status != Status::PendingApproval {
            let last = votes.last().map(|vote| vote.at);
            let at = row.closed_at.or(last);
            return Standing::Closed {
                status: row.status,
                by: row.closer(),
                at,
                words: row.close_reason.clone(),
            };
        }
        if row.deadline_at.is_some_and(|deadline| deadline <= self.now) {
            let words = String::new();
            return Standing::Closed { status: Status::TimedOut, by: None, at: row.deadline_at, words };
        }
        if row.principal_id == me.0 || row.filer_id == Some(me.0) {
            return Standing::Own;
        }
        if votes.iter().any(|vote| vote.who.person() == me) {
            return Standing::Voted;
        }
        match (counts, open) {
            (false, _) => Standing::NotNamed,
            (true, false) => Standing::Taken,
            (true, true) => Standing::Decide,
        }
    }

    /// In whose places the caller counts.
    fn seats(&self, row: &Row, rules: &ActivationRules) -> Vec<PersonId> {
        let rule = rules.approval.as_ref();
        rule.map_or_else(Vec::new, |rule| self.named.counting(row.thing.group(), rule, row.asks()))
    }

    /// Drawn for what waits; what is closed keeps the cues that were stored with the votes.
    fn cues(&self, row: &Row, max: Minutes) -> Vec<Cue> {
        if row.status != Status::PendingApproval {
            return Vec::new();
        }
        let zone = row.zone();
        let on_her_wall = |at: DateTime<Utc>| at.with_timezone(&zone).time();
        let facts = Facts {
            name: row.name.clone(),
            look_alike: self.twins.get(&row.principal_id).cloned(),
            account_since: row.account_since,
            factor_since: row.factor_since,
            eligible_since: row.eligible_since.unwrap_or(row.created_at),
            eligible_by: row.eligible_by.map(PersonId).zip(row.eligible_by_name.clone()),
            viewer: self.ctx.person(),
            requests_ever: row.requests_ever,
            times_here: row.times,
            times_recently: row.times_recently,
            access: row.thing.kind().access(),
            length: row.length(),
            max,
            start: row.starts_anew().map(on_her_wall),
            starts: row.starts.iter().copied().map(on_her_wall).collect(),
            zone: zone.name().to_owned(),
            leads_to_role: row.leads_to_role,
        };
        risk::cues(&facts, self.now)
    }
}
