//! A draft policy tried on the past: what it would have refused, and who would have waited.

#![cfg(test)]

use domain::duration::Minutes;
use domain::policy::evaluate::Answers;
use domain::policy::rehearsal::{Past, rehearse};
use domain::policy::{ActivationRules, ApprovalRule, JustificationRule, Policy, TicketRule};
use domain::refusal::Code;

fn asked(hours: u32, reason: &str, ticket: &str, waited: bool) -> Past {
    let answers = Answers {
        start: None,
        length: Some(Minutes::hours(hours)),
        reason: reason.to_owned(),
        ticket: ticket.to_owned(),
    };
    Past { answers, waited }
}

fn past() -> Vec<Past> {
    vec![
        asked(1, "Storm week alerts", "INC-1", false),
        asked(8, "", "", false),
        asked(4, "now", "48217", false),
        asked(2, "Pods crash after the release", "INC-48217", true),
    ]
}

/// A draft that takes everything there is.
fn open() -> ActivationRules {
    ActivationRules {
        max: Minutes::hours(8),
        justification: JustificationRule { required: false, min_length: 0 },
        ticket: TicketRule::None,
        approval: None,
        ..Policy::default().activation
    }
}

fn approval() -> Option<ApprovalRule> {
    Some(ApprovalRule { approvers: Vec::new(), needed: 1, wait: Minutes::hours(24), escalation: None })
}

#[test]
fn each_demand_refuses_what_it_would_have_refused() {
    let required = |min_length| JustificationRule { required: true, min_length };
    let cases = [
        ("nothing is asked", open(), 0, vec![]),
        ("as long as the longest", ActivationRules { max: Minutes::hours(8), ..open() }, 0, vec![]),
        ("shorter", ActivationRules { max: Minutes::hours(3), ..open() }, 2, vec![(Code::TooLong, 2)]),
        (
            "a justification",
            ActivationRules { justification: required(10), ..open() },
            2,
            vec![(Code::JustificationMissing, 1), (Code::JustificationShort, 1)],
        ),
        (
            "a ticket",
            ActivationRules { ticket: TicketRule::Any, ..open() },
            1,
            vec![(Code::TicketMissing, 1)],
        ),
        (
            "a ticket of one form",
            ActivationRules { ticket: TicketRule::Pattern, ..open() },
            2,
            vec![(Code::TicketMissing, 1), (Code::TicketPattern, 1)],
        ),
        (
            "all of it: a request that lacks two things is refused once",
            ActivationRules {
                max: Minutes::hours(3),
                justification: required(1),
                ticket: TicketRule::Any,
                ..open()
            },
            2,
            vec![(Code::TooLong, 2), (Code::JustificationMissing, 1), (Code::TicketMissing, 1)],
        ),
    ];
    for (name, draft, refused, why) in cases {
        let found = rehearse(&past(), &draft);
        assert_eq!((found.requests, found.refused), (4, refused), "{name}");
        assert_eq!(found.why, why.into_iter().collect(), "{name}");
    }
}

#[test]
fn approval_counts_where_it_would_be_another_answer_than_then() {
    let short = Minutes::hours(3);
    let cases = [
        ("none asked, one waited", open(), 0, 1),
        ("asked, three started at once", ActivationRules { approval: approval(), ..open() }, 3, 0),
        (
            "who is refused does not wait",
            ActivationRules { approval: approval(), max: short, ..open() },
            1,
            0,
        ),
        ("nor start", ActivationRules { max: Minutes::hours(1), ..open() }, 0, 0),
    ];
    for (name, draft, would_wait, would_start) in cases {
        let found = rehearse(&past(), &draft);
        assert_eq!((found.would_wait, found.would_start), (would_wait, would_start), "{name}");
    }
}

#[test]
fn it_is_said_in_sentences() {
    let strict =
        ActivationRules { max: Minutes::hours(3), ticket: TicketRule::Any, approval: approval(), ..open() };
    let same = ActivationRules { approval: approval(), ..open() };
    let refused = "Of 4 requests, 2 would have been refused: 2 too long, 1 without a ticket.";
    let cases: [(&str, &[Past], &ActivationRules, &[&str]); 5] = [
        ("nothing", &[], &strict, &["Nobody asked for it."]),
        ("stricter", &past(), &strict, &[refused, "1 that started at once would have needed approval."]),
        (
            "looser",
            &past(),
            &open(),
            &[
                "Of 4 requests, none would have been refused.",
                "1 that needed approval would have started at once.",
            ],
        ),
        (
            "unchanged",
            &past()[3..],
            &same,
            &["Of 1 request, none would have been refused.", "As many would have needed approval as did."],
        ),
        (
            "none left",
            &past()[1..2],
            &strict,
            &["Of 1 request, 1 would have been refused: 1 too long, 1 without a ticket."],
        ),
    ];
    for (name, past, draft, said) in cases {
        assert_eq!(rehearse(past, draft).sentences(), said, "{name}");
    }
}
