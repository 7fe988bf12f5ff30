//! What people and administrators see: usable, waiting, failed, removed; health, queue, log, file; and whom it is shown to.

use super::fake::{Fake, Fault, TOKEN};
use super::{Cast, cast, input};
use chrono::TimeDelta;
use domain::alert::Kind;
use domain::provision::Health;
use domain::provision::steps::{Step, Went};
use domain::refusal::Code;
use domain::role::Role;
use engine::act::assign_application_group::{assign_application_group, remove_application_group};
use engine::act::delete_application::delete_application;
use engine::act::edit_application::edit_application;
use engine::act::provision_now::provision_now;
use engine::act::retry_application::{allow_departures, retry_application};
use engine::act::switch_application::switch_application;
use engine::ask::alerts::{self, alerts};
use engine::ask::application_log::{self, Filter, Format, application_log};
use engine::ask::application_people::{Show, application_people};
use engine::ask::applications::{application, applications};
use engine::ask::provisioned::{State, mine};
use engine::{alert, testkit::World};
use sqlx::PgPool;

async fn start(pool: &PgPool) -> (Fake, Cast) {
    let fake = Fake::start().await;
    let cast = cast(pool, &input(&fake.base(), TOKEN)).await;
    (fake, cast)
}

impl Cast {
    /// How her access stands, as she sees it.
    async fn state(&self) -> Option<State> {
        let ctx = self.world.ctx(self.ann).await;
        let mut all = mine(&self.world.engine, &ctx).await.unwrap();
        assert!(all.len() <= 1, "{all:?}");
        all.pop().map(|one| {
            assert_eq!((one.name.as_str(), one.role.as_str()), ("Git", "Maintainer"));
            one.state
        })
    }

