//! The permission table as browsers meet it: every address × every kind of actor × every kind of object. What the table
//! allows has a page; what it does not is not there, and a form posted there changes nothing (security.md 6.11, I-24). An
//! address that is in no list fails the test.

#[path = "matrix/cast.rs"]
mod cast;

use crate::actors::Browser;
use cast::{Cast, Object, Who};
use domain::authz::{Action, GroupFacts, PersonFacts, allows};
use http::StatusCode;
use sqlx::PgPool;
use std::collections::BTreeSet;

/// Whether the table lets this actor open the address about this object.
type Rule<T> = fn(&Who, T) -> bool;
/// The same about nothing in particular.
type Alone = fn(&Who) -> bool;

fn may(who: &Who, action: Action) -> bool {
    allows(&who.actor, &action)
}

/// Below `/groups/{key}` and `/roles/{role}`: the rest of the address, with its query.
const PLACES: &[(&str, &str, Rule<GroupFacts>)] = &[
    ("", "", |who, at| may(who, Action::SeeGroup(at))),
    ("/assignments", "", |who, at| may(who, Action::InspectAccess(at))),
    ("/assignments/remove", "", |who, at| may(who, Action::ManageAccess(at))),
    ("/assignments/{id}/change", "", |who, at| at.managed && may(who, Action::ManageAccess(at))),
    ("/activate-for", "?role=member&principal={member}", |who, at| {
        at.managed && may(who, Action::ManageAccess(at))
    }),
    ("/assign", "", |who, at| at.managed && may(who, Action::ManageAccess(at))),
    ("/settings", "", |who, at| at.managed && may(who, Action::InspectAccess(at))),
    ("/settings/versions/{n}", "", |who, at| at.managed && may(who, Action::InspectAccess(at))),
    ("/requests", "", |who, at| may(who, Action::InspectAccess(at))),
    ("/audit", "", |who, at| may(who, Action::ReadGroupAudit(at))),
    ("/insights", "", |who, at| may(who, Action::InspectAccess(at))),
    ("/insights/export.csv", "?table=unused", |who, at| may(who, Action::InspectAccess(at))),
];

/// Below `/groups/{key}` only.
const GROUPS: &[(&str, &str, Rule<GroupFacts>)] = &[
    ("/people", "", |who, at| may(who, Action::InspectAccess(at))),
    ("/membership", "", |who, at| {
        may(who, Action::EditMembership(at)) || may(who, Action::InspectAccess(at))
    }),
    ("/membership/remove", "?access=member&who={member}", |who, at| may(who, Action::EditMembership(at))),
    ("/reviews", "", |who, at| may(who, Action::InspectAccessReviews(at))),
    ("/reviews/new", "", |who, at| at.managed && may(who, Action::ManageAccessReviews(at))),
    ("/edit", "", |who, at| may(who, Action::EditGroup(at))),
    ("/delete", "", |who, at| may(who, Action::DeleteGroup(at))),
];

/// Below `/people/{user}`.
const PEOPLE: &[(&str, Rule<PersonFacts>)] = &[
    ("", |who, her| may(who, Action::SeePerson(her))),
    ("/why", |who, her| may(who, Action::SeePerson(her))),
    ("/then", |who, her| her.is_self || may(who, Action::ListPeople)),
    ("/edit", |who, her| may(who, Action::EditPerson(her))),
    ("/disable", |who, her| may(who, Action::DisablePerson(her))),
    ("/enable", |who, her| may(who, Action::DisablePerson(her))),
    ("/delete", |who, her| may(who, Action::DeletePerson(her))),
    ("/link", |who, her| may(who, Action::ResetCredentials(her))),
    ("/reset", |who, her| may(who, Action::ResetCredentials(her))),
];

fn creates_groups(who: &Who) -> bool {
    [false, true].into_iter().any(|role_assignable| may(who, Action::CreateGroup { role_assignable }))
}

fn restores_groups(who: &Who) -> bool {
    [false, true].into_iter().any(|role_assignable| may(who, Action::RestoreGroup { role_assignable }))
}

fn restores_people(who: &Who) -> bool {
    may(who, Action::DeletePerson(PersonFacts { is_self: false, protected: false, known: false }))
}

fn assigns(who: &Who) -> bool {
    may(who, Action::AssignMany { owns: who.to_groups.owner })
}

