//! Provisioning: what an application is told over SCIM 2.0 (RFC 7643, 7644), and what its answers mean.
//!
//! The engine compares what is wanted with what an application last confirmed, and asks here for each request what to write
//! ([`body`], [`filter`]), how to read what came back ([`answer`], [`listing`]), when to try again ([`retry`]), how fast to go
//! ([`bucket`]), and when to leave the application alone ([`health`], [`breaker`]).

pub mod answer;
pub mod body;
pub mod breaker;
pub mod bucket;
pub mod database;
pub mod filter;
pub mod health;
pub mod listing;
pub mod retry;
pub mod settings;
pub mod sqlstate;
pub mod steps;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$first:tt])? $variant:ident = $wire:literal, $words:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
        pub enum $name { $(#[doc = $words] $(#[$first])? $variant),* }

        impl $name {
            /// All, in the order of the form.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The stable word.
            pub const fn wire(self) -> &'static str { match self { $($name::$variant => $wire),* } }

            /// As people read it.
            pub const fn words(self) -> &'static str { match self { $($name::$variant => $words),* } }

            /// From the word.
            pub fn parse(word: &str) -> Option<Self> { Self::ALL.iter().copied().find(|one| one.wire() == word) }
        }
    };
}
pub(crate) use words;

words! {
    /// What an application is: how it is spoken to.
    Kind {
        #[default] Scim = "scim", "An application that speaks SCIM 2.0";
        Postgres = "postgres", "A PostgreSQL database: members get one of its roles";
    }
}

words! {
    /// What becomes of the open sessions of somebody from whom a role of a database was taken: one that took on the role before keeps
    /// it until it ends.
    Sessions {
        #[default] End = "end", "End them: one that uses the role keeps it else";
        Leave = "leave", "Leave them open";
    }
}

words! {
    /// How removals and booleans are written.
    Dialect {
        #[default] Rfc = "rfc", "As RFC 7644 says";
        Legacy = "entra-legacy", "As older Microsoft connectors write";
    }
}

words! {
    /// How to find out whether somebody is a member.
    Probe {
        #[default] Dot = "filter-dot", "Filter: members.value eq";
        Bracket = "filter-bracket", "Filter: members[value eq]";
        Read = "read", "Read the members of the group";
        None = "none", "It can't be found out";
    }
}

words! {
    /// What becomes of an account when its person has nothing of the application any more.
    Leaving {
        #[default] Disable = "disable", "Disable the account";
        Delete = "delete", "Delete the account";
        Leave = "leave", "Leave the account as it is";
    }
}

words! {
    /// What becomes of members that an application has without a grant here.
    Drift {
        #[default] Remove = "remove", "Remove them";
        Report = "report", "Report them only";
    }
}

words! {
    /// Who of the members of assigned groups is provisioned.
    Scope {
        #[default] All = "all", "Everybody in an assigned group";
        Members = "members", "Everybody in an assigned group but guests";
    }
}

words! {
    /// By which attribute an account is found.
    Match {
        #[default] External = "externalId", "externalId: our id";
        UserName = "userName", "userName: the sign-in name";
        Mail = "emails.value", "emails: the mail address";
        Local = "localPart", "the sign-in name up to its @";
    }
}

words! {
    /// What becomes of accounts and groups there that carry the id of another system.
    Foreign {
        #[default] Refuse = "refuse", "Leave them alone, and say so";
        Take = "take", "Take them over: the other system does not provision any more";
    }
}

words! {
    /// How an application does.
    Health {
        #[default] Healthy = "healthy", "Healthy";
        Degraded = "degraded", "Degraded";
        Quarantined = "quarantined", "Quarantined";
    }
}
