//! The plan alone: no database.

use crate::support::{contoso, file, group, id, records, sample, user};
use domain::ids::{GroupId, PersonId};
use domain::target::Access;
use engine::import::facts::Facts;
use engine::import::plan::{Plan, plan};
use engine::import::read::{File, read};
use engine::import::report::{Outcome, Thing};
use serde_json::json;

fn fresh(files: &[File]) -> Plan {
    plan(&Facts::default(), &read(files).expect("readable files"))
}

fn why(plan: &Plan, outcome: Outcome) -> Vec<String> {
    let lines = plan.report.of(outcome);
    lines
        .map(|line| {
            let why: Vec<String> = line.why.iter().map(ToString::to_string).collect();
            format!("{:?} {}: {}", line.thing, line.name, why.join(" "))
        })
        .collect()
}

#[test]
fn a_whole_answer_a_bare_array_and_pages_read_the_same() {
    let whole = json!({ "@odata.context": "x", "value": [user(1, "ann"), user(2, "ben")] }).to_string();
    let bare = json!([user(1, "ann"), user(2, "ben")]).to_string();
    let pages = json!([{ "value": [user(1, "ann")], "@odata.nextLink": "y" }, { "value": [user(2, "ben")] }]);
    let row = format!("{}\n{}", json!({ "value": [user(1, "ann")] }), json!({ "value": [user(2, "ben")] }));
    let marked = format!("\u{feff}{whole}");
    for text in [whole.as_str(), &bare, &pages.to_string(), &row, &marked] {
        let plan = fresh(&[file("users.json", text)]);
        assert_eq!(plan.people_new.len(), 2, "{text}");
        assert_eq!(plan.report.lines.len(), 2, "{text}");
    }
}

#[test]
fn a_file_in_utf_16_is_read() {
    let text = json!({ "value": [user(1, "Zoë Ångström")] }).to_string();
    let wide: Vec<u8> =
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let plan = fresh(&[File { name: "users.json".into(), bytes: wide }]);
    assert_eq!(plan.people_new[0].1.display_name, "Zoë Ångström");
}

#[test]
fn a_missing_last_page_is_told() {
    let page = json!({ "value": [user(1, "ann")], "@odata.nextLink": "y" }).to_string();
    let plan = fresh(&[file("users.json", &page)]);
    assert_eq!(plan.report.count(Thing::File, Outcome::Skipped), 1);
}

#[test]
fn a_file_that_is_no_json_or_an_error_answer_refuses_the_whole() {
    for text in ["<html>", "{\"value\": [", "{\"error\": {\"code\": \"Forbidden\"}}", "[1]"] {
        assert!(read(&[file("good.json", &sample("users.json")), file("bad.json", text)]).is_err(), "{text}");
    }
}

#[test]
fn unknown_attributes_are_passed_over_and_odd_ids_are_refused() {
    let mut ann = user(1, "ann");
    ann["somethingNew"] = json!({ "deep": [1, 2] });
    let odd = ["", "1", "{00000000-0000-4000-8000-000000000001}", "00000000000040008000000000000001"];
    let mut all = vec![ann];
    all.extend(odd.iter().map(|odd| json!({ "id": odd, "userPrincipalName": "odd", "displayName": "Odd" })));
    all.push(json!({ "userPrincipalName": "none", "displayName": "None" }));
    let plan = fresh(&records(&all));
    assert_eq!(plan.people_new.len(), 1);
    assert_eq!(plan.report.count(Thing::Person, Outcome::Refused), odd.len() + 1);
}

#[test]
fn a_name_that_is_too_long_is_refused_and_never_cut() {
    let fits = "X".repeat(256);
    let plan = fresh(&records(&[group(1, &fits, &[]), group(2, &"X".repeat(257), &[])]));
    assert_eq!(plan.groups_new.len(), 1);
    assert_eq!(plan.groups_new[0].2.display_name, fits);
    assert_eq!(plan.report.count(Thing::Group, Outcome::Refused), 1);
}

#[test]
fn two_people_with_one_user_name_keep_the_first() {
    let mut twin = user(2, "Ann");
    twin["userPrincipalName"] = json!("ANN@contoso.example");
    let plan = fresh(&records(&[user(1, "ann"), twin, user(1, "again")]));
    assert_eq!(plan.people_new.len(), 1);
    assert_eq!(plan.report.count(Thing::Person, Outcome::Refused), 1);
    assert_eq!(plan.report.count(Thing::Person, Outcome::Skipped), 1);
}

