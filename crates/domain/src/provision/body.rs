//! What is written in requests. Never null, never an empty list, never `id`, `meta` or a password.

use super::Dialect;
use super::listing::text;
use serde_json::{Map, Value, json};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// A person, as an application is told of her.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Account {
    /// Our id.
    pub external_id: String,
    /// With which she signs in.
    pub user_name: String,
    /// As people read it.
    pub display_name: String,
    /// If there is one.
    pub mail: Option<String>,
    /// Her job.
    pub title: Option<String>,
    /// Where she works.
    pub department: Option<String>,
    /// Whether she can sign in there.
    pub active: bool,
}

/// One attribute that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Its path.
    pub path: String,
    /// What is there.
    pub old: Value,
    /// What should be.
    pub new: Value,
}

impl Account {
    /// Given and family name, where there seem to be two.
    fn name(&self) -> Option<Value> {
        let (given, family) = self.display_name.trim().rsplit_once(' ')?;
        Some(json!({ "givenName": given.trim(), "familyName": family }))
    }

    /// The whole resource.
    pub fn resource(&self) -> Value {
        let mut all = Map::new();
        let mut schemas = vec![USER];
        all.insert("externalId".into(), json!(self.external_id));
        all.insert("userName".into(), json!(self.user_name));
        all.insert("active".into(), json!(self.active));
        all.insert("displayName".into(), json!(self.display_name));
        if let Some(name) = self.name() {
            all.insert("name".into(), name);
        }
        if let Some(mail) = &self.mail {
            all.insert("emails".into(), json!([{ "value": mail, "type": "work", "primary": true }]));
        }
        if let Some(title) = &self.title {
            all.insert("title".into(), json!(title));
        }
        if let Some(department) = &self.department {
            schemas.push(ENTERPRISE);
            all.insert(ENTERPRISE.into(), json!({ "department": department }));
        }
        all.insert("schemas".into(), json!(schemas));
        Value::Object(all)
    }

    /// What of a resource there differs from what should be.
    pub fn changes(&self, there: &Value) -> Vec<Change> {
        let mut found = Vec::new();
        let mut compare = |path: &str, old: &Value, new: Value| {
            if !new.is_null() && *old != new {
                found.push(Change { path: path.to_owned(), old: old.clone(), new });
            }
        };
        compare("externalId", &there["externalId"], json!(self.external_id));
        let same_name = there["userName"].as_str().is_some_and(|name| same(name, &self.user_name));
        if !same_name {
            compare("userName", &there["userName"], json!(self.user_name));
        }
        compare("displayName", &there["displayName"], json!(self.display_name));
        compare("title", &there["title"], json!(self.title));
        compare("active", &json!(truth(&there["active"])), json!(self.active));
        let mail = there["emails"].as_array().and_then(|mails| mails.iter().find(|m| m["type"] == "work"));
        compare(
            "emails[type eq \"work\"].value",
            mail.map_or(&Value::Null, |m| &m["value"]),
            json!(self.mail),
        );
        let path = format!("{ENTERPRISE}:department");
        compare(&path, &there[ENTERPRISE]["department"], json!(self.department));
        found
    }

    /// The resource there with what should be laid over it, for applications that know no PATCH.
    pub fn over(&self, there: &Value) -> Value {
        let mut whole = there.clone();
        if let (Value::Object(whole), Value::Object(ours)) = (&mut whole, self.resource()) {
            whole.extend(ours);
            whole.remove("meta");
        }
        whole
    }
}

/// Names are the same whatever their case.
pub fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// A truth value, also where it is written as text.
fn truth(value: &Value) -> bool {
    match value {
        Value::Bool(truth) => *truth,
        Value::String(text) => text.eq_ignore_ascii_case("true"),
        // the default of the schema
        _ => true,
    }
}

fn patch(operations: Vec<Value>) -> Value {
    json!({ "schemas": [PATCH], "Operations": operations })
}

/// Sets each of these attributes; an application that has no work address yet is given one.
pub fn replace(dialect: Dialect, changes: &[Change]) -> Value {
    let operation = |change: &Change| {
        let mail = change.path.starts_with("emails[") && change.old.is_null();
        if mail {
            let value = json!([{ "value": change.new, "type": "work", "primary": true }]);
            return json!({ "op": word(dialect, "add"), "path": "emails", "value": value });
        }
        let value = if change.path == "active" { boolean(dialect, &change.new) } else { change.new.clone() };
        json!({ "op": word(dialect, "replace"), "path": change.path, "value": value })
    };
    patch(changes.iter().map(operation).collect())
}

/// Opens or closes the account.
pub fn active(dialect: Dialect, active: bool) -> Value {
    replace(dialect, &[Change { path: "active".into(), old: json!(!active), new: json!(active) }])
}

fn boolean(dialect: Dialect, value: &Value) -> Value {
    match (dialect, value) {
        (Dialect::Legacy, Value::Bool(true)) => json!("True"),
        (Dialect::Legacy, Value::Bool(false)) => json!("False"),
        (_, value) => value.clone(),
    }
}

fn word(dialect: Dialect, op: &str) -> String {
    match dialect {
        Dialect::Rfc => op.to_owned(),
        Dialect::Legacy => op[..1].to_uppercase() + &op[1..],
    }
}

/// A new group, without anybody in it.
pub fn group(external_id: &str, name: &str) -> Value {
    json!({ "schemas": [GROUP], "externalId": external_id, "displayName": name })
}

/// Another name for a group.
pub fn rename(dialect: Dialect, name: &str) -> Value {
    patch(vec![json!({ "op": word(dialect, "replace"), "path": "displayName", "value": name })])
}

/// Puts these users into a group.
pub fn add(dialect: Dialect, users: &[&str]) -> Value {
    let member = |user: &&str| match dialect {
        Dialect::Rfc => json!({ "value": user }),
        Dialect::Legacy => json!({ "$ref": null, "value": user }),
    };
    let members: Vec<Value> = users.iter().map(member).collect();
    patch(vec![json!({ "op": word(dialect, "add"), "path": "members", "value": members })])
}

/// Takes this user out of a group, and nobody else. The older form empties the group where it is read as the RFC is written:
/// it is used only where a test has shown that it is not (scim.md 3.10).
pub fn remove(dialect: Dialect, user: &str) -> Value {
    let operation = match dialect {
        Dialect::Rfc => {
            json!({ "op": "remove", "path": format!("members[value eq {}]", super::filter::quoted(user)) })
        }
        Dialect::Legacy => json!({ "op": "Remove", "path": "members", "value": [{ "value": user }] }),
    };
    patch(vec![operation])
}

/// The group with or without this user, for applications that know no PATCH.
pub fn regrouped(group: &Value, user: &str, inside: bool) -> Value {
    let mut whole = group.clone();
    let mut members: Vec<Value> = group["members"].as_array().cloned().unwrap_or_default();
    members.retain(|member| text(&member["value"]).as_deref() != Some(user));
    if inside {
        members.push(json!({ "value": user }));
    }
    if let Value::Object(whole) = &mut whole {
        whole.remove("meta");
        whole.insert("members".into(), Value::Array(members));
    }
    whole
}

#[cfg(test)]
mod tests;
