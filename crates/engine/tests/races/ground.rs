//! Approving and switching on against losing the ground: approver, eligibility, person, group. Whichever is first, no
//! access is left that nobody may have.

use crate::support::*;
use domain::assignment::Kind;
use domain::role::Role;
use domain::span::Span;
use engine::act::delete_group::{self, delete_group};
use engine::act::set_person_state::{self, set_person_state};
use engine::db::policies::{self, Versioned};
use engine::db::targets::{self, Hold};
use sqlx::PgPool;

/// Somebody who may disable people and delete groups.
async fn administrator(cast: &Cast) -> PersonId {
    let gwen = cast.world.person("Gwen Admin").await;
    cast.world.role(gwen, Role::UserAdministrator).await;
    cast.world.role(gwen, Role::GroupsAdministrator).await;
    gwen
}

/// Somebody is disabled, as a future that owns what it needs.
async fn disabling(
    cast: &Cast,
    by: PersonId,
    person: PersonId,
) -> impl Future<Output = Result<()>> + Send + 'static {
    let (engine, ctx) = (cast.world.engine.clone(), cast.world.ctx(by).await);
    let input = set_person_state::Input { person, enabled: false, reason: "left".into() };
    async move { set_person_state(&engine, &ctx, input).await.map(drop) }
}

