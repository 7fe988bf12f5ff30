//! The groups of Larkfield Energy: every kind there is, managed and not.

use super::story::Story;
use crate::audit::About;
use crate::db::targets;
use crate::{Result, ids};
use domain::audit::Event;
use domain::ids::GroupId;
use domain::target::{Access, Target};

/// What kind of group it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Security,
    Microsoft365,
    RoleAssignable,
    /// Members computed by this rule.
    Dynamic(&'static str),
    OnPremises,
}

use Sort::{Dynamic, Microsoft365, OnPremises, RoleAssignable, Security};

/// (address, name, what it gives, kind)
type Row = (&'static str, &'static str, &'static str, Sort);

const MANAGED: &[Row] = &[
    (
        "prod-db-admins",
        "Production database admins",
        "PostgreSQL production: read, write and roles on 3 clusters",
        RoleAssignable,
    ),
    ("billing-exports", "Billing data exports", "Download all customer invoices", Security),
    (
        "k8s-prod-breakfix",
        "Kubernetes production, break-fix",
        "Restart and read logs in all production namespaces",
        Security,
    ),
    ("grafana-editors", "Grafana editors", "Grafana: edit dashboards and alert rules", Security),
    (
        "grid-control",
        "Grid control operators",
        "Control room: switching orders for the northern grid",
        Security,
    ),
    ("vault-readers", "Vault secrets readers", "Vault: read application secrets", Security),
    ("pager-overrides", "Pager overrides", "On-call plan: swap shifts for others", Microsoft365),
    ("crm-admins", "CRM administrators", "CRM: settings and user management", Security),
    ("dns-editors", "DNS editors", "Public zones of larkfield.example", Security),
    ("helpdesk-tier2", "Helpdesk tier 2", "Reset other people’s passwords", RoleAssignable),
    ("finance-payroll", "Finance payroll", "Payroll: prepare and release the monthly run", Security),
];

const UNMANAGED: &[Row] = &[
    ("db-on-call", "Database on-call", "People on the database rota, and approvers", Security),
    ("platform-on-call", "Platform on-call", "People on the platform rota", Security),
    ("engineering", "Engineering", "Everybody who builds: holds the teams", Security),
    ("finance-approvers", "Finance approvers", "Approve payments above the limit", Security),
    ("finance-close", "Finance closing team", "Mail and files of the monthly closing", Microsoft365),
    ("finance-all", "Finance, everybody", "Everybody in Finance", Dynamic("user.department -eq \"Finance\"")),
    ("fin-legacy-sap", "FIN legacy ledger", "Read the ledger of before 2019", OnPremises),
    ("finance-role-billing", "Finance billing role", "Billing of the cloud subscription", RoleAssignable),
    ("finland-office", "Finland office", "Mail and calendar of the Helsinki office", Microsoft365),
];

/// How long ago each managed group was brought in, in days.
pub(super) const ONBOARDED: i64 = 220;

pub(super) async fn tell(story: &mut Story<'_>) -> Result<()> {
    for row in MANAGED {
        insert(story, row, true).await?;
    }
    for row in UNMANAGED {
        insert(story, row, false).await?;
    }
    Ok(())
}

async fn insert(story: &mut Story<'_>, row: &Row, managed: bool) -> Result<()> {
    let (key, name, gives, sort) = *row;
    let id = GroupId(ids::new());
    let by = story.person("aino.virtanen")?;
    let (created, managed_at) = (story.days_ago(400), story.days_ago(ONBOARDED));
    sqlx::query("insert into principals (id, kind) values ($1, 'group')")
        .bind(id.0)
        .execute(&mut *story.tx)
        .await?;
    let rule = if let Dynamic(rule) = sort { Some(rule) } else { None };
    sqlx::query(
        "insert into groups (id, key, display_name, description, group_kind, membership, membership_rule, source, \
         role_assignable, managed_at, managed_by, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(id.0)
    .bind(key)
    .bind(name)
    .bind(gives)
    .bind(if sort == Microsoft365 { "microsoft365" } else { "security" })
    .bind(if rule.is_some() { "dynamic" } else { "assigned" })
    .bind(rule)
    .bind(if sort == OnPremises { "on_premises" } else { "cloud" })
    .bind(sort == RoleAssignable)
    .bind(managed.then_some(managed_at))
    .bind(managed.then_some(by.0))
    .bind(created)
    .execute(&mut *story.tx)
    .await?;
    story.groups.insert(key, id);
    let about = About { group: Some(id), ..About::default() };
    story.tell(created, Event::GroupCreated, Some(by), about.clone());
    for access in Access::ALL {
        targets::ensure(&mut story.tx, Target::of(id, access)).await?;
    }
    if managed {
        story.tell(managed_at, Event::GroupOnboarded, Some(by), about);
    }
    Ok(())
}
