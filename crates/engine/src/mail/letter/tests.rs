//! Every mail as it is read.

use super::*;
use crate::mail::facts::{Alert, Review};
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

#[test]
fn the_html_part_escapes_and_says_the_same() {
    let mut facts = facts(Notice::Asked, false);
    facts.principal = Some("<b>Mei</b>".into());
    let letter = words(&facts, Notice::Asked, Reader::Approver, "https://pim.example").letter().unwrap();
    insta::assert_snapshot!(letter.html);
}
