//! The demands of an emergency (break glass): nobody is asked, so the person concerned is asked for more.

use super::{ActivationRules, JustificationRule, ProofRule, TicketRule};
use crate::duration::Minutes;
use std::ops::RangeInclusive;

/// How long an emergency may last at most.
pub const LENGTHS: RangeInclusive<Minutes> = Minutes(15)..=Minutes::hours(4);

/// Fewest characters of its reason.
const REASON: u16 = 20;

/// The demands when an emergency may last this long: at once, with a code of this moment and a reason, whatever the
/// policy asks otherwise. Neither approval nor ticket, because the people and systems that give them may be what is down.
pub fn rules(longest: Minutes) -> ActivationRules {
    ActivationRules {
        max: longest,
        proof: ProofRule::Fresh { max_age: Minutes(0) },
        justification: JustificationRule { required: true, min_length: REASON },
        ticket: TicketRule::None,
        approval: None,
    }
}