/// About nothing in particular.
const LISTS: &[(&str, Alone)] = &[
    ("/groups/new", creates_groups),
    ("/groups/deleted", restores_groups),
    ("/people", |who| may(who, Action::ListPeople)),
    ("/people/new", |who| may(who, Action::CreatePerson)),
    ("/people/deleted", restores_people),
    ("/roles", |who| may(who, Action::SeeRoles)),
    ("/admin/import", |who| may(who, Action::Import)),
    ("/admin/mail", |who| may(who, Action::ReadMail)),
    ("/admin/alerts", |who| may(who, Action::ReadAlerts)),
    ("/admin/alerts/settings", |who| may(who, Action::ReadAlerts)),
    ("/admin/applications", |who| may(who, Action::ReadApplications)),
    ("/admin/applications/new", |who| may(who, Action::ManageApplications)),
    ("/admin/webhooks", |who| may(who, Action::ReadHooks)),
    ("/admin/webhooks/new", |who| may(who, Action::ManageHooks)),
    ("/insights", |who| may(who, Action::ReadAudit)),
    ("/insights/export.csv?table=unused", |who| may(who, Action::ReadAudit)),
    ("/assign", assigns),
    ("/assign/sheet", assigns),
];

/// Open to everybody who is signed in: they show what is the reader's own, or what she may see of it.
const OWN: &[&str] = &[
    "/access",
    "/access/activate-several",
    "/account",
    "/account/factors",
    "/account/mail",
    "/account/absence",
    "/account/factors/replace",
    "/account/password",
    "/account/recovery-codes",
    "/account/sessions",
    "/approvals",
    "/audit",
    "/audit/export",
    "/break-glass",
    "/groups",
    "/groups/discover",
    "/requests",
    "/reviews",
    "/search",
    "/sign-out",
];

/// About one thing that is named in the address or query, and refused to everybody whom it does not concern: here
/// nothing has that name. Other tests of this crate open them with what they are about.
const NAMED: &[&str] = &[
    "/account/mail/{id}",
    "/admin/alerts/{id}",
    "/admin/mail/{id}",
    "/admin/applications/{id}",
    "/admin/applications/{id}/delete",
    "/admin/applications/{id}/edit",
    "/admin/applications/{id}/groups",
    "/admin/applications/{id}/log",
    "/admin/applications/{id}/log/export.csv",
    "/admin/applications/{id}/log/export.ndjson",
    "/admin/applications/{id}/log/{attempt}",
    "/admin/applications/{id}/now",
    "/admin/applications/{id}/people",
    "/admin/applications/{id}/token",
    "/admin/webhooks/{id}",
    "/admin/webhooks/{id}/delete",
    "/admin/webhooks/{id}/deliveries/{delivery}",
    "/admin/webhooks/{id}/edit",
    "/admin/webhooks/{id}/secret",
    "/access/activate",
    "/access/break-glass",
    "/access/several",
    "/access/{assignment}/deactivate",
    "/access/{assignment}/extend",
    "/access/{assignment}/renew",
    "/approvals/{number}",
    "/assign/{form}",
    "/assign/{form}/result.csv",
    "/break-glass/{number}",
    "/groups/{key}/renewals/{number}",
    "/groups/{key}/restore",
    "/groups/{key}/reviews/{number}",
    "/groups/{key}/reviews/{number}/export.csv",
    "/people/{user}/restore",
    "/requests/{number}",
    "/requests/{number}/cancel",
    "/reviews/{number}",
    "/reviews/{number}/recommended",
    "/roles/{role}/renewals/{number}",
];

/// Open to everybody who is signed in, and never over while the session lasts: `live.rs` listens to them.
const STREAMS: &[&str] = &["/events"];

/// Before anybody is signed in, or in the demo only.
const DOORS: &[&str] = &[
    "/demo",
    "/demo/sign-in",
    "/invitation/{invitation}",
    "/sign-in",
    "/sign-in/enrol",
    "/sign-in/recovery",
    "/sign-in/second",
];

#[test]
fn i_24_every_address_is_in_the_matrix() {
    let mut listed: BTreeSet<String> =
        OWN.iter().chain(NAMED).chain(STREAMS).chain(DOORS).map(|path| (*path).to_owned()).collect();
    listed.extend(LISTS.iter().map(|(path, _)| path.split('?').next().unwrap_or_default().to_owned()));
    listed.extend(PEOPLE.iter().map(|(path, _)| format!("/people/{{user}}{path}")));
    listed.extend(PLACES.iter().map(|(path, ..)| format!("/roles/{{role}}{path}")));
    listed.extend(PLACES.iter().chain(GROUPS).map(|(path, ..)| format!("/groups/{{key}}{path}")));
    let forms = server::router::forms().into_iter().map(|form| form.path.to_owned());
    let streams = server::router::streams().into_iter().map(str::to_owned);
    let files = server::router::downloads().into_iter().map(|(path, _)| path.to_owned());
    let there: BTreeSet<String> =
        server::router::pages().into_iter().chain(forms).chain(streams).chain(files).collect();
    let unlisted: Vec<_> = there.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&there).collect();
    assert!(unlisted.is_empty() && gone.is_empty(), "not in the matrix: {unlisted:?}; not there: {gone:?}");
}

