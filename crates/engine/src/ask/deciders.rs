//! Who can approve, by name, for many policies in one statement.

use crate::ask::who::{self, Who};
use crate::{Result, approvers};
use chrono::{DateTime, Utc};
use domain::approval;
use domain::ids::{GroupId, PersonId};
use domain::policy::escalation::Asked;
use domain::policy::{ApprovalRule, Approver};
use domain::target::Target;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The enabled people behind named approvers, for each group that entry is asked to; groups are resolved to their
/// effective members now, but for those who are in only by the group asked about.
#[derive(Clone, Debug, Default)]
pub struct Deciders {
    found: BTreeMap<(Approver, Option<GroupId>), Vec<Who>>,
    away: BTreeMap<PersonId, Away>,
    /// Of those who stand in for somebody: for whom.
    acts_for: BTreeMap<PersonId, BTreeSet<PersonId>>,
}

/// An approver who is away: not asked by mail, and still able to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away {
    /// Who.
    pub who: Who,
    /// Back then.
    pub until: DateTime<Utc>,
    /// Who decides for her.
    pub stand_in: Option<Who>,
}

#[derive(sqlx::FromRow)]
struct Row {
    named: Uuid,
    but: Option<Uuid>,
    is_group: bool,
    #[sqlx(flatten)]
    who: Who,
    away_until: Option<DateTime<Utc>>,
    /// Who, and for whom she does so.
    stand_in: Option<Json<(Who, Vec<PersonId>)>>,
    acts_for: Vec<Uuid>,
}

/// Resolves everybody that these rules of targets name. Asks nothing when nobody is named.
///
/// # Errors
/// The database can't be reached.
pub async fn load<'a>(
    conn: &mut PgConnection,
    rules: impl IntoIterator<Item = (&'a ApprovalRule, Target)>,
) -> Result<Deciders> {
    let each = |(rule, target): (&'a ApprovalRule, Target)| {
        rule.everybody().into_iter().map(move |approver| (approver, target.group()))
    };
    let named: BTreeSet<(Approver, Option<GroupId>)> = rules.into_iter().flat_map(each).collect();
    if named.is_empty() {
        return Ok(Deciders::default());
    }
    let (mut ids, mut are_groups, mut buts) = (Vec::new(), Vec::new(), Vec::new());
    for (approver, but) in named {
        ids.push(approver.id());
        are_groups.push(approver.group().is_some());
        buts.push(but.map(|group| group.0));
    }
    let sql = format!(
        "with asked as (select * from unnest($1::uuid[], $2::bool[], $3::uuid[]) as asked (named, is_group, but)), \
           found as (select named, but, named as person, false as is_group from asked where not is_group \
           union all select named, but, within.id, true from asked \
             cross join lateral ({}) within where is_group) \
         select f.named, f.but, f.is_group, {}, \
           a.until as away_until, (select jsonb_build_array({}, array(select o.person_id from stand_ins o where o.delegate_id = d.id)) \
             from stand_ins s join users d on d.id = s.delegate_id where s.person_id = u.id) as stand_in, \
           array(select s.person_id from stand_ins s where s.delegate_id = u.id) as acts_for \
         from found f join users u on u.id = f.person and u.enabled and u.deleted_at is null \
         left join absences a on a.person_id = u.id and a.from_at <= clock() and a.until > clock() \
         order by lower(u.display_name), u.id",
        approvers::people_within("array[asked.named]", "asked.but"),
        who::columns("u"),
        who::json("d"),
    );
    let rows: Vec<Row> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(ids).bind(are_groups).bind(buts).fetch_all(conn).await?;
    let mut deciders = Deciders::default();
    for Row { named, but, is_group, who, away_until, stand_in, acts_for } in rows {
        let approver =
            if is_group { Approver::Group(GroupId(named)) } else { Approver::Person(PersonId(named)) };
        if let Some(until) = away_until {
            let stand_in = stand_in.map(|Json((instead, acts_for))| {
                deciders.acts_for.insert(instead.person(), acts_for.into_iter().collect());
                instead
            });
            deciders.away.insert(who.person(), Away { who: who.clone(), until, stand_in });
        }
        if !acts_for.is_empty() {
            deciders.acts_for.insert(who.person(), acts_for.into_iter().map(PersonId).collect());
        }
        deciders.found.entry((approver, but.map(GroupId))).or_default().push(who);
    }
    Ok(deciders)
}

