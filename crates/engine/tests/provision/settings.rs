//! What an administrator may set, and what has to be seen first.

use super::fake::{Fake, TOKEN};
use super::{Cast, cast, input};
use domain::refusal::Code;
use engine::Error;
use engine::act::create_application::create_application;
use engine::act::test_application::test_write;
use serde_json::json;
use sqlx::PgPool;

async fn start(pool: &PgPool) -> (Fake, Cast) {
    let fake = Fake::start().await;
    let cast = cast(pool, &input(&fake.base(), TOKEN)).await;
    (fake, cast)
}

fn refused(outcome: Result<(), Error>) -> (Code, String) {
    match outcome {
        Err(Error::Refused(all)) => (all[0].code, all[0].field.clone().unwrap_or_default()),
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_address_forgets_what_the_old_server_knew(pool: PgPool) {
    let (old, cast) = start(&pool).await;
    // ids there are not the same
    let new = Fake::start().await;
    for kind in ["Users", "Groups", "Users"] {
        new.put(kind, json!({ "userName": "first", "displayName": "first" }));
    }
    cast.on(cast.ann).await;
    cast.round().await;
    let moved = |leave: bool| {
        let base = new.base();
        move |input: &mut super::Input| {
            (input.base_url, input.token, input.leave_them) = (base, TOKEN.to_owned(), leave);
        }
    };
    assert_eq!(refused(cast.edit(moved(false)).await), (Code::BadValue, "leave_them".into()));
    assert_eq!(cast.count("select count(*) from application_members").await, 1, "nothing is lost");
    cast.edit(moved(true)).await.unwrap();
    assert_eq!(cast.count("select count(*) from application_people where remote_id is not null").await, 0);
    cast.rounds(1).await;
    assert_eq!(new.members("Group vault"), ["ann.ames"]);
    assert_eq!(
        new.users().iter().filter(|user| user["userName"] == "first").count(),
        2,
        "nobody else was touched"
    );
    assert_eq!(old.members("Group vault"), ["ann.ames"], "it was said that she stays");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_older_way_of_writing_is_chosen_only_after_a_test_that_tried_it(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let (engine, boss) = (&cast.world.engine, cast.boss().await);
    let legacy = |input: &mut super::Input| input.settings.dialect = "entra-legacy".into();
    let mut second = super::Input { name: "Wiki".into(), ..input(&fake.base(), TOKEN) };
    legacy(&mut second);
    let code = cast.world.code(cast.root).await;
    let made = create_application(engine, &boss, &second, &code).await.map(|_| ());
    assert_eq!(refused(made), (Code::BadValue, "dialect".into()));
    assert_eq!(refused(cast.edit(legacy).await), (Code::BadValue, "dialect".into()));
    // one that reads the older way as the standard says: everything is well but that
    fake.manner(|manner| manner.literal = true);
    let tested = test_write(engine, &boss, cast.app).await.unwrap();
    assert!(tested.well && tested.lines.iter().any(|line| line.contains("would empty")), "{tested:?}");
    assert_eq!(refused(cast.edit(legacy).await), (Code::BadValue, "dialect".into()));
    // and one whose members can't be seen
    fake.manner(|manner| {
        (manner.literal, manner.hides_members, manner.ignores_filters) = (false, true, true)
    });
    test_write(engine, &boss, cast.app).await.unwrap();
    assert_eq!(refused(cast.edit(legacy).await), (Code::BadValue, "dialect".into()));
    fake.manner(|manner| (manner.hides_members, manner.ignores_filters) = (false, false));
    test_write(engine, &boss, cast.app).await.unwrap();
    cast.edit(legacy).await.unwrap();
    // when it empties a group one day, it is not used any more
    fake.manner(|manner| manner.literal = true);
    let tested = test_write(engine, &boss, cast.app).await.unwrap();
    assert!(!tested.well, "{tested:?}");
    assert_eq!(cast.word("select dialect from applications").await, "rfc");
    assert!(fake.users().is_empty() && fake.groups().is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_carries_the_id_of_another_system_is_left_alone_until_it_may_be_taken_over(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    fake.put("Users", json!({ "userName": "ann.ames", "externalId": "of-another-system", "active": true }));
    cast.on(cast.ann).await;
    cast.rounds(2).await;
    assert_eq!(fake.users()[0]["externalId"], "of-another-system");
    let problem = cast.word("select problem from application_people").await;
    assert!(problem.contains("of-another-system") && problem.contains("settings"), "{problem}");
    cast.edit(|input| input.settings.foreigners = "take".into()).await.unwrap();
    cast.rounds(1).await;
    assert_eq!(fake.users()[0]["externalId"], cast.ann.0.to_string());
    assert_eq!(fake.members("Group vault"), ["ann.ames"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_group_of_another_system_is_left_alone_too(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    fake.put("Groups", json!({ "displayName": "Group vault", "externalId": "of-another-system" }));
    cast.on(cast.ann).await;
    cast.rounds(2).await;
    assert_eq!(fake.members("Group vault"), [""; 0]);
    assert!(cast.word("select problem from application_members").await.contains("of-another-system"));
}
