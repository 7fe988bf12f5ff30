//! The closed list of what is written down. One event per transition, refusals included.
//!
//! How it proves itself: [`canonical`] bytes, a [`chain`] of hashes over them, [`anchor`]s of its end, [`seal`]s of its beginning.

pub mod anchor;
pub mod canonical;
pub mod chain;
pub mod seal;
pub mod syslog;

use serde::{Deserialize, Serialize};

macro_rules! events {
    ($($variant:ident = $wire:literal, $words:literal;)*) => {
        /// What happened or was refused. The wire word is stable.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum Event { $(#[doc = $words] #[serde(rename = $wire)] $variant),* }

        impl Event {
            /// The whole list.
            pub const ALL: &'static [Event] = &[$(Event::$variant),*];

            /// The stable word, as stored.
            pub const fn wire(self) -> &'static str { match self { $(Event::$variant => $wire),* } }

            /// As people read it.
            pub const fn words(self) -> &'static str { match self { $(Event::$variant => $words),* } }
        }
    };
}

events! {
    ActivationRequested = "activation-requested", "Asked to activate";
    ActivationStarted = "activation-started", "Activated";
    ActivationPlanned = "activation-planned", "Activation planned";
    ActivationEnded = "activation-ended", "Activation ended";
    ActivationDeactivated = "activation-deactivated", "Deactivated";
    ActivationExtended = "activation-extended", "Activation extended";
    ExtensionRequested = "extension-requested", "Asked to extend an activation";
    RenewalRequested = "renewal-requested", "Asked to extend or renew an assignment";
    RequestApproved = "request-approved", "Approved";
    RequestVoted = "request-voted", "Approved, more approvals needed";
    RequestEscalated = "request-escalated", "Others may decide before their time";
    RequestDenied = "request-denied", "Denied";
    RequestCanceled = "request-canceled", "Request cancelled";
    RequestLapsed = "request-lapsed", "Request lapsed";
    RequestRevoked = "request-revoked", "Request closed by the system";
    GlassBroken = "glass-broken", "Break glass used";
    GlassReviewed = "glass-reviewed", "Break glass reviewed";
    AssignmentMade = "assignment-made", "Assigned";
    AssignmentFound = "assignment-found", "Found in the directory";
    AssignmentUpdated = "assignment-updated", "Assignment changed";
    AssignmentRemoved = "assignment-removed", "Assignment removed";
    AssignmentEnded = "assignment-ended", "Assignment ended";
    AccessReviewCreated = "access-review-created", "Access review planned";
    AccessReviewStarted = "access-review-started", "Access review began";
    AccessReviewDecided = "access-review-decided", "Decided in an access review";
    AccessReviewChanged = "access-review-changed", "Decision in an access review changed";
    AccessReviewEnded = "access-review-ended", "Access review ended";
    AccessReviewStopped = "access-review-stopped", "Access review stopped";
    AccessReviewApplied = "access-review-applied", "Access review applied";
    LastHolderKept = "last-holder-kept", "Kept for a day: nobody else would be left";
    GroupOnboarded = "group-onboarded", "Brought under management";
    GroupCreated = "group-created", "Group created";
    GroupUpdated = "group-updated", "Group changed";
    GroupDeleted = "group-deleted", "Group deleted";
    GroupRestored = "group-restored", "Group restored";
    MembershipChanged = "membership-changed", "Directory membership changed";
    PolicySaved = "policy-saved", "Policy saved";
    PersonCreated = "person-created", "Person created";
    PersonUpdated = "person-updated", "Person changed";
    AbsenceSaved = "absence-saved", "Absence saved";
    AbsenceEnded = "absence-ended", "Absence ended";
    PersonDisabled = "person-disabled", "Person disabled";
    PersonEnabled = "person-enabled", "Person enabled";
    PersonDeleted = "person-deleted", "Person deleted";
    PersonRestored = "person-restored", "Person restored";
    PersonInvited = "person-invited", "Sign-in link made";
    RoleGranted = "role-granted", "Directory role given";
    DirectoryImported = "directory-imported", "Directory imported";
    SignedIn = "signed-in", "Signed in";
    SignInRefused = "sign-in-refused", "Sign-in refused";
    SignedOut = "signed-out", "Signed out";
    SessionEnded = "session-ended", "Session ended";
    PasswordSet = "password-set", "Password set";
    FactorAdded = "factor-added", "Second factor added";
    FactorsReset = "factors-reset", "Second factors reset";
    RecoveryCodesMade = "recovery-codes-made", "Recovery codes made";
    RecoveryCodeUsed = "recovery-code-used", "Recovery code used";
    MailStopped = "mail-stopped", "Mail stopped";
    MailStarted = "mail-started", "Mail goes out again";
    MailResent = "mail-resent", "Mail sent again";
    HookCreated = "hook-created", "Webhook created";
    HookChanged = "hook-changed", "Webhook changed";
    HookSecretChanged = "hook-secret-changed", "Secret of a webhook changed";
    HookSwitchedOff = "hook-switched-off", "Webhook switched off";
    HookSwitchedOn = "hook-switched-on", "Webhook switched on";
    HookDeleted = "hook-deleted", "Webhook deleted";
    HookResent = "hook-resent", "Delivery of a webhook sent again";
    ApplicationCreated = "application-created", "Application connected";
    ApplicationChanged = "application-changed", "Application changed";
    ApplicationTokenChanged = "application-token-changed", "Token of an application changed";
    ApplicationSwitchedOff = "application-switched-off", "Provisioning of an application stopped";
    ApplicationSwitchedOn = "application-switched-on", "Provisioning of an application goes on";
    ApplicationDeleted = "application-deleted", "Application deleted";
    ApplicationGroupAssigned = "application-group-assigned", "Group assigned to an application";
    ApplicationGroupRemoved = "application-group-removed", "Group taken from an application";
    ApplicationTested = "application-tested", "Application tested";
    ApplicationRetried = "application-retried", "Provisioning tried again";
    ApplicationAsked = "application-provisioned-now", "Provisioned on demand";
    DepartureAllowed = "application-departures-allowed", "Accounts allowed to go";
    ProvisioningExported = "provisioning-exported", "Provisioning log exported";
    AuditExported = "audit-exported", "Audit exported";
    AuditSealed = "audit-sealed", "Oldest part of the audit sealed";
    AlertOpened = "alert-opened", "Alert opened";
    AlertClosed = "alert-closed", "Alert closed";
    AlertReturned = "alert-returned", "Acknowledged alert is back";
    AlertAcknowledged = "alert-acknowledged", "Alert acknowledged";
    AlertSettingsSaved = "alert-settings-saved", "Settings of alerts saved";
}

