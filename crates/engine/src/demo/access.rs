//! Who holds what at Larkfield Energy: directory memberships, standing access, eligibilities, directory roles.

use super::groups::ONBOARDED;
use super::story::Story;
use crate::audit::About;
use crate::db::assignments::{self, NewAssignment};
use crate::db::targets;
use crate::{Result, ids};
use chrono::{DateTime, TimeDelta, Utc};
use domain::assignment::{Kind, Origin};
use domain::audit::Event;
use domain::ids::{AssignmentId, GroupId, PersonId, PrincipalId, TargetId};
use domain::role::Role;
use domain::span::Span;
use domain::target::{Access, Target};

/// (group, people), members as the directory lists them.
const DIRECTORY: &[(&str, &[&str])] = &[
    ("db-on-call", &["ben.lindqvist", "cleo.marchetti", "lena.brandt"]),
    ("platform-on-call", &["amara.okafor", "yuki.tanaka", "cagla.ozturk", "lukasz.wisniewski"]),
    ("engineering", &["ivan.petrov", "noa.levi"]),
    ("finance-approvers", &["priya.raman", "eleni.papadopoulou"]),
    ("finance-close", &["minhkhai.nguyen", "eleni.papadopoulou", "anjali.mehta"]),
    ("finance-all", &["eleni.papadopoulou", "minhkhai.nguyen", "anjali.mehta", "henrik.aas", "grete.lund"]),
    ("fin-legacy-sap", &["henrik.aas", "grete.lund"]),
    ("finance-role-billing", &["priya.raman"]),
    ("finland-office", &["aino.virtanen", "emma.larsen"]),
];

/// (group inside, group), as the directory lists them.
const NESTED: &[(&str, &str)] = &[("platform-on-call", "engineering"), ("db-on-call", "engineering")];

/// (group, owners)
const OWNERS: &[(&str, &[&str])] = &[
    ("prod-db-admins", &["ben.lindqvist", "cleo.marchetti"]),
    ("billing-exports", &["priya.raman", "jonas.weber"]),
    ("k8s-prod-breakfix", &["soren.dahl"]),
    ("grafana-editors", &["lukasz.wisniewski"]),
    ("grid-control", &["soren.dahl", "thordis.jonsdottir"]),
    ("vault-readers", &["jonas.weber"]),
    ("pager-overrides", &["yuki.tanaka"]),
    ("crm-admins", &["zoe.vandenberg"]),
    ("dns-editors", &["cagla.ozturk"]),
    ("helpdesk-tier2", &["hanna.kowalska"]),
    ("finance-payroll", &["priya.raman"]),
    ("finance-approvers", &["priya.raman"]),
    ("finance-close", &["priya.raman"]),
    ("db-on-call", &["ben.lindqvist"]),
    ("finland-office", &["aino.virtanen"]),
];

/// (group, person, days until it ends), active without activation.
const STANDING: &[(&str, &str, Option<i64>)] = &[
    ("prod-db-admins", "lena.brandt", None),
    ("grafana-editors", "jonas.weber", None),
    ("grid-control", "david.oconnor", Some(140)),
    ("grid-control", "mohammed.elfassi", None),
    ("finance-payroll", "anjali.mehta", None),
    ("billing-exports", "eleni.papadopoulou", Some(3)),
];

/// (group, access, person, given days ago, days until it ends; none: without an end, negative: it is over)
type Row = (&'static str, Access, &'static str, i64, Option<i64>);

use Access::{Member, Owner};

