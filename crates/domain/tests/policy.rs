//! Tables of policies, durations and assignments.

#![cfg(test)]

mod support;

use chrono::TimeDelta;
use domain::assignment::{Facts, Kind, Nesting, Newcomer, Wanted, assign, update};
use domain::duration::{BadDuration, Minutes};
use domain::policy::change::changes;
use domain::policy::escalation::{Asked, Escalation};
use domain::policy::prompt::{choices, prompts};
use domain::policy::{Approver, Policy, ProofRule};
use domain::refusal::Code;
use domain::span::Span;
use domain::target::Access;
use support::*;

fn faults(change: impl FnOnce(&mut Policy)) -> Vec<String> {
    let mut policy = policy();
    change(&mut policy);
    policy.check().into_iter().filter_map(|refusal| refusal.field).collect()
}

#[test]
fn activation_may_last_half_an_hour_to_a_day_in_half_hours() {
    for (minutes, fine) in
        [(30, true), (29, false), (45, false), (90, true), (1_440, true), (1_470, false), (0, false)]
    {
        assert_eq!(faults(|p| p.activation.max = Minutes(minutes)).is_empty(), fine, "{minutes}");
    }
}

#[test]
fn approval_without_an_approver_cannot_be_saved() {
    let fields = faults(|p| p.activation.approval = Some(approval(&[], 1)));
    assert_eq!(fields, ["approvers"], "C14, product.md 4.2");
}

#[test]
fn more_approvals_than_people_cannot_be_saved() {
    let fields = faults(|p| p.activation.approval = Some(approval(&[person(1)], 2)));
    assert_eq!(fields, ["needed"]);
}

#[test]
fn a_request_waits_an_hour_to_fourteen_days() {
    for (wait, fine) in [(59, false), (60, true), (20_160, true), (20_161, false)] {
        let fields = faults(|p| {
            let mut rule = approval(&[person(1), person(2)], 1);
            rule.wait = Minutes(wait);
            p.activation.approval = Some(rule);
        });
        assert_eq!(fields.is_empty(), fine, "{wait}");
    }
}

#[test]
fn others_may_decide_later_while_a_request_still_waits() {
    let named = |people: &[u128]| people.iter().map(|p| Approver::Person(person(*p))).collect::<Vec<_>>();
    for (later, hours, fields) in [
        (named(&[3]), 1, &[][..]),
        (named(&[3]), 23, &[]),
        (named(&[1, 3]), 4, &[]),
        (named(&[3]), 24, &["escalation_after"]),
        (named(&[3]), 0, &["escalation_after"]),
        (named(&[]), 4, &["escalation_approvers"]),
        (named(&[1, 2]), 4, &["escalation_approvers"]),
    ] {
        let found = faults(|p| {
            let mut rule = approval(&[person(1), person(2)], 1);
            rule.escalation = Some(Escalation { approvers: later.clone(), after: Minutes::hours(hours) });
            p.activation.approval = Some(rule);
        });
        assert_eq!(found, fields, "{later:?} after {hours} h");
    }
}

#[test]
fn those_named_for_later_are_approvers_from_then_on() {
    let mut rule = approval(&[person(1)], 1);
    rule.escalation = Some(Escalation {
        approvers: vec![Approver::Person(person(1)), Approver::Person(person(2))],
        after: Minutes::hours(4),
    });
    let at = |minutes: i64| rule.at(Asked::at(now()), now() + TimeDelta::minutes(minutes)).approvers.len();
    assert_eq!([at(0), at(239), at(240), at(999)], [1, 1, 2, 2]);
    let last = |hours: i64| rule.at_last(Asked::at(now()), now() + TimeDelta::hours(hours)).approvers.len();
    assert_eq!([last(4), last(5)], [1, 2], "what has lapsed by then is decided by nobody");
    assert_eq!(rule.everybody().len(), 2);
}

