//! Lists of resources, as strict and as careless as they come.

use super::body::same;
use serde_json::Value;

/// A page of a list.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Listing {
    /// All that there are, as far as the application says.
    pub total: u64,
    /// Those of this page.
    pub resources: Vec<Value>,
    /// In what the answer is not as it should be.
    pub deviations: Vec<&'static str>,
}

/// What a look-up came to.
#[derive(Clone, PartialEq, Debug)]
pub enum Found {
    /// Nobody.
    None,
    /// Exactly this one.
    One(Box<Value>),
    /// More than one: nobody guesses.
    Several(usize),
    /// The filter was ignored: what came says nothing.
    Ignored,
}

/// Reads a list; `None` where it is none.
pub fn read(body: &Value) -> Option<Listing> {
    let map = body.as_object()?;
    let mut deviations = Vec::new();
    let resources = match (map.get("Resources"), map.get("resources")) {
        (Some(Value::Array(all)), _) => all.clone(),
        (None, Some(Value::Array(all))) => {
            deviations.push("resources is written in lower case");
            all.clone()
        }
        (None, None) => Vec::new(),
        _ => return None,
    };
    let total = match map.get("totalResults") {
        Some(Value::Number(total)) => total.as_u64()?,
        Some(Value::String(text)) => {
            deviations.push("totalResults is written as text");
            text.trim().parse().ok()?
        }
        _ => return None,
    };
    Some(Listing { total, resources, deviations })
}

impl Listing {
    /// The one whose attribute is this value. A list of others means that the filter was not honoured.
    pub fn one(&self, attribute: &str, value: &str) -> Found {
        let matching: Vec<&Value> =
            self.resources.iter().filter(|resource| holds(resource, attribute, value)).collect();
        match matching.as_slice() {
            [] if self.resources.is_empty() => Found::None,
            [] => Found::Ignored,
            [one] if id(one).is_some() => Found::One(Box::new((*one).clone())),
            [_] => Found::Ignored,
            several => Found::Several(several.len()),
        }
    }
}

fn holds(resource: &Value, attribute: &str, value: &str) -> bool {
    match attribute {
        "emails.value" => resource["emails"]
            .as_array()
            .is_some_and(|mails| mails.iter().any(|m| m["value"].as_str().is_some_and(|m| same(m, value)))),
        "externalId" => resource["externalId"] == value,
        other => resource[other].as_str().is_some_and(|there| same(there, value)),
    }
}

/// The id that the application gave, also where it counts instead of naming.
pub fn id(resource: &Value) -> Option<String> {
    text(&resource["id"])
}

/// An id in an answer, as text.
pub fn text(id: &Value) -> Option<String> {
    match id {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// The ids of the members that are shown; `None` where it is not said who they are.
pub fn members(group: &Value) -> Option<Vec<String>> {
    group["members"].as_array().map(|all| all.iter().filter_map(|member| text(&member["value"])).collect())
}

/// The id that another system gave to what is there, if it is not `ours`.
pub fn foreign(resource: &Value, ours: &str) -> Option<String> {
    text(&resource["externalId"]).filter(|id| id != ours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(body: &Value) -> Listing {
        read(body).unwrap()
    }

    #[test]
    fn nobody_may_be_said_in_several_ways() {
        assert_eq!(of(&json!({ "totalResults": 0 })).one("userName", "a"), Found::None);
        assert_eq!(of(&json!({ "totalResults": 0, "Resources": [] })).one("userName", "a"), Found::None);
        let text = of(&json!({ "totalResults": "0", "resources": [] }));
        assert_eq!(text.deviations.len(), 2);
        assert_eq!(read(&json!({ "detail": "no list" })), None);
        assert_eq!(read(&json!([])), None);
    }

    #[test]
    fn ids_may_be_numbers_and_what_is_not_said_is_not_nobody() {
        assert_eq!(id(&json!({ "id": 7 })).as_deref(), Some("7"));
        assert_eq!([id(&json!({ "id": "" })), id(&json!({}))], [None, None]);
        assert_eq!(members(&json!({ "members": [{ "value": 7 }, { "value": "a" }] })).unwrap(), ["7", "a"]);
        assert_eq!(members(&json!({ "members": [] })), Some(Vec::new()));
        assert_eq!(members(&json!({ "id": "g" })), None);
        assert_eq!(foreign(&json!({ "externalId": "theirs" }), "ours").as_deref(), Some("theirs"));
        assert_eq!(
            [foreign(&json!({ "externalId": "ours" }), "ours"), foreign(&json!({}), "ours")],
            [None, None]
        );
    }

    #[test]
    fn one_is_taken_only_if_it_is_what_was_asked_for() {
        let list = |names: &[&str]| {
            let all: Vec<Value> = names.iter().map(|name| json!({ "id": "1", "userName": name })).collect();
            of(&json!({ "totalResults": all.len(), "Resources": all }))
        };
        assert!(matches!(list(&["Ann"]).one("userName", "ann"), Found::One(_)));
        assert_eq!(list(&["Bob", "Cid"]).one("userName", "ann"), Found::Ignored, "the filter was ignored");
        assert!(matches!(list(&["Bob", "Ann"]).one("userName", "ann"), Found::One(_)));
        assert_eq!(list(&["Ann", "ann"]).one("userName", "ann"), Found::Several(2));
        let nameless = of(&json!({ "totalResults": 1, "Resources": [{ "userName": "ann" }] }));
        assert_eq!(nameless.one("userName", "ann"), Found::Ignored, "without an id it is of no use");
    }
}
