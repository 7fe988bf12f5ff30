use super::*;
use chrono::TimeZone;

fn day(typed: &str, edge: Edge) -> Option<DateTime<Utc>> {
    let day: chrono::NaiveDate = typed.parse().ok()?;
    let hours = if edge == Edge::Start { 0 } else { 24 };
    Some(Utc.from_utc_datetime(&day.and_hms_opt(0, 0, 0)?) + chrono::TimeDelta::hours(hours))
}

fn read(text: &str) -> Vec<Line> {
    sheet(text, &day).unwrap()
}

#[test]
fn addresses_are_read_as_mail_programs_and_people_write_them() {
    let pasted = "Ann Berg <ann.berg@larkfield.example>; \"Kim, Bo\" <bo.kim@larkfield.example>\n\
                  \"Stone, Cleo\" <cleo@larkfield.example>, dana\tmailto:eli@larkfield.example\r\n\
                  \n  Berg, Ann <ANN.BERG@larkfield.example>; fay ;\n";
    let expected = [
        "ann.berg@larkfield.example",
        "bo.kim@larkfield.example",
        "cleo@larkfield.example",
        "dana",
        "eli@larkfield.example",
        "fay",
    ];
    assert_eq!(addresses(pasted), expected);
}

#[test]
fn everybody_gets_everything_and_a_bare_key_means_the_chosen_role_of_the_group() {
    let wanted = Wanted { kind: Kind::Eligible, start: None, end: None, reason: String::new() };
    let lines = cross("ann, bo", "vault\nuser-administrator.role", TargetKind::Owner, &wanted).unwrap();
    let pairs: Vec<_> = lines.iter().map(|line| (line.number, &*line.who, &*line.what)).collect();
    let expected = [
        (1, "ann", "vault.owner"),
        (2, "bo", "vault.owner"),
        (3, "ann", "user-administrator.role"),
        (4, "bo", "user-administrator.role"),
    ];
    assert_eq!(pairs, expected);
    let none = cross(" ", ";", TargetKind::Member, &wanted).unwrap_err();
    assert_eq!(none.iter().map(|refusal| refusal.code).collect::<Vec<_>>(), [Code::Missing, Code::Missing]);
    let many: String = (0..26).map(|n| format!("p{n}\n")).collect();
    let most: String = (0..20).map(|n| format!("g{n}\n")).collect();
    assert_eq!(cross(&many, &most, TargetKind::Member, &wanted).unwrap_err()[0].code, Code::TooLarge);
}

#[test]
fn sheets_are_read_whatever_parts_their_cells_and_in_whatever_order_their_columns_stand() {
    for text in [
        "Principal,Target,Kind,Role,Until,Justification\r\nann,vault,Eligible,owner,2026-12-31,\"rota, winter\"\r\n",
        "\u{feff}justification;kind;user_name;group;role;end\nrota, winter;eligible;ann;vault;owner;2026-12-31\n;;;;;\n",
        "mail\ttarget\tkind\tuntil\treason\nann\tvault.owner\teligible\t2026-12-31\trota, winter",
    ] {
        let lines = read(text);
        let end = Some(Utc.with_ymd_and_hms(2027, 1, 1, 0, 0, 0).unwrap());
        let wanted = Wanted { kind: Kind::Eligible, start: None, end, reason: "rota, winter".into() };
        let expected = Line { number: 2, who: "ann".into(), what: "vault.owner".into(), wanted: Ok(wanted) };
        assert_eq!(lines, [expected], "{text}");
    }
}

#[test]
fn what_is_wrong_with_a_line_is_told_in_it_and_takes_nothing_else_with_it() {
    let lines = read(
        "principal,target,kind,role,start,end\nann,vault,sometimes,king,soon,2026-12-31\nbo,vault,active",
    );
    let wrong = lines[0].wanted.clone().unwrap_err();
    let fields: Vec<_> = wrong.refusals.iter().filter_map(|refusal| refusal.field.as_deref()).collect();
    assert_eq!(fields, ["role", "kind", "start"]);
    assert_eq!(lines[0].what, "vault.king", "what is no role is not taken for another");
    let Cells { kind, start, end, .. } = wrong.cells;
    assert_eq!([&*kind, &*start, &*end], ["sometimes", "soon", "2026-12-31"], "as written");
    let wanted = lines[1].wanted.clone().unwrap();
    assert_eq!((lines[1].number, wanted.kind, wanted.end), (3, Kind::Active, None));
}

#[test]
fn what_is_no_sheet_is_refused_with_what_it_lacks() {
    let refused = |text: &str| sheet(text, &day).unwrap_err().remove(0);
    assert_eq!(refused("  ").code, Code::Missing);
    assert_eq!(refused("principal,target,kind\n").code, Code::Missing);
    assert_eq!(refused("a\0b").code, Code::BadInput);
    assert!(refused("person,what\nann,vault").text.to_string().ends_with("Missing: target, kind."));
    let long = format!("principal,target,kind\n{}", "ann,vault,active\n".repeat(MOST_LINES + 1));
    assert_eq!(refused(&long).code, Code::TooLarge);
}

#[test]
fn a_cell_that_was_guarded_against_formulas_is_read_as_it_was() {
    let lines = read("principal,target,kind,reason\nann,vault,active,'=1+1\nbo,vault,active,'tis so");
    let reasons: Vec<_> = lines.iter().map(|line| line.wanted.clone().unwrap().reason).collect();
    assert_eq!(reasons, ["=1+1", "'tis so"]);
}
