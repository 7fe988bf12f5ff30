//! Devices that a person has signed in from before. A stranger's failed tries slow strangers down, not her: her device
//! has a count of its own (security.md 6.2).
//!
//! The cookie is a random number sealed for one person; it opens nothing but that count.

use crate::secret::{Place, open, random, seal};
use crate::{Result, Settings};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::PersonId;

/// A new cookie value for a device of this person.
///
/// # Errors
/// There are no random bytes.
pub fn make(settings: &Settings, person: PersonId) -> Result<String> {
    let sealed = seal(settings, place(&person.to_string()), &random::<16>()?)?;
    Ok(URL_SAFE_NO_PAD.encode(sealed))
}

/// The device's name for counting, if this cookie value was made for this person.
pub fn known(settings: &Settings, person: PersonId, cookie: &str) -> Option<String> {
    let sealed = URL_SAFE_NO_PAD.decode(cookie).ok()?;
    let device = open(settings, place(&person.to_string()), &sealed).ok()?;
    Some(URL_SAFE_NO_PAD.encode(device))
}

fn place(person: &str) -> Place<'_> {
    Place { table: "device", row: person, column: "cookie" }
}
