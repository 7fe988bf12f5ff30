//! The fields of the policy form, as they are typed, and the policy they mean.

use domain::policy::notifications::{Moment, Reader};
use serde::{Deserialize, Serialize};

/// Everything the form asks, as words. A switch that is off is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fields {
    /// Longest activation: an ISO 8601 length.
    pub max: String,
    /// `none`, `session` or `fresh`.
    pub proof: String,
    /// Oldest fresh proof: an ISO 8601 length.
    pub proof_age: String,
    /// Asked at all.
    pub justification: String,
    /// Fewest characters.
    pub justification_min: String,
    /// `none`, `any` or `pattern`.
    pub ticket: String,
    /// Needed at all.
    pub approval: String,
    /// Ids of people and groups.
    pub approvers: Vec<String>,
    /// How many of them.
    pub needed: String,
    /// How long a request waits: an ISO 8601 length.
    pub wait: String,
    /// Whether others may decide later too.
    pub escalation: String,
    /// Ids of people and groups who may decide later too.
    pub escalation_approvers: Vec<String>,
    /// When they may: an ISO 8601 length.
    pub escalation_after: String,
    /// Eligible assignments may have no end.
    pub eligible_permanent: String,
    /// Longest eligible assignment: an ISO 8601 length.
    pub eligible_max: String,
    /// Active assignments may have no end.
    pub active_permanent: String,
    /// Longest active assignment: an ISO 8601 length.
    pub active_max: String,
    /// Giving standing access asks for a code.
    pub active_proof: String,
    /// Giving standing access asks for a justification.
    pub active_justification: String,
    /// Longest emergency: an ISO 8601 length, or empty for none.
    pub break_glass: String,
    /// What is ticked of the matrix of mails, like `activation-approver-usual`; [`MATRIX`] says that the form had one.
    pub mail: Vec<String>,
    /// Further addresses: eligible, approver.
    pub mail_eligible_approver_to: String,
    /// Further addresses: eligible, requestor.
    pub mail_eligible_requestor_to: String,
    /// Further addresses: eligible, admin.
    pub mail_eligible_admin_to: String,
    /// Further addresses: active, approver.
    pub mail_active_approver_to: String,
    /// Further addresses: active, requestor.
    pub mail_active_requestor_to: String,
    /// Further addresses: active, admin.
    pub mail_active_admin_to: String,
    /// Further addresses: activation, approver.
    pub mail_activation_approver_to: String,
    /// Further addresses: activation, requestor.
    pub mail_activation_requestor_to: String,
    /// Further addresses: activation, admin.
    pub mail_activation_admin_to: String,
}

/// Sent along with the ticks of the matrix. Without it nothing is said of mails, and the matrix in force stays.
pub const MATRIX: &str = "matrix";

/// What is sent when a box of the matrix is ticked: `usual` people, or `critical` only.
#[must_use]
pub fn tick(moment: Moment, reader: Reader, what: &str) -> String {
    format!("{}-{}-{what}", moment.wire(), reader.wire())
}

impl Fields {
    /// The addresses of one cell, as typed.
    #[must_use]
    pub fn to(&mut self, moment: Moment, reader: Reader) -> &mut String {
        match (moment, reader) {
            (Moment::Eligible, Reader::Approver) => &mut self.mail_eligible_approver_to,
            (Moment::Eligible, Reader::Requestor) => &mut self.mail_eligible_requestor_to,
            (Moment::Eligible, Reader::Admin) => &mut self.mail_eligible_admin_to,
            (Moment::Active, Reader::Approver) => &mut self.mail_active_approver_to,
            (Moment::Active, Reader::Requestor) => &mut self.mail_active_requestor_to,
            (Moment::Active, Reader::Admin) => &mut self.mail_active_admin_to,
            (Moment::Activation, Reader::Approver) => &mut self.mail_activation_approver_to,
            (Moment::Activation, Reader::Requestor) => &mut self.mail_activation_requestor_to,
            (Moment::Activation, Reader::Admin) => &mut self.mail_activation_admin_to,
        }
    }
}

