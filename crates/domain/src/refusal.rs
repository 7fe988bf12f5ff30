//! The only error people see: a stable code, the field it belongs to, why, and a way on.

use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! codes {
    ($($variant:ident = $wire:literal),* $(,)?) => {
        /// Why something did not happen. The wire word is stable: clients, tests and the audit rely on it.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum Code { $(#[serde(rename = $wire)] $variant),* }

        impl Code {
            /// Every code there is, for documentation and tests.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            /// The stable word.
            pub const fn wire(self) -> &'static str {
                match self { $(Code::$variant => $wire),* }
            }

            /// From the stable word, if this version knows it.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.wire() == word)
            }
        }
    };
}

codes! {
    // about the thing
    NotFound = "not-found",
    NotAllowed = "not-allowed",
    ChangedMeanwhile = "changed-meanwhile",
    SavedMeanwhile = "saved-meanwhile",
    AlreadyClosed = "already-closed",
    // activation
    NotEligible = "not-eligible",
    ActivateBefore = "activate-before",
    EligibilityNotBegun = "eligibility-not-begun",
    EligibilityEnded = "eligibility-ended",
    AlreadyActive = "already-active",
    AlreadyAsked = "already-asked",
    NotActive = "not-active",
    TooShort = "too-short",
    TooLong = "too-long",
    BadStep = "bad-step",
    StartInPast = "start-in-past",
    StartTooFar = "start-too-far",
    EligibilityTooShort = "eligibility-too-short",
    MeetsPlanned = "meets-planned",
    TooManyOpen = "too-many-open",
    PersonDisabled = "person-disabled",
    GroupClosed = "group-closed",
    NoApprover = "no-approver",
    WindowPassed = "window-passed",
    PolicyChanged = "policy-changed",
    // demands
    JustificationMissing = "justification-missing",
    JustificationShort = "justification-short",
    TextTooLong = "text-too-long",
    TicketMissing = "ticket-missing",
    TicketPattern = "ticket-pattern",
    ProofMissing = "proof-missing",
    ProofTooOld = "proof-too-old",
    ProofWrong = "proof-wrong",
    ProofLocked = "proof-locked",
    NoFactor = "no-factor",
    // decision
    OwnRequest = "own-request",
    NotApprover = "not-approver",
    AlreadyVoted = "already-voted",
    StandsIn = "stands-in",
    Lapsed = "lapsed",
    DenyReasonMissing = "deny-reason-missing",
    NothingDecided = "nothing-decided",
    // assignment and management
    Duplicate = "duplicate",
    PermanentNotAllowed = "permanent-not-allowed",
    EndBeforeStart = "end-before-start",
    SelfAssignment = "self-assignment",
    PrincipalUnfit = "principal-unfit",
    CannotBeManaged = "cannot-be-managed",
    AlreadyManaged = "already-managed",
    NotManaged = "not-managed",
    ManagedHere = "managed-here",
    NotRenewable = "not-renewable",
    RenewalTooEarly = "renewal-too-early",
    RenewalTooLate = "renewal-too-late",
    LastAdministrator = "last-administrator",
    LastOwner = "last-owner",
    NoBreakGlass = "no-break-glass",
    NotReviewed = "not-reviewed",
    NeedsNoApproval = "needs-no-approval",
    NotForSelf = "not-for-self",
    RestoreTooLate = "restore-too-late",
    Circle = "circle",
    Protected = "protected",
    TooManyRoleAssignable = "too-many-role-assignable",
    // policy
    PolicyIncomplete = "policy-incomplete",
    BadValue = "bad-value",
    NothingChanged = "nothing-changed",
    // forms and sign-in
    Missing = "missing",
    Taken = "taken",
    SignInFailed = "sign-in-failed",
    TooManyTries = "too-many-tries",
    PasswordWeak = "password-weak",
    PasswordShort = "password-short",
    LinkUsed = "link-used",
    SignedOut = "signed-out",
    ForgedForm = "forged-form",
    BadInput = "bad-input",
    TooLarge = "too-large",
    // import
    UnknownReference = "unknown-reference",
    BadRecord = "bad-record",
    Conflict = "conflict",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.wire())
    }
}

/// A next step offered with a refusal: a page of ours, with the words of the link.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WayOn {
    /// Words of the link.
    pub label: String,
    /// A path of ours, beginning with one slash.
    pub path: String,
}

/// What did not happen and why. Nothing was changed when one of these comes back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refusal {
    /// The stable word.
    pub code: Code,
    /// Name of the form field it belongs to, if any.
    pub field: Option<String>,
    /// The sentence people read.
    pub text: Text,
    /// The next step.
    pub way_on: Option<WayOn>,
}

impl Refusal {
    /// A refusal with its sentence.
    pub fn new(code: Code, text: impl Into<Text>) -> Self {
        Self { code, field: None, text: text.into(), way_on: None }
    }

    /// Puts it at a field of the form.
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Offers a next step.
    pub fn way(mut self, label: impl Into<String>, path: impl Into<String>) -> Self {
        self.way_on = Some(WayOn { label: label.into(), path: path.into() });
        self
    }

    /// What is unknown and what is forbidden read the same.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "Not here. It does not exist, or you cannot see it.")
            .way("My access", "/access")
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.text)
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for Vec<Refusal> {
    fn from(refusal: Refusal) -> Self {
        vec![refusal]
    }
}
