//! Who may do what: the whole permission policy in one function.
//!
//! An actor is a signed-in, enabled person with the directory roles she effectively holds *now*; the engine reads them
//! for every request, so that a change bites on the next one (I-17). What the table does not allow is refused.
//! Sources: product.md section 3, entra-pim-groups.md sections 2, 3 and 17, security.md 6.11.

use crate::ids::PersonId;
use crate::role::Role;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Who acts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Actor {
    /// The person.
    pub person: PersonId,
    /// Directory roles effectively held now.
    pub roles: BTreeSet<Role>,
}

impl Actor {
    /// Whether the actor holds any of these roles; a Global Administrator holds what an administrator role allows.
    pub fn is(&self, roles: &[Role]) -> bool {
        self.roles.contains(&Role::GlobalAdministrator) || roles.iter().any(|role| self.roles.contains(role))
    }

    /// Reads everything: administrators of any kind that govern access, and the two readers.
    fn reads_all(&self) -> bool {
        self.is(&[Role::GlobalReader, Role::SecurityReader, Role::PrivilegedRoleAdministrator])
    }

    /// Looks people and groups up: everybody with an administrator role.
    fn is_staff(&self) -> bool {
        !self.roles.is_empty()
    }
}

/// How the actor stands to a group, effectively, now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Relation {
    /// Active owner.
    pub owner: bool,
    /// Active member.
    pub member: bool,
    /// Eligible for either.
    pub eligible: bool,
    /// Approver named by one of its two policies.
    pub approver: bool,
}

/// What access is managed of, as the table sees it: a group, or a directory role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GroupFacts {
    /// Fixed at creation.
    pub role_assignable: bool,
    /// Under management.
    pub managed: bool,
    /// Microsoft 365.
    pub microsoft365: bool,
    /// Dynamic or from another directory: membership can't be edited here.
    pub fixed: bool,
    /// How the actor stands to it.
    pub relation: Relation,
}

impl GroupFacts {
    /// A directory role: managed like a role-assignable group that nobody owns and nobody can edit (product.md section 3).
    pub fn of_role(relation: Relation) -> Self {
        Self { role_assignable: true, managed: true, microsoft365: false, fixed: true, relation }
    }
}

/// A person as the table sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PersonFacts {
    /// The actor herself.
    pub is_self: bool,
    /// Holds a directory role, or is active in a role-assignable group.
    pub protected: bool,
    /// Asked for something that the actor approves, or is in, assigned to or asking for a group that the actor owns.
    pub known: bool,
}

/// A request as the table sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RequestFacts {
    /// The actor gets the access or asked for it.
    pub own: bool,
    /// The actor is one of the people who can approve it.
    pub approver: bool,
    /// The group it is about.
    pub group: GroupFacts,
}

/// The review of a broken glass as the table sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReviewFacts {
    /// The actor broke it.
    pub own: bool,
    /// The actor owns the group.
    pub owner: bool,
    /// It is about a role-assignable group or a directory role.
    pub role_assignable: bool,
}

/// One assignment in an access review as the table sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AccessReviewFacts {
    /// It is the actor's own, also through a group.
    pub own: bool,
    /// The review asks each person about herself.
    pub oneself: bool,
    /// The actor is among those who can decide on it now.
    pub reviewer: bool,
}