#[cfg(feature = "ssr")]
mod meaning {
    use super::{Fields, MATRIX, tick};
    use crate::parts::answers::Answers;
    use domain::duration::Minutes;
    use domain::policy::escalation::Escalation;
    use domain::policy::notifications::{Notifications, addresses, field, places};
    use domain::policy::{
        ActivationRules, ActiveRules, ApprovalRule, Approver, AssignmentRules, JustificationRule, Policy,
        ProofRule, TicketRule,
    };
    use domain::refusal::{Code, Refusal};

    /// What a switch sends when it is on.
    const ON: &str = "true";

    fn switch(on: bool) -> String {
        if on { ON.to_owned() } else { String::new() }
    }

    impl Fields {
        /// The fields of a policy, as a first visit shows them.
        #[must_use]
        pub fn of(policy: &Policy) -> Self {
            let rules = &policy.activation;
            let approval = rules.approval.as_ref();
            let second = approval.and_then(|rule| rule.escalation.as_ref());
            let ids = |named: &[Approver]| named.iter().map(|approver| approver.id().to_string()).collect();
            let (proof, age) = match rules.proof {
                ProofRule::None => ("none", Minutes(5)),
                ProofRule::Session => ("session", Minutes(5)),
                ProofRule::Fresh { max_age } => ("fresh", max_age),
            };
            let ticket = match rules.ticket {
                TicketRule::None => "none",
                TicketRule::Any => "any",
                TicketRule::Pattern => "pattern",
            };
            let fields = Self {
                max: rules.max.into(),
                proof: proof.to_owned(),
                proof_age: age.into(),
                justification: switch(rules.justification.required),
                justification_min: rules.justification.min_length.max(1).to_string(),
                ticket: ticket.to_owned(),
                approval: switch(approval.is_some()),
                approvers: approval.map(|rule| ids(&rule.approvers)).unwrap_or_default(),
                needed: approval.map_or(1, |rule| rule.needed).to_string(),
                wait: approval.map_or(Minutes::hours(24), |rule| rule.wait).into(),
                escalation: switch(second.is_some()),
                escalation_approvers: second.map(|second| ids(&second.approvers)).unwrap_or_default(),
                escalation_after: second.map_or(Minutes::hours(4), |second| second.after).into(),
                eligible_permanent: switch(policy.eligible.permanent),
                eligible_max: policy.eligible.max.into(),
                active_permanent: switch(policy.active.length.permanent),
                active_max: policy.active.length.max.into(),
                active_proof: switch(policy.active.proof),
                active_justification: switch(policy.active.justification),
                break_glass: policy.break_glass.map(String::from).unwrap_or_default(),
                ..Self::default()
            };
            fields.with_matrix(&policy.notifications)
        }

        /// What was typed, with the matrix in force where the form had none: a page from before there was one.
        #[must_use]
        pub fn or_matrix(self, in_force: &Notifications) -> Self {
            if self.says_who_is_told() { self } else { self.with_matrix(in_force) }
        }

        /// Whether the form had the matrix.
        #[must_use]
        pub fn says_who_is_told(&self) -> bool {
            self.mail.iter().any(|word| word == MATRIX)
        }

        fn with_matrix(mut self, matrix: &Notifications) -> Self {
            self.mail.push(MATRIX.to_owned());
            for (moment, reader, cell) in matrix.cells() {
                let ticks = [("usual", cell.default_recipients), ("critical", cell.critical_only)];
                self.mail
                    .extend(ticks.iter().filter(|(_, on)| *on).map(|(what, _)| tick(moment, reader, what)));
                *self.to(moment, reader) = cell.additional.join(", ");
            }
            self
        }

