//! Reading, planning and writing on a real database.

use crate::support::{contoso, file, group, id, records, sample, user};
use chrono::TimeDelta;
use domain::assignment::Kind;
use domain::ids::{GroupId, PersonId};
use domain::refusal::Code;
use domain::role::Role;
use domain::span::Span;
use domain::target::Access;
use engine::act::import_directory::{Input, import_directory, import_directory_as, preview};
use engine::ctx::By;
use engine::import::read::File;
use engine::import::report::{Outcome, Report, Thing};
use engine::testkit::World;
use serde_json::{Value, json};
use sqlx::PgPool;

async fn import(world: &World, files: Vec<File>) -> Report {
    let input = Input { files, agreed: None };
    import_directory_as(&world.engine, &By::system("import"), &input).await.expect("import")
}

async fn refused(world: &World, files: Vec<File>) -> Code {
    let input = Input { files, agreed: None };
    let error = import_directory_as(&world.engine, &By::system("import"), &input).await.expect_err("refused");
    error.refusals()[0].code
}

fn person(number: u32) -> PersonId {
    PersonId(id(number).parse().unwrap())
}

fn group_id(number: u32) -> GroupId {
    GroupId(id(number).parse().unwrap())
}

async fn fingerprint(world: &World) -> Vec<i64> {
    let mut numbers = Vec::new();
    for query in [
        "select count(*) from users",
        "select count(*) from groups",
        "select count(*) from targets",
        "select count(*) from assignments",
        "select count(*) from audit_events",
    ] {
        numbers.push(world.count(query).await);
    }
    numbers
}

