//! The end of access: exact by the database's clock with every background process stopped, never revived, never
//! ending anything else.

#![cfg(test)]

use chrono::TimeDelta;
use domain::activation::Next;
use domain::assignment::Kind;
use domain::duration::Minutes;
use domain::ids::{AssignmentId, GroupId, PersonId, TargetId};
use domain::policy::evaluate::Answers;
use domain::refusal::Code;
use domain::role::Role;
use domain::span::Span;
use domain::target::Access;
use engine::act::activate::{Activate, Activated, activate};
use engine::act::deactivate::deactivate;
use engine::act::extend::{Extend, extend};
use engine::act::sweep::sweep;
use engine::act::{remove_assignment, set_person_state};
use engine::ask::thing::Place;
use engine::testkit::{World, key, open_policy};
use sqlx::PgPool;

struct Ann {
    world: World,
    id: PersonId,
    group: GroupId,
    target: TargetId,
}

async fn ann(pool: &PgPool) -> Ann {
    let world = World::new(pool);
    let id = world.person("Ann").await;
    let group = world.group("prod-db-admins").await;
    let target = world.target(group, Access::Member).await;
    world.policy(target, open_policy()).await;
    world.eligible(id, target).await;
    Ann { world, id, group, target }
}

impl Ann {
    async fn activate(&self, minutes: u32, start_in: Option<TimeDelta>) -> engine::Result<Activated> {
        let ctx = self.world.ctx(self.id).await;
        let start = match start_in {
            Some(ahead) => Some(self.world.now().await + ahead),
            None => None,
        };
        let answers = Answers { start, length: Some(Minutes(minutes)), ..Answers::default() };
        activate(
            &self.world.engine,
            &ctx,
            Activate { target: self.target, answers, code: String::new(), key: key() },
        )
        .await
    }

    async fn assignment(&self, activated: &Activated) -> AssignmentId {
        let id = sqlx::query_scalar("select assignment_id from requests where id = $1")
            .bind(activated.request.0)
            .fetch_one(&self.world.engine.pool)
            .await
            .unwrap();
        AssignmentId(id)
    }

    async fn is_on(&self) -> bool {
        self.world.is_member(self.id, self.group).await
    }

