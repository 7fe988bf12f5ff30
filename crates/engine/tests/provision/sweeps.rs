//! The sweep: what it takes out, what it leaves alone, and what keeps it from nothing.

use super::fake::{Fake, Fault, TOKEN};
use super::{Cast, cast, input};
use engine::act::assign_application_group::remove_application_group;
use engine::act::create_application::create_application;
use engine::act::retry_application::allow_departures;
use serde_json::json;
use sqlx::PgPool;

async fn start(pool: &PgPool) -> (Fake, Cast) {
    let fake = Fake::start().await;
    let cast = cast(pool, &input(&fake.base(), TOKEN)).await;
    (fake, cast)
}

/// The id there of the only account, and of the only group.
async fn ids(cast: &Cast) -> (String, String) {
    let user = cast.word("select remote_id from application_people where remote_id is not null").await;
    (user, cast.word("select remote_id from application_groups where remote_id is not null").await)
}

fn put_in(fake: &Fake, group: &str, users: &[String]) {
    let members: Vec<_> = users.iter().map(|user| json!({ "value": user })).collect();
    fake.edit_group(group, |there| there["members"] = json!(members));
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_is_in_again_after_a_confirmed_removal_goes_whatever_the_breaker_says(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let on = cast.on(cast.ann).await;
    cast.round().await;
    let (ann, group) = ids(&cast).await;
    cast.off(cast.ann, on).await;
    cast.rounds(1).await;
    assert_eq!(fake.members("Group vault"), [""; 0]);
    // reported only, and the breaker holds everything back
    cast.sql("update applications set drift = 'report', breaker_most = 0, breaker_per_cent = 0, broken_at = clock()").await;
    put_in(&fake, &group, &[ann]);
    cast.sweep().await;
    assert_eq!(cast.count("select count(*) from application_people where urgent").await, 1);
    cast.rounds(1).await;
    assert_eq!(fake.members("Group vault"), [""; 0]);
    assert!(cast.word("select sweep_says from applications").await.contains("0 members without a grant"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_group_that_was_taken_away_is_left_alone(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    cast.on(cast.ann).await;
    cast.round().await;
    let (_, group) = ids(&cast).await;
    remove_application_group(&cast.world.engine, &cast.boss().await, cast.app, cast.group).await.unwrap();
    cast.rounds(2).await;
    assert_eq!(fake.members("Group vault"), [""; 0]);
    // it is somebody else's now
    let other = fake.put("Users", json!({ "userName": "somebody.else" }));
    put_in(&fake, &group, &[other]);
    cast.sql("update groups set display_name = 'Vault of ours' where key = 'vault'").await;
    let asked = fake.asked().len();
    cast.sweep().await;
    assert_eq!(fake.members("Group vault"), ["somebody.else"]);
    assert_eq!(fake.asked().len(), asked, "not even read");
}

#[sqlx::test(migrations = "../../migrations")]
async fn members_that_somebody_allowed_to_remove_stay_allowed_until_it_was_done(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    cast.on(cast.ann).await;
    cast.round().await;
    let (ann, group) = ids(&cast).await;
    let mut all: Vec<String> =
        (0..5).map(|n| fake.put("Users", json!({ "userName": format!("stranger.{n}") }))).collect();
    all.push(ann);
    put_in(&fake, &group, &all);
    cast.sql("update applications set breaker_most = 2, breaker_per_cent = 0").await;
    cast.sweep().await;
    assert_eq!(fake.members("Group vault").len(), 6, "held back");
    allow_departures(&cast.world.engine, &cast.boss().await, cast.app).await.unwrap();
    fake.when("GET /scim/Groups/", Fault::status(500));
    cast.round().await;
    assert_eq!(fake.members("Group vault").len(), 6, "it could not be read");
    cast.later().await;
    cast.sweep().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_no_mark_told_is_found_by_the_sweep(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let bea = cast.world.person("Bea Birch").await;
    let on = cast.on(cast.ann).await;
    cast.round().await;
    cast.off(cast.ann, on).await;
    cast.given(bea, 60).await;
    cast.sql("delete from application_marks where due_at <= clock()").await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"], "nobody noticed");
    cast.sweep().await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["bea.birch"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_application_in_trouble_keeps_no_other_from_being_swept(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let second = Fake::start().await;
    let code = cast.world.code(cast.root).await;
    let other = super::Input { name: "Wiki".into(), ..input(&second.base(), TOKEN) };
    create_application(&cast.world.engine, &cast.boss().await, &other, &code).await.unwrap();
    cast.on(cast.ann).await;
    cast.round().await;
    fake.always(Some(Fault::Dropped));
    cast.sql("update applications set token = 'no such seal' where name = 'Wiki'").await;
    cast.sql("update applications set swept_at = clock() - interval '2 days'").await;
    engine::provision::once(&cast.world.restricted()).await.ok();
    let swept = "select count(*) from applications where name = 'Git' and swept_at > clock() - interval '1 day' and sweep_says like '%Not finished%'";
    assert_eq!(
        cast.count(swept).await,
        1,
        "{}",
        cast.word("select string_agg(sweep_says, '|') from applications").await
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn groups_as_large_as_they_come_are_compared_and_one_that_fails_stops_no_other(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    cast.on(cast.ann).await;
    cast.round().await;
    let (ann, group) = ids(&cast).await;
    let stranger = fake.put("Users", json!({ "userName": "stranger" }));
    let bulk = "x".repeat(2_000_000);
    fake.edit_group(&group, |there| {
        there["members"] = json!([{ "value": ann }, { "value": stranger }]);
        there["notes"] = json!(bulk);
    });
    cast.sweep().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"]);
    let second = cast.world.group("second").await;
    cast.assign(second).await;
    let target = cast.world.target(second, domain::target::Access::Member).await;
    cast.world.standing(cast.ann, target).await;
    cast.rounds(1).await;
    for named in ["Group vault", "Group second"] {
        let id = fake.groups().iter().find(|g| g["displayName"] == named).unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let members = fake.groups().iter().find(|g| g["displayName"] == named).unwrap()["members"].clone();
        fake.edit_group(&id, |there| {
            let mut all = members.as_array().unwrap().clone();
            all.push(json!({ "value": stranger }));
            there["members"] = json!(all);
        });
    }
    fake.when("GET /scim/Groups/", Fault::status(500));
    cast.sweep().await;
    let left = [fake.members("Group vault").len(), fake.members("Group second").len()];
    assert!(left.contains(&1) && left.contains(&2), "{left:?}");
    assert!(cast.word("select sweep_says from applications").await.contains("Not finished"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_sweep_that_could_not_go_on_is_followed_by_one_that_begins_behind_it(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    for number in 0..6 {
        let group = cast.world.group(&format!("g{number}")).await;
        cast.assign(group).await;
        let target = cast.world.target(group, domain::target::Access::Member).await;
        cast.world.standing(cast.ann, target).await;
    }
    cast.on(cast.ann).await;
    cast.rounds(2).await;
    let read = |fake: &Fake, from: usize| -> Vec<String> {
        let asked = fake.asked().split_off(from);
        asked
            .into_iter()
            .filter(|asked| asked.line.starts_with("GET /scim/Groups/"))
            .map(|asked| asked.line)
            .collect()
    };
    for _ in 0..5 {
        fake.when("GET /scim/Groups/", Fault::status(500));
    }
    let from = fake.asked().len();
    cast.sweep().await;
    let first = read(&fake, from);
    assert_eq!(first.len(), 5, "five in a row are enough");
    cast.later().await;
    let from = fake.asked().len();
    cast.sweep().await;
    let second = read(&fake, from);
    assert_eq!(second.len(), 7);
    assert!(second[..2].iter().all(|line| !first.contains(line)), "{second:?}");
    assert!(cast.word("select sweep_says from applications").await.starts_with("7 groups"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_somebody_allowed_to_remove_stays_allowed_while_it_can_not_be_removed(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    cast.on(cast.ann).await;
    cast.round().await;
    let (ann, group) = ids(&cast).await;
    let stranger = fake.put("Users", json!({ "userName": "stranger" }));
    put_in(&fake, &group, &[ann, stranger]);
    cast.sql("update applications set breaker_most = 0, breaker_per_cent = 0").await;
    cast.sweep().await;
    allow_departures(&cast.world.engine, &cast.boss().await, cast.app).await.unwrap();
    fake.when("PATCH /scim/Groups/", Fault::status(500));
    cast.round().await;
    assert!(cast.word("select sweep_says from applications").await.contains("Not finished"));
    cast.later().await;
    cast.sweep().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"]);
    assert_eq!(cast.count("select count(*) from applications where drift_allowed").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_is_out_of_scope_is_not_looked_at_again_and_again(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    cast.sql("update users set user_type = 'guest' where user_name = 'ann.ames'").await;
    cast.on(cast.ann).await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"]);
    cast.edit(|input| input.settings.scope = "members".into()).await.unwrap();
    cast.rounds(2).await;
    assert_eq!(fake.members("Group vault"), [""; 0]);
    let before = cast.count("select generation from application_people").await;
    cast.sweep().await;
    cast.sweep().await;
    assert_eq!(cast.count("select generation from application_people").await, before);
}
