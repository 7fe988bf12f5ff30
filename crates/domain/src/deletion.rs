//! How long what was deleted can be taken back (product.md 4.11; entra-pim-groups.md: 30 days).

use crate::refusal::{Code, Refusal};
use chrono::{DateTime, TimeDelta, Utc};

/// How long a deleted group or person can be restored.
pub const RESTORABLE: TimeDelta = TimeDelta::days(30);

/// The first instant at which it can no longer be restored.
pub fn gone_at(deleted_at: DateTime<Utc>) -> DateTime<Utc> {
    deleted_at + RESTORABLE
}

/// Whether what was deleted then can still be restored.
///
/// # Errors
/// The 30 days are over.
pub fn restorable(deleted_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Refusal> {
    if now < gone_at(deleted_at) {
        return Ok(());
    }
    Err(Refusal::new(Code::RestoreTooLate, "It was deleted more than 30 days ago. Create it anew."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_days_to_the_microsecond() {
        let deleted_at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let last = gone_at(deleted_at) - TimeDelta::microseconds(1);
        assert!(restorable(deleted_at, last).is_ok());
        assert_eq!(restorable(deleted_at, gone_at(deleted_at)).unwrap_err().code, Code::RestoreTooLate);
    }
}
