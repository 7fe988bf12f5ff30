//! The chain: every change of what was written is found, and named where it is.

#![cfg(test)]

use chrono::DateTime;
use domain::audit::anchor::Anchor;
use domain::audit::canonical::{Entry, Hash};
use domain::audit::chain::{Fault, Head, Link, Verifier, Wrong};
use ed25519_dalek::SigningKey;

fn entry(position: i64) -> Entry {
    let at = DateTime::from_timestamp_micros(1_700_000_000_000_000 + position).unwrap();
    Entry {
        position,
        chained_at: at,
        number: position * 2,
        at,
        action: "signed-in".into(),
        outcome: "done".into(),
        actor: Some(uuid::Uuid::from_u128(7)),
        principal: None,
        group: None,
        target: None,
        request: None,
        assignment: None,
        reason: format!("reason {position}"),
        ticket: String::new(),
        policy_version: Some(3),
        facts: "{\"why\": \"Expired\"}".into(),
        session_hash: String::new(),
        ip: "192.0.2.1".into(),
        user_agent: String::new(),
        proof: None,
        trace: "test".into(),
    }
}

fn chain(length: i64) -> Vec<Link> {
    let mut before = Hash::ZERO;
    (1..=length)
        .map(|position| {
            let entry = entry(position);
            let hash = entry.hash(&before);
            let link = Link { entry, previous: Some(before), hash };
            before = hash;
            link
        })
        .collect()
}

fn verify(links: &[Link], anchors: Vec<Anchor>) -> Result<Head, Fault> {
    let mut verifier = Verifier::after(Head::START, anchors);
    for link in links {
        verifier.take(link)?;
    }
    verifier.end()?;
    Ok(verifier.head())
}

fn anchor(links: &[Link], position: usize) -> Anchor {
    let link = &links[position - 1];
    let key = SigningKey::from_bytes(&[5; 32]);
    Anchor::sign(&key, link.entry.position, link.hash, link.entry.chained_at)
}

#[test]
fn the_canonical_bytes_are_as_written_down() {
    let mut one = entry(1);
    one.reason = "say \"hi\" \\ \n\t\u{8}\u{c}\r\u{1}\u{7f} ü 🌶".into();
    insta::assert_snapshot!(String::from_utf8(one.bytes()).unwrap());
    insta::assert_snapshot!(one.hash(&Hash::ZERO).to_string());
}

#[test]
fn a_chain_as_written_is_whole() {
    let links = chain(20);
    let head = verify(&links, vec![anchor(&links, 7), anchor(&links, 20)]).unwrap();
    assert_eq!((head.position, head.hash), (20, links[19].hash));
    assert_eq!(verify(&[], Vec::new()).unwrap(), Head::START);
}

#[test]
fn each_fault_has_its_place_and_name() {
    let good = chain(10);
    let fault = |change: &dyn Fn(&mut Vec<Link>)| {
        let mut links = good.clone();
        change(&mut links);
        verify(&links, vec![anchor(&good, 10)]).unwrap_err()
    };
    let at = Fault::at;
    assert_eq!(fault(&|l| l[4].entry.reason.push('.')), at(5, Wrong::Hash));
    assert_eq!(fault(&|l| l[4].entry.proof = l[4].entry.actor), at(5, Wrong::Hash));
    assert_eq!(fault(&|l| drop(l.remove(4))), at(6, Wrong::Gap(5)));
    assert_eq!(fault(&|l| l.swap(4, 5)), at(6, Wrong::Gap(5)));
    assert_eq!(fault(&|l| l.insert(4, l[3].clone())), at(4, Wrong::Order(4)));
    assert_eq!(fault(&|l| l.truncate(8)), at(10, Wrong::Tail(8)));
    assert_eq!(fault(&|l| l[4].previous = Some(Hash::ZERO)), at(5, Wrong::Previous));
    // somebody who can hash, but not sign
    let rebuilt = fault(&|l| {
        l[4].entry.reason.push('.');
        let mut before = l[3].hash;
        for link in l.iter_mut().skip(4) {
            (link.previous, link.hash) = (Some(before), link.entry.hash(&before));
            before = link.hash;
        }
    });
    assert_eq!(rebuilt, at(10, Wrong::Anchored));
}

#[test]
fn times_in_the_chain_never_go_back() {
    let mut links = chain(3);
    let early = links[0].entry.chained_at - chrono::TimeDelta::microseconds(1);
    links[2].entry.chained_at = early;
    links[2].hash = links[2].entry.hash(&links[1].hash);
    assert_eq!(verify(&links, Vec::new()).unwrap_err(), Fault::at(3, Wrong::Time));
}

#[test]
fn a_selection_is_looked_at_event_by_event() {
    let mut links = chain(10);
    links.remove(4);
    let anchors = vec![anchor(&chain(10), 5), anchor(&chain(10), 8)];
    let mut verifier = Verifier::selection(anchors);
    links.iter().try_for_each(|link| verifier.take(link)).unwrap();
    assert_eq!((verifier.events(), verifier.anchored()), (9, 1));

    links[6].entry.ip.clear();
    let mut verifier = Verifier::selection(Vec::new());
    let fault = links.iter().try_for_each(|link| verifier.take(link)).unwrap_err();
    assert_eq!(fault, Fault::at(8, Wrong::Hash));
}

#[test]
fn an_anchor_holds_for_its_key_place_hash_and_time() {
    let good = anchor(&chain(3), 2);
    let key = SigningKey::from_bytes(&[5; 32]).verifying_key();
    assert_eq!(good.check(&key), Ok(()));
    let wrong = |change: &dyn Fn(&mut Anchor)| {
        let mut bad = good.clone();
        change(&mut bad);
        bad.check(&key).unwrap_err().what
    };
    assert_eq!(wrong(&|a| a.position = 3), Wrong::Signature);
    assert_eq!(wrong(&|a| a.hash = Hash::ZERO), Wrong::Signature);
    assert_eq!(wrong(&|a| a.at += chrono::TimeDelta::microseconds(1)), Wrong::Signature);
    assert_eq!(wrong(&|a| a.signature.replace_range(0..1, "g")), Wrong::Signature);
    assert_eq!(wrong(&|a| a.key_id.clear()), Wrong::Key(String::new()));
    let other = SigningKey::from_bytes(&[6; 32]).verifying_key();
    assert_eq!(good.check(&other).unwrap_err().what, Wrong::Key(good.key_id.clone()));
}
