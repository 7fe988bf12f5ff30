use engine::import::read::File;
use serde_json::{Value, json};

/// The three files of the sample company.
pub fn contoso() -> Vec<File> {
    ["users.json", "groups.json", "roleAssignments.json"].map(|name| file(name, &sample(name))).to_vec()
}

pub fn sample(name: &str) -> String {
    let path = format!("{}/../../end2end/data/contoso/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

pub fn file(name: &str, text: &str) -> File {
    File { name: name.into(), bytes: text.as_bytes().to_vec() }
}

/// One file of these records.
pub fn records(records: &[Value]) -> Vec<File> {
    vec![file("records.json", &json!({ "value": records }).to_string())]
}

/// An id that is easy to tell apart.
pub fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

pub fn user(number: u32, name: &str) -> Value {
    json!({ "id": id(number), "userPrincipalName": format!("{name}@contoso.example"), "displayName": name,
            "accountEnabled": true, "userType": "Member" })
}

pub fn group(number: u32, name: &str, members: &[u32]) -> Value {
    let members: Vec<Value> = members.iter().map(|member| json!({ "id": id(*member) })).collect();
    json!({ "id": id(number), "displayName": name, "groupTypes": [], "isAssignableToRole": null, "members": members })
}