#[test]
fn c17_a_circle_is_refused_with_the_way_round_and_a_diamond_is_none() {
    // 1 holds 2, 2 holds 3, 3 holds 1; 10 holds 11 and 12, both hold 13
    let circle = [group(1, "A", &[2]), group(2, "B", &[3]), group(3, "C", &[1])];
    let diamond =
        [group(10, "K", &[11, 12]), group(11, "L", &[13]), group(12, "M", &[13]), group(13, "N", &[])];
    let plan = fresh(&records(&[circle.as_slice(), diamond.as_slice()].concat()));
    assert_eq!(
        why(&plan, Outcome::Refused),
        ["Member A › C: A group can't lie inside itself: A › C › B › A."]
    );
    assert_eq!(plan.joins.len(), 6);
}

#[test]
fn c17_a_circle_over_what_can_be_activated_is_refused_too() {
    // A is eligible for B here; the directory puts B into A
    let facts = Facts {
        eligible: vec![(GroupId(id(1).parse().unwrap()), GroupId(id(2).parse().unwrap()))],
        ..Facts::default()
    };
    let records = records(&[group(1, "A", &[2]), group(2, "B", &[])]);
    let plan = plan(&facts, &read(&records).expect("readable files"));
    assert_eq!(why(&plan, Outcome::Refused), ["Member B › A: A group can't lie inside itself: B › A › B."]);
    assert_eq!(plan.joins.len(), 0);
}

#[test]
fn c17_a_group_inside_itself_is_refused() {
    let plan = fresh(&records(&[group(1, "A", &[1])]));
    assert_eq!(why(&plan, Outcome::Refused), ["Member A › A: A group can't lie inside itself: A › A."]);
    assert_eq!(plan.joins.len(), 0);
}

#[test]
fn c17_fifty_groups_in_a_row_are_read_and_closing_the_row_is_refused() {
    let mut row: Vec<_> = (1..50).map(|n| group(n, &format!("G{n}"), &[n + 1])).collect();
    row.push(group(50, "G50", &[1]));
    let plan = fresh(&records(&row));
    assert_eq!(plan.joins.len(), 49);
    let refused = why(&plan, Outcome::Refused);
    assert_eq!(refused.len(), 1);
    assert!(refused[0].ends_with("G1 › G50 › G49 › G48 › G47 › G46 › G45 › G44 › G43 › G42 › G41 › G40 › G39 › \
        G38 › G37 › G36 › G35 › G34 › G33 › G32 › G31 › G30 › G29 › G28 › G27 › G26 › G25 › G24 › G23 › G22 › G21 › \
        G20 › G19 › G18 › G17 › G16 › G15 › G14 › G13 › G12 › G11 › G10 › G9 › G8 › G7 › G6 › G5 › G4 › G3 › G2 › G1."));
}

#[test]
fn unknown_ids_are_refused_and_what_is_no_person_is_skipped() {
    let mut all = group(1, "A", &[9]);
    all["members"].as_array_mut().unwrap().push(
        json!({ "@odata.type": "#microsoft.graph.servicePrincipal", "id": id(8), "displayName": "Backup" }),
    );
    let plan = fresh(&records(&[all]));
    let unknown = id(9);
    assert_eq!(
        why(&plan, Outcome::Refused),
        [format!("Member {unknown} › A: Neither the files nor the directory here know the id {unknown}.")]
    );
    assert_eq!(
        why(&plan, Outcome::Skipped),
        ["Member Backup › A: A servicePrincipal can hold nothing here."]
    );
}

#[test]
fn no_group_lies_in_a_role_assignable_group_and_none_owns_one() {
    let mut roles = group(1, "Roles", &[2]);
    roles["isAssignableToRole"] = json!(true);
    let mut owned = group(3, "Owned", &[]);
    owned["owners"] = json!([{ "id": id(2) }]);
    let plan = fresh(&records(&[roles, group(2, "B", &[]), owned]));
    assert_eq!(
        why(&plan, Outcome::Refused),
        [
            "Member B › Roles: No group can lie in a role-assignable group.",
            "Owner B › Owned: Only people can own a group."
        ]
    );
}

