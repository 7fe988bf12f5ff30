//! What a decision needs, and what is done in the end.

use super::plan::Undecided;
use super::{Decision, Fate, MAX_REASON};
use crate::refusal::{Code, Refusal};
use crate::span::Span;
use chrono::{DateTime, Utc};

/// What is wrong with the reason of a decision. A denial always says why; `justify` asks it of every decision.
pub fn reason(decision: Decision, justify: bool, reason: &str) -> Option<Refusal> {
    let written = reason.trim().chars().count();
    if written > MAX_REASON {
        let text = format!("{} characters too many.", written - MAX_REASON);
        return Some(Refusal::new(Code::TextTooLong, text.as_str()));
    }
    match decision {
        _ if written > 0 => None,
        Decision::Deny => Some(Refusal::new(Code::DenyReasonMissing, "Say why it should go.")),
        _ if justify => Some(Refusal::new(Code::JustificationMissing, "This review asks for a reason.")),
        Decision::Approve | Decision::Unknown => None,
    }
}

/// What becomes of an assignment: as decided, or as the plan says of the undecided. Not knowing is not deciding.
pub fn fate(decision: Option<Decision>, undecided: Undecided, recommended: Fate) -> Fate {
    match (decision, undecided) {
        (Some(Decision::Approve), _) => Fate::Keep,
        (Some(Decision::Deny), _) => Fate::Remove,
        (None | Some(Decision::Unknown), Undecided::Keep) => Fate::Keep,
        (None | Some(Decision::Unknown), Undecided::Remove) => Fate::Remove,
        (None | Some(Decision::Unknown), Undecided::Recommended) => recommended,
    }
}

/// Said of what was over when the round was applied.
pub const ENDED: &str = "It had ended already.";

/// Why what was decided does not fit any more: the assignment is not what it was then.
pub fn moot(then: Span, is: Span, now: DateTime<Utc>) -> Option<&'static str> {
    if is.end.is_some_and(|end| end <= now) {
        Some(ENDED)
    } else if then != is {
        Some("It was changed after that, so nothing was done.")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_denial_says_why_and_where_the_review_asks_every_decision_does() {
        let code =
            |decision, justify, text: &str| reason(decision, justify, text).map(|refusal| refusal.code);
        assert_eq!(code(Decision::Deny, false, "  "), Some(Code::DenyReasonMissing));
        assert_eq!(code(Decision::Approve, false, ""), None);
        assert_eq!(code(Decision::Unknown, true, ""), Some(Code::JustificationMissing));
        assert_eq!(code(Decision::Deny, true, "left the team"), None);
        assert_eq!(code(Decision::Approve, false, &"x".repeat(501)), Some(Code::TextTooLong));
    }

    #[test]
    fn what_is_decided_wins_and_the_plan_speaks_for_the_rest() {
        for undecided in Undecided::ALL {
            for recommended in [Fate::Keep, Fate::Remove] {
                assert_eq!(fate(Some(Decision::Approve), *undecided, recommended), Fate::Keep);
                assert_eq!(fate(Some(Decision::Deny), *undecided, recommended), Fate::Remove);
                for none in [None, Some(Decision::Unknown)] {
                    let expected = match undecided {
                        Undecided::Keep => Fate::Keep,
                        Undecided::Remove => Fate::Remove,
                        Undecided::Recommended => recommended,
                    };
                    assert_eq!(fate(none, *undecided, recommended), expected);
                }
            }
        }
    }

    #[test]
    fn a_decision_does_nothing_to_what_was_changed_since() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let then = Span::lasting(now - TimeDelta::days(9), TimeDelta::days(10));
        assert_eq!(moot(then, then, now), None);
        assert!(moot(then, Span { end: Some(now + TimeDelta::days(90)), ..then }, now).is_some(), "renewed");
        assert!(moot(then, Span { end: None, ..then }, now).is_some(), "made permanent");
        assert!(moot(then, then, now + TimeDelta::days(1)).is_some_and(|why| why.contains("ended")));
    }
}
