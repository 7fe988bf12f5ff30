//! The facts of an event in words: what was before and after, until when, why refused. A key that this version does
//! not know is shown as it is stored, so that nothing in the audit is ever hidden.

use crate::Result;
use crate::ask::policy_form;
use chrono::{DateTime, Utc};
use domain::policy::Policy;
use serde_json::Value;
use sqlx::PgConnection;

/// A value to be shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fact {
    /// Words; may hold what strangers wrote.
    Words(String),
    /// A moment, shown in the reader's zone.
    At(DateTime<Utc>),
    /// Words before and after.
    Changed {
        /// Before.
        old: String,
        /// After.
        new: String,
    },
}

/// Labelled facts, in a steady order.
///
/// # Errors
/// The database can't be reached.
pub async fn words(conn: &mut PgConnection, facts: &Value) -> Result<Vec<(String, Fact)>> {
    let Value::Object(map) = facts else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    if let (Some(old), Some(new)) = (policy(map.get("before")), policy(map.get("after"))) {
        for change in policy_form::changes(conn, &old, &new).await? {
            found.push((change.setting, Fact::Changed { old: change.old, new: change.new }));
        }
    }
    for (key, value) in map {
        if matches!(key.as_str(), "before" | "after") && policy(Some(value)).is_some() {
            continue;
        }
        one(key, value, &mut found);
    }
    Ok(found)
}

fn policy(value: Option<&Value>) -> Option<Policy> {
    serde_json::from_value(value?.clone()).ok()
}

fn one(key: &str, value: &Value, found: &mut Vec<(String, Fact)>) {
    let label = label(key);
    match value {
        Value::Null | Value::Bool(false) => {}
        Value::Array(list) if list.is_empty() => {}
        Value::Bool(true) => found.push((label, Fact::Words("yes".into()))),
        Value::String(text) => {
            let moment = DateTime::parse_from_rfc3339(text).ok().map(|at| Fact::At(at.with_timezone(&Utc)));
            found.push((label, moment.unwrap_or_else(|| Fact::Words(text.clone()))));
        }
        Value::Array(list) => found.push((label, Fact::Words(listed(list)))),
        Value::Object(map) => {
            for (inner, value) in map {
                let before = found.len();
                one(inner, value, found);
                for (name, _) in found.iter_mut().skip(before) {
                    *name = format!("{label}: {}", name.to_lowercase());
                }
            }
        }
        other => found.push((label, Fact::Words(other.to_string()))),
    }
}

fn listed(list: &[Value]) -> String {
    let item = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Object(map) => match map.get("text").and_then(Value::as_str) {
            Some(text) => text.to_owned(),
            None => value.to_string(),
        },
        other => other.to_string(),
    };
    list.iter().map(item).collect::<Vec<_>>().join(" ")
}

fn label(key: &str) -> String {
    let known = match key {
        "start" => "From",
        "end" | "until" => "Until",
        "why" => "Why",
        "refused" => "Refused because",
        "found" => "People found inside",
        "to_self" => "To oneself",
        "version_before" => "Version before",
        "activations_cut" => "Activations cut short",
        "needed" => "Approvals needed",
        "have" => "Approvals so far",
        key => return spelled(key),
    };
    known.to_owned()
}

fn spelled(key: &str) -> String {
    let mut words = String::new();
    for (at, sign) in key.chars().enumerate() {
        match sign {
            '_' | '-' => words.push(' '),
            sign if sign.is_uppercase() => {
                words.push(' ');
                words.extend(sign.to_lowercase());
            }
            sign if at == 0 => words.extend(sign.to_uppercase()),
            sign => words.push(sign),
        }
    }
    words
}
