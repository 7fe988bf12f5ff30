//! Those who answer are reminded after days, and not of what is answered.

use super::*;

impl Cast {
    async fn reminders(&self) -> i64 {
        engine::mail::once(&self.world.engine, true).await.unwrap();
        self.world
            .count(
                "select count(*) from mails m join notices n on n.id = m.notice_id join users u on u.id = m.person_id \
                 where n.kind = 'renewal-waits' and u.display_name = 'Olga'",
            )
            .await
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_answers_is_reminded_after_one_three_and_five_days_and_then_weekly(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.world.sql("update users set mail = lower(display_name) || '@example.org'").await;
    let asked = cast.ask().await;
    for (waited, reminded) in [(0, 0), (1, 1), (2, 1), (3, 2), (5, 3), (6, 3), (7, 4)] {
        cast.at(cast.end - days(3) + days(waited) + TimeDelta::hours(1)).await;
        assert_eq!(cast.reminders().await, reminded, "after {waited} days");
    }
    cast.deny(cast.omar, asked, "the rota is over").await.unwrap();
    cast.at(cast.end + days(11) + TimeDelta::hours(1)).await;
    assert_eq!(cast.reminders().await, 4, "it is answered");
}
