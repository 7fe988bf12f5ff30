//! Giving groups eligibility and standing access.

use crate::cast::{Cast, cast, managed};
use chrono::TimeDelta;
use domain::assignment::{Kind, Wanted};
use domain::duration::Minutes;
use domain::ids::GroupId;
use domain::policy::{ApprovalRule, Approver};
use domain::refusal::{Code, Refusal};
use domain::target::Access;
use engine::act::assign::{Input, assign};
use engine::ask::my_access;
use engine::ask::thing::Pick;
use engine::testkit::{World, key, open_policy};
use sqlx::PgPool;

async fn give(
    world: &World,
    ctx: &engine::Ctx,
    group: &str,
    access: Access,
    kind: Kind,
    inner: GroupId,
) -> Result<(), Vec<Refusal>> {
    let end = Some(world.now().await + TimeDelta::days(2));
    let wanted = Wanted { kind, start: None, end, reason: "rota".into() };
    let principals = vec![inner.into()];
    let input = Input { pick: Pick::of(group, access), principals, wanted, code: String::new(), key: key() };
    let outcomes = assign(&world.engine, ctx, input).await.unwrap();
    outcomes.into_iter().next().unwrap().result.map(|_| ())
}

fn code(result: Result<(), Vec<Refusal>>) -> Option<Code> {
    result.err().map(|refusals| refusals[0].code)
}