impl Event {
    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.wire() == word)
    }
}

/// What kind of thing an event tells of: the choices of the audit's filter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Somebody asked, somebody decided.
    Requests,
    /// Access began or ended.
    Access,
    /// Eligibility and standing access given and taken.
    Assignments,
    /// Groups and policies.
    Settings,
    /// People and their roles.
    People,
    /// Signing in, sessions, factors.
    SignIn,
    /// What somebody should look at.
    Alerts,
}

impl Class {
    /// All, in the order of the filter.
    pub const ALL: [Class; 7] = [
        Class::Requests,
        Class::Access,
        Class::Assignments,
        Class::Settings,
        Class::People,
        Class::SignIn,
        Class::Alerts,
    ];

    /// The word in addresses.
    pub const fn wire(self) -> &'static str {
        match self {
            Class::Requests => "requests",
            Class::Access => "access",
            Class::Assignments => "assignments",
            Class::Settings => "settings",
            Class::People => "people",
            Class::SignIn => "sign-in",
            Class::Alerts => "alerts",
        }
    }

    /// As people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Class::Requests => "Requests and decisions",
            Class::Access => "Access on and off",
            Class::Assignments => "Assignments",
            Class::Settings => "Groups and settings",
            Class::People => "People and roles",
            Class::SignIn => "Sign-in",
            Class::Alerts => "Alerts",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.wire() == word)
    }

    /// The events of this class.
    pub fn events(self) -> impl Iterator<Item = Event> {
        Event::ALL.iter().copied().filter(move |event| event.class() == self)
    }
}

impl Event {
    /// What kind of thing it tells of.
    pub const fn class(self) -> Class {
        use Event as E;
        match self {
            E::ActivationRequested | E::ExtensionRequested | E::RequestApproved | E::RequestVoted => {
                Class::Requests
            }
            E::RequestDenied | E::RequestCanceled | E::RequestLapsed | E::RequestRevoked => Class::Requests,
            E::RenewalRequested | E::RequestEscalated => Class::Requests,
            E::ActivationStarted | E::ActivationPlanned | E::ActivationEnded => Class::Access,
            E::ActivationDeactivated | E::ActivationExtended => Class::Access,
            E::GlassBroken | E::GlassReviewed => Class::Access,
            E::AssignmentMade | E::AssignmentFound | E::AssignmentUpdated => Class::Assignments,
            E::AssignmentRemoved | E::AssignmentEnded | E::MembershipChanged => Class::Assignments,
            E::LastHolderKept => Class::Assignments,
            E::AccessReviewCreated | E::AccessReviewStarted | E::AccessReviewEnded => Class::Assignments,
            E::AccessReviewDecided | E::AccessReviewChanged => Class::Assignments,
            E::AccessReviewStopped | E::AccessReviewApplied => Class::Assignments,
            E::GroupOnboarded | E::GroupCreated | E::GroupUpdated => Class::Settings,
            E::GroupDeleted | E::GroupRestored => Class::Settings,
            E::PolicySaved | E::DirectoryImported => Class::Settings,
            E::MailStopped | E::MailStarted | E::MailResent | E::AuditExported => Class::Settings,
            E::HookCreated | E::HookChanged | E::HookSecretChanged | E::HookDeleted => Class::Settings,
            E::HookSwitchedOff | E::HookSwitchedOn | E::HookResent => Class::Settings,
            E::ApplicationCreated | E::ApplicationChanged | E::ApplicationTokenChanged => Class::Settings,
            E::ApplicationSwitchedOff | E::ApplicationSwitchedOn | E::ApplicationDeleted => Class::Settings,
            E::ApplicationGroupAssigned | E::ApplicationGroupRemoved | E::ApplicationTested => {
                Class::Settings
            }
            E::ApplicationRetried | E::ApplicationAsked | E::DepartureAllowed => Class::Settings,
            E::ProvisioningExported | E::AuditSealed => Class::Settings,
            E::PersonCreated | E::PersonUpdated | E::PersonDisabled | E::PersonEnabled => Class::People,
            E::PersonDeleted | E::PersonRestored => Class::People,
            E::AbsenceSaved | E::AbsenceEnded => Class::People,
            E::PersonInvited | E::RoleGranted => Class::People,
            E::SignedIn | E::SignInRefused | E::SignedOut | E::SessionEnded => Class::SignIn,
            E::PasswordSet | E::FactorAdded | E::FactorsReset => Class::SignIn,
            E::RecoveryCodesMade | E::RecoveryCodeUsed => Class::SignIn,
            E::AlertOpened | E::AlertClosed | E::AlertReturned => Class::Alerts,
            E::AlertAcknowledged | E::AlertSettingsSaved => Class::Alerts,
        }
    }
}
