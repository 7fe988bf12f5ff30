//! Recovery codes: ten, shown once, each good for one sign-in or proof when the authenticator app is gone.

use crate::audit::{self, About};
use crate::factor::RECOVERY_CODE;
use crate::proof::{self, Purpose};
use crate::secret::{base32, random};
use crate::{Ctx, Engine, Result, Settings, clock, demand, hashing};
use domain::audit::Event;
use domain::ids::PersonId;
use sqlx::PgConnection;

/// Codes made at once.
pub const MANY: usize = 10;

/// New codes with what is kept of them.
pub(crate) struct Fresh {
    /// For the person, in groups of four characters.
    pub codes: Vec<String>,
    hashes: Vec<Vec<u8>>,
}

/// Makes codes for a person; slow, so before any lock is taken.
pub(crate) async fn fresh(settings: &Settings, person: PersonId) -> Result<Fresh> {
    let (mut codes, mut hashes) = (Vec::with_capacity(MANY), Vec::with_capacity(MANY));
    for _ in 0..MANY {
        let code = base32(&random::<{ RECOVERY_CODE * 5 / 8 }>()?);
        hashes.push(hashing::recovery_code(settings, person, &code).await?);
        codes.push(grouped(&code));
    }
    Ok(Fresh { codes, hashes })
}

/// As people write it down.
pub(crate) fn grouped(code: &str) -> String {
    let groups: Vec<&str> =
        code.as_bytes().chunks(4).filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join("-")
}

/// Keeps these codes; earlier ones are gone.
pub(crate) async fn keep(conn: &mut PgConnection, person: PersonId, fresh: &Fresh) -> Result<()> {
    sqlx::query("delete from recovery_codes where user_id = $1").bind(person.0).execute(&mut *conn).await?;
    sqlx::query("insert into recovery_codes (user_id, code_hash) select $1, unnest($2::bytea[])")
        .bind(person.0)
        .bind(&fresh.hashes)
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes new recovery codes for the caller and gives them back; the old ones are gone.
///
/// # Errors
/// The code is missing or wrong.
pub async fn renew(engine: &Engine, ctx: &Ctx, code: &str) -> Result<Vec<String>> {
    let person = ctx.person();
    let fresh = fresh(&engine.settings, person).await?;
    let about = About { principal: Some(person.into()), ..About::default() };
    let mut tx = engine.begin().await?;
    let subject = ["new recovery codes".to_owned()];
    let given = proof::give(engine, &mut tx, ctx, code, Purpose::FactorChange, &subject).await?;
    let now = clock::now(&mut tx).await?;
    if let Some(refusal) = demand::fresh(given.given, now) {
        drop(tx);
        return Err(audit::refused(engine, &ctx.by(), Event::RecoveryCodesMade, about, refusal.into()).await);
    }
    keep(&mut tx, person, &fresh).await?;
    let about = About { proof: given.proofs.first().copied(), ..about };
    audit::done(&mut tx, &ctx.by(), Event::RecoveryCodesMade, &about).await?;
    tx.commit().await?;
    Ok(fresh.codes)
}
