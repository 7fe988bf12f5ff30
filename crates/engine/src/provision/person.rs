//! Brings one person to what is wanted in one application: first out of what she is not in any more, then her account, then into
//! what she is in. What is wanted is read when it is done, so that late, lost and doubled keys do no harm.

use super::connector::{Connector, Ready, of_kind};
use super::drift::Group;
use super::keys::{State, Worked};
use super::line::{Again, Key, Line, Stop};
use super::record;
use crate::Result;
use chrono::{DateTime, Utc};
use domain::provision::Health;
use domain::provision::body::Account;
use sqlx::PgConnection;
use uuid::Uuid;

/// What is known when the work begins.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub account: Account,
    pub link: Link,
    pub members: Vec<Member>,
    /// She was deleted so long ago that she can't be taken back.
    pub gone_for_good: bool,
}

/// Her account there.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Link {
    pub remote_id: Option<String>,
    pub there: String,
    pub active: bool,
    /// What was written into the account.
    pub sent: String,
}

/// Her membership of a group there.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Member {
    pub group_id: Uuid,
    pub group_name: String,
    pub remote_group: Option<String>,
    /// What its members are there.
    pub role: String,
    pub wanted: bool,
    pub there: String,
}

impl Member {
    /// Somebody who is in a group there and whom nobody here put in.
    pub(crate) fn stranger(group: &Group) -> Self {
        Self {
            group_id: group.group_id,
            group_name: group.name.clone(),
            remote_group: Some(group.remote_id.clone()),
            role: String::new(),
            wanted: false,
            there: "yes".into(),
        }
    }
}

impl Plan {
    pub(crate) fn wanted(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.wanted)
    }

    /// Whether nothing has to be done to the account, into which this was written.
    pub(crate) fn is_settled(&self, written: &str) -> bool {
        let link = &self.link;
        link.remote_id.is_some() && link.there == "yes" && link.active && link.sent == written
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    user_name: String,
    display_name: String,
    mail: Option<String>,
    job_title: Option<String>,
    department: Option<String>,
    gone_for_good: bool,
}

/// Writes down what is wanted now, and reads everything.
pub(crate) async fn plan(line: &Line, key: &Key) -> Result<Plan, Stop> {
    let mut tx = line.engine.begin().await?;
    wish(&mut tx, line.app.id, key).await?;
    let plan = read(&mut tx, line.app.id, key.user_id).await?;
    tx.commit().await?;
    Ok(plan)
}