    async fn events(&self, action: &str) -> i64 {
        sqlx::query_scalar("select count(*) from audit_events where action = $1 and outcome = 'done'")
            .bind(action)
            .fetch_one(&self.world.engine.pool)
            .await
            .unwrap()
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn access_ends_by_the_clock_with_every_worker_stopped(pool: PgPool) {
    let ann = ann(&pool).await;
    ann.activate(10, None).await.unwrap();
    assert!(ann.is_on().await);
    ann.world.move_clock(TimeDelta::minutes(10) - TimeDelta::seconds(5)).await;
    assert!(ann.is_on().await);
    ann.world.move_clock(TimeDelta::minutes(10)).await;
    assert!(!ann.is_on().await, "C02: no job had to run");
    assert_eq!(ann.events("activation-ended").await, 0);

    // the worker comes back an hour later, twice
    ann.world.move_clock(TimeDelta::hours(1)).await;
    assert_eq!(sweep(&ann.world.engine).await.unwrap().ends, 1);
    assert_eq!(sweep(&ann.world.engine).await.unwrap().ends, 0);
    assert_eq!(ann.events("activation-ended").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_clock_that_steps_back_does_not_revive_what_was_ended(pool: PgPool) {
    let ann = ann(&pool).await;
    ann.world.move_clock(TimeDelta::hours(2)).await;
    let on = ann.activate(60, None).await.unwrap();
    let ctx = ann.world.ctx(ann.id).await;
    deactivate(&ann.world.engine, &ctx, ann.assignment(&on).await, key()).await.unwrap();
    let revive = sqlx::query(
        "update assignments set ends_at = ends_at + interval '1 hour' where origin = 'activated'",
    );
    assert!(revive.execute(&pool).await.is_err(), "I-06: the database refuses");
}

#[sqlx::test(migrations = "../../migrations")]
async fn ending_one_grant_never_ends_another(pool: PgPool) {
    let ann = ann(&pool).await;
    // standing access until 12:00 and another active assignment that overlaps it
    let now = ann.world.now().await;
    ann.world.assign(ann.id, ann.target, Kind::Active, Span::lasting(now, TimeDelta::hours(2))).await;
    let on = ann.activate(240, None).await.unwrap();
    ann.world.move_clock(TimeDelta::hours(2)).await;
    sweep(&ann.world.engine).await.unwrap();
    assert!(ann.is_on().await, "C01: the activation still covers now");
    let ctx = ann.world.ctx(ann.id).await;
    deactivate(&ann.world.engine, &ctx, ann.assignment(&on).await, key()).await.unwrap();
    assert!(!ann.is_on().await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_extension_is_one_continuous_membership(pool: PgPool) {
    let ann = ann(&pool).await;
    let on = ann.activate(60, None).await.unwrap();
    ann.world.move_clock(TimeDelta::minutes(50)).await;
    let ctx = ann.world.ctx(ann.id).await;
    let answers = Answers { length: Some(Minutes(120)), ..Answers::default() };
    let old = ann.assignment(&on).await;
    let longer = Extend { assignment: old, answers, code: String::new(), key: key() };
    let done = extend(&ann.world.engine, &ctx, longer.clone()).await.unwrap();
    assert!(matches!(done.next, Next::Live(_)));
    let again = extend(&ann.world.engine, &ctx, longer).await.unwrap();
    assert_eq!(done.request, again.request, "the same form twice is one extension");
    let (gap, spans): (bool, i64) = sqlx::query_as(
        "select bool_or(old.ends_at <> new.starts_at), count(*) from assignments old \
         join assignments new on new.origin = 'activated' and new.id <> old.id where old.id = $1",
    )
    .bind(old.0)
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!((gap, spans), (false, 1), "the old span is cut where the new one starts");
    for minutes in [50, 60, 120, 169] {
        ann.world.move_clock(TimeDelta::minutes(minutes)).await;
        assert!(ann.is_on().await, "minute {minutes}");
    }
    ann.world.move_clock(TimeDelta::minutes(171)).await;
    assert!(!ann.is_on().await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_activation_that_is_over_cannot_be_extended(pool: PgPool) {
    let ann = ann(&pool).await;
    let on = ann.activate(30, None).await.unwrap();
    let id = ann.assignment(&on).await;
    ann.world.move_clock(TimeDelta::minutes(30)).await;
    let ctx = ann.world.ctx(ann.id).await;
    let answers = Answers { length: Some(Minutes(60)), ..Answers::default() };
    let refused =
        extend(&ann.world.engine, &ctx, Extend { assignment: id, answers, code: String::new(), key: key() })
            .await;
    assert_eq!(refused.unwrap_err().refusals()[0].code, Code::NotActive);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_planned_activation_starts_by_the_worker_and_ends_when_planned(pool: PgPool) {
    let ann = ann(&pool).await;
    let planned = ann.activate(60, Some(TimeDelta::hours(1))).await.unwrap();
    assert_eq!(ann.world.status(planned.request).await, "Granted");
    assert_eq!(sweep(&ann.world.engine).await.unwrap().started, 0, "not yet");
    ann.world.move_clock(TimeDelta::minutes(61)).await;
    assert_eq!(sweep(&ann.world.engine).await.unwrap().started, 1);
    assert_eq!(sweep(&ann.world.engine).await.unwrap().started, 0, "once");
    assert!(ann.is_on().await);
    ann.world.move_clock(TimeDelta::minutes(121)).await;
    assert!(!ann.is_on().await, "late by a minute, it still ends when planned");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_planned_start_missed_until_its_own_end_expires_instead(pool: PgPool) {
    let ann = ann(&pool).await;
    let planned = ann.activate(60, Some(TimeDelta::hours(1))).await.unwrap();
    ann.world.move_clock(TimeDelta::minutes(150)).await;
    assert_eq!(sweep(&ann.world.engine).await.unwrap().started, 0);
    assert_eq!(ann.world.status(planned.request).await, "TimedOut", "C09");
    assert!(!ann.is_on().await);
    assert_eq!(ann.events("request-lapsed").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_planned_start_is_judged_again_when_it_comes(pool: PgPool) {
    let ann = ann(&pool).await;
    let planned = ann.activate(60, Some(TimeDelta::hours(1))).await.unwrap();
    ann.world.sql("update users set enabled = false").await;
    ann.world.move_clock(TimeDelta::minutes(61)).await;
    assert_eq!(sweep(&ann.world.engine).await.unwrap().started, 0);
    assert_eq!(ann.world.status(planned.request).await, "Revoked", "SEC-15");
}

#[sqlx::test(migrations = "../../migrations")]
async fn access_can_be_given_back_at_once_and_twice(pool: PgPool) {
    let ann = ann(&pool).await;
    let on = ann.activate(60, None).await.unwrap();
    let (ctx, id) = (ann.world.ctx(ann.id).await, ann.assignment(&on).await);
    deactivate(&ann.world.engine, &ctx, id, key()).await.unwrap();
    assert!(!ann.is_on().await, "also in the first five minutes (product.md 4.6)");
    deactivate(&ann.world.engine, &ctx, id, key()).await.unwrap();
    assert_eq!(ann.events("activation-deactivated").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_ends_or_extends_somebody_elses_activation(pool: PgPool) {
    let ann = ann(&pool).await;
    let on = ann.activate(60, None).await.unwrap();
    let id = ann.assignment(&on).await;
    let eve = ann.world.person("Eve").await;
    let ctx = ann.world.ctx(eve).await;
    let refused = deactivate(&ann.world.engine, &ctx, id, key()).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::NotFound);
    assert!(ann.is_on().await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_refusal_changes_nothing_and_is_written_down(pool: PgPool) {
    let ann = ann(&pool).await;
    let tables = "select (select count(*) from requests) + (select count(*) from assignments) + (select count(*) from votes)";
    let before = ann.world.count(tables).await;
    let refused = ann.activate(60 * 24, None).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::TooLong);
    assert_eq!(ann.world.count(tables).await, before, "I-16");
    let written = ann
        .world
        .count("select count(*) from audit_events where outcome = 'refused' and facts #>> '{refused,0,code}' = 'too-long'")
        .await;
    assert_eq!(written, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn ten_sends_of_one_form_are_one_activation(pool: PgPool) {
    let ann = ann(&pool).await;
    let ctx = ann.world.ctx(ann.id).await;
    let answers = Answers { length: Some(Minutes(60)), ..Answers::default() };
    let form = Activate { target: ann.target, answers, code: String::new(), key: key() };
    let mut sends = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let (engine, ctx, form) = (ann.world.engine.clone(), ctx.clone(), form.clone());
        sends.spawn(async move { activate(&engine, &ctx, form).await.unwrap().request });
    }
    let mut requests = sends.join_all().await;
    requests.dedup();
    assert_eq!(requests.len(), 1, "C10");
    assert_eq!(ann.events("activation-started").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_no_rule_can_look_at_again_is_deleted_and_nothing_else(pool: PgPool) {
    let world = World::new(&pool);
    let ann = world.person("Ann").await;
    world
        .sql(&format!(
            "insert into sessions (id_hash, user_id, stage, data, expires_at) values \
               ('\\x01', '{ann}', 'full', '{{}}', clock()), ('\\x02', '{ann}', 'full', '{{}}', clock() + interval '1 hour'); \
             insert into invitations (token_hash, user_id, expires_at) values \
               ('\\x01', '{ann}', clock() - interval '8 days'), ('\\x02', '{ann}', clock() - interval '6 days'); \
             insert into throttles (scope, subject, last_at) values \
               ('pair', 'old', clock() - interval '31 days'), ('pair', 'new', clock() - interval '1 hour')"
        ))
        .await;
    assert_eq!(sweep(&world.engine).await.unwrap().stale, 3);
    for table in ["sessions", "invitations", "throttles"] {
        let left: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}")))
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(left, 1, "{table}");
    }
    assert_eq!(sweep(&world.engine).await.unwrap().stale, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn no_free_connection_in_time_says_busy_and_not_broken(pool: PgPool) {
    let options = pool.connect_options();
    let small = sqlx::postgres::PgPoolOptions::new()
        .max_connections(1)
        // also what opening the one connection may take, on a machine that is busy with other tests
        .acquire_timeout(std::time::Duration::from_secs(3))
        .connect_with((*options).clone())
        .await
        .unwrap();
    let taken = small.acquire().await.unwrap();
    let world = World::new(&small);
    assert!(matches!(sweep(&world.engine).await, Err(engine::Error::Busy)));
    drop(taken);
    assert!(sweep(&world.engine).await.is_ok());
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_last_owner_of_a_role_assignable_group_is_kept_until_another_one_lasts_longer(pool: PgPool) {
    let world = World::new(&pool);
    let (ann, ben) = (world.person("Ann").await, world.person("Ben").await);
    let group = world.group_with("keys", true, true).await;
    let owners = world.target(group, Access::Owner).await;
    let now = world.now().await;
    let ends = |at: TimeDelta| Span { start: now - TimeDelta::days(9), end: Some(now + at) };
    let last = world.assign(ann, owners, Kind::Active, ends(TimeDelta::hours(30))).await;
    assert_eq!(sweep(&world.engine).await.unwrap().kept, 0, "more than a day is left");
    world.move_clock(TimeDelta::hours(7)).await;
    assert_eq!(sweep(&world.engine).await.unwrap().kept, 1);
    assert_eq!(sweep(&world.engine).await.unwrap().kept, 0, "once a day");
    let end: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("select ends_at from assignments where id = $1")
            .bind(last.0)
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(end, now + TimeDelta::hours(54));
    assert_eq!(world.count("select count(*) from audit_events where action = 'last-holder-kept'").await, 1);
    // somebody whose ownership lasts longer follows her: the date comes
    world.standing(ben, owners).await;
    world.move_clock(TimeDelta::hours(60)).await;
    let swept = sweep(&world.engine).await.unwrap();
    assert_eq!((swept.kept, swept.ends), (0, 1));
}

/// An activation ends by itself: whoever owns it for an hour keeps nobody from being the last owner.
#[sqlx::test(migrations = "../../migrations")]
async fn who_activated_ownership_is_no_owner_who_could_be_left(pool: PgPool) {
    let world = World::new(&pool);
    let (ann, ben, ada) =
        (world.person("Ann").await, world.person("Ben").await, world.person_with_factor("Ada").await);
    world.role(ada, Role::GlobalAdministrator).await;
    let group = world.group_with("keys", true, true).await;
    let owners = world.target(group, Access::Owner).await;
    let now = world.now().await;
    let ends = |at: TimeDelta| Span { start: now - TimeDelta::days(9), end: Some(now + at) };
    let last = world.assign(ann, owners, Kind::Active, ends(TimeDelta::hours(20))).await;
    world.policy(owners, open_policy()).await;
    world.eligible(ben, owners).await;
    let answers = Answers { length: Some(Minutes(480)), ..Answers::default() };
    let input = Activate { target: owners, answers, code: String::new(), key: key() };
    activate(&world.engine, &world.ctx(ben).await, input).await.unwrap();
    assert_eq!(sweep(&world.engine).await.unwrap().kept, 1, "Ben is an owner for some hours only");
    let input = remove_assignment::Input {
        at: Place::group("keys"),
        assignments: vec![last],
        reason: "moved".into(),
        successor: None,
        code: String::new(),
        key: key(),
    };
    let refused = remove_assignment::remove_assignment(&world.engine, &world.ctx(ada).await, input).await;
    assert_eq!(refused.unwrap_err().refusals()[0].code, Code::LastOwner);
    let input = set_person_state::Input { person: ann, enabled: false, reason: String::new() };
    let refused = set_person_state::set_person_state(&world.engine, &world.ctx(ada).await, input).await;
    assert_eq!(refused.unwrap_err().refusals()[0].code, Code::LastOwner);
}
