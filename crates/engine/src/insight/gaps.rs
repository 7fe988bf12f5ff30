//! Finds the policies that ask for an approval which nobody can give, over everything.

use crate::db::targets;
use crate::{Engine, Result, supply};
use domain::ids::TargetId;
use domain::policy::{ApprovalRule, Policy};
use domain::target::Target;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// Targets looked at in one transaction.
const PAGE: i64 = 500;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    group_id: Option<Uuid>,
    role: Option<String>,
    settings: Json<Policy>,
}

/// Written anew, some targets at a time: each is of one moment only, and nobody waits for all of them. Two servers that count
/// at once write the same.
///
/// # Errors
/// The database can't be reached, or a policy can't be read.
pub(super) async fn count(engine: &Engine) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let mut tx = engine.begin().await?;
        let page = page(&mut tx, after).await?;
        let last = page.last().map(|row| row.id);
        write(&mut tx, (after, last), &page).await?;
        tx.commit().await?;
        let Some(last) = last else { return Ok(()) };
        after = last;
    }
}

async fn page(conn: &mut PgConnection, after: Uuid) -> Result<Vec<Row>> {
    let page = sqlx::query_as(
        "select t.id, t.kind, t.group_id, t.role, p.settings from things t join policies p on p.target_id = t.id \
           and p.version = (select max(newer.version) from policies newer where newer.target_id = t.id) \
         where t.id > $1 and t.open and t.deleted_at is null and p.settings #> '{activation,approval}' <> 'null' \
         order by t.id limit $2",
    );
    Ok(page.bind(after).bind(PAGE).fetch_all(conn).await?)
}

/// What is found on a page takes the place of what was found there before, up to its last target.
async fn write(conn: &mut PgConnection, (after, last): (Uuid, Option<Uuid>), page: &[Row]) -> Result<()> {
    let mut asked: Vec<(Target, TargetId, &ApprovalRule)> = Vec::new();
    for row in page {
        let id = TargetId(row.id);
        let target = targets::read(id, &row.kind, row.group_id, row.role.as_deref())?;
        asked.extend(row.settings.activation.approval.as_ref().map(|rule| (target, id, rule)));
    }
    let found = supply::of_many(conn, &asked).await?;
    let (mut ids, mut gaps, mut able, mut needed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for ((_, id, rule), supply) in asked.iter().zip(&found) {
        let Some(gap) = supply.gap() else { continue };
        ids.push(id.0);
        gaps.push(gap.wire());
        able.push(i32::try_from(supply.able.len()).unwrap_or(i32::MAX));
        needed.push(i32::from(rule.needed));
    }
    sqlx::query(
        "delete from approval_gaps where target_id > $1 and ($2::uuid is null or target_id <= $2) \
           and target_id <> all ($3)",
    )
    .bind(after)
    .bind(last)
    .bind(&ids)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "insert into approval_gaps (target_id, gap, able, needed) \
         select * from unnest($1::uuid[], $2::text[], $3::integer[], $4::integer[]) \
         on conflict (target_id) do update set gap = excluded.gap, able = excluded.able, needed = excluded.needed",
    )
    .bind(ids)
    .bind(gaps)
    .bind(able)
    .bind(needed)
    .execute(conn)
    .await?;
    Ok(())
}
