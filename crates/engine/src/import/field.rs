//! Attributes of a JSON object: unknown ones are passed over, known ones must be what they claim to be.

use super::record::Given;
use domain::refusal::{Code, Refusal};
use serde_json::{Map, Value};
use uuid::Uuid;

/// A JSON object.
pub type Object = Map<String, Value>;

/// A text that may be missing or null.
pub fn text(object: &Object, name: &str) -> Result<Given<String>, Refusal> {
    match object.get(name) {
        None => Ok(Given::Absent),
        Some(Value::Null) => Ok(Given::Null),
        Some(Value::String(text)) => Ok(Given::Value(text.clone())),
        Some(_) => Err(bad(name, "is no text")),
    }
}

/// A yes or no that may be missing; null is no, as Graph writes it.
pub fn flag(object: &Object, name: &str) -> Result<Option<bool>, Refusal> {
    match object.get(name) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(false)),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(bad(name, "is neither true nor false")),
    }
}

/// A list that may be missing; null is as good as missing, not as good as empty.
pub fn list<'a>(object: &'a Object, name: &str) -> Result<Option<&'a Vec<Value>>, Refusal> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(list)) => Ok(Some(list)),
        Some(_) => Err(bad(name, "is no list")),
    }
}

/// An id that must be there, in the one spelling that the directory writes.
pub fn id(object: &Object, name: &str) -> Result<Uuid, Refusal> {
    let text = object.get(name).and_then(Value::as_str).ok_or_else(|| bad(name, "is missing"))?;
    match text.parse() {
        Ok(id) if text.len() == 36 => Ok(id),
        _ => Err(bad(name, "is no id of the directory")),
    }
}

/// A refusal about an attribute.
pub fn bad(name: &str, what: &str) -> Refusal {
    Refusal::new(Code::BadRecord, format!("{name} {what}.").as_str())
}
