//! The catalogue of directory roles and what each allows in this product (product.md section 3).

use serde::{Deserialize, Serialize};

macro_rules! roles {
    ($($variant:ident, $wire:literal, $name:literal, $may:literal;)*) => {
        /// An administrator role of the directory.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Role { $(#[doc = $may] $variant),* }

        impl Role {
            /// The whole catalogue.
            pub const ALL: &'static [Role] = &[$(Role::$variant),*];

            /// The stable word, also in addresses.
            pub const fn wire(self) -> &'static str { match self { $(Role::$variant => $wire),* } }

            /// The name people know, as in the reference's role templates.
            pub const fn name(self) -> &'static str { match self { $(Role::$variant => $name),* } }

            /// What it allows here, in one sentence.
            pub const fn may(self) -> &'static str { match self { $(Role::$variant => $may),* } }
        }
    };
}

roles! {
    GlobalAdministrator, "global-administrator", "Global Administrator", "Everything.";
    PrivilegedRoleAdministrator, "privileged-role-administrator", "Privileged Role Administrator",
        "Directory role assignments; creates and manages role-assignable groups and just-in-time access to them.";
    PrivilegedAuthenticationAdministrator, "privileged-authentication-administrator", "Privileged Authentication Administrator",
        "Resets credentials and factors of anybody.";
    IdentityGovernanceAdministrator, "identity-governance-administrator", "Identity Governance Administrator",
        "Just-in-time access to groups that are not role-assignable.";
    DirectoryWriter, "directory-writer", "Directory Writer",
        "Just-in-time access to groups that are not role-assignable.";
    GroupsAdministrator, "groups-administrator", "Groups Administrator",
        "Creates and edits groups that are not role-assignable, and just-in-time access to them.";
    UserAdministrator, "user-administrator", "User Administrator",
        "People; credentials of unprotected people; just-in-time access to groups that are not role-assignable.";
    ExchangeAdministrator, "exchange-administrator", "Exchange Administrator",
        "Membership of Microsoft 365 groups that are neither role-assignable nor managed here.";
    AuthenticationAdministrator, "authentication-administrator", "Authentication Administrator",
        "Credentials of unprotected people.";
    HelpdeskAdministrator, "helpdesk-administrator", "Helpdesk Administrator",
        "Credentials of unprotected people.";
    ApplicationAdministrator, "application-administrator", "Application Administrator",
        "Applications and their provisioning.";
    GlobalReader, "global-reader", "Global Reader", "Reads everything, audit and export; no secrets.";
    SecurityReader, "security-reader", "Security Reader", "Reads everything, audit and export; no secrets.";
}

impl Role {
    /// From the stable word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.wire() == word)
    }

    /// From the display name that a directory export carries.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name().eq_ignore_ascii_case(name.trim()))
    }
}
