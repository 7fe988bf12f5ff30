//! The questions that every form about access shares: why, and whether it is really you.

use crate::parts::prelude::*;
use chrono::{DateTime, Utc};
use domain::policy::prompt::Prompts;
use domain::policy::{MAX_REASON, MAX_TICKET, ProofRule, TicketRule};
use leptos::prelude::*;

/// Justification and ticket.
#[component]
pub fn Why(
    /// The questions.
    prompts: Prompts,
    /// Words of an earlier request.
    #[prop(optional)]
    reason: String,
    /// Ticket of an earlier request.
    #[prop(optional)]
    ticket: String,
    /// The form is about several things, and not each of them may ask for everything.
    #[prop(optional)]
    several: bool,
    /// What stands before the questions.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let by = if several { "Asked for where “Ticket” stands above" } else { "Asked for by this group" };
    let hint = match prompts.reason_min {
        Some(least) if least > 1 => {
            format!(
                "Approvers and auditors read this. Say what you will do and for whom, in at least {least} characters."
            )
        }
        _ => "Approvers and auditors read this. Say what you will do and for whom.".to_owned(),
    };
    let max = u32::try_from(MAX_REASON).ok();
    let needed = prompts.reason_min.is_some();
    let ticket_hint = match prompts.ticket {
        TicketRule::None => None,
        TicketRule::Any => Some(format!("{by}.")),
        TicketRule::Pattern => Some(format!("{by}: letters, a dash and digits, for example INC-48217.")),
    };
    view! {
        <section aria-labelledby="a-why">
            <h2 id="a-why">"Why"</h2>
            {children.map(|children| children())}
            <TextArea name="reason" label="Justification" hint max=max.unwrap_or(2_000) value=reason optional=!needed />
            {ticket_hint
                .map(|hint| {
                    let max = u32::try_from(MAX_TICKET).unwrap_or(100);
                    view! {
                        <TextField name="ticket" label="Ticket number" hint class="w-md" max=max value=ticket />
                    }
                })}
        </section>
    }
}

/// The code, where one is asked for, with the reason why.
#[component]
pub fn ItIsYou(
    /// Which proof is demanded.
    rule: ProofRule,
    /// Whether the form asks for a code.
    asked: bool,
    /// When this session's second factor was given.
    signed_in: Option<DateTime<Utc>>,
    /// The reader's clock.
    clock: Clock,
    /// The form is about several things, and not each of them may ask for it.
    #[prop(optional)]
    several: bool,
) -> impl IntoView {
    asked.then(|| {
        let why = match rule {
            _ if several => "One code confirms everything marked “Code” above.".to_owned(),
            ProofRule::Fresh { max_age } if max_age.0 > 0 => {
                format!("This group asks for a confirmation of its own, at most {} old.", max_age.words())
            }
            ProofRule::Fresh { .. } => "This group asks for a confirmation of its own each time.".to_owned(),
            _ => "This group asks for a second factor, and you signed in without one.".to_owned(),
        };
        view! {
            <section aria-labelledby="a-you">
                <h2 id="a-you">"Confirm that it is you"</h2>
                <p class="soft sm">
                    {signed_in.map(|at| view! { "You signed in at " <When at clock /> ". " })} {why}
                </p>
                <CodeField />
            </section>
        }
    })
}
