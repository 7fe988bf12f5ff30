//! Reads files. Each may be a whole Graph answer (`{"value": […]}`), a bare array, several answers in an array or one
//! after the other, and in any order: what a record is, the record itself says.

use super::field::{self, Object, bad};
use super::record::{Given, GroupRecord, Listed, PersonRecord, Records, Ref, RoleRecord};
use super::report::{Line, Outcome, Thing};
use domain::group::{GroupKind, Membership};
use domain::principal::{Source, UserType};
use domain::refusal::{Code, Refusal};
use domain::role::Role;
use domain::text::Text;
use serde_json::Value;

/// A file as given.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name, for the report.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Reads everything. A record that can't be read becomes a refused line; a file that can't be read refuses it all.
///
/// # Errors
/// A file is no JSON, or is an error answer.
pub fn read(files: &[File]) -> Result<Records, Vec<Refusal>> {
    let mut records = Records::default();
    let mut refusals = Vec::new();
    for file in files {
        if let Err(refusal) = read_file(file, &mut records) {
            refusals.push(refusal.at("files"));
        }
    }
    if refusals.is_empty() { Ok(records) } else { Err(refusals) }
}

fn read_file(file: &File, records: &mut Records) -> Result<(), Refusal> {
    let text = decode(&file.bytes).ok_or_else(|| unreadable(file, "is neither UTF-8 nor UTF-16"))?;
    let mut pages = 0;
    let mut open = 0;
    for document in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
        let document = document.map_err(|error| unreadable(file, &format!("is no JSON ({error})")))?;
        read_document(file, document, records, (&mut pages, &mut open))?;
    }
    if open > 0 && open >= pages {
        let why = "The answer has a further page that is not in this file. What is on it was not read.";
        records.lines.push(Line::new(Thing::File, Outcome::Skipped, &file.name, None).because(why));
    }
    Ok(())
}

/// `counts`: pages, and pages that say that another one follows.
fn read_document(
    file: &File,
    document: Value,
    records: &mut Records,
    counts: (&mut usize, &mut usize),
) -> Result<(), Refusal> {
    match document {
        Value::Array(items) => {
            for item in items {
                read_document(file, item, records, (&mut *counts.0, &mut *counts.1))?;
            }
        }
        Value::Object(mut object) => {
            if let Some(Value::Array(items)) = object.remove("value") {
                *counts.0 += 1;
                *counts.1 += usize::from(object.contains_key("@odata.nextLink"));
                for item in items {
                    read_document(file, item, records, (&mut *counts.0, &mut *counts.1))?;
                }
            } else if object.contains_key("error") && !object.contains_key("id") {
                return Err(unreadable(file, "is an error answer, not a list"));
            } else {
                read_record(file, &object, records);
            }
        }
        _ => return Err(unreadable(file, "holds something that is no object")),
    }
    Ok(())
}

fn unreadable(file: &File, what: &str) -> Refusal {
    Refusal::new(Code::BadRecord, Text::default().name(&file.name).then(format!(" {what}.")))
}

/// Text of a file: UTF-8, or UTF-16 as some shells write it, with or without its mark.
fn decode(bytes: &[u8]) -> Option<String> {
    let wide = |order: fn([u8; 2]) -> u16| {
        let units = bytes.get(2..)?.chunks_exact(2).map(|pair| order([pair[0], pair[1]]));
        char::decode_utf16(units).collect::<Result<String, _>>().ok()
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => std::str::from_utf8(bytes).ok().map(|text| text.trim_start_matches('\u{feff}').to_owned()),
    }
}

fn read_record(file: &File, object: &Object, records: &mut Records) {
    let thing = kind(object);
    let read = match thing {
        Thing::Person => person(object).map(|person| records.people.push(person)),
        Thing::Group => group(object).map(|group| records.groups.push(group)),
        Thing::Role => role(object).map(|role| records.roles.push(role)),
        _ => Err(Refusal::new(
            Code::BadRecord,
            Text::say("A record in ")
                .name(&file.name)
                .then(" is neither a user, a group nor a role assignment."),
        )),
    };
    if let Err(refusal) = read {
        let name = ["displayName", "userPrincipalName", "id"]
            .iter()
            .find_map(|name| object.get(*name).and_then(Value::as_str))
            .unwrap_or(&file.name);
        records.lines.push(Line::refused(thing, name, None, refusal.into()));
    }
}