const ELIGIBLE: &[Row] = &[
    ("prod-db-admins", Member, "amara.okafor", 200, Some(165)),
    ("prod-db-admins", Member, "mei-ling.chen", 220, Some(145)),
    ("prod-db-admins", Member, "yuki.tanaka", 100, Some(9)),
    ("prod-db-admins", Member, "dmitri.sokolov", 120, Some(7)),
    ("prod-db-admins", Member, "fatima.elidrissi", 210, Some(10)),
    ("prod-db-admins", Member, "jonas.weber", 180, Some(110)),
    ("prod-db-admins", Member, "marta.silva", 210, Some(-40)),
    ("prod-db-admins", Owner, "soren.dahl", 190, Some(170)),
    ("billing-exports", Member, "amara.okafor", 160, Some(200)),
    ("billing-exports", Owner, "amara.okafor", 160, Some(200)),
    ("billing-exports", Member, "fatima.elidrissi", 150, Some(200)),
    ("billing-exports", Member, "minhkhai.nguyen", 90, Some(90)),
    ("billing-exports", Owner, "c.marchetti2", 1, Some(364)),
    ("k8s-prod-breakfix", Member, "amara.okafor", 210, Some(290)),
    ("k8s-prod-breakfix", Owner, "amara.okafor", 190, Some(-6)),
    ("k8s-prod-breakfix", Member, "yuki.tanaka", 210, None),
    ("k8s-prod-breakfix", Member, "mei-ling.chen", 200, Some(12)),
    ("k8s-prod-breakfix", Member, "lukasz.wisniewski", 200, None),
    ("grafana-editors", Member, "amara.okafor", 210, Some(200)),
    ("grafana-editors", Member, "mei-ling.chen", 210, Some(200)),
    ("grafana-editors", Member, "fatima.elidrissi", 210, None),
    ("grafana-editors", Member, "dmitri.sokolov", 120, Some(25)),
    ("grid-control", Member, "amara.okafor", 60, Some(120)),
    ("grid-control", Member, "yuki.tanaka", 190, None),
    ("grid-control", Member, "misaki.takahashi", 190, None),
    ("grid-control", Owner, "david.oconnor", 190, Some(60)),
    ("vault-readers", Member, "amara.okafor", 210, Some(200)),
    ("vault-readers", Member, "ivan.petrov", 100, Some(80)),
    ("pager-overrides", Member, "amara.okafor", 210, Some(200)),
    ("pager-overrides", Member, "yuki.tanaka", 210, None),
    ("crm-admins", Member, "amara.okafor", 90, Some(7)),
    ("crm-admins", Member, "jose.alvarez", 210, Some(200)),
    ("crm-admins", Member, "gustav.holm", 210, Some(-5)),
    ("dns-editors", Member, "amara.okafor", 210, Some(110)),
    ("dns-editors", Member, "lukasz.wisniewski", 210, Some(110)),
    ("helpdesk-tier2", Member, "amara.okafor", 60, Some(110)),
    ("helpdesk-tier2", Member, "emma.larsen", 60, Some(110)),
    ("finance-payroll", Member, "minhkhai.nguyen", 80, Some(280)),
];

/// (group that is eligible, group, given days ago, days until it ends): each of its people may activate for herself.
const ELIGIBLE_GROUPS: &[(&str, &str, i64, i64)] = &[("platform-on-call", "dns-editors", 150, 90)];

const ROLES: &[(Role, &str)] = &[
    (Role::GlobalAdministrator, "aino.virtanen"),
    (Role::GlobalAdministrator, "tomasz.zielinski"),
    (Role::PrivilegedRoleAdministrator, "niamh.osullivan"),
    (Role::UserAdministrator, "rafael.duarte"),
    (Role::GroupsAdministrator, "oluwaseun.adebayo"),
    (Role::HelpdeskAdministrator, "hanna.kowalska"),
    (Role::GlobalReader, "ingrid.solheim"),
];

/// (role, who may activate it): a person, or a group whose active members may.
const ELIGIBLE_ROLES: &[(Role, &str)] = &[
    (Role::PrivilegedAuthenticationAdministrator, "rafael.duarte"),
    (Role::ApplicationAdministrator, "@prod-db-admins"),
];

pub(super) async fn tell(story: &mut Story<'_>) -> Result<()> {
    for (group, people) in DIRECTORY {
        for person in *people {
            found(story, group, Member, story.person(person)?.into()).await?;
        }
    }
    for (inside, group) in NESTED {
        found(story, group, Member, story.group(inside)?.into()).await?;
    }
    for (group, people) in OWNERS {
        for person in *people {
            found(story, group, Owner, story.person(person)?.into()).await?;
        }
    }
    for (group, person, days) in STANDING {
        let end = days.map(|days| story.in_days(days));
        let given = Given { kind: Kind::Active, days_ago: 177, end };
        let who = story.person(person)?.into();
        assigned(story, group, Member, who, given).await?;
    }
    for (group, access, person, days_ago, days) in ELIGIBLE {
        let end = days.map(|days| story.in_days(days));
        let given = Given { kind: Kind::Eligible, days_ago: *days_ago, end };
        let who = story.person(person)?.into();
        assigned(story, group, *access, who, given).await?;
    }
    for (inside, group, days_ago, days) in ELIGIBLE_GROUPS {
        let given = Given { kind: Kind::Eligible, days_ago: *days_ago, end: Some(story.in_days(*days)) };
        let who = story.group(inside)?.into();
        assigned(story, group, Member, who, given).await?;
    }
    for (role, person) in ROLES {
        holds_role(story, *role, story.person(person)?.into()).await?;
    }
    for (role, who) in ELIGIBLE_ROLES {
        let who = match who.strip_prefix('@') {
            Some(key) => story.group(key)?.into(),
            None => story.person(who)?.into(),
        };
        may_activate_role(story, *role, who).await?;
    }
    // being active in this group is being a helpdesk administrator
    holds_role(story, Role::HelpdeskAdministrator, story.group("helpdesk-tier2")?.into()).await
}

