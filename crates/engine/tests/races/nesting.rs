//! Groups as principals: two edits that close a circle together, and leaving a group against activating through it.

use crate::support::*;
use chrono::TimeDelta;
use domain::assignment::{Kind, Wanted};
use domain::span::Span;
use engine::act::assign::{self, assign};
use engine::act::edit_membership::{self, Change, edit_membership};
use engine::ask::thing::Pick;
use sqlx::PgPool;

/// A managed group that Cleo owns, with policies that ask for nothing.
async fn owned(cast: &Cast, key: &str) -> (GroupId, TargetId) {
    let group = cast.world.group(key).await;
    let member = cast.world.target(group, Access::Member).await;
    cast.world.policy(member, open_policy()).await;
    cast.world.standing(cast.cleo, cast.world.target(group, Access::Owner).await).await;
    (group, member)
}

#[sqlx::test(migrations = "../../migrations")]
async fn c17_two_assignments_that_close_a_circle_together_do_not_both_happen(pool: PgPool) {
    let cast = cast(&pool, 0).await;
    let end = cast.world.now().await + TimeDelta::days(2);
    let give = async |outer: &str, inner: GroupId, kind| {
        let wanted = Wanted { kind, start: None, end: Some(end), reason: "rota".into() };
        let (group, access, principals) = (outer.to_owned(), Access::Member, vec![inner.into()]);
        let input = assign::Input {
            pick: Pick::of(group, access),
            principals,
            wanted,
            code: String::new(),
            key: key(),
        };
        let (engine, ctx) = (cast.world.engine.clone(), cast.world.ctx(cast.cleo).await);
        (engine, ctx, input)
    };
    for round in 0..rounds() {
        let (a, b) = (format!("a{round}"), format!("b{round}"));
        let ((in_a, _), (in_b, _)) = (owned(&cast, &a).await, owned(&cast, &b).await);
        let kind = if round % 2 == 0 { Kind::Active } else { Kind::Eligible };
        let (first, second) = (give(&a, in_b, Kind::Active).await, give(&b, in_a, kind).await);
        let (one, two) = together(
            async move { assign(&first.0, &first.1, first.2).await.unwrap().remove(0).result },
            async move { assign(&second.0, &second.1, second.2).await.unwrap().remove(0).result },
        )
        .await;
        assert!(one.is_ok() ^ two.is_ok(), "round {round}");
        assert_eq!(one.err().or(two.err()).unwrap()[0].code, Code::Circle);
    }
}

/// How Ann loses what she is about to activate through the team.
#[derive(Clone, Copy)]
enum Loss {
    Membership,
    Nested,
    Eligibility,
}

#[sqlx::test(migrations = "../../migrations")]
async fn leaving_meets_activating_through_the_group_and_nothing_is_left_on(pool: PgPool) {
    let cast = cast(&pool, 0).await;
    let (team, in_team) = owned(&cast, "team").await;
    let (squad, in_squad) = owned(&cast, "squad").await;
    let (vault, in_vault) = owned(&cast, "vault").await;
    let mut handicap = Handicap::default();
    for round in 0..rounds() {
        let loss = [Loss::Membership, Loss::Nested, Loss::Eligibility][round % 3];
        let always = Span::permanent(cast.world.now().await);
        let eligibility = cast.world.assign(team, in_vault, Kind::Eligible, always).await;
        let nested = cast.world.assign(squad, in_team, Kind::Active, always).await;
        let membership = cast.world.assign(cast.ann, in_squad, Kind::Active, always).await;
        let (group, row) = match loss {
            Loss::Membership => ("squad", membership),
            Loss::Nested => ("team", nested),
            Loss::Eligibility => ("vault", eligibility),
        };
        let taken = taking(group, row);
        let (engine, ann) = (cast.world.engine.clone(), cast.world.ctx(cast.ann).await);
        let (other, cleo) = (engine.clone(), cast.world.ctx(cast.cleo).await);
        let form = Activate { target: in_vault, ..cast.form() };
        let (on, left) = handicap
            .run(async move { activate(&engine, &ann, form).await }, async move {
                remove_assignment(&other, &cleo, taken).await
            })
            .await;
        let ended = left.unwrap().activations;
        assert_eq!(ended, usize::from(on.is_ok()), "round {round}: what was on first was ended");
        handicap.won(on.is_ok());
        assert!(!cast.world.is_member(cast.ann, vault).await, "round {round}");
        let end_all = "update assignments set ends_at = greatest(clock(), starts_at), end_recorded = true \
             where (ends_at is null or ends_at > clock()) and target_id in (select id from targets where kind = 'member') \
               and kind in ('active', 'eligible') and not end_recorded";
        cast.world.sql(end_all).await;
    }
    handicap.both_orders();
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_directory_takes_her_out_while_she_activates_and_nothing_is_left_on(pool: PgPool) {
    let cast = cast(&pool, 0).await;
    let (vault, in_vault) = owned(&cast, "vault").await;
    let always = Span::permanent(cast.world.now().await);
    let crowd = cast.world.group_with("crowd", false, false).await;
    let in_crowd = cast.world.target(crowd, Access::Member).await;
    cast.world.assign(crowd, in_vault, Kind::Eligible, always).await;
    cast.world.role(cast.ben, domain::role::Role::GroupsAdministrator).await;
    for round in 0..rounds() {
        let from_now = Span::permanent(cast.world.now().await);
        cast.world.assign(cast.ann, in_crowd, Kind::Active, from_now).await;
        let (engine, ann) = (cast.world.engine.clone(), cast.world.ctx(cast.ann).await);
        let (other, ben) = (engine.clone(), cast.world.ctx(cast.ben).await);
        let form = Activate { target: in_vault, ..cast.form() };
        let out = edit_membership::Input {
            group: crowd,
            access: Access::Member,
            principal: cast.ann.into(),
            change: Change::Remove,
        };
        let (_, left) = together(async move { activate(&engine, &ann, form).await }, async move {
            edit_membership(&other, &ben, out).await
        })
        .await;
        left.unwrap();
        assert!(!cast.world.is_member(cast.ann, vault).await, "round {round}");
    }
}
