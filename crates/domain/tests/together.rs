//! The questions of one form about several things, and what answers of an earlier time leave open.

#![cfg(test)]

mod support;

use domain::duration::Minutes;
use domain::policy::evaluate::{Answers, demands};
use domain::policy::prompt::{Prompts, prompts};
use domain::policy::{ActivationRules, JustificationRule, ProofRule, TicketRule};
use support::*;

const REASON: &str = "Replica lag on billing-2";

/// Rules that ask for as much of everything as the numbers say.
fn rules(max: u32, reason: u16, ticket: TicketRule, proof: ProofRule) -> ActivationRules {
    let justification = JustificationRule { required: reason > 0, min_length: reason };
    ActivationRules { max: Minutes(max), proof, justification, ticket, ..policy().activation }
}

fn every_kind() -> Vec<ActivationRules> {
    let mut all = Vec::new();
    for max in [30, 90, 240] {
        for reason in [0, 1, 20, 40] {
            for ticket in [TicketRule::None, TicketRule::Any, TicketRule::Pattern] {
                for proof in [ProofRule::None, ProofRule::Fresh { max_age: Minutes(5) }] {
                    all.push(rules(max, reason, ticket, proof));
                }
            }
        }
    }
    all
}

fn together(left: &ActivationRules, right: &ActivationRules) -> Prompts {
    prompts(left, true).together(&prompts(right, true))
}

#[test]
fn what_satisfies_the_strictest_questions_satisfies_each() {
    for left in every_kind() {
        for right in every_kind() {
            let asked = together(&left, &right);
            let answers = Answers {
                length: Some(asked.max),
                reason: "x".repeat(usize::from(asked.reason_min.unwrap_or(0))),
                ticket: match asked.ticket {
                    TicketRule::None => String::new(),
                    TicketRule::Any => "anything".into(),
                    TicketRule::Pattern => "INC-1".into(),
                },
                ..Answers::default()
            };
            assert_eq!(demands(&left, &answers), [], "{left:?} beside {right:?}");
            assert_eq!(demands(&right, &answers), [], "{right:?} beside {left:?}");
            assert_eq!(asked, together(&right, &left), "the order does not matter");
            let code = |rules: &ActivationRules| prompts(rules, true).code;
            assert_eq!(asked.code, code(&left) || code(&right));
        }
    }
}

#[test]
fn the_same_again_leaves_nothing_open_only_where_nothing_but_length_and_reason_is_asked() {
    let open = |change: fn(&mut Prompts)| {
        let mut asked = prompts(&rules(60, 10, TicketRule::None, ProofRule::None), true);
        asked.approvals = 0;
        change(&mut asked);
        !asked.answered_by(Minutes(60), REASON)
    };
    assert!(!open(|_| ()));
    assert!(open(|asked| asked.code = true));
    assert!(open(|asked| asked.approvals = 1));
    assert!(open(|asked| asked.ticket = TicketRule::Any));
    assert!(open(|asked| asked.max = Minutes(59)), "the policy allows less now");
    assert!(open(|asked| asked.reason_min = Some(25)), "the policy asks for more words now");
    assert!(!open(|asked| asked.reason_min = None));
}
