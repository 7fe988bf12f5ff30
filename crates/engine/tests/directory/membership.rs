//! Membership of groups that are not managed.

use domain::ids::{GroupId, PrincipalId};
use domain::refusal::Code;
use domain::role::Role;
use domain::target::Access;
use engine::act::edit_membership::{Change, Input, edit_membership};
use engine::ask::membership::{Wanted, membership};
use engine::testkit::World;
use engine::{Ctx, Result};
use sqlx::PgPool;

async fn change(
    world: &World,
    ctx: &Ctx,
    group: GroupId,
    access: Access,
    principal: impl Into<PrincipalId>,
    change: Change,
) -> Result<()> {
    let input = Input { group, access, principal: principal.into(), change };
    edit_membership(&world.engine, ctx, input).await
}

fn code(result: Result<()>) -> Code {
    result.expect_err("refused").refusals()[0].code
}

async fn admin(world: &World) -> Ctx {
    let admin = world.person("Admin").await;
    world.role(admin, Role::GroupsAdministrator).await;
    world.ctx(admin).await
}

async fn plain(world: &World, key: &str) -> GroupId {
    world.group_with(key, false, false).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn members_come_and_go_and_come_again(pool: PgPool) {
    let world = World::new(&pool);
    let ctx = admin(&world).await;
    let (group, ann) = (plain(&world, "team").await, world.person("Ann").await);
    change(&world, &ctx, group, Access::Member, ann, Change::Add).await.unwrap();
    assert_eq!(code(change(&world, &ctx, group, Access::Member, ann, Change::Add).await), Code::Duplicate);
    let page = membership(&world.engine, &ctx, "team", &Wanted::default()).await.unwrap();
    assert!(page.edits && page.members.rows.len() == 1 && page.members.rows[0].handle == "ann");
    change(&world, &ctx, group, Access::Member, ann, Change::Remove).await.unwrap();
    assert!(!world.is_member(ann, group).await);
    assert_eq!(
        code(change(&world, &ctx, group, Access::Member, ann, Change::Remove).await),
        Code::NothingChanged
    );
    change(&world, &ctx, group, Access::Member, ann, Change::Add).await.unwrap();
    assert!(world.is_member(ann, group).await);
    assert_eq!(
        world
            .count(
                "select count(*) from audit_events where action = 'membership-changed' and outcome = 'done'"
            )
            .await,
        3
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_managed_group_is_changed_through_assignments_only(pool: PgPool) {
    let world = World::new(&pool);
    let ctx = admin(&world).await;
    let (group, ann) = (world.group("managed").await, world.person("Ann").await);
    assert_eq!(code(change(&world, &ctx, group, Access::Member, ann, Change::Add).await), Code::ManagedHere);
    let stranger = world.ctx(ann).await;
    assert_eq!(
        code(change(&world, &stranger, group, Access::Member, ann, Change::Add).await),
        Code::NotFound
    );
    let page = membership(&world.engine, &ctx, "managed", &Wanted::default()).await.expect_err("managed");
    assert_eq!(page.refusals()[0].code, Code::ManagedHere);
}

#[sqlx::test(migrations = "../../migrations")]
async fn c17_a_circle_by_hand_is_refused_with_the_way_round(pool: PgPool) {
    let world = World::new(&pool);
    let ctx = admin(&world).await;
    let (a, b, c) = (plain(&world, "a").await, plain(&world, "b").await, plain(&world, "c").await);
    change(&world, &ctx, b, Access::Member, a, Change::Add).await.unwrap();
    change(&world, &ctx, c, Access::Member, b, Change::Add).await.unwrap();
    let refused = change(&world, &ctx, a, Access::Member, c, Change::Add).await.expect_err("a circle");
    let refusal = &refused.refusals()[0];
    assert_eq!(refusal.code, Code::Circle);
    assert!(refusal.text.to_string().ends_with("Group c › Group a › Group b › Group c."), "{}", refusal.text);
    assert_eq!(code(change(&world, &ctx, a, Access::Member, a, Change::Add).await), Code::Circle);
    // a diamond is no circle
    change(&world, &ctx, c, Access::Member, a, Change::Add).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn c17_two_edits_that_close_a_circle_together_do_not_both_happen(pool: PgPool) {
    let world = World::new(&pool);
    let ctx = admin(&world).await;
    for round in 0..50 {
        let (a, b) = (plain(&world, &format!("a{round}")).await, plain(&world, &format!("b{round}")).await);
        let (one, two) = tokio::join!(
            change(&world, &ctx, a, Access::Member, b, Change::Add),
            change(&world, &ctx, b, Access::Member, a, Change::Add)
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_does_not_fit_is_refused(pool: PgPool) {
    let world = World::new(&pool);
    let ctx = admin(&world).await;
    let role_admin = world.person("Role admin").await;
    world.role(role_admin, Role::PrivilegedRoleAdministrator).await;
    let role_admin = world.ctx(role_admin).await;
    let (team, inner) = (plain(&world, "team").await, plain(&world, "inner").await);
    let roles = world.group_with("roles", true, false).await;
    let gone = world.person("Gone").await;
    world.sql("update users set enabled = false where user_name = 'gone'").await;
    assert_eq!(
        code(change(&world, &ctx, team, Access::Owner, inner, Change::Add).await),
        Code::PrincipalUnfit
    );
    assert_eq!(
        code(change(&world, &ctx, team, Access::Member, gone, Change::Add).await),
        Code::PersonDisabled
    );
    assert_eq!(code(change(&world, &ctx, roles, Access::Member, gone, Change::Add).await), Code::NotFound);
    assert_eq!(
        code(change(&world, &role_admin, roles, Access::Member, inner, Change::Add).await),
        Code::PrincipalUnfit
    );
    let nobody = PrincipalId(uuid::Uuid::nil());
    assert_eq!(
        code(change(&world, &ctx, team, Access::Member, nobody, Change::Add).await),
        Code::UnknownReference
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_last_owner_stays_also_when_two_leave_at_once(pool: PgPool) {
    let world = World::new(&pool);
    let ctx = admin(&world).await;
    let (ann, ben) = (world.person("Ann").await, world.person("Ben").await);
    for round in 0..50 {
        let group = plain(&world, &format!("g{round}")).await;
        for owner in [ann, ben] {
            change(&world, &ctx, group, Access::Owner, owner, Change::Add).await.unwrap();
        }
        let (one, two) = tokio::join!(
            change(&world, &ctx, group, Access::Owner, ann, Change::Remove),
            change(&world, &ctx, group, Access::Owner, ben, Change::Remove)
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
        assert_eq!(
            [one, two].into_iter().find_map(Result::err).map(|e| e.refusals()[0].code),
            Some(Code::LastOwner)
        );
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn taking_the_last_administrator_out_of_the_role_group_is_refused(pool: PgPool) {
    let world = World::new(&pool);
    let ann = world.person("Ann").await;
    let roles = world.group_with("roles", true, false).await;
    world.standing(ann, world.target(roles, Access::Member).await).await;
    world
        .sql(
            "insert into assignments (id, target_id, principal_id, kind, origin, starts_at) \
             select gen_random_uuid(), t.id, g.id, 'active', 'assigned', clock() from targets t, groups g where t.role = 'global-administrator'; \
             insert into totp_factors (user_id, secret, confirmed_at) select id, '\\x00', clock() from users",
        )
        .await;
    let ctx = world.ctx(ann).await;
    let refused = change(&world, &ctx, roles, Access::Member, ann, Change::Remove).await;
    assert_eq!(code(refused), Code::LastAdministrator);
    assert!(world.is_member(ann, roles).await);
}
