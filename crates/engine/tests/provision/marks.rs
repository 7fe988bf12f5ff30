//! Marks are followed page by page, and what is wrong with one holds up no other; what is wanted is read again right before it is given.

use super::fake::{Fake, Fault, TOKEN};
use super::{Cast, cast, input};
use domain::alert::Kind;
use domain::target::Access;
use engine::provision;
use sqlx::PgPool;
use std::time::Duration;

async fn start(pool: &PgPool) -> (Fake, Cast) {
    let fake = Fake::start().await;
    let cast = cast(pool, &input(&fake.base(), TOKEN)).await;
    (fake, cast)
}

/// So many people with access to this group, by one statement.
async fn crowd(cast: &Cast, group: &str, many: i32) {
    cast.sql(&format!(
        "with made as (insert into principals (id, kind) select gen_random_uuid(), 'user' from generate_series(1, {many}) returning id) \
           insert into users (id, user_name, display_name) select id, 'crowd.' || id, 'Crowd' from made; \
         insert into assignments (id, target_id, principal_id, kind, origin, starts_at, ends_at) \
           select gen_random_uuid(), t.id, u.id, 'active', 'assigned', clock(), null from users u, targets t \
           join groups g on g.id = t.group_id and g.key = '{group}' where u.user_name like 'crowd.%' and t.kind = 'member'"
    ))
    .await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_link_to_a_large_group_is_followed_page_by_page(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let team = cast.world.group("team").await;
    cast.world.target(team, Access::Member).await;
    crowd(&cast, "team", 1_200).await;
    // nothing is sent: who would be is what counts
    cast.sql("update applications set off_at = clock(); delete from application_marks").await;
    let link = cast.world.standing(team, cast.target).await;
    cast.round().await;
    let keys = "select count(*) from application_people";
    assert_eq!(cast.count(keys).await, 1_200);
    assert_eq!(
        cast.count("select count(*) from application_marks").await,
        0,
        "the last page takes the mark away"
    );
    assert_eq!(
        cast.count("select count(*) from application_people where generation > 1").await,
        0,
        "nobody twice"
    );
    cast.sql("insert into application_members (application_id, group_id, user_id, wanted, there) \
        select p.application_id, g.group_id, p.user_id, true, 'yes' from application_people p, application_groups g").await;
    cast.sql(&format!("update assignments set ends_at = clock(), end_recorded = true where id = '{link}'"))
        .await;
    cast.round().await;
    assert_eq!(cast.count("select count(*) from application_people where urgent").await, 1_200);
    assert!(fake.asked().is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_mark_that_can_not_be_followed_holds_up_no_other_and_is_told(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let bea = cast.world.person("Bea Birch").await;
    cast.round().await;
    cast.sql(&format!(
        "create function odd() returns trigger language plpgsql as 'begin raise ''odd''; end'; \
         create trigger odd before insert on application_people for each row when (new.user_id = '{}') execute function odd()",
        bea.0
    ))
    .await;
    cast.given(bea, 60).await;
    cast.given(cast.ann, 60).await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"]);
    assert_eq!(
        cast.count("select count(*) from application_marks where failures > 0 and retry_at > clock()").await,
        1
    );
    cast.world.move_clock(chrono::TimeDelta::minutes(7)).await;
    let told = cast.open(Kind::ApplicationQuarantined).await;
    assert!(told.len() == 1 && told[0].contains("was not looked at"), "{told:?}");
    cast.sql("drop function odd cascade").await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames", "bea.birch"]);
    assert_eq!(cast.open(Kind::ApplicationQuarantined).await, [""; 0]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn access_that_ends_while_its_person_is_worked_on_is_not_given(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let on = cast.on(cast.ann).await;
    fake.when("POST /scim/Groups", Fault::Slow(Duration::from_millis(1500)));
    let engine = cast.world.restricted();
    let worker = tokio::spawn(async move { provision::once(&engine).await });
    fake.until("POST /scim/Groups").await;
    cast.off(cast.ann, on).await;
    worker.await.unwrap().unwrap();
    assert_eq!(fake.groups().len(), 1, "it was in the middle of it");
    let given = fake.asked().iter().filter(|asked| asked.line.starts_with("PATCH /scim/Groups")).count();
    assert_eq!((given, fake.members("Group vault").len()), (0, 0));
    cast.rounds(1).await;
    assert_eq!(cast.word("select state from application_people").await, "out");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_given_and_ended_meanwhile_is_urgent_whatever_the_answer_was(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let on = cast.on(cast.ann).await;
    fake.when("PATCH /scim/Groups", Fault::Slow(Duration::from_millis(1500)));
    let engine = cast.world.restricted();
    let worker = tokio::spawn(async move { provision::once(&engine).await });
    fake.until("PATCH /scim/Groups").await;
    cast.off(cast.ann, on).await;
    // the mark becomes a change of her key while she is worked on; and the application goes into quarantine
    cast.round().await;
    cast.sql("update applications set health = 'quarantined', test_due_at = clock() + interval '1 hour'")
        .await;
    worker.await.unwrap().unwrap();
    cast.rounds(2).await;
    assert_eq!(fake.members("Group vault"), [""; 0], "removals go in quarantine");
    assert_eq!(cast.count("select count(*) from application_people where urgent").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_takes_long_delays_nobody_elses_removal(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let bea = cast.world.person("Bea Birch").await;
    let on = cast.on(cast.ann).await;
    cast.round().await;
    for key in ["second", "third"] {
        let group = cast.world.group(key).await;
        cast.assign(group).await;
        let target = cast.world.target(group, Access::Member).await;
        cast.world.standing(bea, target).await;
    }
    cast.sql("delete from application_marks where principal_id is not null").await;
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(provision::run(cast.world.restricted(), stopping));
    // each request of hers takes almost as long as anybody waits
    fake.manner(|manner| manner.takes = Duration::from_millis(900));
    cast.given(bea, 60).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    cast.off(cast.ann, on).await;
    let removed = async {
        while cast.count("select count(*) from application_members where not wanted and there = 'no'").await
            == 0
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(9), removed)
        .await
        .expect("she is out while the other is still being worked on");
    let bea = "select state from application_people join users on id = user_id where user_name = 'bea.birch'";
    assert_eq!(cast.word(bea).await, "pending", "she is still being worked on");
    stop.send(true).unwrap();
    worker.await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_person_who_can_not_be_worked_on_stops_nobody_else(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let bea = cast.world.person("Bea Birch").await;
    cast.sql(&format!(
        "create function odd() returns trigger language plpgsql as 'begin raise ''odd''; end'; \
         create trigger odd before insert on application_members for each row when (new.user_id = '{}') execute function odd()",
        cast.ann.0
    ))
    .await;
    cast.on(cast.ann).await;
    cast.given(bea, 60).await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["bea.birch"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_removal_is_not_put_off_because_another_was_refused(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let second = cast.world.group("second").await;
    cast.assign(second).await;
    let target = cast.world.target(second, Access::Member).await;
    cast.world.standing(cast.ann, target).await;
    cast.given(cast.ann, 60).await;
    cast.rounds(1).await;
    assert_eq!((fake.members("Group vault").len(), fake.members("Group second").len()), (1, 1));
    cast.sql("update assignments set ends_at = clock(), end_recorded = true where kind = 'active' and principal_id = (select id from users where user_name = 'ann.ames')").await;
    fake.when("PATCH /scim/Groups/", Fault::error(400, "invalidValue"));
    fake.when("PATCH /scim/Groups/", Fault::status(500));
    cast.round().await;
    let soon = "select count(*) from application_people where due_at < clock() + interval '1 minute'";
    assert_eq!(
        cast.count(soon).await,
        1,
        "{}",
        cast.word("select string_agg(problem, '|') from application_members").await
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_quarantine_ends_with_a_removal_and_not_with_somebody_who_waits(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let bea = cast.world.person("Bea Birch").await;
    let on = cast.on(cast.ann).await;
    cast.round().await;
    cast.sql("update applications set health = 'quarantined', test_due_at = clock() + interval '1 hour', proved_at = clock()").await;
    fake.when("PATCH /scim/Groups/", Fault::status(500));
    cast.off(cast.ann, on).await;
    cast.round().await;
    let held = "update application_people set urgent = true where user_id = (select id from users where user_name = 'bea.birch')";
    cast.given(bea, 60).await;
    cast.sql("update application_people set due_at = clock() + interval '1 hour'").await;
    cast.round().await;
    cast.sql(held).await;
    cast.round().await;
    assert_eq!(
        cast.word("select health from applications").await,
        "quarantined",
        "nothing was taken away yet"
    );
    cast.rounds(1).await;
    assert_eq!(cast.word("select health from applications").await, "healthy");
    assert!(!fake.members("Group vault").contains(&"ann.ames".to_owned()));
}
