//! Eligibilities that nobody uses.

use crate::stage::*;
use engine::ask::insights::unused::{Rows, Unused};

fn idle(idle: Idle) -> Asked {
    Asked { idle, ..Asked::default() }
}

fn names(unused: &Unused) -> Vec<String> {
    match &unused.rows {
        Rows::Holders(rows) => rows.iter().map(|row| row.handle.clone()).collect(),
        Rows::Things(rows) => rows.iter().map(|row| format!("{} {}", row.thing.key, row.unused)).collect(),
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_not_used_for_so_long_is_named_the_longest_first(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let (never, new, edge) = (
        stage.world.person("Never").await,
        stage.world.person("New").await,
        stage.world.person("Edge").await,
    );
    stage.eligible(never, stage.target, 200).await;
    stage.eligible(new, stage.target, 10).await;
    stage.eligible(edge, stage.target, 60).await;
    stage.eligible(stage.ann, stage.target, 200).await;
    stage.eligible(stage.ben, stage.target, 200).await;
    stage.on(stage.ann, stage.target, "2026-02-02T09:00:00Z").await;
    stage.on(stage.ben, stage.target, "2026-03-11T09:00:00Z").await;
    stage.count().await;
    for (asked, expected) in [
        (idle(Idle::Thirty), vec!["never", "edge", "ann"]),
        (idle(Idle::Sixty), vec!["never", "edge"]),
        (idle(Idle::Ninety), vec!["never"]),
    ] {
        let group = stage.of_group(asked).await.unused;
        assert_eq!(names(&group), expected);
        let number = i64::try_from(expected.len()).unwrap();
        assert_eq!((group.eligible, group.unused), (Some(5), number));
        let all = stage.of_all(asked).await.unused;
        assert_eq!((all.eligible, all.unused, names(&all)), (Some(5), number, vec![format!("db {number}")]));
    }
    let report = stage.of_group(idle(Idle::Thirty)).await;
    let Rows::Holders(rows) = &report.unused.rows else { panic!("things") };
    assert_eq!((rows[0].last_used, rows[0].idle_days(report.now)), (None, 200));
    assert_eq!(rows[2].last_used.map(|at| at.date_naive().to_string()).as_deref(), Some("2026-02-02"));
    assert_eq!(rows[2].idle_days(report.now), 38);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_eligible_group_is_used_when_somebody_in_it_uses_it(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let [busy, idle_group] = [stage.world.group("busy").await, stage.world.group("idle").await];
    let span = Span::lasting(moment(NOW) - TimeDelta::days(200), TimeDelta::days(400));
    for group in [busy, idle_group] {
        stage.world.assign(group, stage.target, Kind::Eligible, span).await;
    }
    let member = stage.world.target(busy, Access::Member).await;
    let long = Span::permanent(moment(NOW) - TimeDelta::days(200));
    stage.world.assign(stage.ann, member, Kind::Active, long).await;
    stage.on(stage.ann, stage.target, "2026-03-10T09:00:00Z").await;
    stage.count().await;
    assert_eq!(names(&stage.of_group(idle(Idle::Thirty)).await.unused), ["idle"]);
    assert_eq!(names(&stage.of_all(idle(Idle::Thirty)).await.unused), ["db 1"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_ended_has_not_begun_or_belongs_to_a_deleted_group_is_not_named(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let ended = Span { start: moment(NOW) - TimeDelta::days(200), end: Some(moment(NOW)) };
    stage.world.assign(stage.ann, stage.target, Kind::Eligible, ended).await;
    let later = Span { start: moment(NOW) + TimeDelta::days(1), end: None };
    stage.world.assign(stage.ben, stage.target, Kind::Eligible, later).await;
    let gone = stage.world.group("gone").await;
    stage.eligible(stage.ben, stage.world.target(gone, Access::Member).await, 200).await;
    stage.world.sql("update groups set deleted_at = clock() where key = 'gone'").await;
    stage.count().await;
    let group = stage.of_group(idle(Idle::Thirty)).await.unused;
    assert_eq!((group.eligible, group.unused, names(&group)), (Some(0), 0, Vec::new()));
    let all = stage.of_all(idle(Idle::Thirty)).await.unused;
    assert_eq!((all.eligible, all.unused, names(&all)), (Some(0), 0, Vec::new()));
}
