//! The demand for a fresh proof by acts that no policy governs: credentials, one's own and others'.

use chrono::{DateTime, Utc};
use domain::duration::Minutes;
use domain::policy::ProofRule;
use domain::policy::evaluate::{self, ProofGiven};
use domain::refusal::Refusal;

/// What is missing, judged as a policy that asks for a fresh proof would.
pub fn fresh(given: ProofGiven, now: DateTime<Utc>) -> Option<Refusal> {
    evaluate::proof(ProofRule::Fresh { max_age: Minutes(5) }, given, None, now)
}