        /// The matrix that the fields mean.
        fn matrix(&self) -> Notifications {
            let mut matrix = Notifications::default();
            if !self.says_who_is_told() {
                return matrix;
            }
            let (ticked, mut typed) = (|word: String| self.mail.contains(&word), self.clone());
            for (moment, reader) in places() {
                let cell = matrix.cell_mut(moment, reader);
                cell.default_recipients = ticked(tick(moment, reader, "usual"));
                cell.additional = addresses(typed.to(moment, reader));
                // says nothing where nobody is told
                cell.critical_only = cell.takes(true) && ticked(tick(moment, reader, "critical"));
            }
            matrix
        }

        /// The fields as they came back.
        #[must_use]
        pub fn typed(answers: &Answers) -> Self {
            let one = |name: &str| answers.value(name).unwrap_or_default().to_owned();
            let mut fields = Self {
                max: one("max"),
                proof: one("proof"),
                proof_age: one("proof_age"),
                justification: one("justification"),
                justification_min: one("justification_min"),
                ticket: one("ticket"),
                approval: one("approval"),
                approvers: answers.values("approvers").map(str::to_owned).collect(),
                needed: one("needed"),
                wait: one("wait"),
                escalation: one("escalation"),
                escalation_approvers: answers.values("escalation_approvers").map(str::to_owned).collect(),
                escalation_after: one("escalation_after"),
                eligible_permanent: one("eligible_permanent"),
                eligible_max: one("eligible_max"),
                active_permanent: one("active_permanent"),
                active_max: one("active_max"),
                active_proof: one("active_proof"),
                active_justification: one("active_justification"),
                break_glass: one("break_glass"),
                mail: answers.values("mail").map(str::to_owned).collect(),
                ..Self::default()
            };
            for (moment, reader) in places() {
                *fields.to(moment, reader) = one(&field(moment, reader, "to"));
            }
            fields
        }

        /// The ids of the approvers that can be read.
        #[must_use]
        pub fn approver_ids(&self) -> Vec<uuid::Uuid> {
            self.approvers.iter().filter_map(|id| id.parse().ok()).collect()
        }

        /// The ids of those who may decide later too, as far as they can be read.
        #[must_use]
        pub fn later_ids(&self) -> Vec<uuid::Uuid> {
            self.escalation_approvers.iter().filter_map(|id| id.parse().ok()).collect()
        }

        /// The policy that the fields mean; `approvers` are what [`Fields::approver_ids`] name, `later` what
        /// [`Fields::later_ids`] do.
        ///
        /// # Errors
        /// What can't be read, each at its field. Whether the policy makes sense is judged by its own rule.
        pub fn policy(&self, approvers: Vec<Approver>, later: Vec<Approver>) -> Result<Policy, Vec<Refusal>> {
            let mut unread = Vec::new();
            let policy = Policy {
                activation: self.activation(approvers, later, &mut unread),
                eligible: AssignmentRules {
                    permanent: self.eligible_permanent == ON,
                    max: length(&self.eligible_max, "eligible_max", &mut unread),
                },
                active: ActiveRules {
                    length: AssignmentRules {
                        permanent: self.active_permanent == ON,
                        max: length(&self.active_max, "active_max", &mut unread),
                    },
                    proof: self.active_proof == ON,
                    justification: self.active_justification == ON,
                },
                break_glass: (!self.break_glass.is_empty())
                    .then(|| length(&self.break_glass, "break_glass", &mut unread)),
                notifications: self.matrix(),
            };
            if unread.is_empty() { Ok(policy) } else { Err(unread) }
        }

