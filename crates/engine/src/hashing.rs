//! Slow hashes, at most four at a time so that a storm of sign-ins cannot eat the memory (security.md 6.4).

use crate::secret::{derive, random};
use crate::{Error, Result, Settings};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::ids::PersonId;
use domain::refusal::Refusal;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// Hashes running at once, 19 MiB each.
static ROOM: Semaphore = Semaphore::const_new(4);
/// Callers that wait for room.
static WAITING: AtomicUsize = AtomicUsize::new(0);
/// More waiting than this is answered with "busy": at some 25 ms a hash, the last one waits half a second.
const QUEUE: usize = 64;

/// A hash of a password that nobody has, with our parameters: verifying against it costs what a real one costs.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IG9mIG91cnM$bWVsFXrMVyPOVTQ+rrEMgUPNFC9VBM4VqGRhLG6nU8c";

/// argon2id, 19 MiB, two passes, one lane: the OWASP minimum.
fn argon() -> Result<Argon2<'static>> {
    let params = Params::new(19_456, 2, 1, Some(32)).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Runs one hash when there is room.
async fn slow<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    struct Queued;
    impl Drop for Queued {
        fn drop(&mut self) {
            WAITING.fetch_sub(1, Ordering::Relaxed);
        }
    }
    let ahead = WAITING.fetch_add(1, Ordering::Relaxed);
    let queued = Queued;
    if ahead >= QUEUE {
        return Err(Error::Busy);
    }
    let room = ROOM.acquire().await.map_err(|error| Error::Internal(error.to_string()))?;
    drop(queued);
    // The permit goes along: a caller that went away must not make room for one hash more.
    let run = tokio::task::spawn_blocking(move || {
        let _room = room;
        work()
    });
    run.await.map_err(|error| Error::Internal(error.to_string()))?
}

/// Hashes a password for keeping; a PHC string.
///
/// # Errors
/// Busy: too many wait.
pub async fn password(password: &str) -> Result<String> {
    let (password, salt) = (password.to_owned(), random::<16>()?);
    slow(move || {
        let hash = argon()?.hash_password_with_salt(password.as_bytes(), &salt);
        Ok(hash.map_err(|error| Error::Internal(error.to_string()))?.to_string())
    })
    .await
}

/// Whether this is the password. Without a kept hash the same work is done and the answer is no, so that time does
/// not tell an unknown person from a wrong password (security.md 6.3).
///
/// # Errors
/// Busy; or the kept hash can't be read.
pub async fn matches(password: &str, kept: Option<&str>) -> Result<bool> {
    let (password, known) = (password.to_owned(), kept.is_some());
    let kept = kept.unwrap_or(NOBODY).to_owned();
    slow(move || {
        let kept = PasswordHash::new(&kept).map_err(|error| Error::Internal(error.to_string()))?;
        let same = argon()?.verify_password(password.as_bytes(), &kept).is_ok();
        Ok(same && known)
    })
    .await
}

/// What the database keeps of a recovery code. Its 80 bits ask for a slow hash; the salt is the person's and depends
/// on the installation's key, so one hash finds the code among ten and a stolen table alone tells nothing.
///
/// # Errors
/// Busy.
pub async fn recovery_code(settings: &Settings, person: PersonId, code: &str) -> Result<Vec<u8>> {
    let salt = derive(settings, &format!("recovery codes of {person}"));
    let code = code.to_owned();
    slow(move || {
        let mut hash = [0; 32];
        argon()?
            .hash_password_into(code.as_bytes(), &salt, &mut hash)
            .map_err(|error| Error::Internal(error.to_string()))?;
        Ok(hash.to_vec())
    })
    .await
}

/// Judges a new password; `about` are the person's own names and address, which make poor passwords.
///
/// # Errors
/// What `domain::password` says.
pub async fn judge(new: &str, about: Vec<String>) -> Result<()> {
    // Estimating takes time that grows with the length, and a longer one is refused anyway.
    let bounded: String = new.chars().take(domain::password::MAX).collect();
    let score = slow(move || {
        let about: Vec<&str> = about.iter().map(String::as_str).collect();
        Ok(u8::from(zxcvbn::zxcvbn(&bounded, &about).score()))
    })
    .await?;
    domain::password::check(new, score).map_err(|refusal: Refusal| Error::from(refusal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let kept = password("correct horse battery staple").await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(matches("correct horse battery staple", Some(&kept)).await.unwrap());
        assert!(!matches("correct horse battery stapler", Some(&kept)).await.unwrap());
    }

    /// The work for a person that does not exist is the same: the stand-in is a whole hash with the same parameters.
    #[tokio::test]
    async fn nobody_has_a_readable_hash_and_no_password() {
        let kept = PasswordHash::new(NOBODY).unwrap();
        let params = kept.params.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        assert_eq!(params, ["m=19456", "t=2", "p=1"]);
        assert_eq!(kept.hash.map(|hash| hash.len()), Some(32));
        assert!(!matches("anything", None).await.unwrap());
    }
}