/// What is done to what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// See that a group exists, and its overview.
    SeeGroup(GroupFacts),
    /// See all groups in lists and searches.
    ListGroups,
    /// Bring a group under management.
    OnboardGroup(GroupFacts),
    /// Assign, change, remove; set policies; see assignments.
    ManageAccess(GroupFacts),
    /// See assignments, policies and requests of a group.
    InspectAccess(GroupFacts),
    /// Read the audit of a group.
    ReadGroupAudit(GroupFacts),
    /// Change name and description.
    EditGroup(GroupFacts),
    /// Delete a group, with everything that is assigned for it.
    DeleteGroup(GroupFacts),
    /// Take a deleted group back. Nobody owns it any more.
    RestoreGroup {
        /// The flag it was created with.
        role_assignable: bool,
    },
    /// Change the directory membership of a group that is not managed.
    EditMembership(GroupFacts),
    /// Create a group.
    CreateGroup {
        /// With the flag that is fixed for ever.
        role_assignable: bool,
    },
    /// See all people in lists and searches.
    ListPeople,
    /// See one person and what she can reach.
    SeePerson(PersonFacts),
    /// Create a person.
    CreatePerson,
    /// Change a person's details.
    EditPerson(PersonFacts),
    /// Disable or enable a person.
    DisablePerson(PersonFacts),
    /// Delete a person with all her access, or take her back without it.
    DeletePerson(PersonFacts),
    /// Make a sign-in link, reset password or factors.
    ResetCredentials(PersonFacts),
    /// Read a directory export into the directory.
    Import,
    /// Read the whole audit.
    ReadAudit,
    /// See how mail goes out, and all mails.
    ReadMail,
    /// Stop mail, try one again, send a test.
    ManageMail,
    /// See where events are sent, and how it went.
    ReadHooks,
    /// Say where events are sent, and send again.
    ManageHooks,
    /// See applications, their health, queue and log.
    ReadApplications,
    /// Connect applications, change, test and delete them, try again.
    ManageApplications,
    /// Give an application the members of a group, or take them from it.
    AssignToApplication {
        /// The group gives directory roles.
        role_assignable: bool,
    },
    /// See alerts, and what raises them.
    ReadAlerts,
    /// Acknowledge an alert.
    AcknowledgeAlert {
        /// It is about the actor herself.
        own: bool,
    },
    /// Say which alerts are on, and from where on they open.
    SetAlerts,
    /// See one request.
    SeeRequest(RequestFacts),
    /// Take a waiting or planned request back.
    CancelRequest(RequestFacts),
    /// Vote on a request.
    DecideRequest(RequestFacts),
    /// See that somebody broke the glass, and what came of it.
    SeeReview(ReviewFacts),
    /// Close the review of a broken glass with a finding.
    CloseReview(ReviewFacts),
    /// Plan reviews of who is in a group, end them, apply what was decided.
    ManageAccessReviews(GroupFacts),
    /// See reviews of a group with their results.
    InspectAccessReviews(GroupFacts),
    /// Decide on an assignment in a review.
    DecideAccessReview(AccessReviewFacts),
    /// Open the forms that assign many at once; each line is judged by [`Action::ManageAccess`] besides.
    AssignMany {
        /// The actor owns a group under management now.
        owns: bool,
    },
    /// See who holds which directory role.
    SeeRoles,
}

/// Roles that manage just-in-time access to groups that are not role-assignable.
const ACCESS_ADMINISTRATORS: &[Role] = &[
    Role::PrivilegedRoleAdministrator,
    Role::IdentityGovernanceAdministrator,
    Role::DirectoryWriter,
    Role::GroupsAdministrator,
    Role::UserAdministrator,
];

