//! Makes mails of notices: one for each person and address that hears of it, however many servers do it at once.

use crate::access_review::tally::with_items_left;
use crate::circle;
use crate::db::{access_reviews, policies};
use crate::{Engine, Result, Tx, approvers, clock, deciding, ids};
use domain::approval;
use domain::assignment::Kind;
use domain::ids::{GroupId, PersonId, RequestId, TargetId};
use domain::notice::choice::Choice;
use domain::notice::{Circle, MAX_TOLD, Notice, Told, told};
use domain::policy::ApprovalRule;
use domain::policy::notifications::{Notifications, Reader};
use domain::target::Target;
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    kind: String,
    actor_id: Option<Uuid>,
    principal_id: Option<Uuid>,
    /// A group has it, not a person.
    of_group: bool,
    target_id: Option<Uuid>,
    request_id: Option<Uuid>,
    /// Of the request, or of the assignment when there is none.
    access: Option<String>,
    /// Who asked for it; nobody asked for what an administrator gives.
    filer_id: Option<Uuid>,
    /// The demand for approval it was made under.
    approval: Option<serde_json::Value>,
    planned: bool,
    /// Those named for later were told that they can decide too: they hear of the outcome.
    escalated: bool,
    /// They were told less than an hour ago.
    just_escalated: bool,
    /// The round of an access review that it is about.
    access_review_id: Option<Uuid>,
}

/// Goes on until nothing waits.
///
/// # Errors
/// The database can't be reached, or something stored can't be read: then the notice waits and says so in the log.
pub async fn expand(engine: &Engine) -> Result<u32> {
    let mut made = 0;
    loop {
        let mut tx = engine.begin().await?;
        let Some(row) = next(&mut tx).await? else { return Ok(made) };
        if let Some(notice) = Notice::parse(&row.kind) {
            made += write(&mut tx, &row, notice).await?;
        }
        sqlx::query("update notices set told_at = clock() where id = $1")
            .bind(row.id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
    }
}

async fn next(tx: &mut Tx) -> Result<Option<Row>> {
    let row = sqlx::query_as(
        "select n.id, n.kind, n.actor_id, n.principal_id, coalesce(p.kind = 'group', false) as of_group, n.target_id, n.request_id, n.access_review_id, \
           case when r.action like 'self%' or r.action = 'adminActivate' then r.filer_id end as filer_id, nullif(r.rules -> 'approval', 'null') as approval, \
           coalesce(r.asked_start is not null, false) as planned, \
           e.id is not null as escalated, coalesce(e.at > n.at - interval '1 hour', false) as just_escalated, \
           case when r.id is not null then r.kind \
             else (select s.kind from assignments s where s.id = n.assignment_id and s.origin <> 'activated') end as access \
         from notices n left join requests r on r.id = n.request_id left join principals p on p.id = n.principal_id \
         left join notices e on e.once = $1 || ' ' || r.id \
         where n.told_at is null order by n.id limit 1 for update of n skip locked",
    )
    .bind(Notice::Escalated.wire())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row)
}

async fn write(tx: &mut Tx, row: &Row, notice: Notice) -> Result<u32> {
    let moment = notice.moment(row.access.as_deref().and_then(Kind::parse));
    let matrix = match row.target_id {
        Some(target) => policies::current(tx, TargetId(target)).await?.policy.notifications,
        None => Notifications::default(),
    };
    let circle = circle(tx, row, notice).await?;
    let told: Vec<(Told, Reader)> = told(notice, moment, &matrix, &circle).into_iter().collect();
    let mut made = 0;
    for some in told.chunks(MAX_TOLD) {
        made += insert(tx, row.id, notice, some).await?;
    }
    Ok(made)
}

