//! What happens to an assignment, or to the next round, while somebody decides.

use super::*;
use engine::ask::access_review_sheet::access_review_sheet;
use engine::ask::access_reviews as list;

#[sqlx::test(migrations = "../../migrations")]
async fn what_has_ended_stands_in_nobodys_way(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.planned(cast.plan()).await.unwrap();
    cast.world.sql("update assignments set ends_at = clock() where principal_id = (select id from users where user_name = 'ben')").await;
    let (number, ctx) = (cast.round().await.number, cast.world.ctx(cast.olga).await);
    let engine = &cast.world.engine;
    assert_eq!(codes(cast.says(cast.olga, cast.ben, Decision::Deny, "He left").await), [Code::AlreadyClosed]);
    let sheet = access_review_sheet(engine, &ctx, number, "").await.unwrap();
    assert_eq!((sheet.all, sheet.left, sheet.recommended), (2, 1, 1));
    assert!(sheet.lines.iter().any(|line| line.name == "Ben" && line.over));
    let seen = recommended_of(engine, &ctx, number).await.unwrap().seen;
    let all = Choices::Recommended { seen, reason: String::new() };
    assert_eq!(cast.sends(cast.olga, all).await.unwrap(), 1);
    cast.says(cast.fay, cast.olga, Decision::Approve, "").await.unwrap();
    assert_eq!(access_review_sheet(engine, &ctx, number, "").await.unwrap().left, 0);
    let mut conn = pool.acquire().await.unwrap();
    let left = engine::access_review::tally::with_items_left(&mut conn, &cast.round().await).await.unwrap();
    assert!(left.is_empty(), "nobody is reminded of it");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_decision_is_about_the_time_that_was_seen(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.planned(cast.plan()).await.unwrap();
    let seen = cast.seen(cast.ann).await;
    cast.world
        .sql("update assignments set ends_at = ends_at + interval '90 days' where kind = 'eligible'")
        .await;
    let refused = cast.says_of(cast.olga, seen, Decision::Approve, "").await;
    assert_eq!(codes(refused), [Code::ChangedMeanwhile]);
    let ctx = cast.world.ctx(cast.olga).await;
    let sheet = access_review_sheet(&cast.world.engine, &ctx, cast.round().await.number, "").await.unwrap();
    let ann = sheet.lines.into_iter().find(|line| line.name == "Ann").unwrap();
    let now = cast.seen(cast.ann).await;
    assert_eq!(
        (ann.seen(), ann.as_it_is().ends_at),
        (now, now.span.end),
        "the page shows what it is bound to"
    );
    cast.says_of(cast.olga, now, Decision::Approve, "").await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_round_that_waits_is_applied_though_the_next_has_begun(pool: PgPool) {
    let cast = cast(&pool).await;
    let number = cast.planned(Plan { every: Every::Month, days: 10, ..cast.plan() }).await.unwrap();
    cast.says(cast.olga, cast.ben, Decision::Deny, "He left").await.unwrap();
    cast.world.move_clock(TimeDelta::days(32)).await;
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.round().await.round, 2);
    let ctx = cast.world.ctx(cast.olga).await;
    let row = list::access_reviews(&cast.world.engine, &ctx, "vault").await.unwrap().rows.remove(0);
    assert_eq!(row.waiting.iter().map(|(round, _)| *round).collect::<Vec<_>>(), [1]);
    assert_eq!(codes(cast.does_with(cast.olga, number, 1, What::End).await), [Code::AlreadyClosed]);
    assert!(cast.does_with(cast.olga, number, 1, What::Apply).await.unwrap());
    assert!(!cast.holds(cast.ben).await);
    let row = list::access_reviews(&cast.world.engine, &ctx, "vault").await.unwrap().rows.remove(0);
    assert!(row.waiting.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_stopped_review_applies_no_round_that_waits(pool: PgPool) {
    let cast = cast(&pool).await;
    let number = cast.planned(Plan { every: Every::Month, days: 10, ..cast.plan() }).await.unwrap();
    cast.world.move_clock(TimeDelta::days(32)).await;
    sweep(&cast.world.engine).await.unwrap();
    cast.does(number, What::Stop).await.unwrap();
    for round in [1, 2] {
        let refused = cast.does_with(cast.olga, number, round, What::Apply).await;
        assert_eq!(codes(refused), [Code::AlreadyClosed]);
    }
    assert_eq!(codes(cast.does(number, What::Stop).await), [Code::AlreadyClosed]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn ending_a_round_that_applies_itself_asks_whether_she_is_sure(pool: PgPool) {
    let cast = cast(&pool).await;
    let number = cast.planned(Plan { auto_apply: true, ..cast.plan() }).await.unwrap();
    cast.says(cast.olga, cast.ann, Decision::Deny, "Left the rota").await.unwrap();
    assert_eq!(codes(cast.does(number, What::End).await), [Code::Missing]);
    assert!(cast.holds(cast.ann).await);
    let input =
        manage_access_review::Input { key: "vault".into(), number, round: 1, what: What::End, sure: true };
    let ctx = cast.world.ctx(cast.olga).await;
    assert!(manage_access_review(&cast.world.engine, &ctx, input).await.unwrap());
    assert!(!cast.holds(cast.ann).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_round_begins_with_the_locks_in_the_order_of_everybody_so_that_no_removal_waits_for_it_in_a_circle(
    pool: PgPool,
) {
    let cast = cast(&pool).await;
    let member = cast.world.target(cast.group, Access::Member).await;
    for n in 0..9 {
        let person = cast.world.person(&format!("Person {n}")).await;
        cast.world.standing(person, member).await;
    }
    // whoever was assigned first comes last
    cast.world
        .sql(
            "update assignments a set id = ('00000000-0000-7000-8000-' || lpad(to_hex(1000 - o.at), 12, '0'))::uuid \
             from (select id, row_number() over (order by id) as at from assignments) o where o.id = a.id",
        )
        .await;
    let mut tx = pool.begin().await.unwrap();
    let lowest = "select id from assignments order by id limit 1 for update";
    let lowest: Uuid = sqlx::query_scalar(lowest).fetch_one(&mut *tx).await.unwrap();
    let (planned, free) = tokio::join!(cast.planned(cast.plan()), async {
        let waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        while cast.world.count(waits).await == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let free = "with free as (select id from assignments where id <> $1 for update skip locked) select count(*) from free";
        let free: i64 = sqlx::query_scalar(free).bind(lowest).fetch_one(&pool).await.unwrap();
        tx.rollback().await.unwrap();
        free
    });
    planned.unwrap();
    assert_eq!(free, 11, "it holds none of the others while it waits for the lowest");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_does_not_fit_into_one_go_is_not_called_applied(pool: PgPool) {
    let cast = cast(&pool).await;
    let member = cast.world.target(cast.group, Access::Member).await;
    for n in 0..200 {
        let person = cast.world.person(&format!("Person {n}")).await;
        cast.world.standing(person, member).await;
    }
    let number = cast.planned(cast.plan()).await.unwrap();
    cast.does(number, What::End).await.unwrap();
    assert!(!cast.does(number, What::Apply).await.unwrap());
    assert!(cast.round().await.applied_at.is_none());
    sweep(&cast.world.engine).await.unwrap();
    assert!(cast.round().await.applied_at.is_some(), "the rest follows by itself");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_applied_by_hand_before_its_end_was_written_down_stays_applied(pool: PgPool) {
    let cast = cast(&pool).await;
    let number = cast.planned(cast.plan()).await.unwrap();
    cast.says(cast.olga, cast.ann, Decision::Deny, "Left the rota").await.unwrap();
    cast.world.move_clock(TimeDelta::days(15)).await;
    assert!(cast.does(number, What::Apply).await.unwrap());
    let applied = cast.round().await.applied_at;
    sweep(&cast.world.engine).await.unwrap();
    assert!(applied.is_some() && cast.round().await.applied_at == applied);
    assert_eq!(cast.events("access-review-ended").await, 1, "written down all the same");
}
