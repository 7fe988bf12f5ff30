//! Break glass: what somebody is eligible for, at once and without anybody's leave, for a short time; and a debt that
//! somebody else must settle before she can do it there again.

use super::{Factor, Plan, Standing, obstacles, request};
use crate::duration::Minutes;
use crate::policy::emergency;
use crate::policy::evaluate::Answers;
use crate::refusal::{Code, Refusal};
use crate::text::Text;
use chrono::{DateTime, Utc};

/// What must be known besides the standing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Emergency {
    /// The policy's longest one; `None`: there is no break glass here.
    pub longest: Option<Minutes>,
    /// When she used it here, if nobody has closed the review of that.
    pub unreviewed: Option<DateTime<Utc>>,
}

/// Everything that forbids it whatever is answered.
pub fn obstacles_in_emergency(standing: &Standing, emergency: Emergency, now: DateTime<Utc>) -> Vec<Refusal> {
    let Some(longest) = emergency.longest else { return vec![none_here()] };
    let mut unmet: Vec<Refusal> = not_reviewed(emergency).into_iter().collect();
    unmet.extend(obstacles(&in_emergency(standing, longest), None, now));
    unmet
}

/// Breaks the glass.
///
/// # Errors
/// Every unmet demand at once, each at its field.
pub fn request_in_emergency(
    standing: &Standing,
    emergency: Emergency,
    answers: &Answers,
    factor: Factor,
    now: DateTime<Utc>,
) -> Result<Plan, Vec<Refusal>> {
    let Some(longest) = emergency.longest else { return Err(none_here().into()) };
    let answers = Answers { start: None, ticket: String::new(), ..answers.clone() };
    let planned = request(&in_emergency(standing, longest), &answers, factor, now);
    match not_reviewed(emergency) {
        None => planned,
        Some(debt) => Err(std::iter::once(debt).chain(planned.err().unwrap_or_default()).collect()),
    }
}

fn none_here() -> Refusal {
    Refusal::new(Code::NoBreakGlass, "There is no break glass here. Ask to activate instead.")
}

/// A debt that nobody has settled.
fn not_reviewed(emergency: Emergency) -> Option<Refusal> {
    let text = Text::say("You used break glass here on ").at(emergency.unreviewed?);
    let text = text.then(", and nobody has reviewed that yet. Somebody else must close the review first.");
    Some(Refusal::new(Code::NotReviewed, text))
}

/// The same person under the demands of an emergency. What she asked for otherwise does not stand in its way.
fn in_emergency(standing: &Standing, longest: Minutes) -> Standing {
    Standing { rules: emergency::rules(longest), waiting_since: None, ..standing.clone() }
}
