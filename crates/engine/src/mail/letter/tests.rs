//! Every mail as it is read.

mod hostile;

use super::*;
use crate::mail::facts::{Alert, Review};
use crate::testkit::settings;
use chrono::TimeDelta;
use domain::alert::Kind;

fn facts(notice: Notice, own: bool) -> Facts {
    let at = DateTime::from_timestamp(1_773_324_000, 0).unwrap();
    let alert = notice.about_alert().then(|| Alert {
        id: uuid::Uuid::nil(),
        kind: Kind::TooManyStanding,
        about: "Production database admins, member".into(),
        says: "12 have standing access and 3 have to activate: 80 %.".into(),
        opened_at: at - TimeDelta::hours(3),
        closed: false,
        acknowledged: false,
    });
    let renews = notice.asks_managers().then(|| "eligible".to_owned());
    Facts {
        kind: notice.wire().into(),
        at,
        now: at + TimeDelta::minutes(1),
        reason: "Rota of March".into(),
        actor: Some("Ben Lindqvist".into()),
        principal: Some("Mei-Ling Chen".into()),
        own,
        zone: "Europe/Berlin".into(),
        target_kind: Some("owner".into()),
        key: Some("prod-db-admins".into()),
        target: Some("Production database admins".into()),
        reader: None,
        request: None,
        number: (!notice.about_account()).then_some(10_482),
        status: Some("PendingApproval".into()),
        renews,
        asked_reason: Some("The primary\ndoes not answer".into()),
        ticket: Some("INC-48217".into()),
        asked_start: None,
        asked_minutes: Some(120),
        deadline_at: Some(at + TimeDelta::days(1)),
        close_reason: Some("Nobody answered".into()),
        voted: false,
        assignment_kind: Some("active".into()),
        ends_at: Some(at + TimeDelta::days(2)),
        covered: false,
        instead_of: Vec::new(),
        review: notice.about_access_review().then(|| Review {
            name: "Who may touch production".into(),
            note: "Ask the people if you are not sure.".into(),
            group: "Production database admins".into(),
            number: 1_007,
            ends_at: at + TimeDelta::days(14),
            open: true,
            left: 12,
        }),
        alert,
    }
}

#[test]
fn every_mail_reads_as_committed() {
    let mut all = String::new();
    for notice in Notice::ALL {
        for (reader, _) in notice.readers() {
            let facts = facts(*notice, *reader == Reader::Requestor);
            let letter = words(&facts, *notice, *reader, "https://pim.example").letter().unwrap();
            all += &format!(
                "=== {} to {}\n{}\n\n{}\n",
                notice.wire(),
                reader.wire(),
                letter.subject,
                letter.text
            );
            assert!(letter.subject.chars().count() <= MAX_SUBJECT);
            assert!(letter.html.contains("<h1>") && !letter.html.contains("style="), "{}", letter.html);
        }
    }
    insta::assert_snapshot!(all);
}

