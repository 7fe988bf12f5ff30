//! The rows of the policy form.

use crate::api::people::suggest::Suggestion;
use crate::api::policies::fields::Fields;
use crate::parts::prelude::*;
use domain::duration::Minutes;
use domain::policy::change::ESCALATION;
use engine::approvers::Named;
use leptos::prelude::*;

/// An approver as the picker shows her.
pub fn suggestion(named: &Named) -> Suggestion {
    let id = named.approver.id().to_string();
    let note = if named.able { named.detail.clone() } else { "can't approve: disabled or gone".to_owned() };
    Suggestion { id, name: named.name.clone(), note, group: named.group, barred: None }
}

/// One setting: what it is called, what helps to answer, and its control.
#[component]
fn Set(
    /// What it is called, as in the differences.
    name: &'static str,
    /// What helps to answer.
    #[prop(optional)]
    hint: &'static str,
    /// The settings that differ from what is in force.
    changed: Vec<String>,
    /// Whether the control takes a line of its own.
    #[prop(optional)]
    wide: bool,
    /// The control.
    children: Children,
) -> impl IntoView {
    let mut class = "set".to_owned();
    if wide {
        class.push_str(" wide");
    }
    if changed.iter().any(|setting| setting == name) {
        class.push_str(" changed");
    }
    view! {
        <div class=class>
            <h3>{name}</h3>
            {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
            <div class="ctl">{children()}</div>
        </div>
    }
}

fn lengths(minutes: &[u32], now: &str) -> Vec<Choice> {
    let mut lengths: Vec<Minutes> = minutes.iter().copied().map(Minutes).collect();
    if let Ok(now) = now.parse::<Minutes>() {
        lengths.push(now);
    }
    lengths.sort();
    lengths.dedup();
    lengths.into_iter().map(|length| Choice::new(String::from(length), length.words())).collect()
}

/// Half an hour to a day, in steps of half an hour.
fn longest() -> Vec<u32> {
    (1..=48).map(|half| half * 30).collect()
}

/// What people need to switch it on.
#[component]
pub fn Activation(
    /// What stands in the form.
    fields: Fields,
    /// The settings that differ from what is in force.
    changed: Vec<String>,
    /// The approvers.
    picks: Picks,
    /// Those who may decide later too.
    later: Picks,
    /// Address of the group.
    group: Option<String>,
) -> impl IntoView {
    let ages = lengths(&[0, 5, 15, 30, 60], &fields.proof_age);
    let waits = lengths(&[60, 240, 1440, 3 * 1440, 7 * 1440, 14 * 1440], &fields.wait);
    let proofs = vec![
        Choice::new("none", "Not asked"),
        Choice::new("session", "At sign-in"),
        Choice::new("fresh", "Each time"),
    ];
    let tickets = vec![
        Choice::new("none", "Not asked"),
        Choice::new("any", "Asked"),
        Choice::new("pattern", "Asked, checked"),
    ];
    let needed = (1..=5).map(|n: u8| Choice::new(n.to_string(), n.to_string())).collect();
    let escalations =
        lengths(&[60, 120, 240, 480, 720, 1440, 2 * 1440, 3 * 1440, 7 * 1440], &fields.escalation_after);
    let (justification, approval) = (on(&fields.justification), on(&fields.approval));
    let escalation = on(&fields.escalation);
    let for_later = group.clone();
    view! {
        <section class="card" aria-labelledby="p-activation">
            <div class="card-head">
                <h2 id="p-activation">"Activation"</h2>
                <span class="sm muted">"what people need to switch it on"</span>
            </div>
            <Set name="Longest activation" hint="They may always ask for less." changed=changed.clone()>
                <SelectField name="max" label="Longest activation" choices=lengths(&longest(), &fields.max) value=fields.max hide_label=true />
            </Set>
            <Set name="Confirm identity" hint="A code each time is used once, for this act alone." changed=changed.clone()>
                <div class="row">
                    <SelectField name="proof" label="Confirm identity" choices=proofs value=fields.proof hide_label=true />
                    <SelectField name="proof_age" label="At most this old" choices=ages value=fields.proof_age />
                </div>
            </Set>
            <Set name="Justification" hint="Approvers read it." changed=changed.clone()>
                <div class="row">
                    <SwitchField name="justification" label="Justification" on=justification />
                    <TextField name="justification_min" label="Characters at least" value=fields.justification_min inputmode="numeric" class="w-xs" />
                </div>
            </Set>
            <Set name="Ticket number" hint="Checked means letters, a dash, digits: INC-48217." changed=changed.clone()>
                <SelectField name="ticket" label="Ticket number" choices=tickets value=fields.ticket hide_label=true />
            </Set>
            <Set name="Approval" hint="Nobody can approve their own. A request nobody answers lapses." changed=changed.clone()>
                <div class="row">
                    <SwitchField name="approval" label="Approval" on=approval />
                    <SelectField name="needed" label="How many must agree" choices=needed value=fields.needed />
                    <SelectField name="wait" label="Lapses after" choices=waits value=fields.wait />
                </div>
            </Set>
            <Set name="Approvers" hint="People and groups. Only used while approval is on." changed=changed.clone() wide=true>
                <PeopleField name="approvers[]" label="Add a person or group" picks group groups=true />
            </Set>
            <Set name=ESCALATION hint="When nobody has decided by then, or too few approvers are here, these may too, and are told." changed wide=true>
                <div class="row">
                    <SwitchField name="escalation" label="Escalate" on=escalation />
                    <SelectField name="escalation_after" label="They may decide after" choices=escalations value=fields.escalation_after />
                </div>
                <PeopleField name="escalation_approvers[]" label="Add somebody for later" picks=later group=for_later groups=true />
            </Set>
        </section>
    }
}

/// What people may do in an emergency.
#[component]
pub fn Emergency(
    /// What stands in the form.
    fields: Fields,
    /// The settings that differ from what is in force.
    changed: Vec<String>,
) -> impl IntoView {
    let off = Choice::new("", "Off");
    let choices = std::iter::once(off).chain(lengths(&[15, 30, 60, 120, 240], &fields.break_glass)).collect();
    let hint = "Without approval or ticket, with a code and a reason. Every use opens a review that somebody else must close.";
    view! {
        <section class="card" aria-labelledby="p-emergency">
            <div class="card-head">
                <h2 id="p-emergency">"Emergency"</h2>
                <span class="sm muted">"when nobody can approve in time"</span>
            </div>
            <Set name="Break glass" hint changed>
                <SelectField name="break_glass" label="Break glass, at most" choices value=fields.break_glass hide_label=true />
            </Set>
        </section>
    }
}

/// How long assignments may last.
#[component]
pub fn Assignment(
    /// What stands in the form.
    fields: Fields,
    /// The settings that differ from what is in force.
    changed: Vec<String>,
) -> impl IntoView {
    let days = |now: &str| lengths(&[15, 30, 90, 180, 365].map(|days| days * 1440), now);
    let (eligible, active) = (days(&fields.eligible_max), days(&fields.active_max));
    view! {
        <section class="card" aria-labelledby="p-assignment">
            <div class="card-head">
                <h2 id="p-assignment">"Assignment"</h2>
                <span class="sm muted">"how long eligibility and standing access may last"</span>
            </div>
            <Set name="Eligible assignments end" hint="The longest that can be given." changed=changed.clone()>
                <div class="row">
                    <SelectField name="eligible_max" label="Eligible assignments end after" choices=eligible value=fields.eligible_max hide_label=true />
                    <CheckField name="eligible_permanent" label="May have no end" on=on(&fields.eligible_permanent) />
                </div>
            </Set>
            <Set name="Active assignments end" hint="Standing access, without activation." changed=changed.clone()>
                <div class="row">
                    <SelectField name="active_max" label="Active assignments end after" choices=active value=fields.active_max hide_label=true />
                    <CheckField name="active_permanent" label="May have no end" on=on(&fields.active_permanent) />
                </div>
            </Set>
            <Set name="Assigning standing access asks for a code" hint="Whoever gives it confirms it." changed=changed.clone()>
                <SwitchField name="active_proof" label="Code for standing access" on=on(&fields.active_proof) />
            </Set>
            <Set name="Assigning standing access asks for a justification" hint="It is shown in the audit." changed>
                <SwitchField name="active_justification" label="Justification for standing access" on=on(&fields.active_justification) />
            </Set>
        </section>
    }
}

fn on(word: &str) -> bool {
    word == "true"
}