/// Was in the directory when it was read.
async fn found(story: &mut Story<'_>, group: &str, access: Access, who: PrincipalId) -> Result<()> {
    let (_, target) = story.target(group, access).await?;
    let since = story.days_ago(ONBOARDED);
    write(story, target, who, (Kind::Active, Origin::Directory), Span::permanent(since), None, "").await?;
    let about = about(story.group(group)?, target, who);
    story.tell(since, Event::AssignmentFound, None, about);
    Ok(())
}

async fn holds_role(story: &mut Story<'_>, role: Role, who: PrincipalId) -> Result<()> {
    let target = targets::ensure(&mut story.tx, Target::Role(role)).await?;
    let since = story.days_ago(ONBOARDED);
    write(story, target, who, (Kind::Active, Origin::Directory), Span::permanent(since), None, "").await?;
    let about = About { principal: Some(who), target: Some(target), ..About::default() };
    story.tell(since, Event::AssignmentFound, None, about);
    Ok(())
}

/// Was made eligible here, by who gives directory roles.
async fn may_activate_role(story: &mut Story<'_>, role: Role, who: PrincipalId) -> Result<()> {
    let target = targets::ensure(&mut story.tx, Target::Role(role)).await?;
    let (by, start) = (story.person("niamh.osullivan")?, story.days_ago(60));
    let span = Span { start, end: Some(story.in_days(300)) };
    let reason = "For the emergency rota";
    write(story, target, who, (Kind::Eligible, Origin::Assigned), span, Some(by), reason).await?;
    let about =
        About { principal: Some(who), target: Some(target), reason: reason.into(), ..About::default() };
    story.tell(start, Event::AssignmentMade, Some(by), about);
    Ok(())
}

struct Given {
    kind: Kind,
    days_ago: i64,
    end: Option<DateTime<Utc>>,
}

/// Was given here, by an owner of the group.
async fn assigned(
    story: &mut Story<'_>,
    group: &str,
    access: Access,
    who: PrincipalId,
    given: Given,
) -> Result<()> {
    let owner = OWNERS.iter().find(|(key, _)| *key == group).and_then(|(_, owners)| owners.last());
    let by = story.person(owner.copied().unwrap_or("aino.virtanen"))?;
    let (_, target) = story.target(group, access).await?;
    // not all at the very instant of the demo's start
    let start = story.days_ago(given.days_ago) - TimeDelta::hours(3);
    let span = Span { start, end: given.end };
    let reason = if given.kind == Kind::Active { "Works on it every day" } else { "Part of the rota" };
    write(story, target, who, (given.kind, Origin::Assigned), span, Some(by), reason).await?;
    let about = About { reason: reason.into(), ..about(story.group(group)?, target, who) };
    story.tell(start, Event::AssignmentMade, Some(by), about.clone());
    if let Some(end) = given.end.filter(|end| *end <= story.now) {
        story.tell(end, Event::AssignmentEnded, None, About { reason: String::new(), ..about });
    }
    Ok(())
}

async fn write(
    story: &mut Story<'_>,
    target: TargetId,
    principal: PrincipalId,
    (kind, origin): (Kind, Origin),
    span: Span,
    created_by: Option<PersonId>,
    reason: &str,
) -> Result<()> {
    let id = AssignmentId(ids::new());
    let new = NewAssignment {
        id,
        target,
        principal,
        kind,
        origin,
        span,
        ground: None,
        request: None,
        created_by,
        reason: reason.to_owned(),
    };
    assignments::insert(&mut story.tx, &new).await?;
    if span.is_over(story.now) {
        sqlx::query("update assignments set end_reason = 'expired', end_recorded = true where id = $1")
            .bind(id.0)
            .execute(&mut *story.tx)
            .await?;
    }
    Ok(())
}

fn about(group: GroupId, target: TargetId, principal: PrincipalId) -> About {
    About { principal: Some(principal), group: Some(group), target: Some(target), ..About::default() }
}