/// Who can approve a request later too, if nobody has by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// From then on.
    pub from: DateTime<Utc>,
    /// By name.
    pub who: Vec<Who>,
}

impl Later {
    /// By a rule as it stands now, for what was asked then; with it come the target, who gets it, and who asked. Nothing where
    /// the rule names nobody for later, or nobody who is able and can't decide now.
    pub fn of(
        rule: &ApprovalRule,
        deciders: &Deciders,
        (target, asks): (Target, [PersonId; 2]),
        asked: Asked,
    ) -> Option<Self> {
        let from = rule.escalates_at(asked)?;
        let now = deciders.may_approve(rule, target, asks);
        let mut who = deciders.may_approve(&rule.whole(), target, asks);
        who.retain(|who| !now.contains(who));
        (!who.is_empty()).then_some(Self { from, who })
    }
}

impl Deciders {
    /// Those of these people who are away, with who approves in their place what these two ask for: neither of the two themselves.
    pub fn away(&self, people: &[Who], asks: [PersonId; 2]) -> Vec<Away> {
        let away = people.iter().filter_map(|who| self.away.get(&who.person())).cloned();
        let counts = |who: &Who| !asks.contains(&who.person()) && !self.stands_in_for(who, asks);
        away.map(|away| Away { stand_in: away.stand_in.filter(counts), ..away }).collect()
    }

    /// Everybody who can decide on what these two ask for, also those who can only deny it, and in the place of somebody who is away.
    pub fn decide(&self, rule: &ApprovalRule, target: Target, asks: [PersonId; 2]) -> BTreeSet<PersonId> {
        let able = self.able(rule, target, asks);
        let instead = able.iter().filter_map(|who| self.away.get(&who.person())?.stand_in.as_ref());
        able.iter().chain(instead).map(Who::person).filter(|person| !asks.contains(person)).collect()
    }

    fn stands_in_for(&self, who: &Who, asks: [PersonId; 2]) -> bool {
        let acts_for = self.acts_for.get(&who.person());
        acts_for.is_some_and(|of| asks.iter().any(|asks| of.contains(asks)))
    }

    /// Whose approval of this counts, each once, by name: who stands in for who asks can only deny it.
    pub fn may_approve(&self, rule: &ApprovalRule, target: Target, asks: [PersonId; 2]) -> Vec<Who> {
        let mut able = self.able(rule, target, asks);
        able.retain(|who| !self.stands_in_for(who, asks));
        able
    }

    /// How many those are, and how many besides can only deny it.
    pub fn counts(&self, rule: &ApprovalRule, target: Target, asks: [PersonId; 2]) -> (usize, usize) {
        let able = self.able(rule, target, asks);
        let barred = able.iter().filter(|who| self.stands_in_for(who, asks)).count();
        (able.len() - barred, barred)
    }

    /// Who can decide on what these two ask for, each once, by name.
    fn able(&self, rule: &ApprovalRule, target: Target, [beneficiary, filer]: [PersonId; 2]) -> Vec<Who> {
        let named = approval::countable(&rule.approvers, target.group());
        let found: BTreeMap<PersonId, &Who> = named
            .iter()
            .filter_map(|approver| self.found.get(&(*approver, target.group())))
            .flatten()
            .map(|who| (who.person(), who))
            .collect();
        let able = approval::able(&found.keys().copied().collect(), beneficiary, filer);
        let mut able: Vec<Who> =
            able.iter().filter_map(|person| found.get(person)).map(|who| (*who).clone()).collect();
        able.sort_by_cached_key(|who| (who.name.to_lowercase(), who.id));
        able
    }
}
