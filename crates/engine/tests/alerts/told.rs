//! Who is told of an alert, and of which.

use crate::stage::*;
use domain::notice::choice::Choice;
use engine::mail;

async fn mails(stage: &Stage) -> Vec<(String, String)> {
    sqlx::query_as(
        "select u.user_name, m.state from mails m join users u on u.id = m.person_id order by 1, 2",
    )
    .fetch_all(&stage.world.engine.pool)
    .await
    .unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn everybody_who_sees_alerts_is_told_once_and_nobody_else(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let (ned, una) = (stage.world.person("Ned").await, stage.world.person("Una").await);
    stage.world.role(una, Role::UserAdministrator).await;
    stage.world.sql("update users set mail = user_name || '@example.org'").await;
    stage.held("many", 5, 0).await;
    stage.open(Kind::TooManyStanding).await;
    stage.count().await;
    mail::once(&stage.world.engine, true).await.unwrap();
    let kept = |who: &str| (who.to_owned(), "kept".to_owned());
    assert_eq!(mails(&stage).await, [kept("gwen"), kept("rita")], "not {ned:?}");
    let subject = "select count(*) from mails where subject = 'Alert: Too many with standing access: Group many, member'";
    assert_eq!(stage.world.count(subject).await, 2);
    let linked = "select count(*) from mails m join alerts a on m.body like '%/admin/alerts/' || a.id || '%'";
    assert_eq!(stage.world.count(linked).await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_over_or_known_before_the_mail_leaves_is_not_told(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.world.sql("update users set mail = user_name || '@example.org'").await;
    stage.held("many", 5, 0).await;
    stage.open(Kind::TooManyStanding).await;
    stage.acknowledge(stage.gwen, Kind::TooManyStanding, "1").await.unwrap();
    mail::once(&stage.world.engine, true).await.unwrap();
    let moot = |who: &str| (who.to_owned(), "moot".to_owned());
    assert_eq!(mails(&stage).await, [moot("gwen"), moot("rita")]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_does_without_gets_none(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.world.sql("update users set mail = user_name || '@example.org'").await;
    let off = format!("insert into mail_choices values ('{}', '{}')", stage.rita.0, Choice::Alerts.wire());
    stage.world.sql(&off).await;
    stage.held("many", 5, 0).await;
    stage.open(Kind::TooManyStanding).await;
    mail::once(&stage.world.engine, true).await.unwrap();
    assert_eq!(mails(&stage).await, [("gwen".to_owned(), "kept".to_owned())]);
}
