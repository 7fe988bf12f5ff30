//! Writes a notice beside the audit row of what it tells of, in the same statement.

use crate::audit::About;
use crate::ctx::By;
use crate::db::rows::Rows;
use domain::audit::Event;
use domain::ids::PrincipalId;
use domain::notice::Notice;

/// Adds the notices, if people are told of such an event.
pub(crate) fn put(rows: &mut Rows, by: &By, event: Event, about: &About) {
    let own =
        about.facts.as_ref().is_some_and(|facts| facts["to_self"] == true && facts["kind"] == "eligible");
    let Some(notice) = (if own { Notice::of_own(event) } else { Notice::of(event) }) else { return };
    row(rows, by, notice, about);
    let hers = about.principal.map(|principal| principal.0) == by.person.map(|person| person.0);
    if let Some(also) = Notice::of_behalf(event).filter(|_| by.person.is_some() && !hers) {
        row(rows, by, also, about);
    }
}

fn row(rows: &mut Rows, by: &By, notice: Notice, about: &About) {
    // what somebody does to her own account names her as actor only
    let principal = about.principal.or_else(|| by.person.map(PrincipalId::from));
    rows.row("notices")
        .set("kind", notice.wire())
        .set("actor_id", by.person.map(|id| id.0))
        .set("principal_id", principal.map(|id| id.0))
        .set("target_id", about.target.map(|id| id.0))
        .set("request_id", about.request.map(|id| id.0))
        .set("assignment_id", about.assignment.map(|id| id.0))
        .set("reason", &about.reason);
}
