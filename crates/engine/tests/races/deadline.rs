//! The lock that is held across a deadline (security.md section 0, point 1; INJ-7): whoever waited for it is judged by
//! the time after the wait.

use crate::support::*;
use domain::role::Role;
use engine::act::set_person_state;
use sqlx::PgPool;
use std::time::Duration;

#[sqlx::test(migrations = "../../migrations")]
async fn an_approval_that_waited_for_the_lock_past_the_deadline_does_not_count(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    for round in 0..ROUNDS {
        let request = cast.ask().await.request;
        // lapses in 20 ms; somebody holds the request's slot for 40 ms
        sqlx::query("update requests set deadline_at = clock() + interval '20 milliseconds' where id = $1")
            .bind(request.0)
            .execute(&pool)
            .await
            .unwrap();
        let mut holder = pool.begin().await.unwrap();
        let lock = if round % 2 == 0 {
            "select 1 from slots for update"
        } else {
            "select 1 from requests where status = 'PendingApproval' for update"
        };
        sqlx::query(lock).execute(&mut *holder).await.unwrap();
        let yes = tokio::spawn(cast.deciding(cast.ben, request, Verdict::Approve).await);
        tokio::time::sleep(Duration::from_millis(25)).await;
        holder.rollback().await.unwrap();
        let refusal = yes.await.unwrap().unwrap().remove(0).result.unwrap_err();
        assert_eq!(refusal.code, Code::Lapsed, "round {round} (I-12)");
        assert_eq!(cast.world.status(request).await, "TimedOut");
        assert!(!cast.world.is_member(cast.ann, cast.group).await);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn approve_meets_the_time_out_and_exactly_one_wins(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    for _ in 0..ROUNDS {
        let request = cast.ask().await.request;
        sqlx::query("update requests set deadline_at = clock() + interval '3 milliseconds' where id = $1")
            .bind(request.0)
            .execute(&pool)
            .await
            .unwrap();
        let yes = cast.deciding(cast.ben, request, Verdict::Approve).await;
        let engine = cast.world.engine.clone();
        let (decided, swept) = together(yes, async move {
            tokio::time::sleep(Duration::from_millis(2)).await;
            sweep(&engine).await
        })
        .await;
        swept.unwrap();
        let member = cast.world.is_member(cast.ann, cast.group).await;
        assert_eq!(member, recorded(&decided));
        tokio::time::sleep(Duration::from_millis(3)).await;
        sweep(&cast.world.engine).await.unwrap();
        let status = cast.world.status(request).await;
        assert_eq!(status, if member { "Provisioned" } else { "TimedOut" });
        cast.clear().await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn disabling_meets_approval_and_never_leaves_access(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let admin = cast.world.person("Uma Admin").await;
    cast.world.role(admin, Role::UserAdministrator).await;
    for _ in 0..ROUNDS {
        let request = cast.ask().await.request;
        let yes = cast.deciding(cast.ben, request, Verdict::Approve).await;
        let (engine, admin) = (cast.world.engine.clone(), cast.world.ctx(admin).await);
        let input = set_person_state::Input { person: cast.ann, enabled: false, reason: "left".into() };
        let disable = async move { set_person_state::set_person_state(&engine, &admin, input).await };
        let (decided, disabled) = together(yes, disable).await;
        disabled.unwrap();
        assert!(decided.is_ok());
        let active = cast.world.count("select count(*) from active_now where origin = 'activated'").await;
        assert_eq!(active, 0, "a disabled person has nothing on (I-09)");
        cast.world.sql("update users set enabled = true").await;
        cast.clear().await;
    }
}