/// Olga, who owns everything here but is in nothing.
async fn olga(cast: &Cast) -> engine::Ctx {
    cast.world.ctx(cast.olga).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_group_can_be_eligible_for_any_managed_group_and_active_in_a_plain_one(pool: PgPool) {
    let cast = cast(&pool).await;
    let (world, ctx) = (&cast.world, olga(&cast).await);
    let roles = world.group_with("roles", true, true).await;
    for access in Access::ALL {
        let target = world.target(roles, access).await;
        world.policy(target, open_policy()).await;
        if access == Access::Owner {
            world.standing(cast.olga, target).await;
        }
    }
    let (plain, _) = managed(world, "plain", cast.olga).await;
    let ends = [(Access::Member, Kind::Eligible), (Access::Owner, Kind::Eligible)];
    for (access, kind) in ends {
        assert_eq!(code(give(world, &ctx, "roles", access, kind, cast.team).await), None, "{access:?}");
    }
    for access in Access::ALL {
        let refused = give(world, &ctx, "roles", access, Kind::Active, cast.team).await;
        assert_eq!(code(refused), Some(Code::PrincipalUnfit), "{access:?}");
        assert_eq!(code(give(world, &ctx, "team", access, Kind::Active, plain).await), None, "{access:?}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn no_group_comes_into_a_role_assignable_one_through_another(pool: PgPool) {
    let cast = cast(&pool).await;
    let (world, ctx) = (&cast.world, olga(&cast).await);
    let roles = world.group_with("roles", true, true).await;
    // an old import could have left this behind
    let in_roles = world.target(roles, Access::Member).await;
    world.standing(cast.vault, in_roles).await;
    let refused = give(world, &ctx, "vault", Access::Member, Kind::Active, cast.team).await.unwrap_err();
    assert_eq!(refused[0].code, Code::PrincipalUnfit);
    assert!(
        refused[0].text.to_string().starts_with("Group vault lies in Group roles"),
        "{}",
        refused[0].text
    );
    let other = managed(world, "other", cast.olga).await.0;
    assert_eq!(code(give(world, &ctx, "vault", Access::Member, Kind::Eligible, other).await), None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn c17_a_circle_is_refused_with_the_way_round_also_through_eligibilities(pool: PgPool) {
    let cast = cast(&pool).await;
    let (world, ctx) = (&cast.world, olga(&cast).await);
    let (mid, _) = managed(world, "mid", cast.olga).await;
    assert_eq!(code(give(world, &ctx, "mid", Access::Member, Kind::Active, cast.vault).await), None);
    for kind in [Kind::Active, Kind::Eligible] {
        let refused = give(world, &ctx, "team", Access::Member, kind, mid).await.unwrap_err();
        assert_eq!(refused[0].code, Code::Circle, "{kind:?}");
        let text = refused[0].text.to_string();
        assert!(text.ends_with("Group mid › Group team › Group vault › Group mid."), "{text}");
    }
    let own = give(world, &ctx, "team", Access::Member, Kind::Eligible, cast.team).await;
    assert_eq!(code(own), Some(Code::Circle), "inside itself");
    assert_eq!(
        code(give(world, &ctx, "team", Access::Owner, Kind::Eligible, mid).await),
        None,
        "owning is no nesting"
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_gives_herself_active_access_by_a_group_she_is_in(pool: PgPool) {
    let cast = cast(&pool).await;
    let (world, ctx) = (&cast.world, olga(&cast).await);
    let (mine, in_mine) = managed(world, "mine", cast.olga).await;
    world.standing(cast.olga, in_mine).await;
    let refused = give(world, &ctx, "vault", Access::Member, Kind::Active, mine).await;
    assert_eq!(code(refused), Some(Code::SelfAssignment), "I-11");
    assert_eq!(code(give(world, &ctx, "vault", Access::Member, Kind::Eligible, mine).await), None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn owning_through_a_group_manages_a_plain_group_and_never_a_role_assignable_one(pool: PgPool) {
    let (cast, _) = cast(&pool).await.with_ann().await;
    let world = &cast.world;
    let ann = world.ctx(cast.ann).await;
    let (plain, in_plain) = managed(world, "plain", cast.olga).await;
    world.eligible(cast.ann, in_plain).await;
    let owner = world.target(cast.vault, Access::Owner).await;
    world.standing(cast.team, owner).await;
    assert_eq!(code(give(world, &ann, "vault", Access::Member, Kind::Eligible, plain).await), None);
    let roles = world.group_with("roles", true, true).await;
    world
        .assign(
            cast.team,
            world.target(roles, Access::Owner).await,
            Kind::Eligible,
            domain::span::Span::permanent(world.now().await),
        )
        .await;
    let input = Input {
        pick: Pick::of("roles", Access::Member),
        principals: vec![plain.into()],
        wanted: Wanted { kind: Kind::Eligible, start: None, end: None, reason: "rota".into() },
        code: String::new(),
        key: key(),
    };
    let refused = assign(&world.engine, &ann, input).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::NotFound, "eligible is not active");
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_is_an_approver_only_by_the_group_asked_for_does_not_count(pool: PgPool) {
    let (cast, _) = cast(&pool).await.with_ann().await;
    let world = &cast.world;
    let (ben, cleo) = (world.person("Ben").await, world.person("Cleo").await);
    let approvers = managed(world, "approvers", cast.olga).await;
    world.standing(cast.vault, approvers.1).await;
    world.standing(ben, cast.in_vault).await;
    let mut policy = open_policy();
    let named = vec![Approver::Group(approvers.0)];
    policy.activation.approval =
        Some(ApprovalRule { approvers: named, needed: 1, wait: Minutes::hours(24), escalation: None });
    world.policy(cast.in_vault, policy).await;
    assert_eq!(
        cast.on(cast.in_vault, 1).await.unwrap_err(),
        [Code::NoApprover],
        "Ben is one by being in the vault"
    );
    world.standing(cleo, approvers.1).await;
    cast.on(cast.in_vault, 1).await.unwrap();
    let ctx = world.ctx(cast.ann).await;
    let page = my_access::load(&world.engine, &ctx).await.unwrap();
    let deciders: Vec<&str> = page.waiting[0].deciders.iter().map(|who| who.name.as_str()).collect();
    assert_eq!(deciders, ["Cleo"], "security.md 6.12");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_group_that_the_actor_cannot_see_is_as_unknown_as_none(pool: PgPool) {
    let cast = cast(&pool).await;
    let (world, ctx) = (&cast.world, olga(&cast).await);
    let secret = world.group("secret").await;
    // taken back before it began: it never was
    let tomorrow = world.now().await + TimeDelta::days(1);
    let span = domain::span::Span::lasting(tomorrow, TimeDelta::days(1));
    world.assign(cast.olga, world.target(secret, Access::Member).await, Kind::Eligible, span).await;
    world
        .sql("update assignments set ends_at = starts_at, end_recorded = true where starts_at > clock()")
        .await;
    for id in [secret, GroupId(uuid::Uuid::now_v7())] {
        let wanted = Wanted { kind: Kind::Eligible, start: None, end: None, reason: String::new() };
        let (pick, principals) = (Pick::of("vault", Access::Member), vec![id.into()]);
        let input = Input { pick, principals, wanted, code: String::new(), key: key() };
        let refused = assign(&world.engine, &ctx, input).await.unwrap_err();
        assert_eq!(refused.refusals()[0].code, Code::UnknownReference);
        assert_eq!(refused.refusals()[0].text.to_string(), "Nobody like that is here.");
    }
    // concerned with it, she sees it
    world.eligible(cast.olga, world.target(secret, Access::Member).await).await;
    assert_eq!(code(give(world, &ctx, "vault", Access::Member, Kind::Eligible, secret).await), None);
}
