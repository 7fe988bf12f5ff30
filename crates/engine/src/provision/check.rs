//! Whether applications in quarantine may be used again.

use super::connector::{Connector, of_kind};
use super::line::{Line, Stop};
use super::{app, health};
use crate::{Engine, Result};
use uuid::Uuid;

/// Those in quarantine whose next test call is due. They are taken by moving it on, so that no other server calls too.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn due(engine: &Engine) -> Result<Vec<Uuid>> {
    let sql = "update applications set test_due_at = clock() + interval '5 minutes' where id in (select id from applications \
         where health = 'quarantined' and test_due_at <= clock() and off_at is null and deleted_at is null for update skip locked) \
       returning id";
    Ok(sqlx::query_scalar(sql).fetch_all(&engine.pool).await?)
}

/// Tries one in quarantine.
///
/// # Errors
/// The database can't be reached.
pub(super) async fn quarantined(engine: Engine, id: Uuid) -> Result<()> {
    let mut conn = engine.pool.acquire().await?;
    let app = app::load(&mut conn, &engine.settings, id).await?;
    drop(conn);
    let line = Line { engine: engine.clone(), app, key: None, why: "test in quarantine".into(), actor: None };
    let well = match of_kind!(line, connection(&line).await) {
        Ok(tested) => tested.well,
        Err(Stop::Engine(error)) => return Err(error),
        Err(_) => false,
    };
    let mut tx = engine.begin().await?;
    health::tested(&mut tx, id, well).await?;
    tx.commit().await
}