/// What a record is, by its type if it says so, or by attributes that only one kind has.
fn kind(object: &Object) -> Thing {
    let said = object.get("@odata.type").and_then(Value::as_str).unwrap_or_default();
    let has = |names: &[&str]| names.iter().any(|name| object.contains_key(*name));
    if said.ends_with(".group") {
        Thing::Group
    } else if said.ends_with(".user") {
        Thing::Person
    } else if has(&["principalId"]) {
        Thing::Role
    } else if has(&["userPrincipalName", "userType", "accountEnabled"]) {
        Thing::Person
    } else if has(&["groupTypes", "securityEnabled", "isAssignableToRole", "members", "owners"]) {
        Thing::Group
    } else {
        Thing::File
    }
}

fn person(object: &Object) -> Result<PersonRecord, Refusal> {
    Ok(PersonRecord {
        id: field::id(object, "id")?,
        user_name: field::text(object, "userPrincipalName")?.or(None),
        display_name: field::text(object, "displayName")?.or(None),
        mail: field::text(object, "mail")?,
        job_title: field::text(object, "jobTitle")?,
        department: field::text(object, "department")?,
        user_type: match field::text(object, "userType")?.value().map(String::as_str) {
            None => None,
            Some(word) if word.eq_ignore_ascii_case("member") => Some(UserType::Member),
            Some(word) if word.eq_ignore_ascii_case("guest") => Some(UserType::Guest),
            Some(_) => return Err(bad("userType", "is neither Member nor Guest")),
        },
        source: source(object)?,
        enabled: match object.get("accountEnabled") {
            // only a clear no disables, only a clear yes lets somebody in
            Some(Value::Null) => return Err(bad("accountEnabled", "is null")),
            _ => field::flag(object, "accountEnabled")?,
        },
        deleted: field::text(object, "deletedDateTime")?.value().is_some(),
    })
}

fn source(object: &Object) -> Result<Option<Source>, Refusal> {
    let synced = field::flag(object, "onPremisesSyncEnabled")?;
    Ok(synced.map(|synced| if synced { Source::OnPremises } else { Source::Cloud }))
}

fn group(object: &Object) -> Result<GroupRecord, Refusal> {
    let types = field::list(object, "groupTypes")?;
    let is = |word: &str| types.map(|types| types.iter().any(|kind| kind.as_str() == Some(word)));
    let unified = is("Unified");
    Ok(GroupRecord {
        id: field::id(object, "id")?,
        display_name: field::text(object, "displayName")?.or(None),
        nickname: field::text(object, "mailNickname")?.or(None),
        description: field::text(object, "description")?,
        kind: unified.map(|yes| if yes { GroupKind::Microsoft365 } else { GroupKind::Security }),
        membership: is("DynamicMembership")
            .map(|yes| if yes { Membership::Dynamic } else { Membership::Assigned }),
        rule: field::text(object, "membershipRule")?,
        source: source(object)?,
        role_assignable: field::flag(object, "isAssignableToRole")?,
        deleted: field::text(object, "deletedDateTime")?.value().is_some(),
        distribution_list: unified != Some(true)
            && field::flag(object, "mailEnabled")? == Some(true)
            && field::flag(object, "securityEnabled")? == Some(false),
        members: listed(object, "members")?,
        owners: listed(object, "owners")?,
    })
}

fn listed(object: &Object, name: &str) -> Result<Option<Listed>, Refusal> {
    let Some(items) = field::list(object, name)? else { return Ok(None) };
    let refs = items.iter().map(|item| reference(item, name)).collect::<Result<_, _>>()?;
    Ok(Some(Listed { refs, partial: object.contains_key(&format!("{name}@odata.nextLink")) }))
}

fn reference(item: &Value, list: &str) -> Result<Ref, Refusal> {
    let object = item.as_object().ok_or_else(|| bad(list, "holds something that is no object"))?;
    let said = object.get("@odata.type").and_then(Value::as_str).unwrap_or_default();
    let known = said.is_empty() || said.ends_with(".user") || said.ends_with(".group");
    Ok(Ref {
        id: field::id(object, "id").map_err(|_| bad(list, "holds somebody without an id"))?,
        foreign: (!known).then(|| said.rsplit('.').next().unwrap_or(said).to_owned()),
        name: object.get("displayName").and_then(Value::as_str).map(str::to_owned),
    })
}

fn role(object: &Object) -> Result<RoleRecord, Refusal> {
    let name = match object.get("roleDefinition") {
        Some(Value::Object(definition)) => field::text(definition, "displayName")?,
        _ => Given::Absent,
    };
    let role_name = name.or(None);
    Ok(RoleRecord {
        principal: field::id(object, "principalId")?,
        role: role_name.as_deref().and_then(Role::by_name),
        role_name,
        scope: field::text(object, "directoryScopeId")?.or(None),
        ends: field::text(object, "endDateTime")?.or(None),
    })
}
