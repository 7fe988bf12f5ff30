//! Webhooks: signatures as published, gaps, addresses that lead inside, what can be chosen.

#![cfg(test)]

use domain::audit::{Class, Event};
use domain::refusal::Code;
use domain::webhook::address::{Rules, literal, shown};
use domain::webhook::choice::{self, Topic};
use domain::webhook::network::{Network, inside};
use domain::webhook::retry::{LONGEST, Verdict, gap, hopeless, rest, verdict};
use domain::webhook::signature;
use std::net::IpAddr;

/// The example that the libraries of Standard Webhooks are tested with.
#[test]
fn a_delivery_is_signed_as_the_published_example() {
    use base64::Engine as _;
    let secret =
        base64::engine::general_purpose::STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", br#"{"test": 2432232314}"#);
    let signed = signature::header(std::slice::from_ref(&secret), id, 1_614_265_330, body);
    assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_eq!(signature::shown(&secret), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let both = signature::header(&[secret, vec![1; 32]], id, 1_614_265_330, body);
    assert!(both.starts_with(&format!("{signed} v1,")), "{both}");
}

#[test]
fn every_part_of_a_delivery_is_under_its_signature() {
    let sign = |id: &str, at: i64, body: &[u8]| signature::header(&[vec![7; 32]], id, at, body);
    let signed = sign("msg_1", 10, b"{}");
    for other in [sign("msg_2", 10, b"{}"), sign("msg_1", 11, b"{}"), sign("msg_1", 10, b"{ }")] {
        assert_ne!(signed, other);
    }
    assert_ne!(signed, signature::header(&[vec![8; 32]], "msg_1", 10, b"{}"));
}

#[test]
fn addresses_that_lead_inside_are_told_from_public_ones() {
    let within = [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "100.127.255.255",
        "169.254.169.254",
        "169.254.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "192.88.99.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "::a00:1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2002:808:808::1",
        "fc00::1",
        "fd00:ec2::254",
        "fdff::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "2001::1",
        "2001:db8::1",
        "2001:10::1",
        "3fff::1",
        "100::1",
        "4000::1",
    ];
    for text in within {
        assert!(inside(text.parse().unwrap()).is_some(), "{text} leads inside");
    }
    let public = [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "126.255.255.255",
        "128.0.0.1",
        "169.253.255.255",
        "169.255.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "192.167.255.255",
        "192.169.0.1",
        "198.20.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450:4001::1",
        "64:ff9b::808:808",
        "::ffff:8.8.8.8",
    ];
    for text in public {
        assert_eq!(inside(text.parse().unwrap()), None, "{text} is public");
    }
}

#[test]
fn only_what_the_operator_names_is_reached_inside_and_at_other_ports() {
    let at = |text: &str| -> IpAddr { text.parse().unwrap() };
    let strict = Rules::default();
    assert!(strict.reachable(at("8.8.8.8"), 443, &[]).is_ok());
    for (address, port) in [("8.8.8.8", 80), ("8.8.8.8", 22), ("10.20.1.1", 443)] {
        assert!(strict.reachable(at(address), port, &[]).is_err(), "{address}:{port}");
    }
    let networks = ["10.20.0.0/16", "fd12::/16"].map(|text| text.parse().unwrap()).to_vec();
    let wider = Rules { http: true, ports: vec![8443], networks, ..Rules::default() };
    for (address, port) in
        [("10.20.1.1", 8080), ("::ffff:10.20.1.1", 1), ("fd12::9", 443), ("8.8.8.8", 8443), ("8.8.8.8", 80)]
    {
        assert!(wider.reachable(at(address), port, &[]).is_ok(), "{address}:{port}");
    }
    for (address, port) in [("10.21.1.1", 443), ("fd13::9", 443), ("169.254.169.254", 80), ("8.8.8.8", 22)] {
        assert!(wider.reachable(at(address), port, &[]).is_err(), "{address}:{port}");
    }
}

/// SEC-6.9: the machine itself under its public addresses, and what the operator knows of it.
#[test]
fn addresses_of_the_installation_itself_are_refused() {
    let at = |text: &str| -> IpAddr { text.parse().unwrap() };
    let networks = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<Network>>();
    let own = ["8.8.8.8", "2606:4700::1111"].map(at);
    let strict = Rules::default();
    for address in ["8.8.8.8", "::ffff:8.8.8.8", "64:ff9b::808:808", "2606:4700::1111"] {
        let why = strict.reachable(at(address), 443, &own).expect_err(address);
        assert!(why.contains("this machine"), "{why}");
    }
    assert!(strict.reachable(at("8.8.4.4"), 443, &own).is_ok());
    let named = Rules { networks: networks(&["8.8.8.8"]), ..Rules::default() };
    assert!(named.reachable(at("8.8.8.8"), 3000, &own).is_ok(), "the operator named it");

    let networks = networks(&["10.20.0.0/16"]);
    let refused = ["9.9.9.9", "10.20.1.0/24"].map(|text| text.parse().unwrap()).to_vec();
    let behind = Rules { networks, refused, ..Rules::default() };
    for address in ["9.9.9.9", "::ffff:9.9.9.9", "64:ff9b::909:909", "10.20.1.7"] {
        assert!(behind.reachable(at(address), 443, &[]).is_err(), "{address}");
    }
    assert!(behind.reachable(at("10.20.2.7"), 443, &[]).is_ok());
}

#[test]
fn a_receiver_is_taken_for_gone_after_a_week_and_many_tries_only() {
    assert!(hopeless(7, 20));
    assert!(!hopeless(6, 2000) && !hopeless(60, 19));
}

#[test]
fn a_network_is_written_exactly() {
    for good in ["10.0.0.0/8", "192.168.1.7", "0.0.0.0/0", "::/0", "fd12:3456::/48", "::1"] {
        assert!(good.parse::<Network>().is_ok(), "{good}");
    }
    for bad in
        ["", "10.0.0.0/33", "10.20.30.40/8", "fd12::1/48", "ten/8", "10.0.0.0/", "10.0.0.0/-1", "::/129"]
    {
        assert!(bad.parse::<Network>().is_err(), "{bad}");
    }
}

#[test]
fn an_address_is_https_without_tricks() {
    let rules = Rules::default();
    for good in [
        "https://hooks.example.org/a?b=c",
        " https://hooks.example.org ",
        "https://8.8.8.8/x",
        "HTTPS://Example.org",
    ] {
        assert!(rules.read(good, "address").is_ok(), "{good}");
    }
    let bad = [
        "",
        "hooks.example.org",
        "http://hooks.example.org",
        "ftp://hooks.example.org",
        "file:///etc/passwd",
        "javascript:1",
        "https://",
        "https://user@hooks.example.org",
        "https://u:p@hooks.example.org",
        "https://hooks.example.org/#x",
        "https://127.0.0.1",
        "https://127.1",
        "https://0x7f.1",
        "https://2130706433",
        "https://0177.0.0.1",
        "https://[::1]",
        "https://[::ffff:127.0.0.1]",
        "https://[::ffff:7f00:1]",
        "https://169.254.169.254/latest",
        "https://10.0.0.1",
        "https://localhost",
        "https://LOCALHOST.",
        "https://x.localhost",
        "https://0",
        "https://8.8.8.8:22",
        "https://①②⑦.⓪.⓪.①",
    ];
    for text in bad {
        let refused = rules.read(text, "address").expect_err(text);
        assert_eq!(refused.field.as_deref(), Some("address"), "{text}");
    }
    assert!(rules.read(&format!("https://example.org/{}", "a".repeat(2000)), "address").is_err());
    let open = Rules { http: true, networks: vec!["127.0.0.0/8".parse().unwrap()], ..Rules::default() };
    assert_eq!(
        literal(&open.read("http://127.1:8080/", "address").unwrap()),
        Some("127.0.0.1".parse().unwrap())
    );
}

#[test]
fn what_may_hold_a_secret_is_not_shown_of_an_address() {
    let show = |text: &str| shown(&Rules::default().read(text, "address").unwrap());
    assert_eq!(show("https://hooks.slack.com/services/T0/B0/XXX"), "https://hooks.slack.com/…");
    assert_eq!(show("https://example.org?token=1"), "https://example.org/…");
    assert_eq!(show("https://example.org/"), "https://example.org");
}

#[test]
fn gaps_grow_for_a_day_and_then_it_is_given_up() {
    let gaps: Vec<i64> = (1..).map_while(|tries| gap(tries, 0.5, None)).collect();
    assert!(gaps.windows(2).all(|two| two[0] < two[1]), "{gaps:?}");
    let hours = gaps.iter().sum::<i64>() / 3600;
    assert!((20..=28).contains(&hours), "{hours} h");
    let longest: i64 = (1..).map_while(|tries| gap(tries, 1.0, None)).sum();
    assert!((longest..longest + 7200).contains(&LONGEST), "every try has its turn: {longest} s");
    assert_eq!(gap(0, 0.5, None), None);
    assert_eq!((gap(4, 0.0, None), gap(4, 1.0, None)), (Some(480), Some(720)), "a fifth up and down");
}

#[test]
fn a_receiver_says_when_to_come_back_within_bounds() {
    assert_eq!(gap(1, 0.5, Some(90)), Some(90));
    assert_eq!(gap(5, 0.5, Some(90)), Some(1800), "never sooner than usual");
    assert_eq!(gap(1, 0.5, Some(i64::MAX)), Some(43_200));
    assert_eq!(gap(12, 0.5, Some(90)), None, "nor for ever");
    assert_eq!(rest(1, 0.5, None), 5);
    assert_eq!(rest(3, 0.5, None), 20);
    assert_eq!(rest(60, 0.5, None), 300);
    assert_eq!(rest(1, 0.5, Some(1000)), 1000);
}

#[test]
fn only_success_counts_as_taken_and_only_410_ends_it() {
    for status in [200, 201, 202, 204, 299] {
        assert_eq!(verdict(status, None), Verdict::Delivered, "{status}");
    }
    for status in [100, 301, 302, 307, 308, 408, 425, 429, 500, 503] {
        assert_eq!(verdict(status, Some(7)), Verdict::Again(Some(7)), "{status}");
    }
    for status in [400, 401, 404, 413, 422, 499] {
        assert_eq!(verdict(status, Some(7)), Verdict::NotThis(Some(7)), "{status}");
    }
    assert_eq!(verdict(410, None), Verdict::Gone);
}

#[test]
fn a_whole_kind_holds_its_events_and_words_are_read_back() {
    let read = |words: &[&str]| {
        choice::read(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>(), "topics")
    };
    let topics =
        read(&["all-requests", "request-approved", "signed-in", "signed-in", "audit-anchor"]).unwrap();
    assert_eq!(topics, [Topic::Class(Class::Requests), Topic::Event(Event::SignedIn), Topic::Anchor]);
    let events = choice::events(&topics);
    assert!(
        events.contains(&"request-approved")
            && events.contains(&"signed-in")
            && !events.contains(&"signed-out")
    );
    for topic in Class::ALL.map(Topic::Class).into_iter().chain(Event::ALL.iter().copied().map(Topic::Event))
    {
        assert_eq!(Topic::parse(&topic.wire()), Some(topic));
    }
    assert_eq!(read(&[]).unwrap_err().code, Code::Missing);
    assert_eq!(read(&["all-everything"]).unwrap_err().code, Code::BadInput);
}