/// What a mail is about in the other ways: a role, membership, another reader, a stand-in, a plan.
fn variants() -> Vec<(&'static str, Letter)> {
    let letter =
        |facts: &Facts, notice, reader| words(facts, notice, reader, "https://pim.example").letter().unwrap();
    let role = |notice, own| Facts {
        target_kind: Some("role".into()),
        key: Some("user-administrator".into()),
        target: Some("User Administrator".into()),
        ..facts(notice, own)
    };
    let member = |notice, own, kind: &str| Facts {
        target_kind: Some("member".into()),
        assignment_kind: Some(kind.into()),
        number: None,
        ticket: None,
        deadline_at: None,
        ..facts(notice, own)
    };
    let (approver, requestor, admin) = (Reader::Approver, Reader::Requestor, Reader::Admin);
    let mut one = role(Notice::Asked, false);
    one.instead_of = vec!["Cleo Brandt (cleo)".into()];
    let mut two = facts(Notice::StillWaiting, false);
    two.instead_of = vec!["Cleo Brandt (cleo)".into(), "Omar Said (omar)".into()];
    let mut planned = role(Notice::Planned, true);
    planned.asked_start = Some(planned.at + TimeDelta::hours(20));
    let mut renewal = role(Notice::RenewalAsked, false);
    renewal.assignment_kind = None;
    let mut for_good = member(Notice::Assigned, true, "active");
    for_good.ends_at = None;
    vec![
        ("a role, asked of a stand-in", letter(&one, Notice::Asked, approver)),
        ("still waiting, asked of a stand-in of two", letter(&two, Notice::StillWaiting, approver)),
        ("a role, planned", letter(&planned, Notice::Planned, requestor)),
        ("a role, to be renewed", letter(&renewal, Notice::RenewalAsked, approver)),
        ("a role, on, to who looks after it", letter(&role(Notice::Started, false), Notice::Started, admin)),
        (
            "approved, to who asked for somebody else",
            letter(&facts(Notice::Approved, false), Notice::Approved, requestor),
        ),
        ("assigned for good", letter(&for_good, Notice::Assigned, requestor)),
        (
            "eligible, ends soon",
            letter(
                &member(Notice::AssignmentEndsSoon, true, "eligible"),
                Notice::AssignmentEndsSoon,
                requestor,
            ),
        ),
        (
            "eligible, ended, to who looks after it",
            letter(&member(Notice::AssignmentEnded, false, "eligible"), Notice::AssignmentEnded, admin),
        ),
        ("one alone that came together", several(1)),
        ("three that came together", several(3)),
        ("the test button", test(&settings(), facts(Notice::Asked, false).at).unwrap()),
    ]
}

fn several(count: usize) -> Letter {
    let item = |turn: usize| {
        (
            format!("Approved for Mei-Ling Chen: group {turn}"),
            format!("https://pim.example/requests/R-{turn}"),
        )
    };
    together((1..=count).map(item).collect(), "https://pim.example").letter().unwrap()
}

#[test]
fn of_very_many_that_come_together_the_first_are_listed_and_the_rest_counted() {
    let letter = several(MOST_ITEMS + 2);
    assert_eq!(letter.subject, "52 things to know");
    assert!(letter.text.contains("\nNot listed: 2 more\n") && letter.html.contains("<td>2 more</td>"));
    assert_eq!(letter.text.matches("Approved for Mei-Ling Chen").count(), MOST_ITEMS);
    assert_eq!(letter.html.matches("<li>").count(), MOST_ITEMS);
}

#[test]
fn variants_read_as_committed() {
    let mut all = String::new();
    for (name, letter) in variants() {
        all += &format!("=== {name}\n{}\n\n{}\n", letter.subject, letter.text);
    }
    insta::assert_snapshot!(all);
}

/// What stands between the frame of the page, which the snapshot of a whole one shows.
fn inside(html: &str) -> &str {
    html.split_once("<main>").unwrap().1.split_once("</main>").unwrap().0
}

#[test]
fn html_parts_read_as_committed() {
    let mut all = String::new();
    for (notice, reader) in [
        (Notice::Asked, Reader::Approver),
        (Notice::Denied, Reader::Requestor),
        (Notice::GlassBroken, Reader::Admin),
        (Notice::LastHolderKept, Reader::Admin),
        (Notice::AccessReviewStarted, Reader::Approver),
        (Notice::AlertOpened, Reader::Admin),
        (Notice::PasswordSet, Reader::Requestor),
    ] {
        let facts = facts(notice, reader == Reader::Requestor);
        let letter = words(&facts, notice, reader, "https://pim.example").letter().unwrap();
        all += &format!("=== {} to {}{}\n", notice.wire(), reader.wire(), inside(&letter.html));
    }
    for (name, letter) in variants() {
        all += &format!("=== {name}{}\n", inside(&letter.html));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn the_html_part_escapes_and_says_the_same() {
    let mut facts = facts(Notice::Asked, false);
    facts.principal = Some("<b>Mei</b>".into());
    let letter = words(&facts, Notice::Asked, Reader::Approver, "https://pim.example").letter().unwrap();
    insta::assert_snapshot!(letter.html);
}
