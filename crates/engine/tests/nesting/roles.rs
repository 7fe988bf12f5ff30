//! Option 1: people are in a role-assignable group, the group is eligible for a directory role, and each activates the
//! role for herself (product.md section 3).

use crate::cast::{Cast, cast};
use domain::assignment::{Kind, Wanted};
use domain::ids::{GroupId, PrincipalId, TargetId};
use domain::refusal::Code;
use domain::role::Role;
use domain::target::{Access, Target};
use engine::act::assign;
use engine::act::cancel::cancel;
use engine::act::deactivate::deactivate;
use engine::ask::thing::Pick;
use engine::db::targets;
use engine::testkit::{key, open_policy};
use sqlx::PgPool;

const ROLE: Role = Role::UserAdministrator;

/// Ann is in the role-assignable group `people-admins`, which Olga owns.
async fn stage(pool: &PgPool) -> (Cast, GroupId, TargetId) {
    let cast = cast(pool).await;
    let group = cast.world.group_with("people-admins", true, true).await;
    cast.world.standing(cast.ann, cast.world.target(group, Access::Member).await).await;
    cast.world.standing(cast.olga, cast.world.target(group, Access::Owner).await).await;
    let mut conn = pool.acquire().await.unwrap();
    let role = targets::ensure(&mut conn, Target::Role(ROLE)).await.unwrap();
    cast.world.policy(role, open_policy()).await;
    (cast, group, role)
}

async fn give(cast: &Cast, principal: impl Into<PrincipalId>, kind: Kind) -> Result<(), Code> {
    let admin = cast.world.person(&format!("Role admin {}", key().0)).await;
    cast.world.role(admin, Role::PrivilegedRoleAdministrator).await;
    let ctx = cast.world.ctx(admin).await;
    let end = Some(cast.world.now().await + chrono::TimeDelta::days(30));
    let input = assign::Input {
        pick: Pick::of_role(ROLE),
        principals: vec![principal.into()],
        wanted: Wanted { kind, start: None, end, reason: String::new() },
        code: String::new(),
        key: key(),
    };
    let given = assign::assign(&cast.world.engine, &ctx, input).await.unwrap().remove(0);
    given.result.map(|_| ()).map_err(|refusals| refusals[0].code)
}

async fn holds(cast: &Cast) -> bool {
    cast.world.ctx(cast.ann).await.actor.roles.contains(&ROLE)
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_member_activates_the_role_and_it_changes_what_she_can_do_at_once(pool: PgPool) {
    let (cast, group, role) = stage(&pool).await;
    assert_eq!(cast.on(role, 1).await.unwrap_err(), [Code::NotFound], "no part in it yet");
    give(&cast, group, Kind::Eligible).await.unwrap();
    assert!(!holds(&cast).await, "eligible is not active");
    let on = cast.on(role, 1).await.unwrap();
    assert!(holds(&cast).await, "I-17");
    assert!(!cast.world.ctx(cast.olga).await.actor.roles.contains(&ROLE), "for herself alone");
    let ctx = cast.world.ctx(cast.ann).await;
    let id = cast.activation(on.request).await;
    deactivate(&cast.world.engine, &ctx, id, key()).await.unwrap();
    assert!(!holds(&cast).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn leaving_the_group_ends_the_role(pool: PgPool) {
    let (cast, group, role) = stage(&pool).await;
    give(&cast, group, Kind::Eligible).await.unwrap();
    cast.on(role, 1).await.unwrap();
    let row = sqlx::query_scalar(
        "select a.id from assignments a join targets t on t.id = a.target_id where t.group_id = $1 and t.kind = 'member'",
    );
    let row = domain::ids::AssignmentId(row.bind(group.0).fetch_one(&pool).await.unwrap());
    assert_eq!(cast.remove("people-admins", row).await.activations, 1);
    assert!(!holds(&cast).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_role_is_given_to_role_assignable_groups_only_and_eligibility_for_a_person_works_too(pool: PgPool) {
    let (cast, _, role) = stage(&pool).await;
    assert_eq!(give(&cast, cast.team, Kind::Eligible).await, Err(Code::PrincipalUnfit));
    give(&cast, cast.ann, Kind::Eligible).await.unwrap();
    assert_eq!(give(&cast, cast.ann, Kind::Eligible).await, Err(Code::Duplicate));
    cast.on(role, 1).await.unwrap();
    assert!(holds(&cast).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_asked_of_a_role_is_taken_back_by_who_asked_and_by_nobody_else(pool: PgPool) {
    let (cast, group, role) = stage(&pool).await;
    give(&cast, group, Kind::Eligible).await.unwrap();
    let start = cast.now().await + chrono::TimeDelta::hours(2);
    let planned = cast.on_at(role, 1, Some(start)).await.unwrap();
    let by = async |person| {
        let ctx = cast.world.ctx(person).await;
        cancel(&cast.world.engine, &ctx, planned.request, "").await.map_err(|error| error.refusals()[0].code)
    };
    assert_eq!(by(cast.olga).await, Err(Code::NotFound), "she owns the group, not the role");
    by(cast.ann).await.unwrap();
    assert_eq!(cast.world.status(planned.request).await, "Canceled");
}