#[test]
fn those_named_for_later_may_be_let_decide_before_their_time_and_never_after_it() {
    let mut rule = approval(&[person(1)], 1);
    let later = vec![Approver::Person(person(2))];
    let early = |minutes: i64| Asked { early: Some(now() + TimeDelta::minutes(minutes)), ..Asked::at(now()) };
    assert_eq!(rule.escalates_at(early(10)), None, "who is not named decides at no time");
    rule.escalation = Some(Escalation { approvers: later, after: Minutes::hours(4) });
    let at = |asked, minutes: i64| rule.at(asked, now() + TimeDelta::minutes(minutes)).approvers.len();
    assert_eq!([at(early(10), 9), at(early(10), 10), at(early(500), 240)], [1, 2, 2]);
    assert_eq!(rule.at_last(early(10), now() + TimeDelta::hours(4)).approvers.len(), 2);
}

#[test]
fn the_default_policy_can_be_saved_and_asks_for_a_fresh_second_factor() {
    assert!(Policy::default().check().is_empty());
    assert!(matches!(Policy::default().activation.proof, ProofRule::Fresh { .. }));
    assert!(prompts(&Policy::default().activation, true).code, "the sign-in factor is not enough (SEC-13)");
}

#[test]
fn a_policy_survives_being_stored() {
    let mut policy = Policy::default();
    policy.activation.approval = Some(approval(&[person(1)], 1));
    let stored = serde_json::to_value(&policy).unwrap();
    assert_eq!(serde_json::from_value::<Policy>(stored).unwrap(), policy);
}

#[test]
fn months_years_and_seconds_are_refused_with_what_to_send() {
    let parse = |text: &str| text.parse::<Minutes>();
    assert_eq!(parse("P6M"), Err(BadDuration::Calendar));
    assert_eq!(parse("P1Y"), Err(BadDuration::Calendar));
    assert_eq!(parse("PT30S"), Err(BadDuration::Seconds));
    for bad in ["", "P", "PT", "8h", "PT8", "P-1D", "PT1M1H", "PT99999999999H"] {
        assert_eq!(parse(bad), Err(BadDuration::Malformed), "{bad}");
    }
    assert_eq!(parse("P1DT12H30M"), Ok(Minutes(2_190)));
}

#[test]
fn lengths_offered_end_with_the_longest_allowed() {
    assert_eq!(choices(Minutes(30)), [Minutes(30)]);
    assert_eq!(choices(Minutes(90)), [Minutes(30), Minutes(60), Minutes(90)]);
    assert_eq!(choices(Minutes(1_440)).last(), Some(&Minutes(1_440)));
}

#[test]
fn a_change_is_told_in_words_and_no_change_is_silence() {
    let old = policy();
    let mut new = policy();
    assert!(changes(&old, &new, &|_| String::new()).is_empty());
    new.activation.max = Minutes(240);
    let told = changes(&old, &new, &|_| String::new());
    assert_eq!((told[0].setting.as_str(), told[0].new.as_str()), ("Longest activation", "4\u{a0}h"));
}

fn wanted(kind: Kind, minutes: Option<i64>) -> Wanted {
    let end = minutes.map(|m| now() + TimeDelta::minutes(m));
    Wanted { kind, start: None, end, reason: "on call".into() }
}

fn facts<'a>(policy: &'a Policy, held: &'a [Span]) -> Facts<'a> {
    Facts {
        policy,
        group_open: true,
        newcomer: Newcomer::Person,
        principal_able: true,
        for_self: false,
        held,
        name: "Dmitri",
    }
}

fn refused(facts: &Facts<'_>, wanted: &Wanted) -> Vec<Code> {
    assign(facts, wanted, now()).err().unwrap_or_default().iter().map(|refusal| refusal.code).collect()
}

#[test]
fn assignments_last_five_minutes_to_the_policys_maximum() {
    let policy = policy();
    let year = 365 * 24 * 60;
    for (minutes, expected) in [
        (4, Some(Code::TooShort)),
        (5, None),
        (year, None),
        (year + 1, Some(Code::TooLong)),
        (-5, Some(Code::EndBeforeStart)),
    ] {
        let got = refused(&facts(&policy, &[]), &wanted(Kind::Eligible, Some(minutes)));
        assert_eq!(got.first().copied(), expected, "{minutes}");
    }
}

#[test]
fn no_end_needs_a_policy_that_allows_it() {
    let mut policy = policy();
    assert_eq!(refused(&facts(&policy, &[]), &wanted(Kind::Active, None)), [Code::PermanentNotAllowed]);
    policy.active.length.permanent = true;
    assert_eq!(
        assign(&facts(&policy, &[]), &wanted(Kind::Active, None), now()).unwrap(),
        Span::permanent(now())
    );
}

