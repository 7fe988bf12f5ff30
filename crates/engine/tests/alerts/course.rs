//! From opening to closing, with somebody who knows in between.

use crate::stage::*;

const KIND: Kind = Kind::TooManyStanding;

async fn events(stage: &Stage) -> Vec<String> {
    sqlx::query_scalar(
        "select action from audit_events where action like 'alert-%' and facts ->> 'alert' = $1 order by seq",
    )
    .bind(KIND.words())
    .fetch_all(&stage.world.engine.pool)
    .await
    .unwrap()
}

/// All of a group but one loses standing access, or gets it back.
async fn stand(stage: &Stage, on: bool) {
    let ends = if on { "null" } else { "clock()" };
    stage.world.sql(&format!("alter table assignments disable trigger user; update assignments set ends_at = {ends} where principal_id in (select id from users where user_name like 'many.standing.%' and user_name <> 'many.standing.0'); alter table assignments enable trigger user")).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn it_opens_once_and_closes_by_itself_and_both_are_in_the_audit(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.held("many", 5, 0).await;
    for _ in 0..3 {
        assert_eq!(stage.open(KIND).await.len(), 1);
    }
    assert_eq!(stage.ever(KIND).await, 1);
    stand(&stage, false).await;
    assert_eq!(stage.open(KIND).await, []);
    assert_eq!(stage.shown(Show::Closed).await.iter().filter(|alert| alert.kind == KIND).count(), 1);
    assert_eq!(events(&stage).await, ["alert-opened", "alert-closed"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn within_an_hour_it_is_the_same_and_later_a_new_one(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.held("many", 5, 0).await;
    stage.open(KIND).await;
    stand(&stage, false).await;
    stage.open(KIND).await;
    stand(&stage, true).await;
    assert_eq!(stage.open(KIND).await.len(), 1);
    assert_eq!(stage.ever(KIND).await, 1);
    stand(&stage, false).await;
    stage.open(KIND).await;
    stage.world.move_clock(TimeDelta::minutes(61)).await;
    stand(&stage, true).await;
    assert_eq!(stage.open(KIND).await.len(), 1);
    assert_eq!(stage.ever(KIND).await, 2);
    let notices = "select count(*) from notices where kind = 'alert-opened' and alert_id in (select id from alerts where kind = 'too-many-standing')";
    assert_eq!(stage.world.count(notices).await, 2, "what came and went was told once");
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_knows_hides_it_until_it_gets_worse(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let target = stage.held("many", 5, 0).await;
    stage.open(KIND).await;
    stage.acknowledge(stage.gwen, KIND, "30").await.unwrap();
    assert_eq!(stage.open(KIND).await, [], "it is not counted");
    let known = stage.shown(Show::Acknowledged).await;
    assert_eq!(known[0].known.as_ref().unwrap().by, "Gwen");
    stage.stands("many", 6, target).await;
    assert_eq!(stage.open(KIND).await.len(), 1, "one more");
    assert!(stage.shown(Show::Acknowledged).await.is_empty());
    assert_eq!(events(&stage).await, ["alert-opened", "alert-acknowledged", "alert-returned"]);
    let told = "select count(*) from notices where kind = 'alert-returned'";
    assert_eq!(stage.world.count(told).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn it_comes_back_when_the_term_is_over_also_while_no_worker_runs(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.held("many", 5, 0).await;
    stage.open(KIND).await;
    stage.acknowledge(stage.gwen, KIND, "7").await.unwrap();
    stage.world.move_clock(TimeDelta::days(7) - TimeDelta::minutes(1)).await;
    let open = async || stage.shown(Show::Open).await.into_iter().filter(|alert| alert.kind == KIND).count();
    assert_eq!(open().await, 0);
    stage.world.move_clock(TimeDelta::days(7) + TimeDelta::minutes(1)).await;
    assert_eq!(open().await, 1, "by the clock alone");
    assert_eq!(stage.open(KIND).await.len(), 1);
    assert_eq!(stage.open(KIND).await.len(), 1);
    assert_eq!(events(&stage).await, ["alert-opened", "alert-acknowledged", "alert-returned"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_workers_at_once_open_one(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.held("many", 5, 0).await;
    stage.sign(0).await;
    for _ in 0..10 {
        stage.world.sql("delete from alert_counts; delete from alerts").await;
        let engine = &stage.world.engine;
        let (one, two, three) =
            tokio::join!(alert::count(engine, None), alert::count(engine, None), alert::miss_worker(engine));
        assert!(one.is_ok() && two.is_ok() && three.is_ok());
        // whoever did not get the turn comes again
        alert::count(engine, None).await.unwrap();
        assert_eq!(stage.ever(KIND).await, 1);
    }
    assert_eq!(events(&stage).await.len(), 10);
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_administrators_acknowledge_with_a_reason_and_a_term_and_nobody_what_is_about_herself(
    pool: PgPool,
) {
    let stage = Stage::new(&pool).await;
    stage.held("many", 5, 0).await;
    stage.open(KIND).await;
    assert_eq!(codes(stage.acknowledge(stage.rita, KIND, "7").await), [Code::NotFound], "she only reads");
    assert_eq!(codes(stage.acknowledge(stage.gwen, KIND, "8").await), [Code::Missing]);
    let id: Uuid = sqlx::query_scalar("select id from alerts where kind = 'too-many-standing'")
        .fetch_one(&stage.world.engine.pool)
        .await
        .unwrap();
    let gwen = stage.world.ctx(stage.gwen).await;
    let short = acknowledge_alert::Input { alert: id, reason: "ok".into(), days: "7".into() };
    assert_eq!(codes(acknowledge_alert(&stage.world.engine, &gwen, short).await), [Code::JustificationShort]);
    let about = format!("update alerts set person_id = '{}'", stage.gwen.0);
    stage.world.sql(&about).await;
    assert_eq!(codes(stage.acknowledge(stage.gwen, KIND, "7").await), [Code::NotForSelf]);
    let hers = format!(
        "update alerts set acknowledged_at = clock(), acknowledged_until = clock(), acknowledged_facts = facts, acknowledged_by = '{}'",
        stage.gwen.0
    );
    assert!(
        sqlx::raw_sql(sqlx::AssertSqlSafe(hers)).execute(&stage.world.engine.pool).await.is_err(),
        "I-11"
    );
    stage.world.sql("update alerts set person_id = null, closed_at = clock()").await;
    assert_eq!(codes(stage.acknowledge(stage.gwen, KIND, "7").await), [Code::AlreadyClosed]);
    let refused =
        "select count(*) from audit_events where action = 'alert-acknowledged' and outcome = 'refused'";
    assert_eq!(stage.world.count(refused).await, 4);
}

#[sqlx::test(migrations = "../../migrations")]
async fn of_each_kind_so_many_are_kept_as_somebody_can_read(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.world.sql("insert into hooks (id, name, format, address, shown, secret, topics, refusals, position, anchor, failures) \
        select gen_random_uuid(), 'hook ' || n, 'json', '', 'x', '', array['test'], false, 0, 0, n from generate_series(5, 254) n").await;
    stage.count().await;
    assert_eq!(stage.ever(Kind::HookFailing).await, 200);
    let least = "select min((facts ->> 'failures')::bigint) from alerts where kind = 'webhook-failing'";
    assert_eq!(stage.world.count(least).await, 55, "the gravest");
    assert_eq!(stage.world.count("select left_out from alert_counts where part = 'swift'").await, 50);
    stage.count().await;
    assert_eq!(stage.ever(Kind::HookFailing).await, 200);
}