#[sqlx::test(migrations = "../../migrations")]
async fn c17_what_a_group_can_activate_counts_on_the_way_round(pool: PgPool) {
    let world = World::new(&pool);
    import(&world, records(&[group(1, "A", &[]), group(2, "B", &[])])).await;
    let b = world.target(group_id(2), Access::Member).await;
    let now = world.now().await;
    let ends = Span::lasting(now, TimeDelta::hours(1));
    world.assign(group_id(1), b, Kind::Eligible, ends).await;
    let closing = || records(&[group(1, "A", &[2])]);
    let report = import(&world, closing()).await;
    assert_eq!(
        (report.count(Thing::Member, Outcome::Refused), report.count(Thing::Member, Outcome::Created)),
        (1, 0)
    );
    world.move_clock(TimeDelta::hours(2)).await;
    assert_eq!(import(&world, closing()).await.count(Thing::Member, Outcome::Created), 1, "it is over");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_sample_company_is_read_and_reading_it_again_changes_nothing(pool: PgPool) {
    let world = World::new(&pool);
    let report = import(&world, contoso()).await;
    assert_eq!(report.count(Thing::Person, Outcome::Created), 122);
    assert_eq!(report.count(Thing::Group, Outcome::Created), 34);
    assert_eq!(report.total(Outcome::Refused), 1);
    assert_eq!(world.count("select count(*) from users where not enabled").await, 6);
    assert_eq!(world.count("select count(*) from users where user_type = 'guest'").await, 3);
    assert_eq!(world.count("select count(*) from groups where membership = 'dynamic'").await, 3);
    assert_eq!(world.count("select count(*) from groups where source = 'on_premises'").await, 2);
    assert_eq!(world.count("select count(*) from groups where role_assignable").await, 4);
    assert_eq!(world.count("select count(*) from assignments where ends_at is not null").await, 0);
    let before = fingerprint(&world).await;
    let again = import(&world, contoso()).await;
    assert!(!again.changes_something());
    assert_eq!(again.total(Outcome::Refused), 1);
    assert_eq!(fingerprint(&world).await, before);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_role_that_the_server_runs_as_can_import(pool: PgPool) {
    let restricted = sqlx::postgres::PgPoolOptions::new()
        .after_connect(|conn, _| {
            Box::pin(async move { sqlx::query("set role pimento_app").execute(conn).await.map(|_| ()) })
        })
        .connect_with((*pool.connect_options()).clone())
        .await
        .unwrap();
    let report = import(&World::new(&restricted), contoso()).await;
    assert_eq!(report.count(Thing::Person, Outcome::Created), 122);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_dry_run_says_what_the_import_does_and_changes_nothing(pool: PgPool) {
    let world = World::new(&pool);
    let ann = world.person("Ann").await;
    world.role(ann, Role::GlobalAdministrator).await;
    let ctx = world.ctx(ann).await;
    let before = fingerprint(&world).await;
    let mut input = Input { files: contoso(), agreed: None };
    let said = preview(&world.engine, &ctx, &input).await.unwrap();
    assert_eq!(fingerprint(&world).await, before);
    input.agreed = Some(said.digest());
    assert_eq!(import_directory(&world.engine, &ctx, &input).await.unwrap(), said);
    // what was agreed to is no longer what would happen
    let late = import_directory(&world.engine, &ctx, &input).await.expect_err("changed meanwhile");
    assert_eq!(late.refusals()[0].code, Code::ChangedMeanwhile);
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_a_global_administrator_imports(pool: PgPool) {
    let world = World::new(&pool);
    let ann = world.person("Ann").await;
    world.role(ann, Role::UserAdministrator).await;
    let input = Input { files: contoso(), agreed: None };
    let ctx = world.ctx(ann).await;
    for error in [
        preview(&world.engine, &ctx, &input).await.expect_err("refused"),
        import_directory(&world.engine, &ctx, &input).await.expect_err("refused"),
    ] {
        assert_eq!(error.refusals()[0].code, Code::NotFound);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_that_can_not_be_read_refuses_the_whole(pool: PgPool) {
    let world = World::new(&pool);
    let files = vec![file("users.json", &sample("users.json")), file("groups.json", "{\"value\": [")];
    assert_eq!(refused(&world, files).await, Code::BadRecord);
    assert_eq!(world.count("select count(*) from users").await, 0);
    assert_eq!(world.count("select count(*) from audit_events where outcome = 'refused'").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_left_the_list_leaves_and_a_list_that_is_not_there_says_nothing(pool: PgPool) {
    let world = World::new(&pool);
    import(&world, records(&[user(1, "ann"), user(2, "ben"), group(3, "A", &[1, 2])])).await;
    // no members attribute, no people: nobody leaves, nobody is disabled
    let quiet =
        import(&world, records(&[json!({ "id": id(3), "displayName": "A", "groupTypes": [] })])).await;
    assert!(!quiet.changes_something());
    // a list that has a further page: who is missing may be on it
    let mut partial = group(3, "A", &[1]);
    partial["members@odata.nextLink"] = json!("https://graph.example/next");
    assert!(!import(&world, records(&[partial])).await.changes_something());
    let report = import(&world, records(&[group(3, "A", &[1])])).await;
    assert_eq!(report.count(Thing::Member, Outcome::Ended), 1);
    assert!(world.is_member(person(1), group_id(3)).await);
    assert!(!world.is_member(person(2), group_id(3)).await);
    assert_eq!(world.count("select count(*) from assignments where end_reason = 'left-directory'").await, 1);
    assert_eq!(world.count("select count(*) from audit_events where action = 'assignment-ended'").await, 1);
    // and comes back as a new membership
    import(&world, records(&[group(3, "A", &[1, 2])])).await;
    assert!(world.is_member(person(2), group_id(3)).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn members_of_a_managed_group_are_not_touched_and_differences_are_told(pool: PgPool) {
    let world = World::new(&pool);
    import(&world, records(&[user(1, "ann"), user(2, "ben"), group(3, "A", &[1])])).await;
    world.sql("update groups set managed_at = clock()").await;
    let report = import(&world, records(&[group(3, "A new name", &[2])])).await;
    assert!(world.is_member(person(1), group_id(3)).await);
    assert!(!world.is_member(person(2), group_id(3)).await);
    assert_eq!(report.count(Thing::Group, Outcome::Changed), 1);
    let line = report.of(Outcome::Skipped).next().expect("a line");
    let why: Vec<String> = line.why.iter().map(ToString::to_string).collect();
    assert_eq!(why[1..], ["In the directory and not here: ben.", "Here and not in the directory: ann."]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_managed_group_that_became_dynamic_is_refused(pool: PgPool) {
    let world = World::new(&pool);
    import(&world, records(&[group(3, "A", &[])])).await;
    world.sql("update groups set managed_at = clock()").await;
    let mut dynamic = group(3, "A", &[]);
    dynamic["groupTypes"] = json!(["DynamicMembership"]);
    let mut flagged = group(3, "A", &[]);
    flagged["isAssignableToRole"] = json!(true);
    for changed in [dynamic, flagged] {
        let report = import(&world, records(&[changed])).await;
        assert_eq!(report.count(Thing::Group, Outcome::Refused), 1);
        assert!(!report.changes_something());
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_people_swap_their_user_names(pool: PgPool) {
    let world = World::new(&pool);
    import(&world, records(&[user(1, "ann"), user(2, "ben")])).await;
    let swapped = |number, name: &str| -> Value {
        let mut user = user(number, name);
        user["displayName"] = json!("Same");
        user
    };
    let report = import(&world, records(&[swapped(1, "ben"), swapped(2, "ann")])).await;
    assert_eq!(report.count(Thing::Person, Outcome::Changed), 2);
    let name: String = sqlx::query_scalar("select user_name from users where id = $1")
        .bind(person(1).0)
        .fetch_one(&world.engine.pool)
        .await
        .unwrap();
    assert_eq!(name, "ben@contoso.example");
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_is_disabled_in_the_directory_loses_what_is_on_and_is_signed_out(pool: PgPool) {
    let world = World::new(&pool);
    import(&world, records(&[user(1, "ann")])).await;
    let group = world.group("prod").await;
    let target = world.target(group, Access::Member).await;
    let eligible = world.eligible(person(1), target).await;
    let now = world.now().await;
    let statement = format!(
        "insert into assignments (id, target_id, principal_id, kind, origin, starts_at, ends_at, eligibility_id) \
         values (gen_random_uuid(), '{target}', '{}', 'active', 'activated', '{now}', '{}', '{eligible}'); \
         insert into sessions (id_hash, user_id, stage, data, expires_at) \
         values ('\\x01', '{0}', 'full', '{{}}', clock() + interval '1 hour')",
        person(1),
        now + TimeDelta::hours(2),
    );
    world.sql(&statement).await;
    assert!(world.is_member(person(1), group).await);
    let mut leaver = user(1, "ann");
    leaver["accountEnabled"] = json!(false);
    import(&world, records(std::slice::from_ref(&leaver))).await;
    assert_eq!(world.count("select count(*) from sessions").await, 0);
    assert_eq!(world.count("select count(*) from assignments where end_reason = 'person-disabled'").await, 1);
    assert_eq!(world.count("select count(*) from audit_events where action = 'person-disabled'").await, 1);
    assert!(!import(&world, records(&[leaver])).await.changes_something());
    // nobody comes back in by import, and what ended stays ended when she does
    let report = import(&world, records(&[user(1, "ann")])).await;
    assert_eq!(report.count(Thing::Person, Outcome::Skipped), 1);
    world.sql("update users set enabled = true").await;
    assert!(!world.is_member(person(1), group).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_import_that_disables_the_last_administrator_is_refused_as_a_whole(pool: PgPool) {
    let world = World::new(&pool);
    import(&world, records(&[user(1, "ann"), user(2, "ben")])).await;
    world.role(person(1), Role::GlobalAdministrator).await;
    world
        .sql(
            "insert into totp_factors (user_id, secret, confirmed_at) select id, '\\x00', clock() from users",
        )
        .await;
    let mut leaver = user(1, "ann");
    leaver["accountEnabled"] = json!(false);
    let files = records(&[leaver, user(3, "cleo")]);
    assert_eq!(refused(&world, files.clone()).await, Code::LastAdministrator);
    assert_eq!(world.count("select count(*) from users").await, 2);
    world.role(person(2), Role::GlobalAdministrator).await;
    import(&world, files).await;
    assert_eq!(world.count("select count(*) from users where enabled").await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_person_with_a_planned_assignment_is_not_given_a_second_one(pool: PgPool) {
    let world = World::new(&pool);
    import(&world, records(&[user(1, "ann"), group(3, "A", &[])])).await;
    let target = world.target(group_id(3), Access::Member).await;
    let later = world.now().await + TimeDelta::days(1);
    world.assign(person(1), target, Kind::Active, Span::permanent(later)).await;
    let report = import(&world, records(&[group(3, "A", &[1])])).await;
    assert_eq!(report.count(Thing::Member, Outcome::Unchanged), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn ten_thousand_people_are_read_in_one_go(pool: PgPool) {
    let world = World::new(&pool);
    let mut all: Vec<Value> = (1..=10_000).map(|n| user(n, &format!("person{n}"))).collect();
    let everybody: Vec<u32> = (1..=10_000).collect();
    all.push(group(20_000, "Everybody", &everybody));
    let report = import(&world, records(&all)).await;
    assert_eq!(report.count(Thing::Member, Outcome::Created), 10_000);
    assert!(!import(&world, records(&all)).await.changes_something());
}