async fn circle(tx: &mut Tx, row: &Row, notice: Notice) -> Result<Circle> {
    let wants = |reader: Reader| notice.readers().iter().any(|(wanted, _)| *wanted == reader);
    let mut circle = Circle {
        actor: row.actor_id.map(PersonId),
        approved: row.approval.is_some() && !row.planned,
        requestors: [row.principal_id, row.filer_id].into_iter().flatten().map(PersonId).collect(),
        ..Circle::default()
    };
    if let Some(group) = row.principal_id.filter(|_| row.of_group && wants(Reader::Requestor)) {
        // what a group has or loses concerns those who look after that group: it has no mailbox of its own
        circle.requestors.extend(circle::owners(tx, GroupId(group)).await?);
    }
    if let Some(target) = row.target_id.map(TargetId) {
        if wants(Reader::Admin) {
            circle.admins = circle::admins(tx, target).await?;
        }
        if wants(Reader::Approver) {
            circle.approvers = match row.request_id.filter(|_| notice.asks_approvers()).map(RequestId) {
                Some(request) => deciding(tx, row, notice, request).await?,
                None => able(tx, row, target).await?,
            };
        }
    }
    if let Some(round) = row.access_review_id {
        circle.approvers = reviewers(tx, round).await?;
    }
    if notice.about_alert() {
        circle.admins = circle::who_sees_alerts(tx).await?;
    }
    if notice.loud() {
        circle.everywhere = circle::global_administrators(tx).await?;
    }
    Ok(circle)
}

/// Who can decide and is to hear of it now. Nobody is told twice at once that it waits.
async fn deciding(tx: &mut Tx, row: &Row, notice: Notice, request: RequestId) -> Result<BTreeSet<PersonId>> {
    if notice != Notice::Escalated && !row.just_escalated {
        return Ok(deciding::deciding(tx, request).await?.into_keys().collect());
    }
    let (first, later) = deciding::first_and_later(tx, request).await?;
    Ok(if notice == Notice::Escalated { later } else { first }.into_keys().collect())
}

/// Who has something left in a round that still runs.
async fn reviewers(tx: &mut Tx, round: Uuid) -> Result<BTreeSet<PersonId>> {
    let Some(round) = access_reviews::round_by_id(tx, round).await? else { return Ok(BTreeSet::new()) };
    if !round.open(clock::now(tx).await?) {
        return Ok(BTreeSet::new());
    }
    with_items_left(tx, &round).await
}

/// Who could answer: the approvers of the demand it was made under, or who decides renewals.
async fn able(tx: &mut Tx, row: &Row, target: TargetId) -> Result<BTreeSet<PersonId>> {
    let (Some(beneficiary), Some(filer)) = (row.principal_id.map(PersonId), row.filer_id.map(PersonId))
    else {
        return Ok(BTreeSet::new());
    };
    let found = match &row.approval {
        Some(rule) if row.access.is_none() => {
            let rule: ApprovalRule = serde_json::from_value(rule.clone())
                .map_err(|error| crate::Error::inconsistent("requests", "approval", error))?;
            let group = crate::db::targets::find(tx, target).await?.and_then(Target::group);
            let rule = if row.escalated { rule.whole() } else { rule };
            approvers::resolve(tx, &approval::countable(&rule.approvers, group), group).await?
        }
        _ => circle::deciders_of_renewals(tx, target).await?,
    };
    Ok(approval::able(&found, beneficiary, filer))
}

/// People at the address the directory knows, unless they are gone or do without; everybody once by the unique keys.
async fn insert(tx: &mut Tx, id: i64, notice: Notice, told: &[(Told, Reader)]) -> Result<u32> {
    let (mut ids_, mut people, mut addresses, mut readers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut choices = Vec::new();
    for (who, reader) in told {
        let (person, address) = match who {
            Told::Person(person) => (Some(person.0), None),
            Told::Address(address) => (None, Some(address.as_str())),
        };
        ids_.push(ids::new());
        people.push(person);
        addresses.push(address);
        readers.push(reader.wire());
        choices.push(Choice::of(notice, *reader).map(Choice::wire));
    }
    let made = sqlx::query(
        "insert into mails (id, notice_id, reader, person_id, address) \
         select t.id, $1, t.reader, t.person, coalesce(t.address, u.mail) \
           from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[]) as t (id, person, address, reader, choice) \
           left join users u on u.id = t.person and u.enabled and u.deleted_at is null \
          where coalesce(t.address, u.mail) is not null \
            and not exists (select from mail_choices off where off.person_id = t.person and off.choice = t.choice) \
         on conflict do nothing",
    )
    .bind(id)
    .bind(ids_)
    .bind(people)
    .bind(addresses)
    .bind(readers)
    .bind(choices)
    .execute(&mut **tx)
    .await?;
    Ok(u32::try_from(made.rows_affected()).unwrap_or(u32::MAX))
}
