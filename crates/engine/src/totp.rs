//! Time-based one-time codes (RFC 6238: SHA-1, six digits, 30 seconds), read on the database's clock.

use crate::secret::{Place, base32, open};
use crate::{Engine, Error, Result, Settings, clock};
use chrono::{DateTime, Utc};
use domain::ids::PersonId;
use sqlx::PgConnection;
use std::fmt::Write;
use totp_rs::{Builder, Secret, Totp};

/// Bytes of a secret: 160 bit, as RFC 4226 recommends.
pub const SECRET: usize = 20;
/// Seconds of a step.
pub const STEP: u64 = 30;

/// The generator of a secret, accepting the step before and after the present one.
///
/// # Errors
/// The secret has the wrong length.
pub fn generator(secret: &[u8]) -> Result<Totp> {
    let secret: [u8; SECRET] = secret
        .try_into()
        .map_err(|_| Error::Internal("a second-factor secret of wrong length".to_owned()))?;
    Builder::new()
        .with_secret(Secret::new_stack(secret))
        .with_skew(1)
        .with_step_duration(STEP)
        .build()
        .map_err(|error| Error::Internal(format!("second factor: {error:?}")))
}

/// The step whose code this is, within one step of `now`. Steps up to `last` were used, or are older than one that
/// was, and are gone (SEC 6.1, forward only).
///
/// # Errors
/// The secret has the wrong length.
pub fn step(secret: &[u8], code: &str, last: i64, now: DateTime<Utc>) -> Result<Option<i64>> {
    let found = generator(secret)?.check(code, seconds(now)).and_then(|step| i64::try_from(step).ok());
    Ok(found.filter(|step| *step > last))
}

fn seconds(now: DateTime<Utc>) -> u64 {
    u64::try_from(now.timestamp()).unwrap_or_default()
}

/// Where the secret of a person is sealed for.
pub fn place(person: &str) -> Place<'_> {
    Place { table: "totp_factors", row: person, column: "secret" }
}

/// Opens a sealed secret.
///
/// # Errors
/// It was sealed for somebody else or under another key, or is damaged.
pub fn unseal(settings: &Settings, person: PersonId, sealed: &[u8]) -> Result<Vec<u8>> {
    open(settings, place(&person.to_string()), sealed)
}

/// The address that authenticator apps read from a QR code (Key URI Format of Google Authenticator).
pub fn uri(organisation: &str, user_name: &str, secret: &[u8]) -> String {
    let issuer = encode(organisation);
    format!(
        "otpauth://totp/{issuer}:{}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period={STEP}",
        encode(user_name),
        base32(secret)
    )
}

/// Percent-encodes everything but unreserved characters (RFC 3986 section 2.3).
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// The code that a person's authenticator app shows now, or the next one when the present one was used.
///
/// For the page of personas in demo mode on loopback, and for nothing else: it is the second factor itself.
///
/// # Errors
/// The database can't be reached, or the secret can't be opened. `None` when the person has no factor.
pub async fn current_code(
    engine: &Engine,
    conn: &mut PgConnection,
    person: PersonId,
) -> Result<Option<String>> {
    let row: Option<(Vec<u8>, i64)> = sqlx::query_as(
        "select secret, last_step from totp_factors where user_id = $1 and confirmed_at is not null",
    )
    .bind(person.0)
    .fetch_optional(&mut *conn)
    .await?;
    let Some((sealed, last)) = row else { return Ok(None) };
    let secret = unseal(&engine.settings, person, &sealed)?;
    let now = seconds(clock::now(conn).await?);
    let used = i64::try_from(now / STEP).is_ok_and(|step| step <= last);
    let shown = if used { now + STEP } else { now };
    Ok(Some(generator(&secret)?.generate(shown).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    /// The last six digits of RFC 6238 appendix B, SHA-1.
    #[test]
    fn codes_as_in_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(step(secret, code, 0, at(seconds)).unwrap(), Some(seconds / 30));
        }
    }

    #[test]
    fn one_step_either_side_and_no_more() {
        let secret = b"12345678901234567890";
        let taken = |seconds| step(secret, "287082", 0, at(seconds)).unwrap().is_some();
        assert_eq!([0, 29, 30, 59, 89].map(taken), [true; 5]);
        assert!(!taken(90));
    }

    #[test]
    fn a_used_step_and_older_ones_are_gone() {
        let secret = b"12345678901234567890";
        assert_eq!(step(secret, "287082", 1, at(59)).unwrap(), None);
        assert_eq!(step(secret, "287082", 2, at(89)).unwrap(), None);
    }

    #[test]
    fn the_address_escapes_what_it_names() {
        let uri = uri("Blåbær & Co: 100%", "a:b?c", b"12345678901234567890");
        assert!(
            uri.starts_with("otpauth://totp/Bl%C3%A5b%C3%A6r%20%26%20Co%3A%20100%25:a%3Ab%3Fc?secret="),
            "{uri}"
        );
    }
}
