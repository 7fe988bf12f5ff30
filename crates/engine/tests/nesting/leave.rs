//! Every way to leave the group ends, in the same step, what came through it (product.md 4.3).

use crate::cast::{Cast, cast, managed};
use chrono::TimeDelta;
use domain::approval::Verdict;
use domain::assignment::Kind;
use domain::ids::GroupId;
use domain::refusal::Code;
use domain::role::Role;
use domain::span::Span;
use domain::target::Access;
use engine::act::activate::Activate;
use engine::act::decide::{Decision, decide};
use engine::act::edit_membership::{self, Change, edit_membership};
use engine::act::extend::{Extend, extend};
use engine::act::import_directory::{self, import_directory_as};
use engine::act::update_assignment::{self, update_assignment};
use engine::act::{
    deactivate::deactivate, delete_group, restore_group::restore_group, set_person_state, sweep::sweep,
};
use engine::ask::thing::Place;
use engine::ctx::By;
use engine::import::read::File;
use engine::testkit::{approved_by, key};
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn her_membership_is_removed(pool: PgPool) {
    let (cast, membership) = cast(&pool).await.with_ann().await;
    cast.vault_on().await;
    let removed = cast.remove("team", membership).await;
    assert_eq!(removed.activations, 1);
    cast.is_over_for("left-group").await;
    assert_eq!(cast.on(cast.in_vault, 1).await.unwrap_err(), [Code::NotFound]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn she_gives_the_group_back(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.world.eligible(cast.ann, cast.in_team).await;
    let team = cast.on(cast.in_team, 6).await.unwrap();
    cast.vault_on().await;
    let ctx = cast.world.ctx(cast.ann).await;
    let team = cast.activation(team.request).await;
    deactivate(&cast.world.engine, &ctx, team, key()).await.unwrap();
    cast.is_over_for("left-group").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn her_activation_of_the_group_ends_by_time_though_nobody_runs_anything(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.world.eligible(cast.ann, cast.in_team).await;
    cast.on(cast.in_team, 2).await.unwrap();
    let team_ends = cast.now().await + TimeDelta::hours(2);
    let end = cast.vault_on().await;
    assert!(end <= team_ends, "cut when it was granted: {end}");
    cast.world.move_clock(TimeDelta::minutes(119)).await;
    assert!(cast.in_vault().await);
    cast.world.move_clock(TimeDelta::minutes(121)).await;
    assert!(!cast.in_vault().await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn extending_the_group_ends_nothing_and_lets_the_rest_be_extended(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.world.eligible(cast.ann, cast.in_team).await;
    let team = cast.on(cast.in_team, 2).await.unwrap();
    let vault = cast.on(cast.in_vault, 4).await.unwrap();
    let before = cast.end().await.0;
    cast.world.move_clock(TimeDelta::minutes(30)).await;
    let ctx = cast.world.ctx(cast.ann).await;
    let more = |assignment| {
        let Activate { answers, key, .. } = Activate {
            target: cast.in_vault,
            answers: domain::policy::evaluate::Answers {
                length: Some(domain::duration::Minutes::hours(3)),
                ..Default::default()
            },
            code: String::new(),
            key: key(),
        };
        Extend { assignment, answers, code: String::new(), key }
    };
    let vault = cast.activation(vault.request).await;
    let refused = extend(&cast.world.engine, &ctx, more(vault)).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::NothingChanged, "the team ends as before");
    let team = cast.activation(team.request).await;
    extend(&cast.world.engine, &ctx, more(team)).await.unwrap();
    assert!(cast.in_vault().await);
    assert_eq!(cast.end().await.0, before, "never lengthened by itself (I-22)");
    extend(&cast.world.engine, &ctx, more(vault)).await.unwrap();
    assert!(cast.end().await.0 > before);
}

#[sqlx::test(migrations = "../../migrations")]
async fn her_membership_is_shortened(pool: PgPool) {
    let (cast, membership) = cast(&pool).await.with_ann().await;
    cast.vault_on().await;
    let sooner = cast.now().await + TimeDelta::hours(1);
    let input = update_assignment::Input {
        at: Place::group("team"),
        assignment: membership,
        start: None,
        end: Some(sooner),
        reason: "shorter".into(),
        code: String::new(),
        key: key(),
    };
    update_assignment(&cast.world.engine, &cast.world.ctx(cast.olga).await, input).await.unwrap();
    assert_eq!(cast.end().await, (sooner, None));
    let told = cast
        .world
        .count("select count(*) from audit_events where action = 'assignment-updated' and facts ->> 'why' = 'left-group'")
        .await;
    assert_eq!(told, 1, "the cut is written down");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_eligibility_of_the_group_is_removed_or_shortened(pool: PgPool) {
    let (cast, _) = cast(&pool).await.with_ann().await;
    cast.vault_on().await;
    let sooner = cast.now().await + TimeDelta::hours(1);
    let input = update_assignment::Input {
        at: Place::group("vault"),
        assignment: cast.eligibility,
        start: None,
        end: Some(sooner),
        reason: "shorter".into(),
        code: String::new(),
        key: key(),
    };
    update_assignment(&cast.world.engine, &cast.world.ctx(cast.olga).await, input).await.unwrap();
    assert_eq!(cast.end().await.0, sooner);
    assert_eq!(cast.remove("vault", cast.eligibility).await.activations, 1);
    cast.is_over_for("eligibility-ended").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn her_own_eligibility_for_the_group_is_removed(pool: PgPool) {
    let cast = cast(&pool).await;
    let own = cast.world.eligible(cast.ann, cast.in_team).await;
    cast.on(cast.in_team, 6).await.unwrap();
    cast.vault_on().await;
    assert_eq!(cast.remove("team", own).await.activations, 2, "the team, and what came through it");
    cast.is_over_for("left-group").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_group_between_her_and_it_leaves(pool: PgPool) {
    let cast = cast(&pool).await;
    let (squad, in_squad) = managed(&cast.world, "squad", cast.olga).await;
    cast.world.standing(cast.ann, in_squad).await;
    let nested = cast.world.standing(squad, cast.in_team).await;
    cast.vault_on().await;
    cast.remove("team", nested).await;
    cast.is_over_for("left-group").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_came_through_what_came_through_it_ends_too(pool: PgPool) {
    let (cast, membership) = cast(&pool).await.with_ann().await;
    let (safe, in_safe) = managed(&cast.world, "safe", cast.olga).await;
    let start = cast.now().await - TimeDelta::hours(1);
    cast.world.assign(cast.vault, in_safe, Kind::Eligible, Span::lasting(start, TimeDelta::days(30))).await;
    cast.vault_on().await;
    cast.on(in_safe, 1).await.unwrap();
    assert!(cast.world.is_member(cast.ann, safe).await);
    assert_eq!(cast.remove("team", membership).await.activations, 2);
    cast.is_over_for("left-group").await;
    assert!(!cast.world.is_member(cast.ann, safe).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_way_keeps_it_for_as_long_as_that_lasts(pool: PgPool) {
    let (cast, membership) = cast(&pool).await.with_ann().await;
    let (squad, in_squad) = managed(&cast.world, "squad", cast.olga).await;
    cast.world.standing(squad, cast.in_team).await;
    let other = cast.put(cast.ann, in_squad, 1).await;
    let until = cast.now().await + TimeDelta::hours(1);
    cast.vault_on().await;
    cast.remove("team", membership).await;
    assert!(cast.in_vault().await);
    assert!(cast.end().await.0 <= until);
    cast.remove("squad", other).await;
    cast.is_over_for("left-group").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_directory_takes_her_out_by_hand(pool: PgPool) {
    let cast = cast(&pool).await;
    let admin = cast.world.person("Admin").await;
    cast.world.role(admin, Role::GroupsAdministrator).await;
    let admin = cast.world.ctx(admin).await;
    let (crowd, _) = crowd(&cast).await;
    let change = |change| edit_membership::Input {
        group: crowd,
        access: Access::Member,
        principal: cast.ann.into(),
        change,
    };
    edit_membership(&cast.world.engine, &admin, change(Change::Add)).await.unwrap();
    cast.vault_on().await;
    edit_membership(&cast.world.engine, &admin, change(Change::Remove)).await.unwrap();
    cast.is_over_for("left-group").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_import_takes_her_out(pool: PgPool) {
    let cast = cast(&pool).await;
    let (crowd, _) = crowd(&cast).await;
    let (ann, by) = (cast.ann, By::system("test"));
    let file = |members: &str| {
        let text = format!(
            "{{\"value\": [{{\"id\": \"{crowd}\", \"displayName\": \"Crowd\", \"securityEnabled\": true, \
             \"mailEnabled\": false, \"groupTypes\": [], \"members\": [{members}]}}]}}"
        );
        vec![File { name: "groups.json".into(), bytes: text.into_bytes() }]
    };
    let ann = format!("{{\"@odata.type\": \"#microsoft.graph.user\", \"id\": \"{ann}\"}}");
    let import = async |files| {
        let input = import_directory::Input { files, agreed: None };
        import_directory_as(&cast.world.engine, &by, &input).await.unwrap()
    };
    import(file(&ann)).await;
    cast.vault_on().await;
    import(file(&ann)).await;
    assert!(cast.in_vault().await);
    import(file("")).await;
    cast.is_over_for("left-group").await;
}

/// A group that is not managed and lies in the team.
async fn crowd(cast: &crate::cast::Cast) -> (domain::ids::GroupId, domain::ids::TargetId) {
    let crowd = cast.world.group_with("crowd", false, false).await;
    cast.world.standing(crowd, cast.in_team).await;
    (crowd, cast.world.target(crowd, Access::Member).await)
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_group_is_deleted(pool: PgPool) {
    let (cast, _) = cast(&pool).await.with_ann().await;
    cast.vault_on().await;
    delete(&cast, cast.team).await;
    cast.is_over_for("left-group").await;
    let admin = cast.world.person("Admin").await;
    cast.world.role(admin, Role::GroupsAdministrator).await;
    restore_group(&cast.world.engine, &cast.world.ctx(admin).await, "team").await.unwrap();
    assert!(!cast.in_vault().await, "restoring it revives nothing (product.md 4.11)");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_group_between_her_and_the_eligible_one_is_deleted(pool: PgPool) {
    let cast = cast(&pool).await;
    let (shift, in_shift) = managed(&cast.world, "shift", cast.olga).await;
    cast.world.standing(cast.ann, in_shift).await;
    cast.world.standing(shift, cast.in_team).await;
    cast.vault_on().await;
    delete(&cast, shift).await;
    cast.is_over_for("left-group").await;
}

async fn delete(cast: &Cast, group: GroupId) {
    let input = delete_group::Input { group, reason: "gone".into() };
    delete_group::delete_group(&cast.world.engine, &cast.world.ctx(cast.olga).await, input).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_group_that_is_deleted_behind_our_back_gives_nothing_any_more(pool: PgPool) {
    let (cast, _) = cast(&pool).await.with_ann().await;
    cast.vault_on().await;
    cast.world.sql("update groups set deleted_at = clock() where key = 'team'").await;
    assert!(!cast.in_vault().await, "at once, before anybody writes it down");
    sweep(&cast.world.engine).await.unwrap();
    cast.is_over_for("left-group").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn she_is_disabled(pool: PgPool) {
    let (cast, _) = cast(&pool).await.with_ann().await;
    cast.vault_on().await;
    let admin = cast.world.person("Admin").await;
    cast.world.role(admin, Role::UserAdministrator).await;
    let ctx = cast.world.ctx(admin).await;
    let input = |enabled| set_person_state::Input { person: cast.ann, enabled, reason: "left".into() };
    set_person_state::set_person_state(&cast.world.engine, &ctx, input(false)).await.unwrap();
    cast.is_over_for("person-disabled").await;
    set_person_state::set_person_state(&cast.world.engine, &ctx, input(true)).await.unwrap();
    assert!(!cast.in_vault().await, "I-09");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_waits_or_is_planned_through_it_is_closed(pool: PgPool) {
    let (cast, membership) = cast(&pool).await.with_ann().await;
    let later = cast.now().await + TimeDelta::hours(3);
    let planned = cast.on_at(cast.in_vault, 1, Some(later)).await.unwrap();
    cast.world.policy(cast.in_vault, approved_by(&[cast.olga], 1)).await;
    let waiting = cast.on(cast.in_vault, 1).await.unwrap();
    assert_eq!(cast.remove("team", membership).await.requests, 2);
    assert_eq!(cast.world.status(planned.request).await, "Revoked");
    assert_eq!(cast.world.status(waiting.request).await, "Revoked");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_waits_through_a_membership_that_ran_out_gives_nothing_and_the_sweep_closes_it(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.put(cast.ann, cast.in_team, 2).await;
    cast.world.policy(cast.in_vault, approved_by(&[cast.olga], 1)).await;
    let waiting = cast.on(cast.in_vault, 1).await.unwrap().request;
    cast.world.move_clock(TimeDelta::hours(3)).await;
    assert_eq!(cast.world.status(waiting).await, "PendingApproval", "time alone writes nothing");
    assert!(!cast.in_vault().await);
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.world.status(waiting).await, "Revoked");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_approval_before_the_sweep_finds_that_the_membership_ran_out(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.put(cast.ann, cast.in_team, 2).await;
    cast.world.policy(cast.in_vault, approved_by(&[cast.olga], 1)).await;
    let request = cast.on(cast.in_vault, 1).await.unwrap().request;
    cast.world.move_clock(TimeDelta::hours(3)).await;
    let seen = cast.world.seen(request).await;
    let yes = Decision { request, verdict: Verdict::Approve, reason: String::new(), seen, cues: Vec::new() };
    let ctx = cast.world.ctx(cast.olga).await;
    let decided = decide(&cast.world.engine, &ctx, &[yes], "").await.unwrap();
    assert!(decided[0].result.is_err(), "{decided:?}");
    assert_eq!(cast.world.status(request).await, "Revoked");
    assert!(!cast.in_vault().await);
}
