//! Standing against just-in-time access, over everything as the worker counts it and of a group as its page does.

use crate::stage::*;

async fn numbers(report: &Insights) -> Vec<(String, i64, i64)> {
    let day = |at: DateTime<Utc>| at.format("%m-%d").to_string();
    report.holders.iter().map(|count| (day(count.at), count.standing, count.eligible)).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn each_person_is_counted_once_at_every_monday_and_now(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let now = moment(NOW);
    let days = |days| now - TimeDelta::days(days);
    // Ann: standing until Friday the 6th, eligible all the time. Ben: eligible since Sunday the 8th, switched on.
    let until = Span { start: days(200), end: Some(days(6)) };
    stage.world.assign(stage.ann, stage.target, Kind::Active, until).await;
    stage.eligible(stage.ann, stage.target, 200).await;
    stage.eligible(stage.ben, stage.target, 4).await;
    stage.on(stage.ben, stage.target, "2026-03-12T10:45:00Z").await;
    // a group in the group is no person, and what is not managed is nobody's business here
    let inner = stage.world.group("inner").await;
    stage.world.standing(inner, stage.target).await;
    let wild = stage.world.group_with("wild", false, false).await;
    stage.world.standing(stage.ben, stage.world.target(wild, Access::Member).await).await;

    let group = stage.of_group(over(Period::Month)).await;
    // Olga owns the group since an hour ago
    let expected = [("02-16", 1, 0), ("02-23", 1, 0), ("03-02", 1, 0), ("03-09", 0, 2), ("03-12", 1, 2)];
    let expected = expected.map(|(day, standing, eligible)| (day.to_owned(), standing, eligible));
    assert_eq!(numbers(&group).await, expected);
    assert_eq!(
        group.holders.iter().map(|count| count.share()).collect::<Vec<_>>(),
        [0, 0, 0, 100, 67].map(Some)
    );

    assert!(stage.of_all(over(Period::Month)).await.holders.is_empty(), "nothing is counted yet");
    assert_eq!(stage.count().await, 14, "now, and the Mondays of ninety days");
    // Rita's role counts too
    let all = numbers(&stage.of_all(over(Period::Month)).await).await;
    assert_eq!(all.last(), Some(&("03-12".to_owned(), 2, 2)));
    assert_eq!(all[..4], expected[..4]);
    assert_eq!(stage.count().await, 0, "nothing is due again");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_group_is_counted_from_when_it_was_brought_in(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let long = Span::permanent(moment(NOW) - TimeDelta::days(200));
    stage.world.assign(stage.ann, stage.target, Kind::Active, long).await;
    stage
        .world
        .sql(
            "alter table groups disable trigger keep_role_assignable; update groups set managed_at = '2026-03-04T00:00:00Z'",
        )
        .await;
    let group = stage.of_group(over(Period::Month)).await;
    let standing: Vec<_> = group.holders.iter().map(|count| count.standing).collect();
    assert_eq!(standing, [0, 0, 0, 1, 2]);
    assert_eq!(group.holders[0].share(), None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn old_counts_make_room_and_two_servers_count_once(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.count().await;
    to(&stage.world, "2026-03-12T13:00:00Z").await;
    let engine = &stage.world.engine;
    let (first, second) = tokio::join!(engine::insight::count(engine), engine::insight::count(engine));
    let counted = [first.expect("count"), second.expect("count")];
    assert_eq!(counted.iter().flatten().count(), 1, "{counted:?}");
    let newest = stage.world.count("select count(*) from holder_counts where at > '2026-03-10'").await;
    assert_eq!(newest, 1, "the count of eleven o'clock is gone");
    assert_eq!(stage.world.count("select count(*) from holder_counts").await, 14);
}
