//! What a form offers: lengths with the end that each would give, by the rules that judge the answer.

use super::extend::longer;
use super::{Standing, eligibility, meets, window};
use crate::duration::Minutes;
use crate::policy::prompt::choices;
use crate::span::Span;
use chrono::{DateTime, Utc};

/// A length to choose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Offer {
    /// What is asked for.
    pub length: Minutes,
    /// What it would give.
    pub span: Span,
    /// Ends earlier than asked for, with the eligibility or before something planned.
    pub cut: bool,
}

/// The lengths for an activation that starts at `start`. Nothing longer than the first that is cut short: it would end
/// at the same moment. Nothing that would meet what is planned: it would be refused.
pub fn offers(standing: &Standing, start: DateTime<Utc>, now: DateTime<Utc>) -> Vec<Offer> {
    let Ok(eligible) = eligibility(standing, start, now) else { return Vec::new() };
    until_cut(standing.rules.max, start, |length| {
        let span = window(standing, eligible.span, start, Span::lasting(start, length.delta())).ok()?;
        meets(standing, &span).is_none().then_some(span)
    })
}

/// The lengths, counted from now, that end later than the running activation does.
pub fn offers_of_more(standing: &Standing, running: Span, now: DateTime<Utc>) -> Vec<Offer> {
    let Ok(eligible) = eligibility(standing, now, now) else { return Vec::new() };
    let mut offers =
        until_cut(standing.rules.max, now, |length| longer(standing, eligible.span, length, now).ok());
    offers.retain(|offer| offer.span.end > running.end);
    offers
}

fn until_cut(max: Minutes, start: DateTime<Utc>, span: impl Fn(Minutes) -> Option<Span>) -> Vec<Offer> {
    let mut offers = Vec::new();
    for length in choices(max) {
        let Some(span) = span(length) else { break };
        let cut = span.end < Some(start + length.delta());
        offers.push(Offer { length, span, cut });
        if cut {
            break;
        }
    }
    offers
}
