//! Who can approve, by name, for many policies in one statement.

use crate::ask::who::Who;
use crate::{Result, approvers};
use chrono::{DateTime, Utc};
use domain::approval;
use domain::ids::{GroupId, PersonId};
use domain::policy::{ApprovalRule, Approver};
use domain::target::Target;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The enabled people behind named approvers, for each group that entry is asked to; groups are resolved to their
/// effective members now, but for those who are in only by the group asked about.
#[derive(Clone, Debug, Default)]
pub struct Deciders(BTreeMap<(Approver, Option<GroupId>), Vec<Who>>);

#[derive(sqlx::FromRow)]
struct Row {
    named: Uuid,
    but: Option<Uuid>,
    is_group: bool,
    #[sqlx(flatten)]
    who: Who,
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
         select f.named, f.but, f.is_group, u.id, u.display_name as name, u.user_name, coalesce(u.department, '') as department \
         from found f join users u on u.id = f.person and u.enabled and u.deleted_at is null \
         order by lower(u.display_name), u.id",
        approvers::people_within("array[asked.named]", "asked.but"),
    );
    let rows: Vec<Row> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(ids).bind(are_groups).bind(buts).fetch_all(conn).await?;
    let mut found: BTreeMap<_, Vec<Who>> = BTreeMap::new();
    for Row { named, but, is_group, who } in rows {
        let approver =
            if is_group { Approver::Group(GroupId(named)) } else { Approver::Person(PersonId(named)) };
        found.entry((approver, but.map(GroupId))).or_default().push(who);
    }
    Ok(Deciders(found))
}

/// Who can decide on a request later too, if nobody has by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// From then on.
    pub from: DateTime<Utc>,
    /// By name.
    pub who: Vec<Who>,
}

impl Later {
    /// By a rule as it stands now, for what was asked then; `of` is the target, who gets it, and who asked. Nothing where
    /// the rule names nobody for later, or nobody who is able and can't decide now.
    pub fn of(
        rule: &ApprovalRule,
        deciders: &Deciders,
        of: (Target, PersonId, PersonId),
        asked: DateTime<Utc>,
    ) -> Option<Self> {
        let from = rule.escalates_at(asked)?;
        let (target, beneficiary, filer) = of;
        let now = deciders.able(rule, target, beneficiary, filer);
        let mut who = deciders.able(&rule.whole(), target, beneficiary, filer);
        who.retain(|who| !now.contains(who));
        (!who.is_empty()).then_some(Self { from, who })
    }
}

impl Deciders {
    /// Who can approve this for this person, each once, by name.
    pub fn able(
        &self,
        rule: &ApprovalRule,
        target: Target,
        beneficiary: PersonId,
        filer: PersonId,
    ) -> Vec<Who> {
        let named = approval::countable(&rule.approvers, target.group());
        let found: BTreeMap<PersonId, &Who> = named
            .iter()
            .filter_map(|approver| self.0.get(&(*approver, target.group())))
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
