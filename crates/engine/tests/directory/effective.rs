//! C17: reading is safe whatever the data holds, and quick for many people.

use chrono::TimeDelta;
use domain::assignment::Kind;
use domain::ids::{GroupId, PersonId};
use domain::refusal::Code;
use domain::role::Role;
use domain::span::Span;
use domain::target::Access;
use engine::ask::effective_members::{EffectiveMembers, Wanted, effective_members};
use engine::ask::person::{How, PersonPage, What, person};
use engine::testkit::World;
use sqlx::PgPool;
use std::time::Instant;

async fn put(world: &World, inner: GroupId, outer: GroupId) {
    let target = world.target(outer, Access::Member).await;
    world.standing(inner, target).await;
}

async fn put_person(world: &World, who: PersonId, group: GroupId) {
    let target = world.target(group, Access::Member).await;
    world.standing(who, target).await;
}

async fn reader(world: &World) -> engine::Ctx {
    let reader = world.person("Reader").await;
    world.role(reader, Role::GlobalReader).await;
    world.ctx(reader).await
}

async fn members(world: &World, ctx: &engine::Ctx, key: &str) -> EffectiveMembers {
    effective_members(&world.engine, ctx, key, &Wanted::default()).await.unwrap()
}

fn shown(found: &EffectiveMembers) -> Vec<String> {
    let path = |row: &engine::ask::effective_members::Row| {
        row.path.iter().map(|label| label.key.clone()).collect::<Vec<_>>().join(">")
    };
    found.members.iter().map(|row| format!("{} {}", row.who.name, path(row))).collect()
}

