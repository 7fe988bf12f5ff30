//! Finds the policies that ask for an approval which nobody can give, over everything.

use crate::db::{policies, targets};
use crate::{Result, Tx, supply};
use domain::ids::TargetId;
use uuid::Uuid;

/// Targets looked at in one statement.
const PAGE: i64 = 500;

/// Written anew: it is of one moment only.
pub(super) async fn count(tx: &mut Tx) -> Result<()> {
    sqlx::query("delete from approval_gaps").execute(&mut **tx).await?;
    let mut after = Uuid::nil();
    loop {
        let page: Vec<Uuid> = sqlx::query_scalar(
            "select t.id from things t where t.id > $1 and t.open and t.deleted_at is null and exists ( \
               select from policies p where p.target_id = t.id and p.settings #> '{activation,approval}' <> 'null' \
                 and p.version = (select max(newer.version) from policies newer where newer.target_id = t.id)) \
             order by t.id limit $2",
        )
        .bind(after)
        .bind(PAGE)
        .fetch_all(&mut **tx)
        .await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = *last;
        for target in page {
            look(tx, TargetId(target)).await?;
        }
    }
}

async fn look(tx: &mut Tx, id: TargetId) -> Result<()> {
    let Some(target) = targets::find(tx, id).await? else { return Ok(()) };
    let policy = policies::current(tx, id).await?.policy;
    let Some(rule) = &policy.activation.approval else { return Ok(()) };
    let supply = supply::load(tx, target, id, rule).await?;
    let Some(gap) = supply.gap() else { return Ok(()) };
    sqlx::query("insert into approval_gaps (target_id, gap, able, needed) values ($1, $2, $3, $4)")
        .bind(id.0)
        .bind(gap.wire())
        .bind(i32::try_from(supply.able()).unwrap_or(i32::MAX))
        .bind(i32::from(rule.needed))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
