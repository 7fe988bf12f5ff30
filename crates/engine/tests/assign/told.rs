//! Who hears of what is assigned to a group, or to oneself.

use super::*;
use domain::policy::notifications::{Moment, Reader};

/// A group has no mailbox: what it gets is told to who looks after it.
#[sqlx::test(migrations = "../../migrations")]
async fn what_a_group_gets_is_told_to_who_owns_that_group(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let (team, tina) = (cast.world.group("team").await, cast.world.person("Tina").await);
    cast.world.standing(tina, cast.world.target(team, Access::Owner).await).await;
    cast.world.standing(cast.ann, cast.world.target(team, Access::Member).await).await;
    let ada = cast.world.person("Ada").await;
    cast.world.role(ada, Role::GlobalAdministrator).await;
    cast.world.sql("update users set mail = user_name || '@example.org'").await;
    let ctx = cast.world.ctx(ada).await;
    let end = cast.world.now().await + TimeDelta::days(1);
    assert!(give(&cast, &ctx, PersonId(team.0), eligible(end)).await.is_ok());
    engine::mail::once(&cast.world.engine, true).await.unwrap();
    let told = sqlx::query_scalar::<_, String>(
        "select m.reader || ' ' || u.user_name || ': ' || m.subject from mails m join users u on u.id = m.person_id order by 1",
    );
    assert_eq!(
        told.fetch_all(&pool).await.unwrap(),
        [
            "admin olga: Group team is eligible for Group ops",
            "requestor tina: Group team is eligible for Group ops"
        ]
    );
}

/// product.md 4.8: other administrators are told, whatever the policy says, also where she is the only owner.
#[sqlx::test(migrations = "../../migrations")]
async fn whoever_makes_herself_eligible_is_seen_by_other_administrators(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let ada = cast.world.person("Ada").await;
    cast.world.role(ada, Role::GlobalAdministrator).await;
    cast.world.sql("update users set mail = user_name || '@example.org'").await;
    let mut silent = open_policy();
    for moment in Moment::ALL {
        for reader in Reader::ALL {
            silent.notifications.cell_mut(moment, reader).default_recipients = false;
        }
    }
    cast.world.policy(cast.member, silent).await;
    let ctx = cast.world.ctx(cast.olga).await;
    let end = cast.world.now().await + TimeDelta::days(1);
    assert!(give(&cast, &ctx, cast.olga, eligible(end)).await.is_ok());
    let told = || async {
        engine::mail::once(&cast.world.engine, true).await.unwrap();
        let told = sqlx::query_scalar::<_, String>(
            "select u.user_name || ': ' || m.subject from mails m join users u on u.id = m.person_id order by m.made_at, 1",
        );
        told.fetch_all(&pool).await.unwrap()
    };
    assert_eq!(told().await, ["ada: Self-assigned: Olga is eligible for Group ops"]);
    // also by way of a group that she is in
    let team = cast.world.group("team").await;
    cast.world.standing(cast.olga, cast.world.target(team, Access::Member).await).await;
    assert!(give(&cast, &ctx, PersonId(team.0), eligible(end)).await.is_ok());
    assert_eq!(told().await.len(), 2);
    // others are no news
    assert!(give(&cast, &ctx, cast.ann, eligible(end)).await.is_ok());
    assert_eq!(told().await.len(), 2);
}