async fn reach(world: &World, ctx: &engine::Ctx, user_name: &str) -> Vec<String> {
    let page: PersonPage = person(&world.engine, ctx, user_name).await.unwrap();
    let rows = page.reach.expect("visible to a reader").into_iter().map(|reach| {
        let what = match &reach.what {
            What::Member(label) => format!("member {}", label.key),
            What::Owner(label) => format!("owner {}", label.key),
            What::Role(role) => format!("role {}", role.wire()),
        };
        let how = match reach.how {
            How::Later(_) => "Later".to_owned(),
            how => format!("{how:?}"),
        };
        let path: Vec<String> = reach.path.iter().map(|label| label.key.clone()).collect();
        let ends = if reach.until.is_some() { " ends" } else { "" };
        format!("{how} {what} via [{}]{ends} opens {:?}", path.join(">"), reach.leads_to)
    });
    rows.collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn c17_a_circle_in_the_data_is_read_once_round(pool: PgPool) {
    let world = World::new(&pool);
    let ctx = reader(&world).await;
    let (a, b, c) = (world.group("a").await, world.group("b").await, world.group("c").await);
    put(&world, a, b).await;
    put(&world, b, c).await;
    put(&world, c, a).await;
    put(&world, a, a).await;
    let ann = world.person("Ann").await;
    put_person(&world, ann, a).await;
    assert_eq!(shown(&members(&world, &ctx, "a").await), ["Ann a"]);
    assert_eq!(shown(&members(&world, &ctx, "b").await), ["Ann b>a"]);
    assert_eq!(shown(&members(&world, &ctx, "c").await), ["Ann c>b>a"]);
    assert_eq!(
        reach(&world, &ctx, "ann").await,
        [
            "Standing member a via [] opens []",
            "Standing member b via [a] opens []",
            "Standing member c via [a>b] opens []"
        ]
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn c17_a_diamond_counts_a_person_once_and_survives_the_loss_of_one_side(pool: PgPool) {
    let world = World::new(&pool);
    let ctx = reader(&world).await;
    let (top, left, right, bottom) = (
        world.group("top").await,
        world.group("left").await,
        world.group("right").await,
        world.group("bottom").await,
    );
    put(&world, bottom, left).await;
    put(&world, bottom, right).await;
    put(&world, left, top).await;
    put(&world, right, top).await;
    let ann = world.person("Ann").await;
    put_person(&world, ann, bottom).await;
    assert_eq!(shown(&members(&world, &ctx, "top").await).len(), 1);
    let end = format!("update assignments set ends_at = clock() where principal_id = '{left}'");
    world.sql(&end).await;
    assert_eq!(shown(&members(&world, &ctx, "top").await), ["Ann top>right>bottom"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn c17_nesting_is_followed_fifty_groups_deep(pool: PgPool) {
    let world = World::new(&pool);
    let ctx = reader(&world).await;
    let mut inner = world.group("g0").await;
    let ann = world.person("Ann").await;
    put_person(&world, ann, inner).await;
    for depth in 1..50 {
        let outer = world.group(&format!("g{depth}")).await;
        put(&world, inner, outer).await;
        inner = outer;
    }
    let found = members(&world, &ctx, "g49").await;
    assert_eq!(found.members[0].path.len(), 50);
    assert_eq!(reach(&world, &ctx, "ann").await.len(), 50);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_path_ends_with_its_first_end_and_disabled_people_are_nobody(pool: PgPool) {
    let world = World::new(&pool);
    let ctx = reader(&world).await;
    let (outer, inner) = (world.group("outer").await, world.group("inner").await);
    put(&world, inner, outer).await;
    let (ann, ben) = (world.person("Ann").await, world.person("Ben").await);
    let target = world.target(inner, Access::Member).await;
    let now = world.now().await;
    let end = now + TimeDelta::hours(3);
    world.assign(ann, target, Kind::Active, Span { start: now, end: Some(end) }).await;
    put_person(&world, ben, inner).await;
    world.sql("update users set enabled = false where user_name = 'ben'").await;
    let found = members(&world, &ctx, "outer").await;
    assert_eq!(shown(&found), ["Ann outer>inner"]);
    assert_eq!(found.members[0].until, Some(end));
    world.move_clock(TimeDelta::hours(3)).await;
    assert_eq!(members(&world, &ctx, "outer").await.count, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_person_sees_what_is_on_what_is_possible_and_what_it_opens(pool: PgPool) {
    let world = World::new(&pool);
    let ctx = reader(&world).await;
    let ann = world.person("Ann").await;
    let team = world.group("team").await;
    put_person(&world, ann, team).await;
    let admins = world.group_with("admins", true, true).await;
    let production = world.group("production").await;
    let within = world.group("within").await;
    put(&world, production, within).await;
    world.eligible(ann, world.target(admins, Access::Member).await).await;
    world.eligible(ann, world.target(team, Access::Owner).await).await;
    // through the team, not directly
    let now = world.now().await - TimeDelta::hours(1);
    let target = world.target(production, Access::Member).await;
    world.assign(team, target, Kind::Eligible, Span::permanent(now)).await;
    let role = "insert into assignments (id, target_id, principal_id, kind, origin, starts_at) \
        select gen_random_uuid(), t.id, g.id, 'active', 'assigned', clock() from targets t, groups g \
        where t.role = 'groups-administrator' and g.key = 'admins'";
    world.sql(role).await;
    assert_eq!(
        reach(&world, &ctx, "ann").await,
        [
            "Standing member team via [] opens []",
            "Eligible owner team via [] ends opens []",
            "Eligible member admins via [] ends opens [\"Groups Administrator\"]",
            "Eligible member production via [team] opens [\"Group within\"]",
        ]
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_knows_somebody_from_a_request_only_sees_the_request_only(pool: PgPool) {
    let world = World::new(&pool);
    let (ann, ben, cleo) = (world.person("Ann").await, world.person("Ben").await, world.person("Cleo").await);
    let group = world.group("prod").await;
    let target = world.target(group, Access::Member).await;
    world.standing(ben, world.target(group, Access::Owner).await).await;
    world.eligible(ann, target).await;
    let request = format!(
        "insert into requests (id, target_id, principal_id, filer_id, action, status, policy_version, rules, \
           content_hash, request_key, closed_at) \
         values (gen_random_uuid(), '{target}', '{ann}', '{ann}', 'selfActivate', 'Denied', 1, '{{}}', '', \
           gen_random_uuid(), clock())"
    );
    world.sql(&request).await;
    let seen = person(&world.engine, &world.ctx(ben).await, "ann").await.unwrap();
    assert!(seen.reach.is_none() && seen.sign_in.is_none());
    assert_eq!(seen.asked.len(), 1);
    let stranger = person(&world.engine, &world.ctx(cleo).await, "ann").await.expect_err("a stranger");
    assert_eq!(stranger.refusals()[0].code, Code::NotFound);
    let own = person(&world.engine, &world.ctx(ann).await, "ann").await.unwrap();
    assert!(own.reach.is_some() && own.sign_in.is_some());
}

#[sqlx::test(migrations = "../../migrations")]
async fn ten_thousand_members_are_read_quickly(pool: PgPool) {
    let world = World::new(&pool);
    let ctx = reader(&world).await;
    let everybody = world.group("everybody").await;
    world.group("outer").await;
    let target = world.target(everybody, Access::Member).await;
    let outer = world.engine.clone();
    let people = format!(
        "insert into principals (id, kind) select md5(n::text)::uuid, 'user' from generate_series(1, 10000) n; \
         insert into users (id, user_name, display_name) \
           select md5(n::text)::uuid, 'p' || n, 'Person ' || n from generate_series(1, 10000) n; \
         insert into assignments (id, target_id, principal_id, kind, origin, starts_at) \
           select md5('a' || n)::uuid, '{target}', md5(n::text)::uuid, 'active', 'directory', clock() \
           from generate_series(1, 10000) n; analyze"
    );
    world.sql(&people).await;
    let outermost: uuid::Uuid =
        sqlx::query_scalar("select id from groups where key = 'outer'").fetch_one(&outer.pool).await.unwrap();
    put(&world, everybody, GroupId(outermost)).await;
    let begun = Instant::now();
    let found = members(&world, &ctx, "outer").await;
    assert_eq!(found.count, 10_000);
    assert_eq!(found.members[0].path.len(), 2);
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}
