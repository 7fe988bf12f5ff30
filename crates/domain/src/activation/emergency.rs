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
    let mut unmet = forbidden(emergency);
    unmet.extend(obstacles(&in_emergency(standing, emergency), None, now));
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
    let answers = Answers { start: None, ticket: String::new(), ..answers.clone() };
    let planned = request(&in_emergency(standing, emergency), &answers, factor, now);
    let mut unmet = forbidden(emergency);
    match planned {
        Ok(plan) if unmet.is_empty() => Ok(plan),
        Ok(_) => Err(unmet),
        Err(refusals) => {
            unmet.extend(refusals);
            Err(unmet)
        }
    }
}

fn forbidden(emergency: Emergency) -> Vec<Refusal> {
    let mut unmet = Vec::new();
    if emergency.longest.is_none() {
        unmet
            .push(Refusal::new(Code::NoBreakGlass, "There is no break glass here. Ask to activate instead."));
    }
    if let Some(used) = emergency.unreviewed {
        let text = Text::say("You used break glass here on ").at(used);
        let text =
            text.then(", and nobody has reviewed that yet. Somebody else must close the review first.");
        unmet.push(Refusal::new(Code::NotReviewed, text));
    }
    unmet
}

/// The same person under the demands of an emergency. What she asked for otherwise and what is planned later does not
/// stand in its way.
fn in_emergency(standing: &Standing, emergency: Emergency) -> Standing {
    let longest = emergency.longest.unwrap_or(*emergency::LENGTHS.start());
    Standing { rules: emergency::rules(longest), waiting_since: None, ..standing.clone() }
}
