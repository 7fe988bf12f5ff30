//! What a mail tells, read when it leaves.

use crate::Result;
use crate::access_review::tally::tally;
use crate::ask::alerts;
use crate::db::access_reviews;
use chrono::{DateTime, Utc};
use domain::alert::Kind;
use domain::ids::PersonId;
use domain::notice::Notice;
use sqlx::PgConnection;
use uuid::Uuid;

/// A notice with everything its letter may need, as it is now.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Facts {
    /// What happened, as stored.
    pub kind: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Now, by the database's clock.
    pub now: DateTime<Utc>,
    /// Why, as written by who did it.
    pub reason: String,
    /// Who did it; `None` is the system.
    pub actor: Option<String>,
    /// About whom: a person or a group.
    pub principal: Option<String>,
    /// The reader is the one it is about.
    pub own: bool,
    /// The reader's zone.
    pub zone: String,
    /// `member`, `owner` or `role`.
    pub target_kind: Option<String>,
    /// Key of the group, or word of the role.
    pub key: Option<String>,
    /// Name of the group or role.
    pub target: Option<String>,
    /// The person who reads it, unless it goes to an address.
    pub reader: Option<uuid::Uuid>,
    /// The request.
    pub request: Option<uuid::Uuid>,
    /// Number of the request.
    pub number: Option<i64>,
    /// Its status.
    pub status: Option<String>,
    /// The kind of the assignment that a renewal is about.
    pub renews: Option<String>,
    /// What it was asked for.
    pub asked_reason: Option<String>,
    /// Ticket.
    pub ticket: Option<String>,
    /// From when; `None` is at once.
    pub asked_start: Option<DateTime<Utc>>,
    /// How long.
    pub asked_minutes: Option<i32>,
    /// Lapses unanswered then.
    pub deadline_at: Option<DateTime<Utc>>,
    /// Why it was closed.
    pub close_reason: Option<String>,
    /// The reader has decided already.
    pub voted: bool,
    /// `eligible` or `active`.
    pub assignment_kind: Option<String>,
    /// Ends; `None` is permanent.
    pub ends_at: Option<DateTime<Utc>>,
    /// Something else gives the same access beyond that end.
    pub covered: bool,
    /// In whose place the reader decides, by name: of those who are away.
    #[sqlx(skip)]
    pub instead_of: Vec<String>,
    /// The access review that it is about.
    #[sqlx(skip)]
    pub review: Option<Review>,
    /// The alert that it is about.
    #[sqlx(skip)]
    pub alert: Option<Alert>,
}

/// An alert, as it is now.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Which.
    pub id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// What it is about; empty where that is the whole.
    pub about: String,
    /// In a sentence.
    pub says: String,
    /// Since when.
    pub opened_at: DateTime<Utc>,
    /// It is not true any more.
    pub closed: bool,
    /// Somebody knows.
    pub acknowledged: bool,
}

/// A round of an access review, as the reader can still work on it.
#[derive(Clone, Debug)]
pub struct Review {
    /// Its name.
    pub name: String,
    /// What reviewers should know.
    pub note: String,
    /// Name of the group.
    pub group: String,
    /// Number of the round.
    pub number: i64,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// Decisions are still taken.
    pub open: bool,
    /// How many are left for the reader.
    pub left: usize,
}

/// Reads them for one mail.
///
/// # Errors
/// The database can't be reached.
pub async fn load(conn: &mut PgConnection, mail: uuid::Uuid) -> Result<Option<Facts>> {
    let facts: Option<Facts> = sqlx::query_as(
        "select n.kind, n.at, clock() as now, n.reason, a.display_name as actor, \
           coalesce(pu.display_name, pg.display_name) as principal, n.principal_id is not distinct from m.person_id as own, \
           coalesce(m_person.time_zone, 'UTC') as zone, th.kind as target_kind, th.key, th.display_name as target, \
           m.person_id as reader, r.id as request, r.number, r.status, r.kind as renews, r.reason as asked_reason, r.ticket, r.asked_start, r.asked_minutes, \
           r.deadline_at, r.close_reason, exists (select from votes v where v.request_id = r.id and v.approver_id = m.person_id) as voted, \
           s.kind as assignment_kind, s.ends_at, \
           exists (select from assignments o where o.principal_id = s.principal_id and o.target_id = s.target_id \
             and o.kind = s.kind and o.id <> s.id and o.starts_at <= s.ends_at \
             and (o.ends_at is null or o.ends_at > s.ends_at)) as covered \
         from mails m join notices n on n.id = m.notice_id \
           left join users m_person on m_person.id = m.person_id \
           left join users a on a.id = n.actor_id \
           left join users pu on pu.id = n.principal_id left join groups pg on pg.id = n.principal_id \
           left join things th on th.id = n.target_id \
           left join requests r on r.id = n.request_id \
           left join assignments s on s.id = coalesce(n.assignment_id, r.assignment_id, r.extends_id) \
         where m.id = $1",
    )
    .bind(mail)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(facts) = facts else { return Ok(None) };
    let notice = Notice::parse(&facts.kind);
    let review = match notice {
        Some(notice) if notice.about_access_review() => review(conn, mail, facts.now).await?,
        _ => None,
    };
    let alert = match notice {
        Some(notice) if notice.about_alert() => alert(conn, mail).await?,
        _ => None,
    };
    Ok(Some(Facts { review, alert, ..facts }))
}

async fn alert(conn: &mut PgConnection, mail: Uuid) -> Result<Option<Alert>> {
    let alert = sqlx::query_scalar(
        "select n.alert_id from mails m join notices n on n.id = m.notice_id where m.id = $1",
    )
    .bind(mail)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(Some(id)) = alert else { return Ok(None) };
    let Some(alert) = alerts::find(conn, id).await? else { return Ok(None) };
    Ok(Some(Alert {
        id,
        kind: alert.kind,
        about: alert.subject(),
        says: alert.facts.words().to_string(),
        opened_at: alert.opened_at,
        closed: alert.closed_at.is_some(),
        acknowledged: alert.acknowledged,
    }))
}

async fn review(conn: &mut PgConnection, mail: uuid::Uuid, now: DateTime<Utc>) -> Result<Option<Review>> {
    let about: Option<(Uuid, Option<Uuid>, String)> = sqlx::query_as(
        "select n.access_review_id, m.person_id, g.display_name from mails m join notices n on n.id = m.notice_id \
           join access_review_rounds r on r.id = n.access_review_id \
           join groups g on g.id = r.group_id and g.deleted_at is null where m.id = $1",
    )
    .bind(mail)
    .fetch_optional(&mut *conn)
    .await?;
    let Some((round, Some(person), group)) = about else { return Ok(None) };
    let Some(round) = access_reviews::round_by_id(conn, round).await? else { return Ok(None) };
    let open = round.open(now);
    // of one that is over nothing is asked
    let left = if open { tally(conn, &round, PersonId(person)).await?.left } else { 0 };
    let note = round.plan.note.clone();
    Ok(Some(Review {
        name: round.name,
        note,
        group,
        number: round.number,
        ends_at: round.ends_at,
        open,
        left: usize::try_from(left).unwrap_or_default(),
    }))
}
