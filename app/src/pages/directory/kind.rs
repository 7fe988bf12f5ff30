//! What kind of group it is, in words.

use crate::parts::prelude::*;
use domain::group::GroupKind;
use leptos::prelude::*;

/// The kinds, for filters and forms.
pub fn kinds() -> Vec<Choice> {
    [GroupKind::Security, GroupKind::Microsoft365]
        .into_iter()
        .map(|kind| Choice::new(kind.wire(), kind_word(kind)))
        .collect()
}

/// As people read it.
pub fn kind_word(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Security => "Security",
        GroupKind::Microsoft365 => "Microsoft 365",
    }
}

/// Kind and what is special about it.
#[component]
pub fn Kind(
    /// Microsoft 365, not security.
    microsoft365: bool,
    /// Can carry directory roles.
    role_assignable: bool,
    /// Members are computed by a rule.
    dynamic: bool,
    /// From another directory.
    on_premises: bool,
) -> impl IntoView {
    let first = kind_word(if microsoft365 { GroupKind::Microsoft365 } else { GroupKind::Security });
    let rest = [
        (role_assignable, "role-assignable"),
        (dynamic, "computed"),
        (on_premises, "from another directory"),
    ];
    let words = [first].into_iter().chain(rest.into_iter().filter(|(so, _)| *so).map(|(_, word)| word));
    words.collect::<Vec<_>>().join(", ")
}
