//! What is worth an alert, and what is not.

use crate::stage::*;
use domain::approval::supply::Gap;
use domain::duration::Minutes;
use domain::policy::evaluate::Answers;
use engine::act::activate::{Activate, activate};
use engine::act::break_glass::break_glass;
use engine::act::close_review::{self, close_review};
use engine::audit::stream::Address;
use engine::testkit::{approved_by, key};

#[sqlx::test(migrations = "../../migrations")]
async fn standing_access_is_too_much_from_number_and_share_on(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.held("many", 5, 5).await;
    stage.held("few", 4, 0).await;
    stage.held("most-activate", 5, 6).await;
    let found = stage.open(Kind::TooManyStanding).await;
    assert_eq!(found, [("Group many, member".into(), Facts::Standing { standing: 5, eligible: 5 })]);
    stage.world.sql("insert into holder_counts (at, standing, eligible) values (clock(), 90, 10)").await;
    let found = stage.open(Kind::TooManyStanding).await;
    assert!(found.contains(&(String::new(), Facts::Standing { standing: 90, eligible: 10 })), "{found:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_eligibility_is_stale_after_ninety_days_without_a_use(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let (ann, ben) = (stage.world.person("Ann").await, stage.world.person("Ben").await);
    let target = stage.world.target(stage.world.group("db").await, Access::Member).await;
    let start = stage.world.now().await;
    for person in [ann, ben] {
        stage.world.assign(person, target, Held::Eligible, Span::permanent(start)).await;
    }
    stage.world.policy(target, open_policy()).await;
    stage.world.move_clock(TimeDelta::days(50)).await;
    let answers = Answers { length: Some(Minutes(30)), ..Answers::default() };
    let form = Activate { target, answers, code: String::new(), key: key() };
    activate(&stage.world.engine, &stage.world.ctx(ben).await, form).await.unwrap();
    stage.world.move_clock(TimeDelta::days(89)).await;
    assert_eq!(stage.open(Kind::StaleEligibility).await, []);
    stage.world.move_clock(TimeDelta::days(91)).await;
    let facts = Facts::Unused { unused: 1, eligible: 2, days: 90 };
    assert_eq!(stage.open(Kind::StaleEligibility).await, [("Group db, member".into(), facts)]);
    stage.world.move_clock(TimeDelta::days(141)).await;
    let facts = Facts::Unused { unused: 2, eligible: 2, days: 90 };
    assert_eq!(stage.open(Kind::StaleEligibility).await, [("Group db, member".into(), facts)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn ten_activations_of_one_thing_within_a_week_are_many(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let ann = stage.world.person("Ann").await;
    let target = stage.held("db", 0, 0).await;
    let insert = |times: i32| {
        format!(
            "insert into audit_events (action, outcome, actor_id, principal_id, target_id) \
             select 'activation-started', 'done', '{0}', '{0}', '{1}' from generate_series(1, {times})",
            ann.0, target.0
        )
    };
    stage.world.sql(&insert(9)).await;
    assert_eq!(stage.open(Kind::ActivatedOften).await, []);
    stage.world.sql(&insert(1)).await;
    let facts = Facts::Often { times: 10, days: 7 };
    assert_eq!(stage.open(Kind::ActivatedOften).await, [("Ann, Group db, member".into(), facts)]);
    stage.world.move_clock(TimeDelta::days(8)).await;
    assert_eq!(stage.open(Kind::ActivatedOften).await, [], "that was last week");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_weak_policy_is_told_where_it_is_sensitive_and_somebody_is_eligible(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let ann = stage.world.person("Ann").await;
    let member = async |key: &str, role_assignable| {
        let group = stage.world.group_with(key, role_assignable, true).await;
        let target = stage.world.target(group, Access::Member).await;
        stage.world.policy(target, open_policy()).await;
        (group, target)
    };
    let (_, plain) = member("plain", false).await;
    let (_, guarded) = member("guarded", true).await;
    let (_, unused) = member("unused", true).await;
    let (holder, holding) = member("holding", false).await;
    let (inner, within) = member("within", false).await;
    for target in [plain, guarded, holding, within] {
        stage.world.eligible(ann, target).await;
    }
    let mut conn = stage.world.engine.pool.acquire().await.unwrap();
    let role =
        engine::db::targets::ensure(&mut conn, Target::Role(Role::HelpdeskAdministrator)).await.unwrap();
    drop(conn);
    let span = Span::permanent(stage.world.now().await - TimeDelta::hours(1));
    stage.world.assign(holder, role, Held::Eligible, span).await;
    stage.world.assign(inner, holding, Held::Eligible, span).await;
    let mut found: Vec<String> =
        stage.open(Kind::NoSecondFactor).await.into_iter().map(|(subject, _)| subject).collect();
    found.sort();
    assert_eq!(found, ["Group guarded, member", "Group holding, member", "Group within, member"]);
    let unapproved: Vec<_> =
        stage.open(Kind::NoApproval).await.into_iter().map(|(subject, _)| subject).collect();
    assert!(unapproved.contains(&"Helpdesk Administrator".to_owned()), "{unapproved:?}");
    assert!(!unapproved.iter().any(|subject| subject.contains("unused") || subject.contains("plain")));
    stage.world.policy(guarded, approved_by(&[stage.gwen], 1)).await;
    let _ = unused;
    let unapproved: Vec<_> =
        stage.open(Kind::NoApproval).await.into_iter().map(|(subject, _)| subject).collect();
    assert!(!unapproved.contains(&"Group guarded, member".to_owned()), "{unapproved:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_came_from_the_directory_waits_two_weeks_for_a_decision(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let target = stage.held("found", 1, 0).await;
    stage.world.sql("alter table assignments disable trigger user; update assignments set origin = 'directory' where target_id = (select t.id from targets t join groups g on g.id = t.group_id where g.key = 'found' and t.kind = 'member'); alter table assignments enable trigger user").await;
    stage.stands("found", 9, target).await;
    stage.world.move_clock(TimeDelta::days(13)).await;
    assert_eq!(stage.open(Kind::FoundOutside).await, []);
    stage.world.move_clock(TimeDelta::days(15)).await;
    let facts = Facts::Outside { found: 1 };
    assert_eq!(stage.open(Kind::FoundOutside).await, [("Group found, member".into(), facts)]);
    stage
        .world
        .sql("update assignments set ends_at = clock() + interval '9 days' where origin = 'directory'")
        .await;
    assert_eq!(stage.open(Kind::FoundOutside).await, [], "somebody gave it an end");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_gap_of_the_last_count_is_an_alert(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let target = stage.held("db", 0, 1).await;
    stage.world.policy(target, approved_by(&[], 1)).await;
    engine::insight::count(&stage.world.engine).await.unwrap();
    let facts = Facts::Gap { gap: Gap::Few, able: 0, needed: 1 };
    assert_eq!(stage.open(Kind::ApproverMissing).await, [("Group db, member".into(), facts)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_use_of_break_glass_is_open_until_it_is_reviewed(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let ann = stage.world.person("Ann").await;
    stage.world.factor(ann).await;
    let target = stage.held("vault", 0, 0).await;
    let mut policy = approved_by(&[stage.gwen], 1);
    policy.break_glass = Some(Minutes::hours(1));
    stage.world.policy(target, policy).await;
    stage.world.eligible(ann, target).await;
    let answers = Answers {
        length: Some(Minutes(60)),
        reason: "The billing run hangs and nobody answers".into(),
        ..Answers::default()
    };
    let form = Activate { target, answers, code: stage.world.code(ann).await, key: key() };
    break_glass(&stage.world.engine, &stage.world.ctx(ann).await, form).await.unwrap();
    let found = stage.open(Kind::GlassOpen).await;
    assert!(
        matches!(found.as_slice(), [(subject, Facts::Glass { .. })] if subject == "Ann, Group vault, member")
    );
    let number = stage.shown(Show::Open).await.into_iter().find_map(|alert| alert.request).unwrap();
    let input = close_review::Input { number, finding: "It was down, she restarted it".into() };
    close_review(&stage.world.engine, &stage.world.ctx(stage.gwen).await, input).await.unwrap();
    assert_eq!(stage.open(Kind::GlassOpen).await, []);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_clock_that_differs_is_told_with_how_much_and_which(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let skewed = async |ahead| {
        stage.sign(ahead).await;
        stage.world.sql("delete from alert_counts").await;
        alert::count(&stage.world.engine, None).await.unwrap();
        stage.shown(Show::Open).await.into_iter().find(|alert| alert.kind == Kind::ClockSkew)
    };
    assert!(skewed(1_500).await.is_none());
    let alert = skewed(5_000).await.unwrap();
    assert!(matches!(alert.facts, Facts::Skew { millis } if (4_000..=5_000).contains(&millis)), "{alert:?}");
    assert_eq!(alert.server, "one");
    assert!(skewed(-86_400_000).await.is_some(), "a day behind");
    assert!(skewed(0).await.is_none());
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_machine_of_these_tests_keeps_the_time_of_its_database(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    alert::workers::beat(&stage.world.engine, "real", Doing::Work).await.unwrap();
    assert_eq!(stage.world.count("select count(*) from workers where abs(skew_ms) < 2000").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_server_without_a_worker_sees_that_there_is_none_anywhere(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let reader = stage.world.ctx(stage.rita).await;
    let missed = async || {
        alert::miss_worker(&stage.world.engine).await.unwrap();
        let page = alerts::alerts(&stage.world.engine, &reader, Show::Open, None).await.unwrap();
        let open = page.rows.iter().any(|alert| alert.kind == Kind::NoWorker);
        assert_eq!(open, page.no_worker.is_some(), "the page asks for itself, and finds the same");
        open
    };
    assert!(missed().await, "there never was one");
    stage.sign(0).await;
    assert!(!missed().await);
    stage.world.move_clock(TimeDelta::minutes(4)).await;
    assert!(!missed().await);
    stage.world.move_clock(TimeDelta::minutes(6)).await;
    assert!(missed().await);
    // a server that only answers is no worker, and its clock is looked at all the same
    let own = stage.world.now().await + TimeDelta::seconds(9);
    let mut conn = stage.world.engine.pool.acquire().await.unwrap();
    alert::workers::sign(&mut conn, "one (web)", Doing::Answer, own).await.unwrap();
    assert!(missed().await);
    let skewed = stage.open(Kind::ClockSkew).await;
    assert_eq!(skewed.len(), 1, "{skewed:?}");
    assert!(skewed[0].0.contains("one (web)"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_audit_that_nobody_signs_or_sends_on_is_told(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.world.sql("insert into audit_events (action, outcome) values ('signed-in', 'done')").await;
    assert_eq!(stage.open(Kind::NotAnchored).await, []);
    stage.world.move_clock(TimeDelta::minutes(6)).await;
    assert_eq!(stage.open(Kind::NotAnchored).await.len(), 1);
    assert_eq!(stage.open(Kind::StreamBehind).await, [], "it is sent nowhere");
    stage.world.sql("delete from alert_counts").await;
    let address: Address = "tcp://127.0.0.1:601".parse().unwrap();
    alert::count(&stage.world.engine, Some(&address)).await.unwrap();
    let behind = stage.shown(Show::Open).await.into_iter().find(|alert| alert.kind == Kind::StreamBehind);
    assert!(matches!(behind.unwrap().facts, Facts::Stream { why } if why.contains("no server sends them")));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_webhook_that_fails_and_mail_that_was_given_up_are_told(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let hook = |name: &str, failures: i32, off: &str| {
        format!(
            "insert into hooks (id, name, format, address, shown, secret, topics, refusals, position, anchor, failures, off_at, \
               position_end, anchor_end, off_why) \
             values (gen_random_uuid(), '{name}', 'json', '', 'x', '', array['test'], false, 0, 0, {failures}, {off})"
        )
    };
    for (name, failures, off) in [
        ("well", 4, "null, null, null, ''"),
        ("fails", 5, "null, null, null, ''"),
        ("by hand", 9, "clock(), 0, 0, ''"),
        ("given up", 0, "clock(), 0, 0, 'It failed'"),
    ] {
        stage.world.sql(&hook(name, failures, off)).await;
    }
    // one that is being deleted is nobody's any more
    stage.world.sql(&hook("deleted", 9, "null, null, null, ''")).await;
    stage.world.sql("update hooks set deleted_at = clock() where name = 'deleted'").await;
    let found: Vec<String> =
        stage.open(Kind::HookFailing).await.into_iter().map(|(subject, _)| subject).collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.contains(&"fails".to_owned()) && found.contains(&"given up".to_owned()));
    assert_eq!(stage.open(Kind::MailFailing).await, []);
    stage.world.sql("insert into mails (id, reader, address, state, closed_at) values (gen_random_uuid(), 'admin', 'a@example.org', 'failed', clock())").await;
    assert_eq!(stage.open(Kind::MailFailing).await, [(String::new(), Facts::Mails { failed: 1, hours: 24 })]);
    stage.world.move_clock(TimeDelta::hours(25)).await;
    assert_eq!(stage.open(Kind::MailFailing).await, []);
}
