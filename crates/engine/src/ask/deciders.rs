//! Who can approve, by name, for many policies in one statement.

use crate::Result;
use crate::ask::who::Who;
use domain::approval;
use domain::ids::{GroupId, PersonId};
use domain::policy::{ApprovalRule, Approver};
use domain::target::Target;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The enabled people behind named approvers; groups are resolved to their effective members now.
#[derive(Clone, Debug, Default)]
pub struct Deciders(BTreeMap<Approver, Vec<Who>>);

#[derive(sqlx::FromRow)]
struct Row {
    named: Uuid,
    is_group: bool,
    #[sqlx(flatten)]
    who: Who,
}

/// Resolves everybody that these rules name. Asks nothing when nobody is named.
///
/// # Errors
/// The database can't be reached.
pub async fn load<'a>(
    conn: &mut PgConnection,
    rules: impl IntoIterator<Item = &'a ApprovalRule>,
) -> Result<Deciders> {
    let named: BTreeSet<Approver> =
        rules.into_iter().flat_map(|rule| rule.approvers.iter().copied()).collect();
    if named.is_empty() {
        return Ok(Deciders::default());
    }
    let (mut people, mut groups) = (Vec::new(), Vec::new());
    for approver in named {
        match approver {
            Approver::Person(person) => people.push(person.0),
            Approver::Group(group) => groups.push(group.0),
        }
    }
    let rows: Vec<Row> = sqlx::query_as(
        "with found as (select named, named as person, false as is_group from unnest($1::uuid[]) named \
           union all select named, within.id, true from unnest($2::uuid[]) named \
             cross join lateral people_within(array[named]) within) \
         select f.named, f.is_group, u.id, u.display_name as name, u.user_name, coalesce(u.department, '') as department \
         from found f join users u on u.id = f.person and u.enabled and u.deleted_at is null \
         order by lower(u.display_name), u.id",
    )
    .bind(people)
    .bind(groups)
    .fetch_all(conn)
    .await?;
    let mut found: BTreeMap<Approver, Vec<Who>> = BTreeMap::new();
    for Row { named, is_group, who } in rows {
        let approver =
            if is_group { Approver::Group(GroupId(named)) } else { Approver::Person(PersonId(named)) };
        found.entry(approver).or_default().push(who);
    }
    Ok(Deciders(found))
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
        let named = approval::countable(&rule.approvers, target);
        let found: BTreeMap<PersonId, &Who> = named
            .iter()
            .filter_map(|approver| self.0.get(approver))
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