#[test]
fn a_role_assignable_group_is_neither_computed_nor_from_elsewhere() {
    let mut computed = group(1, "Computed", &[]);
    computed["isAssignableToRole"] = json!(true);
    computed["groupTypes"] = json!(["DynamicMembership"]);
    let mut synced = group(2, "Synced", &[]);
    synced["isAssignableToRole"] = json!(true);
    synced["onPremisesSyncEnabled"] = json!(true);
    let plan = fresh(&records(&[computed, synced]));
    assert_eq!(plan.report.count(Thing::Group, Outcome::Refused), 2);
}

#[test]
fn roles_are_refused_with_the_reason() {
    let role = |principal: u32, name: &str, scope: &str| json!({ "id": "x", "principalId": id(principal), "roleDefinition": { "displayName": name }, "directoryScopeId": scope });
    let mut ending = role(1, "Global Reader", "/");
    ending["endDateTime"] = json!("2030-01-01T00:00:00Z");
    let plan = fresh(&records(&[
        user(1, "ann"),
        group(2, "B", &[]),
        role(1, "Global Reader", "/"),
        role(1, "Global Reader", "/"),
        role(1, "User Administrator", "/administrativeUnits/7"),
        role(1, "Teams Administrator", "/"),
        role(2, "Global Reader", "/"),
        role(9, "Global Reader", "/"),
        json!({ "principalId": id(1), "roleDefinitionId": "x", "directoryScopeId": "/" }),
        ending,
    ]));
    assert_eq!(plan.roles.len(), 1);
    assert_eq!(plan.report.count(Thing::Role, Outcome::Unchanged), 1);
    let unknown = id(9);
    assert_eq!(
        why(&plan, Outcome::Refused),
        [
            "Role ann › User Administrator: Holds for a part of the directory only. Here a role holds for all of it or not at all.".to_owned(),
            "Role ann › Teams Administrator: Teams Administrator is no role of this product.".into(),
            "Role B › Global Reader: Only a role-assignable group can hold a role.".into(),
            format!("Role {unknown} › Global Reader: Neither the files nor the directory here know who this is."),
            "Role ann › ?: The name of the role is missing. Export with $expand=roleDefinition.".into(),
            "Role ann › Global Reader: Ends by itself in the directory (2030-01-01T00:00:00Z). It is not made one for good.".into(),
        ]
    );
}

#[test]
fn the_sample_company_plans_with_one_circle_and_one_address_that_is_none() {
    let plan = fresh(&contoso());
    assert_eq!((plan.people_new.len(), plan.groups_new.len()), (122, 34));
    assert_eq!(plan.people_new.iter().filter(|(_, _, enabled)| !enabled).count(), 6);
    assert_eq!(plan.roles.len(), 8);
    let noted: Vec<String> =
        why(&plan, Outcome::Created).into_iter().filter(|line| line.contains("mail")).collect();
    assert_eq!(
        noted,
        [
            "Person Siobhán O'Brien-Ní Dhuibhne: Without mail: siobhán.o'brien-ní dhuibhne@contoso.example is no mail address."
        ]
    );
    assert_eq!(
        why(&plan, Outcome::Refused),
        ["Member Ring 0 › Ring 2: A group can't lie inside itself: Ring 0 › Ring 2 › Ring 1 › Ring 0."]
    );
    let keys: Vec<&str> = plan.groups_new.iter().map(|(_, key, _)| key.as_str()).collect();
    assert!(keys.contains(&"emigre-raksmorgas-b-bold-b-quoted"), "{keys:?}");
    assert!(keys.contains(&"database-administrators-production"), "{keys:?}");
}

#[test]
fn keys_of_groups_with_one_name_differ() {
    let plan = fresh(&records(&[group(1, "Ops", &[]), group(2, "OPS!", &[]), group(3, "例", &[])]));
    let keys: Vec<&str> = plan.groups_new.iter().map(|(_, key, _)| key.as_str()).collect();
    assert_eq!(keys, ["ops", "ops-2", "group"]);
}

#[test]
fn members_are_named_by_id_only_when_nothing_better_is_known() {
    let plan = fresh(&records(&[user(1, "ann"), group(2, "A", &[1])]));
    assert_eq!(plan.joins[0].0, GroupId(id(2).parse().unwrap()));
    assert_eq!(plan.joins[0].1, Access::Member);
    assert_eq!(plan.joins[0].2, PersonId(id(1).parse().unwrap()).into());
}