    pub async fn open(&self, kind: Kind) -> Vec<String> {
        self.sql("delete from alert_counts").await;
        alert::count(&self.world.restricted(), None).await.unwrap();
        let page = alerts(&self.world.engine, &self.boss().await, alerts::Show::Open, None).await.unwrap();
        let these = page.rows.iter().filter(|alert| alert.kind == kind);
        these.map(|alert| format!("{}: {}", alert.subject(), alert.facts.words())).collect()
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn her_access_is_waiting_then_usable_then_not_removed_then_removed(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    assert_eq!(cast.state().await, None);
    let on = cast.on(cast.ann).await;
    assert!(matches!(cast.state().await, Some(State::Waiting { .. })), "at once, before any worker");
    fake.next(Fault::status(500));
    cast.round().await;
    assert!(
        matches!(cast.state().await, Some(State::Failed { why }) if why == "No answer that says whether it was done.")
    );
    cast.rounds(1).await;
    assert!(matches!(cast.state().await, Some(State::Usable { seconds: 1..=5 })), "{:?}", cast.state().await);
    cast.off(cast.ann, on).await;
    assert!(matches!(cast.state().await, Some(State::NotRemoved { .. })), "at once, before any worker");
    fake.always(Some(Fault::status(500)));
    cast.rounds(1).await;
    assert!(
        matches!(cast.state().await, Some(State::NotRemoved { why, .. }) if why == "No answer that says whether it was done.")
    );
    fake.always(None);
    cast.rounds(1).await;
    assert!(
        matches!(cast.state().await, Some(State::Removed { seconds: 1..=5 })),
        "{:?}",
        cast.state().await
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_end_that_is_not_confirmed_for_five_minutes_and_a_quarantine_are_alerts(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let on = cast.on(cast.ann).await;
    cast.round().await;
    fake.always(Some(Fault::status(401)));
    cast.off(cast.ann, on).await;
    cast.round().await;
    let quarantined = cast.open(Kind::ApplicationQuarantined).await;
    assert!(quarantined[0].starts_with("Git: ") && quarantined[0].contains("401"), "{quarantined:?}");
    assert!(quarantined[0].contains("1 person waits"), "{quarantined:?}");
    assert_eq!(cast.open(Kind::RemovalUnconfirmed).await, [""; 0], "not yet");
    cast.world.move_clock(TimeDelta::minutes(6)).await;
    cast.rounds(1).await;
    let late = cast.open(Kind::RemovalUnconfirmed).await;
    assert!(late[0].contains("not confirmed for 1 person"), "{late:?}");
    fake.always(None);
    cast.world.move_clock(TimeDelta::minutes(30)).await;
    cast.rounds(3).await;
    assert_eq!(cast.open(Kind::RemovalUnconfirmed).await, [""; 0]);
    assert_eq!(cast.open(Kind::ApplicationQuarantined).await, [""; 0]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn access_that_an_application_does_not_take_for_a_quarter_of_an_hour_is_an_alert(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    fake.always(Some(Fault::status(500)));
    cast.on(cast.ann).await;
    cast.round().await;
    assert_eq!(cast.open(Kind::GrantFailing).await, [""; 0], "not yet");
    cast.world.move_clock(TimeDelta::minutes(16)).await;
    cast.rounds(1).await;
    let failing = cast.open(Kind::GrantFailing).await;
    assert!(failing[0].starts_with("Git: 1 person’s access can’t be given there"), "{failing:?}");
    fake.always(None);
    cast.world.move_clock(TimeDelta::minutes(60)).await;
    cast.rounds(3).await;
    assert_eq!(cast.open(Kind::GrantFailing).await, [""; 0]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn administrators_see_health_queue_and_log_and_nobody_else_does(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let (engine, boss) = (&cast.world.engine, cast.boss().await);
    cast.on(cast.ann).await;
    fake.next(Fault::status(500));
    cast.round().await;
    let all = applications(engine, &boss).await.unwrap();
    assert_eq!((all[0].health(), all[0].failed, all[0].grants, all[0].removals), (Health::Healthy, 1, 1, 0));
    let queue = application_people(engine, &boss, cast.app, Show::Queue, None).await.unwrap().rows;
    assert_eq!(
        (queue[0].name.as_str(), queue[0].state.as_str(), queue[0].attempts),
        ("Ann Ames", "failed", 1)
    );
    assert_eq!(queue[0].wants, ["Group vault"]);
    assert_eq!(retry_application(engine, &boss, cast.app, None).await.unwrap(), 1);
    cast.round().await;
    let again = retry_application(engine, &boss, cast.app, None).await.unwrap_err();
    assert_eq!(again.refusals()[0].code, Code::AlreadyClosed);
    let filter = Filter { person: Some(cast.ann.0), result: "done".into(), ..Filter::default() };
    let log = application_log(engine, &boss, &filter, None).await.unwrap().rows;
    let added = log.iter().find(|row| row.action == "add").unwrap();
    assert!(added.body.contains("members") && added.status == Some(204) && added.why.contains("assignment"));
    assert_eq!(application_log::attempt(engine, &boss, added.id).await.unwrap().request, added.request);
    for format in [Format::Csv, Format::Ndjson] {
        let mut file = application_log::export(engine, &boss, Filter::default(), format).await.unwrap();
        let mut text = String::new();
        while let Some(piece) = file.next().await.unwrap() {
            text += &piece;
        }
        assert!(text.contains("/Users?filter=externalId") && !text.contains("canary"), "{text}");
    }
    let page = application(engine, &boss, cast.app).await.unwrap();
    assert_eq!((page.groups[0].members, page.input.token.as_str(), page.manages), (1, "", true));
    assert_eq!(page.application.token_end, "4711");
    let ann = cast.world.ctx(cast.ann).await;
    for refused in [
        applications(engine, &ann).await.err(),
        application(engine, &ann, cast.app).await.err(),
        application_people(engine, &ann, cast.app, Show::All, None).await.err(),
        application_log(engine, &ann, &Filter::default(), None).await.err(),
        provision_now(engine, &ann, cast.app, cast.ann, true).await.err(),
        assign_application_group(engine, &ann, cast.app, cast.group, "").await.err(),
    ] {
        assert_eq!(refused.unwrap().refusals()[0].code, Code::NotFound);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn on_demand_shows_its_five_steps_and_a_rehearsal_changes_nothing(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let (engine, boss) = (&cast.world.engine, cast.boss().await);
    cast.on(cast.ann).await;
    let steps = provision_now(engine, &boss, cast.app, cast.ann, true).await.unwrap();
    let went: Vec<_> = steps.iter().map(|taken| (taken.step, taken.went)).collect();
    assert_eq!(went[4], (Step::Act, Went::Would));
    let would = steps[4].lines.join(" ");
    assert!(would.contains("make an account") && would.contains("into Group vault"), "{would}");
    let wrote = |fake: &Fake| fake.asked().iter().filter(|asked| !asked.line.starts_with("GET")).count();
    assert_eq!((wrote(&fake), cast.count("select count(*) from application_people").await), (0, 0));
    let steps = provision_now(engine, &boss, cast.app, cast.ann, false).await.unwrap();
    assert!(steps.iter().all(|taken| taken.went == Went::Well), "{steps:?}");
    assert_eq!(fake.members("Group vault"), ["ann.ames"]);
    fake.always(Some(Fault::status(401)));
    let steps = provision_now(engine, &boss, cast.app, cast.ann, false).await.unwrap();
    assert_eq!((steps[0].went, steps[4].went), (Went::Badly, Went::Skipped));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_came_without_a_grant_is_removed_and_what_is_missing_given_again(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    cast.on(cast.ann).await;
    cast.round().await;
    let group = fake.groups()[0].clone();
    let id = group["id"].as_str().unwrap();
    let eve = fake.put("Users", serde_json::json!({ "userName": "eve" }));
    // at the application itself: Eve is put in, Ann is taken out
    fake.edit_group(id, |group| group["members"] = serde_json::json!([{ "value": eve }]));
    cast.sql("update applications set drift = 'report', swept_at = clock() - interval '41 minutes'").await;
    cast.rounds(2).await;
    assert_eq!(fake.members("Group vault"), ["ann.ames", "eve"], "reported only");
    assert_eq!(cast.count("select drift_found from applications").await, 1);
    let drift = cast.open(Kind::DriftFound).await;
    assert_eq!(drift, ["Git: 1 member is in a group there without a grant."]);
    cast.sql("update applications set drift = 'remove', swept_at = clock() - interval '39 minutes'").await;
    cast.round().await;
    assert_eq!(fake.members("Group vault").len(), 2, "not before its time");
    cast.sql("update applications set swept_at = clock() - interval '41 minutes'").await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"]);
    assert_eq!(fake.users().len(), 2, "whom nobody here knows keeps her account");
    // so many at once look like an accident
    let many: Vec<_> =
        (0..30).map(|n| fake.put("Users", serde_json::json!({ "userName": format!("old{n}") }))).collect();
    let members: Vec<_> = many.iter().map(|id| serde_json::json!({ "value": id })).collect();
    fake.edit_group(id, |group| group["members"].as_array_mut().unwrap().extend(members));
    cast.sql("update applications set swept_at = clock() - interval '41 minutes'").await;
    cast.round().await;
    assert_eq!(fake.members("Group vault").len(), 31);
    assert_eq!(cast.count("select count(*) from applications where broken_at is not null").await, 1);
    allow_departures(&cast.world.engine, &cast.boss().await, cast.app).await.unwrap();
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_an_application_may_be_told_is_decided_by_two_roles_where_a_group_gives_roles(pool: PgPool) {
    let (_fake, cast) = start(&pool).await;
    let world: &World = &cast.world;
    let (nora, special) = (world.person("Nora North").await, world.group_with("special", true, true).await);
    world.role(nora, Role::ApplicationAdministrator).await;
    let refused = assign_application_group(&world.engine, &world.ctx(nora).await, cast.app, special, "")
        .await
        .unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::NotAllowed);
    let audited = "select count(*) from audit_events where action = 'application-group-assigned' and outcome = 'refused'";
    assert_eq!(world.count(audited).await, 1);
    world.role(nora, Role::PrivilegedRoleAdministrator).await;
    assign_application_group(&world.engine, &world.ctx(nora).await, cast.app, special, "").await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_address_takes_the_token_again_and_a_dangerous_dialect_a_test(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let (engine, boss) = (&cast.world.engine, cast.boss().await);
    let page = application(engine, &boss, cast.app).await.unwrap();
    let mut changed = page.input.clone();
    changed.base_url = "http://127.0.0.1:9/elsewhere".into();
    let code = cast.world.code(cast.root).await;
    let edit = |input, code: String| {
        let boss = boss.clone();
        async move { edit_application(engine, &boss, cast.app, page.application.version, &input, &code).await }
    };
    let refused = edit(changed, code.clone()).await.unwrap_err();
    assert_eq!(refused.refusals()[0].field.as_deref(), Some("token"));
    let mut changed = page.input.clone();
    changed.settings.dialect = "entra-legacy".into();
    let refused = edit(changed, code.clone()).await.unwrap_err();
    assert_eq!(refused.refusals()[0].field.as_deref(), Some("dialect"));
    let mut changed = page.input.clone();
    changed.name = "Git of ours".into();
    edit(changed.clone(), code).await.unwrap();
    let code = cast.world.code(cast.root).await;
    let late = edit(changed, code).await.unwrap_err();
    assert_eq!(late.refusals()[0].code, Code::ChangedMeanwhile);
    drop(fake);
}

#[sqlx::test(migrations = "../../migrations")]
async fn while_it_is_off_nothing_goes_and_afterwards_everything_does(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let (engine, boss) = (&cast.world.engine, cast.boss().await);
    let on = cast.on(cast.ann).await;
    cast.round().await;
    switch_application(engine, &boss, cast.app, false).await.unwrap();
    cast.off(cast.ann, on).await;
    cast.rounds(1).await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"]);
    assert!(matches!(cast.state().await, Some(State::NotRemoved { why, .. }) if why.contains("stopped")));
    let refused = delete_application(engine, &boss, cast.app, false).await.unwrap_err();
    assert_eq!(refused.refusals()[0].field.as_deref(), Some("leave_them"));
    switch_application(engine, &boss, cast.app, true).await.unwrap();
    cast.rounds(1).await;
    assert_eq!(fake.members("Group vault"), [""; 0]);
    remove_application_group(engine, &boss, cast.app, cast.group).await.unwrap();
    cast.round().await;
    delete_application(engine, &boss, cast.app, false).await.unwrap();
    assert!(applications(engine, &boss).await.unwrap().is_empty());
    cast.rounds(1).await;
}