async fn both_orders_and_nothing_odd(cast: &Cast, handicap: &Handicap) {
    handicap.both_orders();
    let odd = "select count(*) from requests where status = 'Provisioned' and action = 'selfActivate' and assignment_id is null";
    assert_eq!(cast.world.count(odd).await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn approve_meets_the_approver_being_disabled(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let gwen = administrator(&cast).await;
    let mut handicap = Handicap::default();
    for round in 0..rounds() {
        let request = cast.ask().await.request;
        let yes = cast.deciding(cast.ben, request, Verdict::Approve).await;
        let (decided, disabled) = handicap.run(yes, disabling(&cast, gwen, cast.ben).await).await;
        disabled.unwrap();
        let counts = recorded(&decided);
        assert_eq!(cast.world.is_member(cast.ann, cast.group).await, counts, "round {round}");
        let status = cast.world.status(request).await;
        assert_eq!(status, if counts { "Provisioned" } else { "PendingApproval" }, "round {round} (I-05)");
        handicap.won(counts);
        cast.world.sql("update users set enabled = true").await;
        cast.clear().await;
    }
    both_orders_and_nothing_odd(&cast, &handicap).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn approve_meets_the_approver_being_named_no_longer(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let mut handicap = Handicap::default();
    for round in 0..rounds() {
        let request = cast.ask().await.request;
        let yes = cast.deciding(cast.ben, request, Verdict::Approve).await;
        let (world, target, cleo) = (cast.world.clone(), cast.target, cast.cleo);
        // the lock that saving a policy takes
        let change = async move {
            let mut tx = world.engine.begin().await.unwrap();
            targets::lock(&mut tx, target, Hold::Change).await.unwrap();
            let version = policies::current(&mut tx, target).await.unwrap().version + 1;
            let next = Versioned { version, policy: approved_by(&[cleo], 1) };
            policies::insert(&mut tx, target, &next, None, "").await.unwrap();
            tx.commit().await.unwrap();
        };
        let (decided, ()) = handicap.run(yes, change).await;
        let counts = recorded(&decided);
        assert_eq!(cast.world.is_member(cast.ann, cast.group).await, counts, "round {round}");
        let status = cast.world.status(request).await;
        assert_eq!(status, if counts { "Provisioned" } else { "PendingApproval" }, "round {round} (I-05)");
        handicap.won(counts);
        cast.clear().await;
        cast.world.policy(cast.target, approved_by(&[cast.ben, cast.cleo], 1)).await;
    }
    both_orders_and_nothing_odd(&cast, &handicap).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn approve_meets_the_eligibility_being_removed(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let gwen = administrator(&cast).await;
    cast.world
        .sql("update assignments set ends_at = clock(), end_recorded = true where kind = 'eligible'")
        .await;
    let mut handicap = Handicap::default();
    for round in 0..rounds() {
        let span = Span::permanent(cast.world.now().await);
        let eligible = cast.world.assign(cast.ann, cast.target, Kind::Eligible, span).await;
        let request = cast.ask().await.request;
        let yes = cast.deciding(cast.ben, request, Verdict::Approve).await;
        let (engine, ctx) = (cast.world.engine.clone(), cast.world.ctx(gwen).await);
        let input = taking("prod-db-admins", eligible);
        let (decided, removed) =
            handicap.run(yes, async move { remove_assignment(&engine, &ctx, input).await }).await;
        let (counts, removed) = (recorded(&decided), removed.unwrap());
        assert_eq!(
            (removed.activations, removed.requests),
            if counts { (1, 0) } else { (0, 1) },
            "round {round}"
        );
        assert_eq!(cast.world.status(request).await, if counts { "Provisioned" } else { "Revoked" });
        assert!(!cast.world.is_member(cast.ann, cast.group).await, "round {round} (I-03)");
        handicap.won(counts);
    }
    both_orders_and_nothing_odd(&cast, &handicap).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn activate_meets_the_person_being_disabled_and_nothing_is_left_on(pool: PgPool) {
    let cast = cast(&pool, 0).await;
    let gwen = administrator(&cast).await;
    let mut handicap = Handicap::default();
    for round in 0..rounds() {
        let (engine, ann, form) = (cast.world.engine.clone(), cast.world.ctx(cast.ann).await, cast.form());
        let disable = disabling(&cast, gwen, cast.ann).await;
        let (activated, disabled) =
            handicap.run(async move { activate(&engine, &ann, form).await }, disable).await;
        disabled.unwrap();
        handicap.won(activated.is_ok());
        let active = cast.world.count("select count(*) from active_now where origin = 'activated'").await;
        assert_eq!(active, 0, "round {round}: a disabled person has nothing on (I-09)");
        cast.world.sql("update users set enabled = true").await;
        cast.clear().await;
    }
    both_orders_and_nothing_odd(&cast, &handicap).await;
}

/// The group goes; afterwards it is taken back by hand, for the next round.
async fn deleting(cast: &Cast, by: PersonId) -> impl Future<Output = Result<()>> + Send + 'static {
    let (engine, ctx, group) = (cast.world.engine.clone(), cast.world.ctx(by).await, cast.group);
    async move {
        delete_group(&engine, &ctx, delete_group::Input { group, reason: String::new() }).await.map(drop)
    }
}

async fn again(cast: &Cast) {
    cast.world.sql("update groups set deleted_at = null").await;
    cast.clear().await;
    let span = Span::permanent(cast.world.now().await);
    cast.world.assign(cast.ann, cast.target, Kind::Eligible, span).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn approve_meets_the_group_being_deleted_and_nothing_is_left(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let gwen = administrator(&cast).await;
    let mut handicap = Handicap::default();
    for round in 0..rounds() {
        let request = cast.ask().await.request;
        let yes = cast.deciding(cast.ben, request, Verdict::Approve).await;
        let (decided, deleted) = handicap.run(yes, deleting(&cast, gwen).await).await;
        deleted.unwrap();
        let counts = recorded(&decided);
        let status = cast.world.status(request).await;
        assert_eq!(status, if counts { "Provisioned" } else { "Revoked" }, "round {round}");
        let left = cast.world.count("select count(*) from active_now where origin = 'activated'").await;
        assert_eq!(left, 0, "round {round}: its access ended with it");
        handicap.won(counts);
        again(&cast).await;
        assert!(!cast.world.is_member(cast.ann, cast.group).await, "taking it back revives nothing");
    }
    both_orders_and_nothing_odd(&cast, &handicap).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn activate_meets_the_group_being_deleted_and_nothing_is_left_on(pool: PgPool) {
    let cast = cast(&pool, 0).await;
    let gwen = administrator(&cast).await;
    let mut handicap = Handicap::default();
    for round in 0..rounds() {
        let (engine, ann, form) = (cast.world.engine.clone(), cast.world.ctx(cast.ann).await, cast.form());
        let delete = deleting(&cast, gwen).await;
        let (activated, deleted) =
            handicap.run(async move { activate(&engine, &ann, form).await }, delete).await;
        deleted.unwrap();
        handicap.won(activated.is_ok());
        let left = cast.world.count("select count(*) from active_now where origin = 'activated'").await;
        assert_eq!(left, 0, "round {round}");
        again(&cast).await;
    }
    both_orders_and_nothing_odd(&cast, &handicap).await;
}
