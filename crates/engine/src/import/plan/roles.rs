//! Directory roles. Only what is added is written: a list of role assignments that lacks one takes none away, so that a
//! cut file can't lock everybody out.

use super::{Ahead, Plan};
use crate::import::facts::Facts;
use crate::import::record::RoleRecord;
use crate::import::report::{Line, Outcome, Thing};
use domain::ids::{GroupId, PersonId, PrincipalId};
use domain::refusal::{Code, Refusal};
use domain::role::Role;
use domain::text::Text;
use std::collections::BTreeSet;

pub(super) fn plan(facts: &Facts, records: &[RoleRecord], ahead: &Ahead, plan: &mut Plan) {
    let mut seen: BTreeSet<(Role, PrincipalId)> = BTreeSet::new();
    for record in records {
        let principal = PrincipalId(record.principal);
        let holder = ahead.people.get(&PersonId(record.principal)).cloned();
        let holder = holder.or_else(|| ahead.groups.get(&GroupId(record.principal)).map(|g| g.name.clone()));
        let holder = holder.unwrap_or_else(|| record.principal.to_string());
        let name = format!("{holder} › {}", record.role_name.as_deref().unwrap_or("?"));
        match judge(record, ahead) {
            Err(why) => {
                plan.report.add(Line::refused(Thing::Role, name, Some(record.principal), vec![why]));
            }
            Ok(role) if facts.roles.contains(&(role, principal)) || !seen.insert((role, principal)) => {
                plan.report.unchanged(Thing::Role);
            }
            Ok(role) => {
                plan.report.add(Line::new(Thing::Role, Outcome::Created, name, Some(record.principal)));
                plan.roles.push((role, principal));
            }
        }
    }
}

fn judge(record: &RoleRecord, ahead: &Ahead) -> Result<Role, Refusal> {
    let no = |code, text: Text| Err(Refusal::new(code, text));
    let role = match (&record.role_name, record.role) {
        (_, Some(role)) => role,
        (Some(name), None) => {
            return no(
                Code::UnknownReference,
                Text::default().name(name).then(" is no role of this product."),
            );
        }
        (None, None) => {
            let text = "The name of the role is missing. Export with $expand=roleDefinition.";
            return no(Code::BadRecord, text.into());
        }
    };
    if record.scope.as_deref() != Some("/") {
        let text = "Holds for a part of the directory only. Here a role holds for all of it or not at all.";
        return no(Code::PrincipalUnfit, text.into());
    }
    if let Some(end) = &record.ends {
        let text = Text::say("Ends by itself in the directory (").name(end);
        return no(Code::PrincipalUnfit, text.then("). It is not made one for good."));
    }
    if ahead.people.contains_key(&PersonId(record.principal)) {
        return Ok(role);
    }
    match ahead.groups.get(&GroupId(record.principal)) {
        None => {
            no(Code::UnknownReference, "Neither the files nor the directory here know who this is.".into())
        }
        Some(group) if !group.role_assignable => {
            no(Code::PrincipalUnfit, "Only a role-assignable group can hold a role.".into())
        }
        Some(_) => Ok(role),
    }
}
