use super::*;

fn ines() -> Account {
    Account {
        external_id: "6f0c".into(),
        user_name: "ines@corp.test".into(),
        display_name: "Ines Park".into(),
        mail: Some("ines@corp.test".into()),
        active: true,
        ..Account::default()
    }
}

#[test]
fn a_user_is_written_without_anything_empty() {
    let expected = json!({
        "schemas": [USER], "externalId": "6f0c", "userName": "ines@corp.test", "active": true,
        "displayName": "Ines Park", "name": { "givenName": "Ines", "familyName": "Park" },
        "emails": [{ "value": "ines@corp.test", "type": "work", "primary": true }],
    });
    assert_eq!(ines().resource(), expected);
    let department = Account { department: Some("Grid".into()), ..ines() }.resource();
    assert_eq!(department["schemas"], json!([USER, ENTERPRISE]));
}

#[test]
fn only_what_differs_is_changed() {
    assert!(ines().changes(&ines().resource()).is_empty());
    let mut there = ines().resource();
    there["userName"] = json!("Ines@Corp.test");
    there["nickName"] = json!("theirs");
    assert!(ines().changes(&there).is_empty(), "names are the same whatever their case");
    there["displayName"] = json!("I. Park");
    there["active"] = json!("False");
    let paths: Vec<String> = ines().changes(&there).into_iter().map(|change| change.path).collect();
    assert_eq!(paths, ["displayName", "active"]);
}

#[test]
fn a_truth_value_is_one_but_in_the_older_dialect() {
    assert_eq!(
        active(Dialect::Rfc, false)["Operations"][0],
        json!({ "op": "replace", "path": "active", "value": false })
    );
    assert_eq!(
        active(Dialect::Legacy, false)["Operations"][0],
        json!({ "op": "Replace", "path": "active", "value": "False" })
    );
}

#[test]
fn a_removal_names_whom_it_removes() {
    assert_eq!(
        remove(Dialect::Rfc, "U")["Operations"],
        json!([{ "op": "remove", "path": "members[value eq \"U\"]" }])
    );
    assert_eq!(
        remove(Dialect::Legacy, "U")["Operations"],
        json!([{ "op": "Remove", "path": "members", "value": [{ "value": "U" }] }])
    );
}

#[test]
fn a_work_address_that_is_missing_is_added_and_not_replaced() {
    let mut there = ines().resource();
    there.as_object_mut().unwrap().remove("emails");
    let operations = replace(Dialect::Rfc, &ines().changes(&there));
    assert_eq!(operations["Operations"][0]["op"], "add");
    assert_eq!(operations["Operations"][0]["path"], "emails");
}

#[test]
fn without_patch_the_whole_is_written_with_what_is_theirs() {
    let there = json!({ "id": "1", "userName": "old", "nickName": "theirs", "meta": { "version": "1" } });
    let whole = ines().over(&there);
    assert_eq!((&whole["nickName"], &whole["userName"]), (&json!("theirs"), &json!("ines@corp.test")));
    assert!(whole.get("meta").is_none());
    let group = json!({ "id": "g", "displayName": "G", "members": [{ "value": "a" }, { "value": "b" }] });
    assert_eq!(regrouped(&group, "a", false)["members"], json!([{ "value": "b" }]));
    assert_eq!(regrouped(&group, "b", true)["members"].as_array().unwrap().len(), 2, "nobody twice");
    let last = json!({ "id": "g", "members": [{ "value": "a" }] });
    assert_eq!(regrouped(&last, "a", false)["members"], json!([]), "an empty list is written");
}
