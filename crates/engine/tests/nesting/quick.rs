//! Ways of fifty groups and groups of ten thousand people: what is measured is printed, what is asserted is generous.

use crate::cast::{cast, managed};
use domain::assignment::Kind;
use domain::ids::{AssignmentId, GroupId};
use domain::span::Span;
use domain::target::Access;
use engine::ask::activation_form;
use engine::ask::group_assignments::{Filter, group_assignments};
use engine::ask::thing::Pick;
use engine::{ask::my_access, nesting};
use sqlx::PgPool;
use std::time::{Duration, Instant};

const PEOPLE: &str = "insert into principals (id, kind) select md5(n::text)::uuid, 'user' from generate_series(1, 10000) n; \
     insert into users (id, user_name, display_name) \
       select md5(n::text)::uuid, 'p' || n, 'Person ' || n from generate_series(1, 10000) n;";

async fn timed<T>(what: &str, act: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let done = act.await;
    let took = begun.elapsed();
    println!("{what}: {took:?}");
    assert!(took < Duration::from_secs(5), "{what}: {took:?}");
    done
}

#[sqlx::test(migrations = "../../migrations")]
async fn fifty_deep_and_ten_thousand_people_stay_quick(pool: PgPool) {
    let cast = cast(&pool).await;
    let (mut inner, bottom) = managed(&cast.world, "g0", cast.olga).await;
    cast.world.standing(cast.ann, bottom).await;
    let mut nested: Option<AssignmentId> = None;
    for depth in 1..50 {
        let outer = match depth {
            49 => cast.team,
            _ => managed(&cast.world, &format!("g{depth}"), cast.olga).await.0,
        };
        let target = cast.world.target(outer, Access::Member).await;
        let row = cast.world.assign(inner, target, Kind::Active, Span::permanent(cast.now().await)).await;
        nested.get_or_insert(row);
        inner = outer;
    }
    let inside = format!(
        "insert into assignments (id, target_id, principal_id, kind, origin, starts_at) \
           select md5('a' || n)::uuid, '{bottom}', md5(n::text)::uuid, 'active', 'directory', clock() \
           from generate_series(1, 10000) n;"
    );
    // a thousand of them have the vault on, through the team
    let on = format!(
        "insert into assignments (id, target_id, principal_id, kind, origin, starts_at, ends_at, eligibility_id, through_id) \
           select md5('v' || n)::uuid, '{}', md5(n::text)::uuid, 'active', 'activated', clock(), clock() + interval '1 hour', \
             '{}', '{}' from generate_series(1, 1000) n; analyze",
        cast.in_vault, cast.eligibility, cast.team
    );
    cast.world.sql(PEOPLE).await;
    cast.world.sql(&inside).await;
    cast.world.sql(&on).await;

    let ctx = cast.world.ctx(cast.ann).await;
    let engine = &cast.world.engine;
    let page = timed("My access, 50 groups deep", my_access::load(engine, &ctx)).await.unwrap();
    assert_eq!(page.eligible[0].through.len(), 50);
    let pick = Pick::of("vault", Access::Member);
    timed("activation form", activation_form::load(engine, &ctx, &pick, None)).await.unwrap();
    timed("activation", cast.on(cast.in_vault, 1)).await.unwrap();
    let olga = cast.world.ctx(cast.olga).await;
    let filter = Filter::default();
    let place = pick.place();
    let rows = group_assignments(engine, &olga, &place, &filter);
    let rows = timed("rows with 10,001 people inside", rows).await.unwrap().rows;
    assert_eq!(rows[0].people, 10_001);
    let mut conn = pool.acquire().await.unwrap();
    let circle =
        timed("circle of 50", nesting::circle(&mut conn, cast.team, bottom_group(&pool).await)).await;
    assert!(circle.unwrap().is_some());
    let removed = timed("one group leaves, 1,001 activations end", cast.remove("g1", nested.unwrap())).await;
    assert_eq!(removed.activations, 1_001);
    assert_eq!(cast.world.count("select count(*) from active_now where through_id is not null").await, 0);
}

async fn bottom_group(pool: &PgPool) -> GroupId {
    GroupId(sqlx::query_scalar("select id from groups where key = 'g0'").fetch_one(pool).await.unwrap())
}