/// Decides. There is no other place that does.
pub fn allows(actor: &Actor, action: &Action) -> bool {
    use Action as A;
    match action {
        A::SeeGroup(group) => sees(actor, group),
        A::ListGroups | A::ListPeople => actor.is_staff(),
        A::OnboardGroup(group) | A::ManageAccess(group) | A::ManageAccessReviews(group) => {
            manages(actor, group)
        }
        A::InspectAccess(group) | A::InspectAccessReviews(group) | A::ReadGroupAudit(group) => {
            manages(actor, group) || actor.reads_all()
        }
        A::EditGroup(group) | A::DeleteGroup(group) => edits(actor, group),
        A::EditMembership(group) => edits_membership(actor, group),
        A::CreateGroup { role_assignable: true } | A::RestoreGroup { role_assignable: true } => {
            actor.is(&[Role::PrivilegedRoleAdministrator])
        }
        A::CreateGroup { role_assignable: false } | A::RestoreGroup { role_assignable: false } => {
            actor.is(&[Role::GroupsAdministrator, Role::PrivilegedRoleAdministrator])
        }
        A::SeePerson(person) => person.is_self || person.known || actor.is_staff(),
        A::CreatePerson => actor.is(&[Role::UserAdministrator]),
        A::EditPerson(person) | A::DisablePerson(person) | A::DeletePerson(person) => {
            guards(actor, person) || (!person.protected && actor.is(&[Role::UserAdministrator]))
        }
        A::ResetCredentials(person) => {
            guards(actor, person)
                || (!person.protected
                    && actor.is(&[
                        Role::UserAdministrator,
                        Role::AuthenticationAdministrator,
                        Role::HelpdeskAdministrator,
                    ]))
        }
        A::Import | A::ManageMail | A::ManageHooks => actor.is(&[]),
        A::ReadAudit | A::ReadMail | A::ReadHooks | A::ReadAlerts => actor.reads_all(),
        A::ReadApplications => actor.reads_all() || actor.is(&[Role::ApplicationAdministrator]),
        A::ManageApplications | A::AssignToApplication { role_assignable: false } => {
            actor.is(&[Role::ApplicationAdministrator])
        }
        // both: the group's members are its affair, the application's access another's
        A::AssignToApplication { role_assignable: true } => {
            actor.is(&[Role::ApplicationAdministrator]) && actor.is(&[Role::PrivilegedRoleAdministrator])
        }
        A::AcknowledgeAlert { own } => !own && actor.is(&[Role::PrivilegedRoleAdministrator]),
        A::SetAlerts => actor.is(&[Role::PrivilegedRoleAdministrator]),
        A::SeeRequest(request) => {
            request.own || request.approver || manages(actor, &request.group) || actor.reads_all()
        }
        A::CancelRequest(request) => request.own || manages(actor, &request.group),
        A::DecideRequest(request) => request.approver && !request.own,
        A::SeeReview(review) => review.own || review.owner || actor.is_staff(),
        A::CloseReview(review) => !review.own && (review.owner || reviews(actor, review)),
        A::DecideAccessReview(item) => item.reviewer && (item.oneself || !item.own),
        A::AssignMany { owns } => *owns || actor.is(ACCESS_ADMINISTRATORS),
        A::SeeRoles => actor.is_staff(),
    }
}

fn sees(actor: &Actor, group: &GroupFacts) -> bool {
    let Relation { owner, member, eligible, approver } = group.relation;
    owner || member || eligible || approver || actor.is_staff()
}

/// Manages access to a group: its active owners, and the administrators of its kind.
fn manages(actor: &Actor, group: &GroupFacts) -> bool {
    group.relation.owner
        || if group.role_assignable {
            actor.is(&[Role::PrivilegedRoleAdministrator])
        } else {
            actor.is(ACCESS_ADMINISTRATORS)
        }
}

/// Whoever governs this access or watches over security.
fn reviews(actor: &Actor, review: &ReviewFacts) -> bool {
    actor.is(&[Role::PrivilegedRoleAdministrator, Role::SecurityReader])
        || (!review.role_assignable && actor.is(ACCESS_ADMINISTRATORS))
}

fn edits(actor: &Actor, group: &GroupFacts) -> bool {
    let own_kind =
        if group.role_assignable { Role::PrivilegedRoleAdministrator } else { Role::GroupsAdministrator };
    !group.fixed && (group.relation.owner || actor.is(&[own_kind]))
}

/// Membership of a managed group goes through assignments only (product.md 4.10).
fn edits_membership(actor: &Actor, group: &GroupFacts) -> bool {
    let exchange = group.microsoft365 && !group.role_assignable && actor.is(&[Role::ExchangeAdministrator]);
    !group.managed
        && !group.fixed
        && (edits(actor, group)
            || exchange
            || (!group.role_assignable && actor.is(&[Role::UserAdministrator])))
}

/// May touch credentials and state of anybody, protected people included, but not lock herself out.
fn guards(actor: &Actor, person: &PersonFacts) -> bool {
    !person.is_self && actor.is(&[Role::PrivilegedAuthenticationAdministrator])
}
