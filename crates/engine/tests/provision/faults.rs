//! O5: answers that are late, wrong, or none; and what an application must never see or do.

use super::fake::{Fake, Fault, TOKEN};
use super::{Cast, cast, input};
use chrono::TimeDelta;
use engine::act::renew_application_token::renew_application_token;
use engine::act::retry_application::retry_application;
use engine::act::test_application::test_write;
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;

async fn start(pool: &PgPool) -> (Fake, Cast) {
    let fake = Fake::start().await;
    let cast = cast(pool, &input(&fake.base(), TOKEN)).await;
    (fake, cast)
}

/// The next request goes well.
fn well() -> Fault {
    Fault::Slow(Duration::ZERO)
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_lost_answer_to_a_creation_makes_nobody_twice(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    cast.on(cast.ann).await;
    // two searches, then the creation
    for fault in [well(), well(), Fault::Lost] {
        fake.next(fault);
    }
    cast.round().await;
    assert_eq!((fake.users().len(), fake.members("Group vault").len()), (1, 0));
    cast.rounds(1).await;
    assert_eq!((fake.users().len(), fake.members("Group vault").len()), (1, 1));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_grant_whose_answer_was_lost_is_taken_back_when_the_access_ended_meanwhile(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    fake.manner(|manner| manner.doubles = true);
    let on = cast.on(cast.ann).await;
    for fault in [well(), well(), well(), well(), well(), well(), Fault::Lost] {
        fake.next(fault);
    }
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"], "it is in, and we don't know");
    assert_eq!(cast.word("select there from application_members").await, "unknown");
    cast.off(cast.ann, on).await;
    cast.rounds(1).await;
    assert_eq!(fake.members("Group vault"), [""; 0]);
    assert_eq!(cast.word("select there from application_members").await, "no");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_fails_is_tried_again_and_said_whatever_the_answer_was(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let html = Fault::Answer(200, String::new(), "<html>hello</html>".into());
    let faults = [
        Fault::status(500),
        Fault::status(502),
        Fault::status(503),
        Fault::status(504),
        Fault::status(408),
        Fault::status(412),
        Fault::error(409, ""),
        Fault::Truncated,
        Fault::Dropped,
        // longer than anybody waits
        Fault::Slow(Duration::from_secs(9)),
        html,
    ];
    for fault in faults {
        let name = format!("{fault:?}");
        let on = cast.on(cast.ann).await;
        fake.always(Some(fault));
        cast.round().await;
        assert_eq!(fake.members("Group vault"), [""; 0], "{name}");
        fake.always(None);
        cast.sql("update applications set health = 'healthy', test_due_at = null, straight = 0").await;
        cast.rounds(2).await;
        assert_eq!(fake.members("Group vault"), ["ann.ames"], "{name}");
        assert_eq!(fake.users().len(), 1, "{name}");
        cast.off(cast.ann, on).await;
        cast.rounds(1).await;
        assert_eq!(fake.members("Group vault"), [""; 0], "{name}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_pause_that_is_asked_for_is_kept_for_everybody_and_counts_as_no_failure(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    cast.on(cast.ann).await;
    fake.next(Fault::Answer(429, "retry-after: 60\r\n".into(), String::new()));
    cast.round().await;
    let asked = fake.asked().len();
    let bea = cast.world.person("Bea Birch").await;
    cast.given(bea, 60).await;
    cast.sql("update application_people set due_at = clock()").await;
    cast.round().await;
    assert_eq!(fake.asked().len(), asked, "nobody knocks meanwhile");
    assert_eq!(cast.word("select health from applications").await, "healthy");
    assert!(cast.count("select count(*) from applications where pace_share = 0.5").await == 1);
    cast.world.move_clock(TimeDelta::seconds(70)).await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames", "bea.birch"]);
    let date = "date: Mon, 30 Nov 2026 10:00:00 GMT\r\nretry-after: Mon, 30 Nov 2026 10:02:00 GMT\r\n";
    fake.always(Some(Fault::Answer(503, date.into(), String::new())));
    cast.sql("update users set display_name = 'Ann B' where user_name = 'ann.ames'").await;
    cast.round().await;
    let pause = "select count(*) from applications where paused_until between clock() + interval '115 seconds' and clock() + interval '140 seconds'";
    assert_eq!(cast.count(pause).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_redirect_is_not_followed_and_the_token_does_not_leave(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let other = Fake::start().await;
    cast.on(cast.ann).await;
    fake.next(Fault::Answer(307, format!("location: {}/Users\r\n", other.base()), String::new()));
    cast.round().await;
    assert!(other.asked().is_empty());
    assert_eq!(cast.word("select health from applications").await, "quarantined");
}

#[sqlx::test(migrations = "../../migrations")]
async fn in_quarantine_nothing_is_given_and_what_ended_is_still_taken_away(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let bea = cast.world.person("Bea Birch").await;
    let on = cast.on(cast.ann).await;
    cast.round().await;
    fake.token("another");
    cast.given(bea, 60).await;
    cast.round().await;
    assert_eq!(cast.word("select health from applications").await, "quarantined");
    fake.token(TOKEN);
    cast.rounds(2).await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"], "no grant");
    cast.off(cast.ann, on).await;
    cast.rounds(1).await;
    assert_eq!(fake.members("Group vault"), [""; 0], "the removal went");
    assert_eq!(cast.word("select health from applications").await, "quarantined", "the test call is not due");
    cast.world.move_clock(TimeDelta::minutes(6)).await;
    cast.rounds(2).await;
    assert_eq!(cast.word("select health from applications").await, "healthy");
    assert_eq!(fake.members("Group vault"), ["bea.birch"], "and what waited is given");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_wrong_address_is_not_taken_for_accounts_that_are_gone(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    cast.on(cast.ann).await;
    cast.round().await;
    let remote = cast.word("select remote_id from application_people").await;
    fake.always(Some(Fault::status(404)));
    cast.sql("update users set display_name = 'Ann B' where user_name = 'ann.ames'").await;
    cast.round().await;
    assert_eq!(cast.word("select health from applications").await, "quarantined");
    assert_eq!(cast.word("select remote_id from application_people").await, remote, "the link is kept");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_deleted_there_is_made_again(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    cast.on(cast.ann).await;
    cast.round().await;
    for kind in ["Users", "Groups"] {
        let there = if kind == "Users" { fake.users() } else { fake.groups() };
        fake.remove(kind, there[0]["id"].as_str().unwrap());
    }
    cast.sql("update users set display_name = 'Ann B' where user_name = 'ann.ames'").await;
    cast.rounds(4).await;
    assert_eq!((fake.users().len(), fake.groups().len()), (1, 1));
    assert_eq!(fake.members("Group vault"), ["ann.ames"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_filter_that_is_ignored_leads_to_nobody(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    fake.put("Users", json!({ "userName": "somebody.else" }));
    fake.manner(|manner| manner.ignores_filters = true);
    cast.on(cast.ann).await;
    cast.round().await;
    assert!(cast.word("select problem from application_people").await.contains("ignored the filter"));
    assert_eq!(cast.count("select count(*) from application_people where remote_id is not null").await, 0);
    fake.manner(|manner| manner.ignores_filters = false);
    let one = fake.put("Users", json!({ "userName": "ann.ames" }));
    fake.put("Users", json!({ "userName": "ANN.ames" }));
    cast.rounds(1).await;
    assert!(cast.word("select problem from application_people").await.contains("DuplicateTargetEntries"));
    fake.remove("Users", &one);
    retry_application(&cast.world.engine, &cast.boss().await, cast.app, None).await.unwrap();
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["ANN.ames"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_removal_that_is_only_said_to_be_done_is_not_believed(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    fake.manner(|manner| manner.forgets_removals = true);
    let on = cast.on(cast.ann).await;
    cast.round().await;
    cast.off(cast.ann, on).await;
    cast.rounds(1).await;
    assert!(cast.word("select problem from application_members").await.contains("still in"));
    fake.manner(|manner| manner.forgets_removals = false);
    cast.rounds(1).await;
    assert_eq!(fake.members("Group vault"), [""; 0]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_removal_is_sent_although_no_member_is_shown(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    cast.sql("update applications set probe = 'read'").await;
    let on = cast.on(cast.ann).await;
    cast.round().await;
    fake.manner(|manner| manner.hides_members = true);
    cast.off(cast.ann, on).await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), [""; 0]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_test_write_sees_that_a_removal_empties_the_group_and_leaves_nothing_behind(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let (engine, boss) = (&cast.world.engine, cast.boss().await);
    let tested = test_write(engine, &boss, cast.app).await.unwrap();
    assert!(tested.well, "{tested:?}");
    assert!(fake.users().is_empty() && fake.groups().is_empty());
    cast.sql("update applications set dialect = 'entra-legacy'").await;
    fake.manner(|manner| manner.literal = true);
    let tested = test_write(engine, &boss, cast.app).await.unwrap();
    assert!(!tested.well && tested.lines.iter().any(|line| line.contains("EMPTIED")), "{tested:?}");
    assert_eq!(cast.count("select count(*) from applications where write_well").await, 0);
    cast.sql("update applications set dialect = 'rfc'").await;
    fake.manner(|manner| (manner.literal, manner.doubles, manner.patches) = (true, true, false));
    let tested = test_write(engine, &boss, cast.app).await.unwrap();
    assert!(tested.well, "{tested:?}");
    assert_eq!(cast.count("select count(*) from applications where not patches").await, 1);
    assert!(fake.users().is_empty() && fake.groups().is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_is_changed_without_a_gap_and_stands_nowhere(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let code = cast.world.code(cast.root).await;
    let new = "canary-new-token-of-the-fake-42";
    renew_application_token(&cast.world.engine, &cast.boss().await, cast.app, new, &code).await.unwrap();
    cast.on(cast.ann).await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"], "the one before is taken still");
    fake.token(new);
    cast.sql("update users set display_name = 'Ann B' where user_name = 'ann.ames'").await;
    cast.round().await;
    assert_eq!(fake.users()[0]["displayName"], "Ann B");
    // an answer that sends the token back
    fake.token("nobody knows");
    cast.sql("update users set display_name = 'Ann C' where user_name = 'ann.ames'").await;
    cast.round().await;
    let everything = "select concat((select string_agg(a::text, '') from application_attempts a), (select string_agg(a::text, '') from applications a), \
        (select string_agg(p::text, '') from application_people p), (select string_agg(e::text, '') from audit_events e))";
    let text = cast.word(everything).await;
    assert!(text.contains("401") && !text.contains("canary"), "a token stands in the database");
}
