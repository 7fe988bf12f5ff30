//! What an answer proves, and what it does not; and what of it is kept.

use super::fake::{Fake, Fault, TOKEN};
use super::{Cast, cast, input};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;

async fn start(pool: &PgPool) -> (Fake, Cast) {
    let fake = Fake::start().await;
    let cast = cast(pool, &input(&fake.base(), TOKEN)).await;
    (fake, cast)
}

fn answer(body: &str) -> Fault {
    Fault::Answer(200, String::new(), body.into())
}

#[sqlx::test(migrations = "../../migrations")]
async fn answers_that_say_nothing_prove_no_removal(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    fake.manner(|manner| manner.forgets_removals = true);
    let on = cast.on(cast.ann).await;
    cast.round().await;
    cast.off(cast.ann, on).await;
    // no list, a list without anybody in it that says that somebody was found, another group
    for body in ["{}", r#"{"totalResults":1}"#, r#"{"totalResults":1,"Resources":[{"id":"another"}]}"#] {
        fake.when("GET /scim/Groups?", answer(body));
        cast.rounds(1).await;
        assert_ne!(cast.word("select there from application_members").await, "no", "{body}");
    }
    fake.manner(|manner| manner.forgets_removals = false);
    cast.rounds(1).await;
    assert_eq!(cast.word("select there from application_members").await, "no");
}

#[sqlx::test(migrations = "../../migrations")]
async fn ids_that_are_numbers_are_ids(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    fake.manner(|manner| (manner.numbers, manner.forgets_removals) = (true, true));
    cast.sql("update applications set probe = 'read'").await;
    let on = cast.on(cast.ann).await;
    cast.round().await;
    assert_eq!(cast.word("select there from application_members").await, "yes");
    cast.off(cast.ann, on).await;
    cast.rounds(1).await;
    assert_ne!(cast.word("select there from application_members").await, "no", "she is still in");
    fake.manner(|manner| manner.forgets_removals = false);
    cast.rounds(1).await;
    assert_eq!(
        (
            cast.word("select there from application_members").await.as_str(),
            fake.members("Group vault").len()
        ),
        ("no", 0)
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_whole_group_is_written_only_where_everybody_in_it_is_shown(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    fake.manner(|manner| manner.patches = false);
    cast.sql("update applications set patches = false").await;
    let bea = cast.world.person("Bea Birch").await;
    cast.given(bea, 60).await;
    let on = cast.on(cast.ann).await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames", "bea.birch"]);
    fake.manner(|manner| manner.hides_members = true);
    // what the sweep does not see either is only not known any more
    cast.sql("update application_people set due_at = null; update applications set off_at = null").await;
    cast.sweep().await;
    cast.off(cast.ann, on).await;
    cast.rounds(1).await;
    assert_eq!(fake.members("Group vault"), ["ann.ames", "bea.birch"], "nobody else is taken out");
    assert!(
        cast.word("select string_agg(problem, '') from application_members").await.contains("does not show")
    );
    fake.manner(|manner| manner.hides_members = false);
    // and an answer about something else is not written over it
    fake.when(
        "GET /scim/Groups/",
        answer(r#"{"id":"another","displayName":"Other","members":[{"value":"x"}]}"#),
    );
    cast.rounds(1).await;
    assert_eq!(fake.members("Group vault"), ["ann.ames", "bea.birch"]);
    cast.rounds(1).await;
    assert_eq!(fake.members("Group vault"), ["bea.birch"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_refused_patch_does_not_make_an_application_one_without(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    cast.on(cast.ann).await;
    fake.when("PATCH", Fault::status(405));
    cast.round().await;
    assert_eq!(cast.count("select count(*) from applications where patches").await, 1);
    cast.rounds(1).await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"]);
    assert!(fake.asked().iter().all(|asked| !asked.line.starts_with("PUT")));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_account_that_can_not_be_read_is_not_written_over(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    fake.manner(|manner| manner.patches = false);
    cast.sql("update applications set patches = false").await;
    fake.put("Users", json!({ "userName": "ann.ames", "active": true, "nickName": "Annie" }));
    let on = cast.on(cast.ann).await;
    cast.round().await;
    cast.off(cast.ann, on).await;
    for wrong in [Fault::status(500), answer("{}"), answer(r#"{"id":"another"}"#)] {
        fake.when("GET /scim/Users/", wrong);
        cast.rounds(1).await;
        assert_eq!(fake.users()[0]["nickName"], "Annie", "{}", fake.users()[0]);
    }
    cast.rounds(1).await;
    assert_eq!((&fake.users()[0]["active"], &fake.users()[0]["nickName"]), (&json!(false), &json!("Annie")));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_late_word_that_a_group_is_gone_says_nothing_about_the_one_made_anew(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    cast.on(cast.ann).await;
    cast.round().await;
    cast.sql("update applications set swept_at = clock() - interval '2 days'").await;
    fake.when("GET /scim/Groups/", Fault::status(404));
    fake.when("ServiceProviderConfig", Fault::Slow(Duration::from_millis(1500)));
    let engine = cast.world.restricted();
    let worker = tokio::spawn(async move { engine::provision::once(&engine).await });
    fake.until("ServiceProviderConfig").await;
    // another server noticed before, and is done
    cast.sql("update application_groups set remote_id = 'made-anew'").await;
    worker.await.unwrap().unwrap();
    assert_eq!(cast.word("select there from application_members").await, "yes");
    assert_eq!(cast.word("select remote_id from application_groups").await, "made-anew");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_that_comes_back_in_any_form_and_letters_no_database_holds_are_not_kept(pool: PgPool) {
    let fake = Fake::start().await;
    let token = r#"canary/"quoted"\token-of-4711"#;
    fake.token(token);
    let cast = cast(&pool, &input(&fake.base(), token)).await;
    fake.put(
        "Users",
        json!({ "userName": "ann.ames", "active": true, "title": format!("{token} \u{0}"),
        "displayName": format!("{} {}", token, "y".repeat(9_000)) }),
    );
    cast.sql("update users set job_title = 'Boss' where user_name = 'ann.ames'").await;
    cast.on(cast.ann).await;
    let location = format!("location: /Groups/{token}\r\netag: \"{token}\"\r\n");
    fake.when(
        "POST /scim/Groups",
        Fault::Answer(201, location, json!({ "id": format!("{token}\u{0}") }).to_string()),
    );
    cast.rounds(1).await;
    let problem = cast.word("select problem from application_people").await;
    assert!(!problem.contains("could not be worked on"), "{problem}");
    cast.rounds(1).await;
    assert_eq!(
        fake.users()[0]["title"],
        "Boss",
        "{}",
        cast.word("select problem from application_people").await
    );
    let everything = "select concat((select string_agg(a::text, '') from application_attempts a), (select string_agg(g::text, '') from application_groups g), \
        (select string_agg(p::text, '') from application_people p), (select string_agg(m::text, '') from application_members m))";
    let text = cast.word(everything).await;
    assert!(
        text.contains("Boss") && !text.contains("canary") && !text.contains("token-of-4711"),
        "it stands in the database"
    );
    assert!(cast.count("select max(length(changed::text))::bigint from application_attempts").await < 5_000);
}
