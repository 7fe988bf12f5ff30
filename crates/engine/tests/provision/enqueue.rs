//! Every change of what is wanted is noticed, in the transaction that makes it.

use super::fake::{Fake, TOKEN};
use super::{Cast, cast, input};
use chrono::TimeDelta;
use domain::assignment::Kind;
use domain::span::Span;
use domain::target::Access;
use engine::testkit::World;
use sqlx::PgPool;

async fn start(pool: &PgPool) -> (Fake, Cast) {
    let fake = Fake::start().await;
    let cast = cast(pool, &input(&fake.base(), TOKEN)).await;
    (fake, cast)
}

#[sqlx::test(migrations = "../../migrations")]
async fn access_that_begins_by_itself_is_given_when_it_begins(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let span = Span::lasting(cast.world.now().await + TimeDelta::hours(1), TimeDelta::hours(1));
    cast.world.assign(cast.ann, cast.target, Kind::Active, span).await;
    cast.round().await;
    assert!(fake.users().is_empty(), "not before");
    cast.world.move_clock(TimeDelta::minutes(61)).await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"]);
    cast.world.move_clock(TimeDelta::minutes(121)).await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), [""; 0]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn overlapping_grants_are_one_membership_outwards(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    cast.given(cast.ann, 30).await;
    cast.round().await;
    cast.on(cast.ann).await;
    cast.world.move_clock(TimeDelta::minutes(31)).await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"]);
    let removals =
        |fake: &Fake| fake.asked().iter().filter(|asked| asked.body.to_string().contains("remove")).count();
    assert_eq!(removals(&fake), 0, "no flicker");
    cast.world.move_clock(TimeDelta::minutes(61)).await;
    cast.round().await;
    assert_eq!((fake.members("Group vault").len(), removals(&fake)), (0, 1));
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_comes_through_nested_groups_goes_when_any_link_breaks(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    let world = &cast.world;
    let (team, crew) = (world.group("team").await, world.group("crew").await);
    let in_team = world.target(team, Access::Member).await;
    let in_crew = world.target(crew, Access::Member).await;
    world.standing(cast.ann, in_crew).await;
    let link = world.standing(crew, in_team).await;
    let top = world.standing(team, cast.target).await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"], "through two groups");
    // both links break at once: from neither end the way can be seen any more
    let end = format!(
        "update assignments set ends_at = clock(), end_recorded = true where id in ('{link}', '{top}')"
    );
    world.sql(&end).await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), [""; 0]);
    let again = Span::permanent(world.now().await);
    world.assign(team, cast.target, Kind::Active, again).await;
    world.assign(crew, in_team, Kind::Active, again).await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), ["ann.ames"]);
    world.sql("update groups set deleted_at = clock() where key = 'crew'").await;
    cast.round().await;
    assert_eq!(fake.members("Group vault"), [""; 0], "a group between was deleted");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_rolled_back_leaves_no_mark_and_what_has_no_application_none_either(pool: PgPool) {
    let world = World::new(&pool);
    let group = world.group("plain").await;
    let target = world.target(group, Access::Member).await;
    let ann = world.person("Ann Ames").await;
    world.standing(ann, target).await;
    assert_eq!(world.count("select count(*) from application_marks").await, 0);
    let (_fake, cast) = {
        sqlx::query("delete from users where false").execute(&pool).await.unwrap();
        let fake = Fake::start().await;
        world.sql("update users set user_name = 'first.ann' where user_name = 'ann.ames'").await;
        let cast = cast(&pool, &input(&fake.base(), TOKEN)).await;
        (fake, cast)
    };
    cast.round().await;
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("update users set enabled = false where id = $1")
        .bind(cast.ann.0)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(cast.world.count("select count(*) from application_marks where due_at <= clock()").await, 0);
    cast.sql("update users set enabled = false where user_name = 'ann.ames'").await;
    assert_eq!(cast.world.count("select count(*) from application_marks where due_at <= clock()").await, 1);
}
