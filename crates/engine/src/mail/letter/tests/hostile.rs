//! Whatever people write or are called, in every field of every mail: it stays text, and changes nothing around it.

use super::*;
use crate::mail::post::{Problem, message};
use crate::testkit::hostile::hostile;
use lettre::Message;
use lettre::message::Mailbox;
use uuid::Uuid;

/// Everything that somebody can have written says this.
fn saying(notice: Notice, own: bool, text: &str) -> Facts {
    let says = || Some(text.to_owned());
    let mut facts = facts(notice, own);
    facts.reason = text.into();
    (facts.actor, facts.principal, facts.target) = (says(), says(), says());
    (facts.asked_reason, facts.ticket, facts.close_reason) = (says(), says(), says());
    facts.instead_of = vec![text.into(), text.into()];
    if let Some(review) = &mut facts.review {
        (review.name, review.note, review.group) = (text.into(), text.into(), text.into());
    }
    if let Some(alert) = &mut facts.alert {
        (alert.about, alert.says) = (text.into(), text.into());
    }
    facts
}

/// Every mail there is about what is held so, with this in all of its fields.
fn letters(text: &str, kind: &str) -> Vec<(String, Letter)> {
    let mut all = Vec::new();
    for notice in Notice::ALL {
        for (reader, _) in notice.readers() {
            for own in [true, false] {
                let mut facts = saying(*notice, own, text);
                facts.target_kind = Some(kind.into());
                let letter = words(&facts, *notice, *reader, "https://pim.example").letter().unwrap();
                all.push((format!("{} to {}, {kind}", notice.wire(), reader.wire()), letter));
            }
        }
    }
    let items: Vec<(String, String)> =
        all.iter().map(|(_, letter)| (letter.subject.clone(), "https://pim.example/x".into())).collect();
    all.push(("together".into(), together(items, "https://pim.example").letter().unwrap()));
    let raw = vec![(text.to_owned(), "https://pim.example/x".to_owned())];
    all.push(("alone, together".into(), together(raw, "https://pim.example").letter().unwrap()));
    all
}

/// Begins a new line for some reader, hides what is there, or turns the direction of writing round.
fn is_bad(sign: char) -> bool {
    sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}') || domain::risk::is_invisible(sign)
}

fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).map(|rest| rest.split_once('>').map_or(rest, |(tag, _)| tag)).collect()
}

/// The lines of a text part without what people wrote: labels, links, our own sentences.
fn outline(text: &str) -> Vec<&str> {
    let all: Vec<&str> = text.split('\n').collect();
    let mut lines = Vec::new();
    for (number, line) in all.iter().enumerate() {
        let ours = line.contains("https://pim.example/") || line.starts_with("You get this");
        lines.push(match line.split_once(": ") {
            _ if number == 0 => "what it is about",
            _ if all.get(number + 1).is_some_and(|next| next.starts_with("  https://")) => "an item",
            _ if line.starts_with("> ") => "> what somebody wrote",
            _ if ours => line,
            Some((label, _)) => label,
            None => line,
        });
    }
    lines.dedup_by(|a, b| a == b && a.starts_with('>'));
    lines
}

fn sent(address: &str, letter: &Letter) -> std::result::Result<Message, Problem> {
    let from: Mailbox = "Pimento <pimento@example.org>".parse().unwrap();
    message(&from, address, Uuid::nil(), Some("request-10482"), letter)
}

/// Names of the headers of a message, and of its parts.
fn headers(message: &[u8]) -> Vec<String> {
    let message = std::str::from_utf8(message).unwrap();
    assert!(message.is_ascii() && !message.replace("\r\n", "").contains(['\r', '\n']), "{message}");
    let folded = |line: &&str| !line.starts_with([' ', '\t']);
    let mut names = Vec::new();
    let (head, body) = message.split_once("\r\n\r\n").unwrap();
    names.extend(head.split("\r\n").filter(folded).map(|line| line.split(':').next().unwrap().to_owned()));
    let boundary = head.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
    names.push(format!("{} parts", body.matches(&format!("--{boundary}\r\n")).count()));
    names
}

#[test]
fn no_text_changes_subject_headers_or_what_stands_around_it() {
    let kinds = ["member", "owner", "role"];
    let harmless = kinds.map(|kind| letters("Payroll", kind));
    let send = |letter: &Letter| sent("ann@example.org", letter).unwrap();
    let names = headers(&send(&harmless[0][0].1).formatted());
    for (turn, text) in hostile().into_iter().enumerate() {
        let turn = turn % kinds.len();
        let mut seen = Vec::new();
        for ((name, letter), (_, like)) in letters(&text, kinds[turn]).iter().zip(&harmless[turn]) {
            let Letter { subject, text: plain, html } = letter;
            assert!(subject.chars().count() <= MAX_SUBJECT, "{name}: {subject}");
            assert!(!subject.contains(is_bad) && !subject.contains("=?"), "{name}: {subject:?}");
            assert_eq!(tags(html), tags(&like.html), "{name}: {text:?}");
            let bad = |sign: char| sign != '\n' && is_bad(sign);
            assert!(!plain.contains(bad) && !html.contains(bad), "{name}: {plain:?}");
            assert_eq!(outline(plain), outline(&like.text), "{name}: {plain}");
            if !seen.contains(subject) {
                assert_eq!(headers(&send(letter).formatted()), names, "{name}: {text:?}");
                seen.push(subject.clone());
            }
        }
    }
}

#[test]
fn no_text_is_taken_for_an_address() {
    let letter = test(&settings(), DateTime::UNIX_EPOCH).unwrap();
    for text in hostile() {
        assert!(sent(&text, &letter).is_err(), "{text:?}");
    }
}
