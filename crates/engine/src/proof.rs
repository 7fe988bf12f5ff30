//! Second-factor proofs: one for one act of one person in one session, with one content (SEC-10 to SEC-12).
//!
//! [`give`] checks the code and uses the proof up in the transaction of the act it is for. There is no proof lying
//! about between a form and its act that something else could take.

use crate::factor::{self, Checked, Method};
use crate::throttle::Key;
use crate::{Ctx, Engine, Error, Result, Tx, audit, ids};
use chrono::{DateTime, TimeDelta, Utc};
use domain::audit::Event;
use domain::policy::evaluate::ProofGiven;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

/// Subjects that one code may be for (SEC-12): as many as one prompt can show.
pub const MOST_SUBJECTS: usize = 10;

/// What an act does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Activate.
    Activate,
    /// Extend an activation.
    Extend,
    /// Approve or deny.
    Approve,
    /// Assign, change or remove access of others.
    Assign,
    /// Save a policy.
    PolicyChange,
    /// Change a factor, recovery codes or the password.
    FactorChange,
    /// Anything else an administrator does.
    AdminOp,
}

impl Purpose {
    /// The stable word, as stored.
    pub const fn wire(self) -> &'static str {
        match self {
            Purpose::Activate => "activate",
            Purpose::Extend => "extend",
            Purpose::Approve => "approve",
            Purpose::Assign => "assign",
            Purpose::PolicyChange => "policy-change",
            Purpose::FactorChange => "factor-change",
            Purpose::AdminOp => "admin-op",
        }
    }
}

/// What came of a code.
#[derive(Clone, Debug)]
pub struct Given {
    /// For the rule that judges it.
    pub given: ProofGiven,
    /// The proofs that were used up, one for each subject, in their order; for the audit.
    pub proofs: Vec<Uuid>,
}

/// Checks the typed code of the person in `ctx` and uses it up for these subjects, inside `tx`.
///
/// A subject is the content of one act in words (group, role, length, reason …): what the prompt showed. Call it when
/// nothing else stands in the way of the act, since a right code is gone afterwards if `tx` commits; a wrong one is
/// counted even if it does not.
///
/// # Errors
/// The database can't be reached; more than [`MOST_SUBJECTS`] subjects.
pub async fn give(
    engine: &Engine,
    tx: &mut Tx,
    ctx: &Ctx,
    code: &str,
    purpose: Purpose,
    subjects: &[String],
) -> Result<Given> {
    if subjects.is_empty() || subjects.len() > MOST_SUBJECTS {
        return Err(Error::Internal(format!("{} subjects for one proof", subjects.len())));
    }
    let checked = factor::check(engine, tx, ctx.person(), code, Key::code(ctx.person(), None)).await?;
    let given = match checked {
        Checked::Right { at, method } => {
            if method == Method::RecoveryCode {
                audit::done(tx, &ctx.by(), Event::RecoveryCodeUsed, &audit::About::default()).await?;
            }
            return used(tx, ctx, purpose, subjects, at, method).await;
        }
        Checked::Missing => ProofGiven::Missing,
        Checked::NoFactor => ProofGiven::NoFactor,
        Checked::Wrong => ProofGiven::Wrong,
        Checked::Locked { until } => ProofGiven::Locked { until },
    };
    Ok(Given { given, proofs: Vec::new() })
}

async fn used(
    tx: &mut Tx,
    ctx: &Ctx,
    purpose: Purpose,
    subjects: &[String],
    at: DateTime<Utc>,
    method: Method,
) -> Result<Given> {
    let mut proofs = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let proof = make(tx, ctx, purpose, subject, at, method).await?;
        if use_up(tx, ctx, proof, purpose, subject, TimeDelta::minutes(1)).await?.is_none() {
            // The person was disabled, or her factor removed, between the check and now.
            return Ok(Given { given: ProofGiven::Wrong, proofs: Vec::new() });
        }
        proofs.push(proof);
    }
    Ok(Given { given: ProofGiven::Verified { at }, proofs })
}

/// Writes down that the factor was checked at `at`, for one act that may now use it up once.
///
/// # Errors
/// The database can't be reached.
pub async fn make(
    conn: &mut PgConnection,
    ctx: &Ctx,
    purpose: Purpose,
    subject: &str,
    at: DateTime<Utc>,
    method: Method,
) -> Result<Uuid> {
    let proof = ids::new();
    sqlx::query(
        "insert into proofs (id, user_id, session_hash, purpose, subject_hash, method, verified_at) \
         values ($1, $2, $3, $4, encode($5, 'hex'), $6, $7)",
    )
    .bind(proof)
    .bind(ctx.person().0)
    .bind(&ctx.session.hash)
    .bind(purpose.wire())
    .bind(hash(subject))
    .bind(method.wire())
    .bind(at)
    .execute(conn)
    .await?;
    Ok(proof)
}

/// Uses a proof up, if it is this person's, of this session, for this purpose and content, at most `max_age` old, not
/// used before, her factor still there and she herself enabled; then says when it was verified.
///
/// # Errors
/// The database can't be reached.
pub async fn use_up(
    conn: &mut PgConnection,
    ctx: &Ctx,
    proof: Uuid,
    purpose: Purpose,
    subject: &str,
    max_age: TimeDelta,
) -> Result<Option<DateTime<Utc>>> {
    let verified = sqlx::query_scalar(
        "update proofs p set consumed_at = clock() \
         where p.id = $1 and p.user_id = $2 and p.session_hash = $3 and p.purpose = $4 \
           and p.subject_hash = encode($5, 'hex') and p.consumed_at is null \
           and p.verified_at >= clock() - make_interval(secs => $6) \
           and exists (select from totp_factors f where f.user_id = p.user_id and f.confirmed_at is not null) \
           and exists (select from users u where u.id = p.user_id and u.enabled and u.deleted_at is null) \
         returning p.verified_at",
    )
    .bind(proof)
    .bind(ctx.person().0)
    .bind(&ctx.session.hash)
    .bind(purpose.wire())
    .bind(hash(subject))
    .bind(max_age.as_seconds_f64())
    .fetch_optional(conn)
    .await?;
    Ok(verified)
}

fn hash(subject: &str) -> Vec<u8> {
    Sha256::digest(subject.as_bytes()).to_vec()
}
