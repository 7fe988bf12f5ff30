//! One newtype per kind of id, so that a group can't be handed over where a person is meant.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    };
}

id!(
    /// A person: member or guest.
    PersonId
);
id!(
    /// A group, managed or not.
    GroupId
);
id!(
    /// Anything that can hold a target: a person or a group.
    PrincipalId
);
id!(
    /// What can be held; see [`crate::target::Target`].
    TargetId
);
id!(
    /// An eligible or active assignment.
    AssignmentId
);
id!(
    /// Something asked for; see [`crate::activation`].
    RequestId
);
id!(
    /// The plan of an access review.
    AccessReviewId
);
id!(
    /// One run of an access review.
    AccessReviewRoundId
);
id!(
    /// One assignment in a round.
    AccessReviewItemId
);
id!(
    /// The key a form carries so that sending it twice has one effect.
    RequestKey
);

impl From<PersonId> for PrincipalId {
    fn from(id: PersonId) -> Self {
        Self(id.0)
    }
}

impl From<GroupId> for PrincipalId {
    fn from(id: GroupId) -> Self {
        Self(id.0)
    }
}
