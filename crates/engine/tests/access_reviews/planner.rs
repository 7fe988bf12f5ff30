//! A plan acts long after it was made, and not for somebody who lost the right to it (I-17).

use super::*;
use domain::assignment::Kind;
use domain::span::Span;

impl Cast {
    /// Fay owns the vault from now on, and Olga does not.
    async fn handed_over(&self) {
        let owner = self.world.target(self.group, Access::Owner).await;
        self.world.standing(self.fay, owner).await;
        let olgas = "update assignments set ends_at = clock() where principal_id = (select id from users where user_name = 'olga')";
        self.world.sql(olgas).await;
    }

    async fn refused(&self, word: &str) -> i64 {
        sqlx::query_scalar("select count(*) from audit_events where action = $1 and outcome = 'refused'")
            .bind(word)
            .fetch_one(&self.world.engine.pool)
            .await
            .unwrap()
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn i_17_no_round_begins_for_who_does_not_manage_the_group_any_more(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.planned(Plan { every: Every::Month, days: 10, ..cast.plan() }).await.unwrap();
    cast.handed_over().await;
    let rounds = "select count(*) from access_review_rounds";
    let skipped = "select count(*) from access_reviews where skipped_at is not null and next_at > clock()";
    cast.world.move_clock(TimeDelta::days(32)).await;
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!((cast.world.count(rounds).await, cast.world.count(skipped).await), (1, 1));
    assert_eq!(cast.refused("access-review-started").await, 1, "and the audit says so");
    // whoever could switch her right on any time has it
    let owner = cast.world.target(cast.group, Access::Owner).await;
    let start = cast.world.now().await;
    cast.world.assign(cast.olga, owner, Kind::Eligible, Span::lasting(start, TimeDelta::days(90))).await;
    cast.world.move_clock(TimeDelta::days(63)).await;
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!((cast.world.count(rounds).await, cast.world.count(skipped).await), (2, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn i_17_nothing_is_applied_for_her_until_somebody_who_may_says_so(pool: PgPool) {
    let cast = cast(&pool).await;
    let number = cast.planned(Plan { auto_apply: true, ..cast.plan() }).await.unwrap();
    cast.says(cast.olga, cast.ann, Decision::Deny, "Left the rota").await.unwrap();
    cast.handed_over().await;
    cast.world.move_clock(TimeDelta::days(15)).await;
    for _ in 0..2 {
        sweep(&cast.world.engine).await.unwrap();
    }
    assert!(cast.holds(cast.ann).await);
    assert!(cast.round().await.waits(cast.world.now().await));
    assert_eq!(cast.refused("access-review-applied").await, 1, "once");
    assert!(cast.does_with(cast.fay, number, 1, What::Apply).await.unwrap());
    assert!(!cast.holds(cast.ann).await);
}