async fn wish(conn: &mut PgConnection, app: Uuid, key: &Key) -> Result<(), Stop> {
    let held: Option<DateTime<Utc>> = sqlx::query_scalar(
        "select touched_at from application_people where application_id = $1 and user_id = $2 and lease = $3 and fence = $4 for no key update",
    )
    .bind(app)
    .bind(key.user_id)
    .bind(key.lease)
    .bind(key.fence)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(touched_at) = held else { return Err(Stop::Lost) };
    // who has something again is nobody whose leaving somebody looked at
    sqlx::query(
        "update application_people set let_go = false where application_id = $1 and user_id = $2 and let_go \
         and exists (select application_wants($1, $2))",
    )
    .bind(app)
    .bind(key.user_id)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "with wants as materialized (select application_wants($1, $2) as group_id), \
         lost as (update application_members set wanted = false, asked_at = $3, confirmed_at = null, problem = '' \
           where application_id = $1 and user_id = $2 and wanted and group_id not in (select group_id from wants)) \
         insert into application_members as m (application_id, group_id, user_id, wanted, asked_at, there) \
         select $1, group_id, $2, true, $3, case when p.remote_id is null or a.kind = 'postgres' then 'no' else 'unknown' end from wants \
           join application_people p on p.application_id = $1 and p.user_id = $2 join applications a on a.id = $1 \
         on conflict (application_id, group_id, user_id) do update set wanted = true, asked_at = excluded.asked_at, confirmed_at = null, \
           problem = '' where not m.wanted",
    )
    .bind(app)
    .bind(key.user_id)
    .bind(touched_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Reads everything, for the work and for rehearsals.
pub(crate) async fn read(conn: &mut PgConnection, app: Uuid, person: Uuid) -> Result<Plan> {
    let (account, gone_for_good) = somebody(conn, person).await?;
    let link: Link = sqlx::query_as(
        "select remote_id, there, active, sent from application_people where application_id = $1 and user_id = $2",
    )
    .bind(app)
    .bind(person)
    .fetch_one(&mut *conn)
    .await?;
    let members: Vec<Member> = sqlx::query_as(
        "select m.group_id, coalesce(g.display_name, '') as group_name, a.remote_id as remote_group, coalesce(a.role, '') as role, m.wanted, m.there \
         from application_members m left join application_groups a on a.application_id = m.application_id and a.group_id = m.group_id \
         left join groups g on g.id = m.group_id where m.application_id = $1 and m.user_id = $2 order by m.group_id",
    )
    .bind(app)
    .bind(person)
    .fetch_all(conn)
    .await?;
    Ok(Plan { account, link, members, gone_for_good })
}

/// A person as applications are told of her.
pub(crate) async fn account(conn: &mut PgConnection, person: Uuid) -> Result<Account> {
    Ok(somebody(conn, person).await?.0)
}

async fn somebody(conn: &mut PgConnection, person: Uuid) -> Result<(Account, bool)> {
    let row: Row = sqlx::query_as(
        "select user_name, display_name, mail, job_title, department, coalesce(deleted_at + interval '30 days' <= clock(), false) as gone_for_good \
         from users where id = $1",
    )
    .bind(person)
    .fetch_one(conn)
    .await?;
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let account = Account {
        external_id: person.to_string(),
        user_name: row.user_name,
        display_name: row.display_name,
        mail: filled(row.mail),
        title: filled(row.job_title),
        department: filled(row.department),
        active: true,
    };
    Ok((account, row.gone_for_good))
}

/// Works on a key that was taken.
pub(crate) async fn work(line: &Line, key: &Key) -> Worked {
    let mut removed = false;
    let came = bring(line, key, &mut removed).await;
    Worked { came, removed }
}

async fn bring(line: &Line, key: &Key, removed: &mut bool) -> Result<State, Stop> {
    let plan = plan(line, key).await?;
    remove(line, key, &plan, removed).await?;
    if plan.wanted().next().is_none() {
        of_kind!(line, leave(line, key, &plan).await)?;
        return Ok(State::Out);
    }
    let settled = plan.is_settled(&of_kind!(line, written(&plan.account)));
    if settled && plan.wanted().all(|member| member.there == "yes") {
        return Ok(State::Applied);
    }
    if line.app.health == Health::Quarantined {
        return Err(Stop::Held);
    }
    let user = of_kind!(line, ensure(line, key, &plan).await)?;
    give(line, key, &plan, &user).await?;
    Ok(State::Applied)
}

/// Out of every group that she is not in any more. One that fails holds up no other; what keeps it from going on is said at the end.
async fn remove(line: &Line, key: &Key, plan: &Plan, removed: &mut bool) -> Result<(), Stop> {
    let mut failed = None;
    for member in plan.members.iter().filter(|member| !member.wanted && member.there != "no") {
        let came = of_kind!(line, remove(line, key, plan, member).await);
        *removed |= came.is_ok();
        keep(line, key, member, came, &mut failed).await?;
    }
    failed.map_or(Ok(()), Err)
}

/// Into every group that she is in; the same.
async fn give(line: &Line, key: &Key, plan: &Plan, user: &Ready) -> Result<(), Stop> {
    let mut failed = None;
    for member in plan.wanted().filter(|member| user.anew || member.there != "yes") {
        let came = of_kind!(line, add(line, key, plan, member, user).await);
        keep(line, key, member, came, &mut failed).await?;
    }
    failed.map_or(Ok(()), Err)
}

/// Notes what failed of one membership, and goes on with the next. What is to be tried soon is not put off because something else is.
async fn keep(
    line: &Line,
    key: &Key,
    member: &Member,
    came: Result<(), Stop>,
    failed: &mut Option<Stop>,
) -> Result<(), Stop> {
    match came {
        Err(Stop::Failed(why, when)) => {
            record::note(line, key, member.group_id, &why).await?;
            if failed.is_none()
                || (when == Again::Soon && matches!(failed, Some(Stop::Failed(_, Again::Later))))
            {
                *failed = Some(Stop::Failed(why, when));
            }
            Ok(())
        }
        other => other,
    }
}