/// Everything wrong that was seen.
#[derive(Default)]
struct Seen {
    wrong: Vec<String>,
    asked: usize,
}

impl Seen {
    async fn page(&mut self, who: &Who, browser: &mut Browser, path: &str, allowed: bool) {
        let status = browser.get(path).await.status;
        self.asked += 1;
        if (status != StatusCode::NOT_FOUND) != allowed || status.is_server_error() {
            self.wrong.push(format!("{} opens {path}: {status}, the table says {allowed}", who.name));
        }
    }

    /// What is not allowed is refused, whatever is sent.
    async fn form(&mut self, who: &Who, browser: &mut Browser, path: &str, fields: &[(&str, &str)]) {
        let status = browser.post(path, fields).await.status;
        self.asked += 1;
        if !status.is_client_error() {
            self.wrong.push(format!("{} posts to {path}: {status}", who.name));
        }
    }
}

/// Everything there is to open about an object, and whether this actor may.
fn addresses(who: &Who, object: &Object) -> Vec<(String, bool)> {
    let filled = |base: &str, path: &str, query: &str| {
        let path = path.replace("{id}", &object.assignment).replace("{n}", "1");
        format!("{base}{path}{}", query.replace("{member}", &object.member))
    };
    match object.what {
        cast::What::Group => {
            let at = object.facts(who);
            let rules = PLACES.iter().chain(GROUPS);
            rules.map(|(path, query, rule)| (filled(&object.base, path, query), rule(who, at))).collect()
        }
        cast::What::Role => {
            let at = object.facts(who);
            PLACES
                .iter()
                .map(|(path, query, rule)| (filled(&object.base, path, query), rule(who, at)))
                .collect()
        }
        cast::What::Person { protected } => {
            let her = PersonFacts { is_self: false, protected, known: false };
            PEOPLE.iter().map(|(path, rule)| (format!("{}{path}", object.base), rule(who, her))).collect()
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn every_address_is_open_to_whom_the_table_allows_and_not_there_for_others(pool: PgPool) {
    let cast = Cast::new(pool).await;
    let mut seen = Seen::default();
    for who in &cast.actors {
        let mut browser = cast.site.browser_of(who.person).await;
        for path in OWN {
            seen.page(who, &mut browser, path, true).await;
        }
        for (path, rule) in LISTS {
            seen.page(who, &mut browser, path, rule(who)).await;
        }
        for object in &cast.objects {
            for (path, allowed) in addresses(who, object) {
                seen.page(who, &mut browser, &path, allowed).await;
            }
        }
        let herself = PersonFacts { is_self: true, protected: who.protected, known: false };
        for (path, rule) in PEOPLE {
            let address = format!("/people/{}{path}", who.user_name);
            seen.page(who, &mut browser, &address, rule(who, herself)).await;
        }
    }
    assert!(seen.asked > 2_000, "only {} were opened", seen.asked);
    assert!(seen.wrong.is_empty(), "{} of {}:\n{}", seen.wrong.len(), seen.asked, seen.wrong.join("\n"));
}

#[sqlx::test(migrations = "../migrations")]
async fn no_form_does_what_the_table_does_not_allow(pool: PgPool) {
    let cast = Cast::new(pool).await;
    let posted: BTreeSet<&str> = server::router::forms().iter().map(|form| form.path).collect();
    let (before, now) = (cast.state().await, cast.site.world.now().await);
    let mut seen = Seen::default();
    for who in &cast.actors {
        let mut browser = cast.site.browser_of(who.person).await;
        let token = browser.get("/account/password").await.token();
        for object in &cast.objects {
            let typed = object.typed(&token, now);
            let fields: Vec<(&str, &str)> =
                typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
            for (path, allowed) in addresses(who, object) {
                let path = path.split('?').next().unwrap_or_default();
                if !allowed && posted.iter().any(|form| Object::is_at(form, path)) {
                    seen.form(who, &mut browser, path, &fields).await;
                }
            }
        }
        assert_eq!(cast.state().await, before, "{} changed something", who.name);
    }
    assert!(seen.asked > 500, "only {} were posted", seen.asked);
    assert!(seen.wrong.is_empty(), "{} of {}:\n{}", seen.wrong.len(), seen.asked, seen.wrong.join("\n"));
}
