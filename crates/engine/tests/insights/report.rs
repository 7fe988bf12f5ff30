//! The whole report: who may read it, what it costs, nothing at all, and its files.

use crate::stage::*;
use crate::support::statements;
use engine::ask::insights::activity::Busiest;
use engine::ask::insights::csv::{Table, csv};

#[sqlx::test(migrations = "../../migrations")]
async fn everything_is_for_readers_of_everything_and_a_group_for_who_sees_its_assignments(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.eligible(stage.ann, stage.target, 200).await;
    stage.world.standing(stage.ben, stage.target).await;
    let group = || Scope::Of(Place::group("db"));
    for (person, everything, of_group) in [
        (stage.rita, true, true),
        (stage.olga, false, true),
        (stage.ann, false, false),
        (stage.ben, false, false),
    ] {
        let all = stage.read(person, Scope::Everything, Asked::default()).await;
        let one = stage.read(person, group(), Asked::default()).await;
        assert_eq!((all.is_ok(), one.is_ok()), (everything, of_group));
        let ctx = stage.world.ctx(person).await;
        let file = csv(&stage.world.engine, &ctx, &group(), Asked::default(), Table::Unused).await;
        assert_eq!(file.is_ok(), of_group, "a file tells no more than the page");
    }
    let role = Scope::Of(Place::Role(Role::HelpdeskAdministrator));
    assert!(stage.read(stage.rita, role.clone(), Asked::default()).await.is_ok());
    assert!(stage.read(stage.olga, role, Asked::default()).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn where_nothing_happened_every_number_is_nought_and_no_share_is_made_up(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    for report in [stage.of_group(over(Period::Quarter)).await, stage.of_all(over(Period::Quarter)).await] {
        assert_eq!((report.days.len(), report.activations.len(), report.activated()), (90, 90, 0));
        let answers = report.answered();
        assert_eq!((answers.waits.median(), answers.lapsed, report.refusals.len()), (None, 0, 0));
        match &report.busiest {
            Busiest::Things(rows) => assert!(rows.is_empty()),
            Busiest::People(rows) => assert!(rows.is_empty()),
        }
    }
    assert_eq!(stage.of_all(Asked::default()).await.unused.eligible, None, "not counted yet");
    stage.count().await;
    assert_eq!(stage.of_all(Asked::default()).await.unused.eligible, Some(0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_number_of_statements_does_not_grow_with_what_happened(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.count().await;
    let ask = async |reader, scope: Scope| {
        let ctx = stage.world.ctx(reader).await;
        let (report, sent) =
            statements(insights(&stage.world.engine, &ctx, &scope, over(Period::Quarter))).await;
        report.expect("report");
        sent
    };
    let group = || Scope::Of(Place::group("db"));
    let before = (ask(stage.rita, Scope::Everything).await, ask(stage.olga, group()).await);
    for n in 1..8 {
        let person = stage.world.person(&format!("P{n}")).await;
        let other = stage.world.group(&format!("g-{n}")).await;
        let other = stage.world.target(other, Access::Member).await;
        stage.world.policy(other, open_policy()).await;
        for target in [stage.target, other] {
            stage.eligible(person, target, 100).await;
            stage.on(person, target, &format!("2026-03-0{n}T09:00:00Z")).await;
        }
    }
    to(&stage.world, NOW).await;
    stage.count().await;
    let after = (ask(stage.rita, Scope::Everything).await, ask(stage.olga, group()).await);
    assert_eq!(before, after);
    assert!(after.0 <= 9 && after.1 <= 20, "{after:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn files_hold_the_tables_and_no_formula(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.eligible(stage.ann, stage.target, 200).await;
    stage.on(stage.ann, stage.target, "2026-03-11T09:00:00Z").await;
    stage.eligible(stage.ben, stage.target, 200).await;
    stage
        .world
        .sql(
            "update users set display_name = '=cmd|'' /C calc''!A0' where user_name in ('ann', 'ben'); \
             update users set time_zone = 'Asia/Kolkata'",
        )
        .await;
    stage.count().await;
    let file = async |reader: PersonId, scope: Scope, table| {
        let ctx = stage.world.ctx(reader).await;
        csv(&stage.world.engine, &ctx, &scope, over(Period::Week), table).await.expect("file").0
    };
    let group = || Scope::Of(Place::group("db"));
    for table in Table::ALL {
        for (reader, scope) in [(stage.olga, group()), (stage.rita, Scope::Everything)] {
            let file = file(reader, scope, table).await;
            assert!(file.ends_with("\r\n") && !file.contains("\"="), "{table:?}: {file}");
        }
    }
    let busiest = file(stage.olga, group(), Table::Busiest).await;
    assert_eq!(
        busiest.lines().nth(1).unwrap().split(',').take(3).collect::<Vec<_>>(),
        ["\"'=cmd|' /C calc'!A0\"", "\"ann\"", "\"1\""]
    );
    let unused = file(stage.olga, group(), Table::Unused).await;
    assert!(
        unused.lines().count() == 2 && unused.contains("\"ben\"") && unused.contains("\"200\""),
        "{unused}"
    );
    let activations = file(stage.rita, Scope::Everything, Table::Activations).await;
    assert!(activations.contains("\"2026-03-11\",\"Asia/Kolkata\",\"1\"\r\n"), "{activations}");
    assert_eq!(activations.lines().count(), 1 + 7);
}