        fn activation(
            &self,
            approvers: Vec<Approver>,
            later: Vec<Approver>,
            unread: &mut Vec<Refusal>,
        ) -> ActivationRules {
            ActivationRules {
                max: length(&self.max, "max", unread),
                proof: match self.proof.as_str() {
                    "none" => ProofRule::None,
                    "session" => ProofRule::Session,
                    _ => ProofRule::Fresh { max_age: length(&self.proof_age, "proof_age", unread) },
                },
                justification: JustificationRule {
                    required: self.justification == ON,
                    min_length: count(&self.justification_min, "justification_min", unread),
                },
                ticket: match self.ticket.as_str() {
                    "any" => TicketRule::Any,
                    "pattern" => TicketRule::Pattern,
                    _ => TicketRule::None,
                },
                approval: (self.approval == ON).then(|| ApprovalRule {
                    approvers,
                    needed: count(&self.needed, "needed", unread),
                    wait: length(&self.wait, "wait", unread),
                    escalation: (self.escalation == ON).then(|| Escalation {
                        approvers: later,
                        after: length(&self.escalation_after, "escalation_after", unread),
                    }),
                }),
            }
        }
    }

    fn length(word: &str, field: &str, unread: &mut Vec<Refusal>) -> Minutes {
        word.parse().unwrap_or_else(|_| {
            unread.push(Refusal::new(Code::BadValue, "Choose a length.").at(field));
            Minutes(0)
        })
    }

    fn count<T: std::str::FromStr + Default>(word: &str, field: &str, unread: &mut Vec<Refusal>) -> T {
        word.trim().parse().unwrap_or_else(|_| {
            unread.push(Refusal::new(Code::BadValue, "Write a whole number.").at(field));
            T::default()
        })
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use domain::policy::notifications::{Moment, Reader};

        #[test]
        fn a_policy_survives_its_form() {
            let mut policy = Policy::default();
            assert_eq!(Fields::of(&policy).policy(Vec::new(), Vec::new()).unwrap(), policy);
            let person = Approver::Person(domain::ids::PersonId(uuid::Uuid::from_u128(7)));
            let team = Approver::Group(domain::ids::GroupId(uuid::Uuid::from_u128(8)));
            policy.activation.approval = Some(ApprovalRule {
                approvers: vec![person],
                needed: 1,
                wait: Minutes::hours(24),
                escalation: Some(Escalation { approvers: vec![team], after: Minutes::hours(8) }),
            });
            policy.activation.proof = ProofRule::Session;
            policy.activation.ticket = TicketRule::Pattern;
            policy.active.length.permanent = true;
            policy.break_glass = Some(Minutes::hours(1));
            let cell = policy.notifications.cell_mut(Moment::Active, Reader::Admin);
            (cell.critical_only, cell.additional) = (true, vec!["soc@example.org".into()]);
            policy.notifications.cell_mut(Moment::Eligible, Reader::Requestor).default_recipients = false;
            let fields = Fields::of(&policy);
            assert_eq!(fields.approver_ids(), [uuid::Uuid::from_u128(7)]);
            assert_eq!(fields.later_ids(), [uuid::Uuid::from_u128(8)]);
            assert_eq!(fields.policy(vec![person], vec![team]).unwrap(), policy);
            // a form without the matrix leaves it as it is
            let older = Fields { mail: Vec::new(), ..fields }.or_matrix(&policy.notifications);
            assert_eq!(older.policy(vec![person], vec![team]).unwrap(), policy);
        }

        #[test]
        fn only_what_needs_an_answer_means_nothing_where_nobody_is_told() {
            let mail = [MATRIX.to_owned(), tick(Moment::Active, Reader::Admin, "critical")].to_vec();
            let fields = Fields { mail, ..Fields::of(&Policy::default()) };
            let silent = fields.policy(Vec::new(), Vec::new()).unwrap().notifications;
            assert!(!silent.cell(Moment::Active, Reader::Admin).critical_only);
        }

        #[test]
        fn what_cannot_be_read_is_told_at_its_field() {
            let fields = Fields { max: "P1M".into(), justification_min: "some".into(), ..Fields::default() };
            let refusals = fields.policy(Vec::new(), Vec::new()).unwrap_err();
            let at: Vec<_> = refusals.iter().filter_map(|refusal| refusal.field.as_deref()).collect();
            assert_eq!(at, ["max", "proof_age", "justification_min", "eligible_max", "active_max"]);
        }
    }
}
