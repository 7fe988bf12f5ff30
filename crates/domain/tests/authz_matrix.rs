//! The whole permission policy as a committed table: actor × action × object. A change of `authz.rs` shows as a diff
//! of `snapshots/`, and a new action that is missing here does not compile ([`every_action`]).

#![cfg(test)]

use domain::authz::{
    AccessReviewFacts, Action, Actor, GroupFacts, PersonFacts, Relation, RequestFacts, ReviewFacts, allows,
};
use domain::ids::PersonId;
use domain::role::Role;
use std::collections::BTreeSet;
use std::fmt::Write;
use uuid::Uuid;

fn actors() -> Vec<(String, Actor, Relation)> {
    let actor =
        |roles: &[Role]| Actor { person: PersonId(Uuid::nil()), roles: roles.iter().copied().collect() };
    let mut all = vec![
        ("nobody in particular".into(), actor(&[]), Relation::default()),
        ("member".into(), actor(&[]), Relation { member: true, ..Relation::default() }),
        ("eligible".into(), actor(&[]), Relation { eligible: true, ..Relation::default() }),
        ("approver".into(), actor(&[]), Relation { approver: true, ..Relation::default() }),
        ("active owner".into(), actor(&[]), Relation { owner: true, ..Relation::default() }),
    ];
    all.extend(Role::ALL.iter().map(|role| (role.wire().into(), actor(&[*role]), Relation::default())));
    all
}

fn groups(relation: Relation) -> Vec<(&'static str, GroupFacts)> {
    let plain =
        GroupFacts { role_assignable: false, managed: false, microsoft365: false, fixed: false, relation };
    vec![
        ("unmanaged group", plain),
        ("managed group", GroupFacts { managed: true, ..plain }),
        ("role-assignable group", GroupFacts { role_assignable: true, ..plain }),
        ("managed role-assignable group", GroupFacts { role_assignable: true, managed: true, ..plain }),
        ("Microsoft 365 group", GroupFacts { microsoft365: true, ..plain }),
        ("managed Microsoft 365 group", GroupFacts { microsoft365: true, managed: true, ..plain }),
        ("dynamic or synced group", GroupFacts { fixed: true, ..plain }),
        ("directory role", GroupFacts::of_role(relation)),
    ]
}

fn people() -> Vec<(&'static str, PersonFacts)> {
    let stranger = PersonFacts { is_self: false, protected: false, known: false };
    vec![
        ("a person", stranger),
        ("a protected person", PersonFacts { protected: true, ..stranger }),
        ("a person known from own work", PersonFacts { known: true, ..stranger }),
        ("herself", PersonFacts { is_self: true, ..stranger }),
        ("herself, protected", PersonFacts { is_self: true, protected: true, ..stranger }),
    ]
}

fn requests(group: GroupFacts) -> Vec<(&'static str, RequestFacts)> {
    let other = RequestFacts { own: false, approver: false, group };
    vec![
        ("a request", other),
        ("her own request", RequestFacts { own: true, ..other }),
        ("a request she approves", RequestFacts { approver: true, ..other }),
        ("her own request that names her as approver", RequestFacts { own: true, approver: true, ..other }),
    ]
}

/// An action still to be told on what.
type On<T> = fn(T) -> Action;

/// Every action on every kind of object, for an actor with this relation to the group.
fn every_action(relation: Relation) -> Vec<(String, Action)> {
    let mut all: Vec<(String, Action)> = vec![
        ("list groups".into(), Action::ListGroups),
        ("list people".into(), Action::ListPeople),
        ("create a group".into(), Action::CreateGroup { role_assignable: false }),
        ("create a role-assignable group".into(), Action::CreateGroup { role_assignable: true }),
        ("restore a group".into(), Action::RestoreGroup { role_assignable: false }),
        ("restore a role-assignable group".into(), Action::RestoreGroup { role_assignable: true }),
        ("create a person".into(), Action::CreatePerson),
        ("import the directory".into(), Action::Import),
        ("read the audit".into(), Action::ReadAudit),
        ("see how mail goes out".into(), Action::ReadMail),
        ("stop mail, try it again".into(), Action::ManageMail),
        ("see where events are sent".into(), Action::ReadHooks),
        ("say where events are sent".into(), Action::ManageHooks),
        ("see applications and how they do".into(), Action::ReadApplications),
        ("connect and test applications".into(), Action::ManageApplications),
        ("assign a group to an application".into(), Action::AssignToApplication { role_assignable: false }),
        (
            "assign a role-assignable group to an application".into(),
            Action::AssignToApplication { role_assignable: true },
        ),
        ("see alerts".into(), Action::ReadAlerts),
        ("acknowledge an alert".into(), Action::AcknowledgeAlert { own: false }),
        ("acknowledge an alert about herself".into(), Action::AcknowledgeAlert { own: true }),
        ("set what raises alerts".into(), Action::SetAlerts),
        ("see directory roles".into(), Action::SeeRoles),
        ("assign many at once".into(), Action::AssignMany { owns: relation.owner }),
    ];
    let on_group: [(&str, On<GroupFacts>); 10] = [
        ("see", Action::SeeGroup),
        ("bring under management", Action::OnboardGroup),
        ("manage access to", Action::ManageAccess),
        ("inspect access to", Action::InspectAccess),
        ("read the audit of", Action::ReadGroupAudit),
        ("plan, end and apply reviews of", Action::ManageAccessReviews),
        ("see reviews of", Action::InspectAccessReviews),
        ("edit", Action::EditGroup),
        ("delete", Action::DeleteGroup),
        ("edit the membership of", Action::EditMembership),
    ];
    for (verb, action) in on_group {
        all.extend(
            groups(relation).into_iter().map(|(noun, group)| (format!("{verb} {noun}"), action(group))),
        );
    }
    let on_person: [(&str, On<PersonFacts>); 5] = [
        ("see", Action::SeePerson),
        ("edit", Action::EditPerson),
        ("disable", Action::DisablePerson),
        ("delete or restore", Action::DeletePerson),
        ("reset credentials of", Action::ResetCredentials),
    ];
    for (verb, action) in on_person {
        all.extend(people().into_iter().map(|(noun, person)| (format!("{verb} {noun}"), action(person))));
    }
    for (noun, own, role_assignable) in [
        ("a broken glass", false, false),
        ("a broken glass (role-assignable)", false, true),
        ("her own broken glass", true, false),
    ] {
        let facts = ReviewFacts { own, owner: relation.owner, role_assignable };
        all.push((format!("see {noun}"), Action::SeeReview(facts)));
        all.push((format!("close the review of {noun}"), Action::CloseReview(facts)));
    }
    for (noun, own, oneself, reviewer) in [
        ("an assignment in an access review", false, false, false),
        ("an assignment in an access review, as its reviewer", false, false, true),
        ("her own assignment in an access review, as its reviewer", true, false, true),
        ("her own assignment in a review by oneself", true, true, true),
    ] {
        let facts = AccessReviewFacts { own, oneself, reviewer };
        all.push((format!("decide on {noun}"), Action::DecideAccessReview(facts)));
    }
    let on_request: [(&str, On<RequestFacts>); 3] =
        [("see", Action::SeeRequest), ("cancel", Action::CancelRequest), ("decide", Action::DecideRequest)];
    let managed = |role_assignable| GroupFacts {
        role_assignable,
        managed: true,
        microsoft365: false,
        fixed: false,
        relation,
    };
    for (verb, action) in on_request {
        for (kind, group) in [("", managed(false)), (" (role-assignable)", managed(true))] {
            all.extend(
                requests(group).into_iter().map(|(noun, r)| (format!("{verb} {noun}{kind}"), action(r))),
            );
        }
    }
    all
}

