//! Writes down what came of a try: of the delivery, and of its hook, which rests while its receiver is in trouble.

use super::deliver::{Came, Due};
use super::switch;
use crate::outbound::Tried;
use crate::{Engine, Result, secret};
use domain::webhook::retry::{HOPELESS, Verdict, gap, hopeless, rest};
use sqlx::PgConnection;
use uuid::Uuid;

/// Of a delivery.
struct Noted {
    state: &'static str,
    again: Option<i64>,
    problem: String,
}

/// Only who still holds the lease writes what came of it.
pub(super) async fn note(
    engine: &Engine,
    hook: Uuid,
    delivery: &Due,
    tried: &Tried,
    verdict: Verdict,
) -> Result<Came> {
    let dice = f64::from(secret::random::<1>()?[0]) / 255.0;
    let came = match verdict {
        Verdict::Delivered => Came::Taken,
        Verdict::NotThis(_) => Came::Refused,
        Verdict::Again(_) | Verdict::Gone => Came::Failed,
    };
    let mut tx = engine.begin().await?;
    // the hook comes first, as for everybody who changes both
    sqlx::query("select 1 from hooks where id = $1 for no key update").bind(hook).execute(&mut *tx).await?;
    if !of_delivery(&mut tx, delivery, &noted(delivery, verdict, tried, dice), tried).await? {
        return Ok(came);
    }
    match verdict {
        Verdict::Delivered => well(&mut tx, hook).await?,
        Verdict::Gone => {
            const WHY: &str = "The receiver answered 410 Gone: it wants nothing any more.";
            switch::off_for(&mut tx, hook, WHY).await?;
        }
        Verdict::Again(_) | Verdict::NotThis(_) if delivery.is_test() => {}
        Verdict::Again(asked) => {
            trouble(&mut tx, hook, dice, asked).await?;
            not_taken(&mut tx, hook).await?;
        }
        Verdict::NotThis(_) => {
            // the turn that it had for all is over
            let over = "update hooks set rests_until = null where id = $1 and $2";
            sqlx::query(over).bind(hook).bind(delivery.probe).execute(&mut *tx).await?;
            not_taken(&mut tx, hook).await?;
        }
    }
    tx.commit().await?;
    Ok(came)
}

fn noted(delivery: &Due, verdict: Verdict, tried: &Tried, dice: f64) -> Noted {
    let problem = match &tried.outcome {
        Err(why) => why.clone(),
        Ok(answer) if (300..400).contains(&answer.status) => {
            "It sends elsewhere, which is not followed.".into()
        }
        Ok(_) => String::new(),
    };
    match verdict {
        Verdict::Delivered => Noted { state: "delivered", again: None, problem },
        Verdict::Again(asked) | Verdict::NotThis(asked) if !delivery.is_test() => {
            match gap(delivery.attempts, dice, asked) {
                Some(again) => Noted { state: "waiting", again: Some(again), problem },
                None => Noted { state: "failed", again: None, problem },
            }
        }
        Verdict::Again(_) | Verdict::NotThis(_) | Verdict::Gone => {
            Noted { state: "failed", again: None, problem }
        }
    }
}

async fn of_delivery(conn: &mut PgConnection, delivery: &Due, noted: &Noted, tried: &Tried) -> Result<bool> {
    let answer = tried.outcome.as_ref().ok();
    let noted = sqlx::query(
        "update hook_deliveries set state = $3, closed_at = case when $4::float8 is null then clock() end, \
           due_at = case when $4::float8 is null then due_at else clock() + make_interval(secs => $4) end, \
           status = $5, answer = $6, problem = $7, took_ms = $8, lease = null, leased_until = null \
         where id = $1 and lease = $2",
    )
    .bind(delivery.id)
    .bind(delivery.lease)
    .bind(noted.state)
    .bind(noted.again.map(|seconds| seconds as f64))
    .bind(answer.map(|answer| i32::from(answer.status)))
    .bind(answer.map_or("", |answer| &*answer.text))
    .bind(&noted.problem)
    .bind(i32::try_from(tried.took.as_millis()).unwrap_or(i32::MAX))
    .execute(conn)
    .await?;
    Ok(noted.rows_affected() == 1)
}

async fn well(conn: &mut PgConnection, hook: Uuid) -> Result<()> {
    let well = "update hooks set failures = 0, rests_until = null, failing_since = null, failing_tries = 0 \
        where id = $1 and (failures > 0 or rests_until is not null or failing_since is not null)";
    sqlx::query(well).bind(hook).execute(conn).await?;
    Ok(())
}

/// The hook rests, longer each time.
async fn trouble(conn: &mut PgConnection, hook: Uuid, dice: f64, asked: Option<i64>) -> Result<()> {
    let failures = "update hooks set failures = failures + 1 where id = $1 returning failures";
    let failures: Option<i32> = sqlx::query_scalar(failures).bind(hook).fetch_optional(&mut *conn).await?;
    let rest = rest(failures.unwrap_or(1), dice, asked);
    sqlx::query("update hooks set rests_until = clock() + make_interval(secs => $2) where id = $1")
        .bind(hook)
        .bind(rest as f64)
        .execute(conn)
        .await?;
    Ok(())
}

/// A receiver that takes nothing for days is taken for gone, and the hook switched off.
async fn not_taken(conn: &mut PgConnection, hook: Uuid) -> Result<()> {
    let failing: Option<(i32, i32)> = sqlx::query_as(
        "update hooks set failing_since = coalesce(failing_since, clock()), failing_tries = failing_tries + 1 where id = $1 \
         returning floor(extract(epoch from clock() - failing_since) / 86400)::int, failing_tries",
    )
    .bind(hook)
    .fetch_optional(&mut *conn)
    .await?;
    if failing.is_some_and(|(days, tries)| hopeless(days.into(), tries)) {
        let why = format!("The receiver took nothing for {} days.", HOPELESS.0);
        switch::off_for(conn, hook, &why).await?;
    }
    Ok(())
}
