//! Assignments in a round with their evidence, as pages and files show them.

use crate::Result;
use crate::access_review::seen::Seen;
use chrono::{DateTime, Utc};
use domain::ids::AccessReviewRoundId;
use domain::span::Span;
use sqlx::PgConnection;
use uuid::Uuid;

/// Rows of a page.
pub const PAGE: i64 = 50;

/// One assignment.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Line {
    /// Which.
    pub id: Uuid,
    /// A group holds it.
    pub is_group: bool,
    /// For the order of pages.
    pub sort_name: String,
    /// Name.
    pub name: String,
    /// User name, or a group's key.
    pub handle: String,
    /// Department; may be empty.
    pub department: String,
    /// Member or owner, as stored.
    pub access: String,
    /// Eligible or active, as stored.
    pub kind: String,
    /// Held since.
    pub starts_at: DateTime<Utc>,
    /// Until.
    pub ends_at: Option<DateTime<Utc>>,
    /// Held since, as it is now.
    pub live_start: DateTime<Utc>,
    /// Until, as it is now.
    pub live_end: Option<DateTime<Utc>>,
    /// It has ended: there is nothing to decide.
    pub over: bool,
    /// Who gave it; nobody is known of what was found in the directory.
    pub given_by: Option<String>,
    /// Last activated.
    pub last_used: Option<DateTime<Utc>>,
    /// How often in 90 days.
    pub used_90: i32,
    /// Last signed in.
    pub last_sign_in: Option<DateTime<Utc>>,
    /// Keep or remove, as stored.
    pub recommended: String,
    /// Why.
    pub because: String,
    /// Goes up with each decision.
    pub version: i32,
    /// As stored.
    pub decision: Option<String>,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// What came of it, as stored.
    pub outcome: Option<String>,
    /// Why.
    pub outcome_text: String,
}

impl Line {
    /// What a page shows of it that decides as things are now.
    pub fn seen(&self) -> Seen {
        let span = Span { start: self.live_start, end: self.live_end };
        Seen { item: self.id, version: self.version, span }
    }

    /// As the assignment is now, not as it was when somebody last decided on it.
    #[must_use]
    pub fn as_it_is(self) -> Self {
        Self { starts_at: self.live_start, ends_at: self.live_end, ..self }
    }
}

/// Some of a round by name, after a position; of these only, if they are named.
///
/// # Errors
/// The database can't be reached.
pub async fn load(
    conn: &mut PgConnection,
    round: AccessReviewRoundId,
    of: Option<&[Uuid]>,
    after: Option<(String, Uuid)>,
    limit: Option<i64>,
) -> Result<Vec<Line>> {
    let (name, id) = after.unzip();
    let lines = sqlx::query_as(
        "select i.id, g.id is not null as is_group, i.sort_name, coalesce(u.display_name, g.display_name) as name, \
           coalesce(u.user_name, g.key) as handle, coalesce(u.department, '') as department, t.kind as access, i.kind, \
           i.starts_at, i.ends_at, a.starts_at as live_start, a.ends_at as live_end, \
           coalesce(a.ends_at <= clock(), false) as over, given.display_name as given_by, i.last_used, i.used_90, i.last_sign_in, i.recommended, \
           i.because, i.version, i.decision, i.reason, d.display_name as decided_by, i.decided_at, i.outcome, \
           i.outcome_text \
         from access_review_items i join targets t on t.id = i.target_id join assignments a on a.id = i.assignment_id \
           left join users u on u.id = i.principal_id left join groups g on g.id = i.principal_id \
           left join users given on given.id = i.given_by left join users d on d.id = i.decided_by \
         where i.round_id = $1 and ($2::uuid[] is null or i.id = any ($2)) \
           and ($3::text is null or (i.sort_name, i.id) > ($3, $4)) \
         order by i.sort_name, i.id limit $5",
    )
    .bind(round.0)
    .bind(of)
    .bind(name)
    .bind(id)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(lines)
}

/// One page, and where the next begins.
///
/// # Errors
/// The database can't be reached.
pub async fn page(
    conn: &mut PgConnection,
    round: AccessReviewRoundId,
    of: Option<&[Uuid]>,
    after: &str,
) -> Result<(Vec<Line>, Option<String>)> {
    let after = crate::ask::cursor::read(after);
    let mut lines = load(conn, round, of, after, Some(PAGE + 1)).await?;
    let more = lines.len() > PAGE as usize;
    lines.truncate(PAGE as usize);
    let last = lines.last().filter(|_| more);
    let next = last.map(|line| crate::ask::cursor::write(&(line.sort_name.clone(), line.id)));
    Ok((lines, next))
}