/// Fails to compile when an action is added that the table does not know.
fn is_in_the_table(action: &Action) {
    match action {
        Action::SeeGroup(_)
        | Action::ListGroups
        | Action::OnboardGroup(_)
        | Action::ManageAccess(_)
        | Action::InspectAccess(_)
        | Action::ReadGroupAudit(_)
        | Action::EditGroup(_)
        | Action::EditMembership(_)
        | Action::CreateGroup { .. }
        | Action::DeleteGroup(_)
        | Action::RestoreGroup { .. }
        | Action::DeletePerson(_)
        | Action::ListPeople
        | Action::SeePerson(_)
        | Action::CreatePerson
        | Action::EditPerson(_)
        | Action::DisablePerson(_)
        | Action::ResetCredentials(_)
        | Action::Import
        | Action::ReadAudit
        | Action::ReadMail
        | Action::ManageMail
        | Action::ReadHooks
        | Action::ManageHooks
        | Action::ReadApplications
        | Action::ManageApplications
        | Action::AssignToApplication { .. }
        | Action::ReadAlerts
        | Action::AcknowledgeAlert { .. }
        | Action::SetAlerts
        | Action::SeeRequest(_)
        | Action::CancelRequest(_)
        | Action::DecideRequest(_)
        | Action::SeeReview(_)
        | Action::CloseReview(_)
        | Action::ManageAccessReviews(_)
        | Action::InspectAccessReviews(_)
        | Action::DecideAccessReview(_)
        | Action::AssignMany { .. }
        | Action::SeeRoles => {}
    }
}

#[test]
fn the_permission_table_is_as_committed() {
    let actors = actors();
    let mut table = String::new();
    for (row, (name, _)) in every_action(Relation::default()).iter().enumerate() {
        let allowed: Vec<&str> = actors
            .iter()
            .filter(|(_, actor, relation)| {
                let (_, action) = &every_action(*relation)[row];
                is_in_the_table(action);
                allows(actor, action)
            })
            .map(|(who, ..)| who.as_str())
            .collect();
        let who = if allowed.is_empty() { "nobody".into() } else { allowed.join(", ") };
        let who = if allowed.len() == actors.len() { "everybody".into() } else { who };
        writeln!(table, "{name}: {who}").unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn nobody_decides_on_her_own_request_whatever_she_is() {
    for (who, actor, relation) in actors() {
        for (name, action) in every_action(relation) {
            if let Action::DecideRequest(request) = action
                && request.own
            {
                assert!(!allows(&actor, &action), "{who} may {name} (I-11)");
            }
        }
    }
}

#[test]
fn a_role_that_is_no_longer_held_allows_nothing() {
    let actor = Actor { person: PersonId(Uuid::nil()), roles: BTreeSet::new() };
    for (name, action) in every_action(Relation::default()) {
        let harmless = matches!(action, Action::SeePerson(p) if p.is_self || p.known)
            || matches!(action, Action::SeeReview(r) if r.own)
            || matches!(action, Action::DecideAccessReview(r) if r.reviewer && (r.oneself || !r.own))
            || matches!(action, Action::SeeRequest(r) if r.own || r.approver)
            || matches!(action, Action::CancelRequest(r) if r.own)
            || matches!(action, Action::DecideRequest(r) if r.approver && !r.own);
        assert_eq!(allows(&actor, &action), harmless, "{name}");
    }
}
