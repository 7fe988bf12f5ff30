//! A policy in two sentences, for people who only want to know what it takes.

use super::{Approver, Policy, ProofRule, TicketRule, change};

/// What it takes to switch it on; who approves and how long assignments last. `approvers` are their names, in the
/// order of the policy.
pub fn sentences(policy: &Policy, approvers: &[String]) -> [String; 2] {
    let rules = &policy.activation;
    let mut asks: Vec<&str> = Vec::new();
    match rules.proof {
        ProofRule::None => {}
        ProofRule::Session => asks.push("a second factor at sign-in"),
        ProofRule::Fresh { .. } => asks.push("a code each time"),
    }
    if rules.justification.required {
        asks.push("a justification");
    }
    match rules.ticket {
        TicketRule::None => {}
        TicketRule::Any | TicketRule::Pattern => asks.push("a ticket"),
    }
    let asks = if asks.is_empty() { "nothing".to_owned() } else { listed(&asks) };
    let first = format!("On for at most {}; it asks for {asks}.", rules.max.words());
    let approval = match &rules.approval {
        None => "Nobody has to approve".to_owned(),
        Some(rule) => {
            let names: Vec<&str> = approvers.iter().map(String::as_str).collect();
            let alone = rule.needed == 1 && matches!(rule.approvers.as_slice(), [Approver::Person(_)]);
            let who = if alone { short(&names) } else { format!("{} of {}", rule.needed, short(&names)) };
            let later = rule.escalation.as_ref().map_or_else(String::new, |second| {
                format!(", others may too after {}", second.after.words())
            });
            format!("{who} must approve within {}{later}", rule.wait.words())
        }
    };
    let mut second = format!(
        "{approval}; eligible assignments end {}, active ones {}.",
        when(&change::length_words(policy.eligible)),
        when(&change::length_words(policy.active.length)),
    );
    if let Some(longest) = policy.break_glass {
        second
            .push_str(&format!(" In an emergency the glass can be broken, for at most {}.", longest.words()));
    }
    [first, second]
}

fn when(words: &str) -> &str {
    if words.starts_with("may") { "when somebody ends them" } else { words }
}

fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn short(names: &[&str]) -> String {
    match names {
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        names => listed(names),
    }
}