#[test]
fn nobody_gives_herself_active_access_but_may_make_herself_eligible() {
    let policy = policy();
    let own = Facts { for_self: true, ..facts(&policy, &[]) };
    assert_eq!(refused(&own, &wanted(Kind::Active, Some(60))), [Code::SelfAssignment], "product.md 4.8");
    assert!(refused(&own, &wanted(Kind::Eligible, Some(60))).is_empty());
}

#[test]
fn a_second_assignment_of_one_kind_over_the_same_time_is_a_duplicate() {
    let policy = policy();
    let held = [Span::lasting(now() - TimeDelta::days(1), TimeDelta::days(2))];
    assert_eq!(refused(&facts(&policy, &held), &wanted(Kind::Eligible, Some(600))), [Code::Duplicate]);
}

#[test]
fn disabled_people_are_refused_as_principals() {
    let policy = policy();
    let disabled = Facts { principal_able: false, ..facts(&policy, &[]) };
    assert_eq!(refused(&disabled, &wanted(Kind::Eligible, Some(60))), [Code::PersonDisabled]);
}

#[test]
fn a_group_may_be_eligible_for_everything_and_active_where_nothing_role_assignable_is_reached() {
    let policy = policy();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let (member, owner) = (Access::Member, Access::Owner);
    for (access, protected, kind, fits) in [
        (member, names(&[]), Kind::Active, true),
        (owner, names(&[]), Kind::Active, true),
        (member, names(&["Roles"]), Kind::Active, false),
        (owner, names(&["Roles"]), Kind::Active, false),
        (member, names(&["Team", "Unit", "Roles"]), Kind::Active, false),
        (owner, names(&["Team", "Roles"]), Kind::Active, true),
        (member, names(&["Roles"]), Kind::Eligible, true),
        (owner, names(&["Roles"]), Kind::Eligible, true),
        (member, names(&["Team", "Roles"]), Kind::Eligible, true),
    ] {
        let nesting = Nesting { access, protected: protected.clone(), circle: None };
        let got = refused(
            &Facts { newcomer: Newcomer::Group(nesting), ..facts(&policy, &[]) },
            &wanted(kind, Some(60)),
        );
        let expected: &[Code] = if fits { &[] } else { &[Code::PrincipalUnfit] };
        assert_eq!(got, expected, "{access:?} {protected:?} {kind:?}");
    }
    let circle = Some(domain::refusal::Refusal::new(Code::Circle, "A › B › A"));
    let nesting = Nesting { access: member, protected: Vec::new(), circle };
    let round = Facts { newcomer: Newcomer::Group(nesting), ..facts(&policy, &[]) };
    assert_eq!(refused(&round, &wanted(Kind::Eligible, Some(60))), [Code::Circle], "also when eligible");
}

#[test]
fn a_directory_role_is_held_by_people_and_by_groups_made_to_carry_one() {
    let policy = policy();
    for kind in [Kind::Eligible, Kind::Active] {
        for (role_assignable, expected) in [(true, &[][..]), (false, &[Code::PrincipalUnfit][..])] {
            let newcomer = Newcomer::Carrier { role_assignable };
            let got = refused(&Facts { newcomer, ..facts(&policy, &[]) }, &wanted(kind, Some(60)));
            assert_eq!(got, expected, "{kind:?} {role_assignable}");
        }
    }
}

#[test]
fn an_update_keeps_a_start_that_has_passed_and_revives_nothing() {
    let policy = policy();
    let held = Span::lasting(now() - TimeDelta::days(1), TimeDelta::days(2));
    let new = update(&policy, held, &wanted(Kind::Eligible, Some(60)), now()).unwrap();
    assert_eq!(new, Span { start: held.start, end: Some(now() + TimeDelta::hours(1)) });
    let over = Span { start: held.start, end: Some(now()) };
    let refusals = update(&policy, over, &wanted(Kind::Eligible, Some(60)), now()).unwrap_err();
    assert_eq!(refusals[0].code, Code::AlreadyClosed);
}
