//! Holds accounts back where so many would be disabled or deleted that it looks like an accident. Memberships that ended never pass here.

use super::line::{Key, Line, Stop};
use domain::provision::breaker::Threshold;

/// Lets an account go, or holds it back until somebody allows it.
pub(crate) async fn pass(line: &Line, key: &Key) -> Result<(), Stop> {
    let mut tx = line.engine.begin().await?;
    // locked by a statement of its own: a count in it would be from before the wait
    sqlx::query("select from applications where id = $1 for no key update")
        .bind(line.app.id)
        .execute(&mut *tx)
        .await?;
    let row: (bool, bool, i64, i64) = sqlx::query_as(
        "select broken_at is not null, \
           (select let_go from application_people p where p.application_id = a.id and p.user_id = $2), \
           (select count(*) from application_people p where p.application_id = a.id and p.user_id <> $2 \
             and p.left_at > greatest(a.allowed_at, clock() - make_interval(mins => a.sweep_minutes))), \
           (select count(*) from application_people p where p.application_id = a.id and p.there <> 'no') \
         from applications a where id = $1",
    )
    .bind(line.app.id)
    .bind(key.user_id)
    .fetch_one(&mut *tx)
    .await?;
    let (broken, let_go, gone, linked) = row;
    if let_go {
        // somebody looked at her, and she counts with nobody else
        tx.rollback().await?;
        return Ok(());
    }
    if broken || line.app.breaker.trips(gone, 1, linked) {
        trip(&mut tx, line, 1).await?;
        tx.commit().await?;
        let Threshold { most, per_cent } = line.app.breaker;
        let why =
            format!("More than {most} accounts or {per_cent} % would go at once: somebody has to allow it.");
        return Err(Stop::Blocked(why));
    }
    let left = "update application_people set left_at = clock() where application_id = $1 and user_id = $2 and lease = $3";
    sqlx::query(left).bind(line.app.id).bind(key.user_id).bind(key.lease).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

/// So many more would go.
pub(crate) async fn trip(conn: &mut sqlx::PgConnection, line: &Line, more: i64) -> Result<(), Stop> {
    let trip = "update applications set broken_count = case when broken_at is null then 0 else broken_count end + $2, \
         broken_at = coalesce(broken_at, clock()) where id = $1";
    sqlx::query(trip).bind(line.app.id).bind(more).execute(conn).await?;
    Ok(())
}
