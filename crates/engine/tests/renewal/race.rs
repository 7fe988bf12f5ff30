//! Two owners answer at the same instant: exactly one answer counts.

use super::*;
use engine::testkit::race::{Handicap, rounds};

#[sqlx::test(migrations = "../../migrations")]
async fn two_deciders_at_once_make_one_decision(pool: PgPool) {
    let cast = cast(&pool).await;
    let (olga, omar) = (cast.world.ctx(cast.olga).await, cast.world.ctx(cast.omar).await);
    let mut handicap = Handicap::default();
    for _ in 0..rounds() {
        let asked = cast.ask().await;
        let end = cast.end + days(90);
        let approving = cast.answer(asked, Verdict::Approve, eligible(end));
        let denying = cast.answer(asked, Verdict::Deny, eligible(end));
        let task = |ctx: &Ctx, input| {
            let (engine, ctx) = (cast.world.engine.clone(), ctx.clone());
            async move { decide_renewal(&engine, &ctx, input).await }
        };
        let (one, two) = handicap.run(task(&olga, approving), task(&omar, denying)).await;
        assert!(one.is_ok() ^ two.is_ok(), "one decision: {one:?} {two:?}");
        let longer = cast.span(cast.eligible).await.end == Some(end);
        assert_eq!(longer, one.is_ok());
        let (status, lost) = if one.is_ok() { ("AdminApproved", two) } else { ("AdminDenied", one) };
        assert_eq!(cast.status(asked).await, status);
        assert_eq!(codes(lost), [Code::AlreadyClosed]);
        handicap.won(longer);
        let back = format!("update assignments set ends_at = '{}'", cast.end.to_rfc3339());
        cast.world.sql(&format!("{back} where id = '{}'", cast.eligible)).await;
    }
    handicap.both_orders();
    let told = "select count(*) from audit_events where outcome = 'done' and action in ('request-approved', 'request-denied')";
    assert_eq!(cast.world.count(told).await, rounds() as i64, "one event per decision (I-07)");
}
