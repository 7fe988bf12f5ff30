//! Giving, changing and taking away: limits to the microsecond, no duplicates, what rests on an eligibility, the last
//! owner and the last administrator.

#![cfg(test)]

use chrono::{DateTime, TimeDelta, Utc};
use domain::assignment::{Kind, Origin, Wanted};
use domain::duration::Minutes;
use domain::ids::{AssignmentId, GroupId, PersonId, PrincipalId, TargetId};
use domain::policy::Policy;
use domain::refusal::{Code, Refusal};
use domain::role::Role;
use domain::span::Span;
use domain::target::Access;
use engine::act::activate::{Activate, activate};
use engine::act::assign::{Input, Outcome, assign};
use engine::act::remove_assignment::{self, Removed, remove_assignment};
use engine::act::update_assignment::{self, update_assignment};
use engine::ask::thing::Place;
use engine::db::assignments::{self, NewAssignment};
use engine::testkit::{World, key, open_policy};
use engine::{Ctx, Result, ids};
use sqlx::PgPool;

#[path = "assign/cast.rs"]
mod cast;
#[path = "assign/told.rs"]
mod told;
use cast::*;

#[sqlx::test(migrations = "../../migrations")]
async fn several_at_once_with_a_result_each(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let (ben, cleo) = (cast.world.person("Ben").await, cast.world.person("Cleo").await);
    cast.world.eligible(ben, cast.member).await;
    cast.world.sql("update users set enabled = false where display_name = 'Cleo'").await;
    let end = cast.world.now().await + TimeDelta::days(10);
    let ctx = cast.world.ctx(cast.olga).await;

    let outcomes =
        assign(&cast.world.engine, &ctx, input(&[cast.ann, ben, cleo], eligible(end))).await.unwrap();

    let of = |person: PersonId| outcomes.iter().find(|outcome| outcome.principal.0 == person.0).unwrap();
    assert_eq!(code(of(cast.ann)), None);
    assert_eq!(code(of(ben)), Some(Code::Duplicate));
    assert_eq!(code(of(cleo)), Some(Code::PersonDisabled));
    assert_eq!(
        cast.world
            .count("select count(*) from requests where action = 'adminAssign' and kind = 'eligible'")
            .await,
        1
    );
    assert_eq!(
        cast.world
            .count("select count(*) from audit_events where action = 'assignment-made' and outcome = 'done'")
            .await,
        1
    );
    assert_eq!(
        cast.world
            .count(
                "select count(*) from audit_events where action = 'assignment-made' and outcome = 'refused'"
            )
            .await,
        2
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_same_form_twice_gives_once(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let end = cast.world.now().await + TimeDelta::days(10);
    let ctx = cast.world.ctx(cast.olga).await;
    let form = input(&[cast.ann], eligible(end));
    let one = assign(&cast.world.engine, &ctx, form.clone()).await.unwrap();
    let two = assign(&cast.world.engine, &ctx, form).await.unwrap();
    assert_eq!(one[0].result, two[0].result);
    assert!(one[0].result.is_ok());
    assert_eq!(cast.world.count("select count(*) from assignments where kind = 'eligible'").await, 1);
    assert_eq!(
        cast.world.count("select count(*) from audit_events where action = 'assignment-made'").await,
        1
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_longest_window_holds_to_the_microsecond(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let ctx = cast.world.ctx(cast.olga).await;
    let start = cast.world.now().await + TimeDelta::hours(1);
    let most = start + Minutes::days(365).delta();
    let wanted = |end| Wanted { start: Some(start), ..eligible(end) };
    let over = give(&cast, &ctx, cast.ann, wanted(most + TimeDelta::microseconds(1))).await;
    assert_eq!(over.unwrap_err()[0].code, Code::TooLong);
    let exact = give(&cast, &ctx, cast.ann, wanted(most)).await.unwrap();
    assert_eq!(exact, Span { start, end: Some(most) });
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_shortest_window_holds_to_the_microsecond(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let ctx = cast.world.ctx(cast.olga).await;
    let start = cast.world.now().await + TimeDelta::hours(1);
    let wanted = |end| Wanted { start: Some(start), ..eligible(end) };
    let five = start + TimeDelta::minutes(5);
    let under = give(&cast, &ctx, cast.ann, wanted(five - TimeDelta::microseconds(1))).await;
    assert_eq!(under.unwrap_err()[0].code, Code::TooShort);
    assert!(give(&cast, &ctx, cast.ann, wanted(five)).await.is_ok());
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_end_is_needed_unless_the_policy_allows_none(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let ctx = cast.world.ctx(cast.olga).await;
    let forever = || Wanted { kind: Kind::Eligible, start: None, end: None, reason: String::new() };
    let refused = give(&cast, &ctx, cast.ann, forever()).await.unwrap_err();
    assert_eq!((refused[0].code, refused[0].field.as_deref()), (Code::PermanentNotAllowed, Some("end")));
    let mut policy = open_policy();
    policy.eligible.permanent = true;
    cast.world.policy(cast.member, policy).await;
    assert_eq!(give(&cast, &ctx, cast.ann, forever()).await.unwrap().end, None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn standing_access_asks_for_a_reason_and_a_code_by_policy(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let mut policy = open_policy();
    policy.active.proof = true;
    cast.world.policy(cast.member, policy).await;
    cast.world.factor(cast.olga).await;
    let ctx = cast.world.ctx(cast.olga).await;
    let end = cast.world.now().await + TimeDelta::days(1);

    let silent = give(&cast, &ctx, cast.ann, active(end, "")).await.unwrap_err();
    assert_eq!(silent[0].code, Code::JustificationMissing);

    let form = input(&[cast.ann], active(end, "covers the night shift"));
    let missing = assign(&cast.world.engine, &ctx, form.clone()).await.unwrap_err();
    assert_eq!(missing.refusals()[0].code, Code::ProofMissing);
    let right = Input { code: cast.world.code(cast.olga).await, ..form };
    let used = right.code.clone();
    assert!(assign(&cast.world.engine, &ctx, right).await.unwrap()[0].result.is_ok());
    assert!(cast.world.is_member(cast.ann, cast.group).await);
    assert_eq!(
        cast.world
            .count(
                "select count(*) from audit_events where action = 'assignment-made' and proof_id is not null"
            )
            .await,
        1
    );

    let ben = cast.world.person("Ben").await;
    let again = Input { code: used, ..input(&[ben], active(end, "covers the night shift")) };
    let spent = assign(&cast.world.engine, &ctx, again).await.unwrap_err();
    assert_eq!(spent.refusals()[0].code, Code::ProofWrong, "a code works once (I-08)");
}

#[sqlx::test(migrations = "../../migrations")]
async fn oneself_may_become_eligible_and_never_active(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let ctx = cast.world.ctx(cast.olga).await;
    let end = cast.world.now().await + TimeDelta::days(1);
    let refused = give(&cast, &ctx, cast.olga, active(end, "because")).await.unwrap_err();
    assert_eq!(refused[0].code, Code::SelfAssignment);
    assert!(give(&cast, &ctx, cast.olga, eligible(end)).await.is_ok());
    assert_eq!(cast.world.count("select count(*) from audit_events where action = 'assignment-made' and facts ->> 'to_self' = 'true' and outcome = 'done'").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_refusal_leaves_everything_as_it_was_and_is_audited_i_16(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let held = cast.world.eligible(cast.ann, cast.member).await;
    let (stranger, olga) = (cast.world.person("Stranger").await, cast.world.ctx(cast.olga).await);
    let stranger = cast.world.ctx(stranger).await;
    let now = cast.world.now().await;
    let before = state(&cast.world).await;

    assert!(give(&cast, &olga, cast.ann, eligible(now + TimeDelta::days(4000))).await.is_err());
    let forbidden =
        assign(&cast.world.engine, &stranger, input(&[cast.ann], eligible(now + TimeDelta::days(1)))).await;
    assert_eq!(forbidden.unwrap_err().refusals()[0].code, Code::NotFound);
    let forbidden = remove_assignment(&cast.world.engine, &stranger, taking(&[held])).await;
    assert_eq!(forbidden.unwrap_err().refusals()[0].code, Code::NotFound);

    assert_eq!(state(&cast.world).await, before);
    assert_eq!(cast.world.count("select count(*) from audit_events where outcome = 'refused'").await, 3);
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_who_assign_the_same_at_once_give_it_once(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let admin = cast.world.person("Admin").await;
    cast.world.role(admin, Role::GroupsAdministrator).await;
    let (one, two) = (cast.world.ctx(cast.olga).await, cast.world.ctx(admin).await);
    for round in 0..200 {
        let person = cast.world.person(&format!("Round {round}")).await;
        let end = cast.world.now().await + TimeDelta::days(10);
        let engine = &cast.world.engine;
        let (a, b) = tokio::join!(
            assign(engine, &one, input(&[person], eligible(end))),
            assign(engine, &two, input(&[person], eligible(end)))
        );
        let mut codes = [code(&a.unwrap()[0]), code(&b.unwrap()[0])];
        codes.sort();
        assert_eq!(codes, [None, Some(Code::Duplicate)], "round {round}");
    }
    assert_eq!(cast.world.count("select count(*) from assignments where kind = 'eligible'").await, 200);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_database_itself_refuses_a_duplicate(pool: PgPool) {
    let cast = cast(&pool, false).await;
    cast.world.eligible(cast.ann, cast.member).await;
    let now = cast.world.now().await;
    let new = NewAssignment {
        id: AssignmentId(ids::new()),
        target: cast.member,
        principal: cast.ann.into(),
        kind: Kind::Eligible,
        origin: Origin::Assigned,
        span: Span::lasting(now, TimeDelta::days(1)),
        ground: None,
        request: None,
        created_by: None,
        reason: String::new(),
    };
    let mut conn = pool.acquire().await.unwrap();
    let error = assignments::insert(&mut conn, &new).await.unwrap_err();
    let engine::Error::Database(sqlx::Error::Database(error)) = error else { panic!("{error}") };
    assert_eq!(error.constraint(), Some("one_assignment"));
}

async fn switch_on(cast: &Cast) -> AssignmentId {
    let ctx = cast.world.ctx(cast.ann).await;
    let answers = domain::policy::evaluate::Answers { length: Some(Minutes::hours(2)), ..Default::default() };
    let asked = Activate { target: cast.member, answers, code: String::new(), key: key() };
    activate(&cast.world.engine, &ctx, asked).await.unwrap();
    let id = sqlx::query_scalar("select id from assignments where origin = 'activated'")
        .fetch_one(&cast.world.engine.pool)
        .await
        .unwrap();
    AssignmentId(id)
}

#[sqlx::test(migrations = "../../migrations")]
async fn removing_an_eligibility_ends_the_running_activation_at_once(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let eligibility = cast.world.eligible(cast.ann, cast.member).await;
    switch_on(&cast).await;
    assert!(cast.world.is_member(cast.ann, cast.group).await);

    let olga = cast.world.ctx(cast.olga).await;
    let removed = remove_assignment(&cast.world.engine, &olga, taking(&[eligibility])).await.unwrap();

    assert_eq!(removed, Removed { assignments: 1, activations: 1, requests: 0 });
    assert!(!cast.world.is_member(cast.ann, cast.group).await);
    assert_eq!(
        cast.world.count("select count(*) from assignments where end_reason = 'eligibility-ended'").await,
        1
    );
    assert_eq!(
        cast.world
            .count(
                "select count(*) from audit_events where action in ('assignment-removed', 'activation-ended')"
            )
            .await,
        2
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn removing_an_eligibility_closes_what_waits_on_it(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let eligibility = cast.world.eligible(cast.ann, cast.member).await;
    let ben = cast.world.person("Ben").await;
    cast.world.policy(cast.member, engine::testkit::approved_by(&[ben], 1)).await;
    let ctx = cast.world.ctx(cast.ann).await;
    let answers = domain::policy::evaluate::Answers { length: Some(Minutes::hours(2)), ..Default::default() };
    let asked = Activate { target: cast.member, answers, code: String::new(), key: key() };
    activate(&cast.world.engine, &ctx, asked).await.unwrap();

    let olga = cast.world.ctx(cast.olga).await;
    let removed = remove_assignment(&cast.world.engine, &olga, taking(&[eligibility])).await.unwrap();

    assert_eq!(removed.requests, 1);
    assert_eq!(cast.world.count("select count(*) from requests where status = 'Revoked'").await, 1);
    assert_eq!(
        cast.world.count("select count(*) from audit_events where action = 'request-revoked'").await,
        1
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn shortening_an_eligibility_cuts_what_runs_on_it(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let eligibility = cast.world.eligible(cast.ann, cast.member).await;
    let activation = switch_on(&cast).await;
    let end = cast.world.now().await + TimeDelta::minutes(30);
    let form = update_assignment::Input {
        at: Place::group("ops"),
        assignment: eligibility,
        start: None,
        end: Some(end),
        reason: String::new(),
        code: String::new(),
        key: key(),
    };
    let olga = cast.world.ctx(cast.olga).await;
    let span = update_assignment(&cast.world.engine, &olga, form).await.unwrap();
    assert_eq!(span.end, Some(end));
    let mut conn = pool.acquire().await.unwrap();
    let row = assignments::find(&mut conn, activation).await.unwrap().unwrap();
    assert_eq!(row.ends_at, Some(end));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_change_is_judged_like_a_new_assignment(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let held = cast.world.eligible(cast.ann, cast.member).await;
    let olga = cast.world.ctx(cast.olga).await;
    let now = cast.world.now().await;
    let form = |end| update_assignment::Input {
        at: Place::group("ops"),
        assignment: held,
        start: None,
        end,
        reason: String::new(),
        code: String::new(),
        key: key(),
    };
    let change = |end| update_assignment(&cast.world.engine, &olga, form(end));
    let code = |result: Result<Span>| result.unwrap_err().refusals()[0].code;
    assert_eq!(code(change(None).await), Code::PermanentNotAllowed);
    assert_eq!(code(change(Some(now + TimeDelta::days(366))).await), Code::TooLong);
    assert_eq!(code(change(Some(now - TimeDelta::hours(2))).await), Code::EndBeforeStart);
    let span = change(Some(now + TimeDelta::days(300))).await.unwrap();
    assert_eq!(code(change(span.end).await), Code::NothingChanged);
    let removed = remove_assignment(&cast.world.engine, &olga, taking(&[held])).await;
    assert!(removed.is_ok());
    assert_eq!(code(change(Some(now + TimeDelta::days(20))).await), Code::AlreadyClosed, "no revival (I-06)");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_assignment_of_another_group_is_not_reached_through_this_one(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let other = cast.world.group("other").await;
    let elsewhere = cast.world.eligible(cast.ann, cast.world.target(other, Access::Member).await).await;
    let olga = cast.world.ctx(cast.olga).await;
    let refused = remove_assignment(&cast.world.engine, &olga, taking(&[elsewhere])).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::NotFound);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_last_owner_of_a_role_assignable_group_stays_unless_a_successor_is_named(pool: PgPool) {
    let cast = cast(&pool, true).await;
    let mut conn = pool.acquire().await.unwrap();
    let id: uuid::Uuid = sqlx::query_scalar("select id from assignments where target_id = $1")
        .bind(cast.owner.0)
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    let olga = cast.world.ctx(cast.olga).await;
    let before = state(&cast.world).await;

    let refused =
        remove_assignment(&cast.world.engine, &olga, taking(&[AssignmentId(id)])).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::LastOwner);
    assert_eq!(state(&cast.world).await, before);

    let form = remove_assignment::Input { successor: Some(cast.ann), ..taking(&[AssignmentId(id)]) };
    remove_assignment(&cast.world.engine, &olga, form).await.unwrap();
    let ctx = cast.world.ctx(cast.ann).await;
    let end = cast.world.now().await + TimeDelta::days(1);
    assert!(give(&cast, &ctx, cast.olga, eligible(end)).await.is_ok(), "Ann owns it now");
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_owners_who_remove_each_other_leave_one(pool: PgPool) {
    for _ in 0..200 {
        let cast = cast_again(&pool).await;
        let ids: Vec<uuid::Uuid> = sqlx::query_scalar(
            "select id from assignments where target_id = $1 and ends_at is null order by principal_id",
        )
        .bind(cast.owner.0)
        .fetch_all(&pool)
        .await
        .unwrap();
        let (olga, ann) = (cast.world.ctx(cast.olga).await, cast.world.ctx(cast.ann).await);
        let engine = &cast.world.engine;
        let one = remove_assignment::Input {
            at: Place::group(key_of(&cast).await),
            ..taking(&[AssignmentId(ids[1])])
        };
        let two = remove_assignment::Input {
            at: Place::group(key_of(&cast).await),
            ..taking(&[AssignmentId(ids[0])])
        };
        let (a, b) =
            tokio::join!(remove_assignment(engine, &olga, one), remove_assignment(engine, &ann, two));
        assert!(a.is_ok() != b.is_ok(), "exactly one goes: {a:?} {b:?}");
        let loser = a.err().or(b.err()).map(|error| error.refusals()[0].code);
        assert!(matches!(loser, Some(Code::LastOwner | Code::NotFound)), "{loser:?}");
    }
}

async fn key_of(cast: &Cast) -> String {
    sqlx::query_scalar("select key from groups where id = $1")
        .bind(cast.group.0)
        .fetch_one(&cast.world.engine.pool)
        .await
        .unwrap()
}

/// Another group with two owners, Olga and Ann by new names.
async fn cast_again(pool: &PgPool) -> Cast {
    let world = World::new(pool);
    let n = world.count("select count(*) from groups").await;
    let (olga, ann) = (world.person(&format!("Olga {n}")).await, world.person(&format!("Ann {n}")).await);
    let group = world.group_with(&format!("ops-{n}"), true, true).await;
    let (member, owner) =
        (world.target(group, Access::Member).await, world.target(group, Access::Owner).await);
    world.standing(olga, owner).await;
    world.standing(ann, owner).await;
    Cast { world, olga, ann, group, member, owner }
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_last_global_administrator_is_not_taken_out_of_the_group_that_makes_her_one(pool: PgPool) {
    let cast = cast(&pool, true).await;
    cast.world.standing(cast.ann, cast.member).await;
    let role = {
        let mut conn = pool.acquire().await.unwrap();
        let target = domain::target::Target::Role(Role::GlobalAdministrator);
        engine::db::targets::ensure(&mut conn, target).await.unwrap()
    };
    cast.world.standing(PrincipalId::from(cast.group), role).await;
    cast.world.factor(cast.ann).await;
    let id: uuid::Uuid = sqlx::query_scalar("select id from assignments where target_id = $1")
        .bind(cast.member.0)
        .fetch_one(&pool)
        .await
        .unwrap();
    let olga = cast.world.ctx(cast.olga).await;
    let refused =
        remove_assignment(&cast.world.engine, &olga, taking(&[AssignmentId(id)])).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::LastAdministrator);
    assert!(cast.world.is_member(cast.ann, cast.group).await);
}

#[test]
fn the_default_policy_is_what_the_tests_take_it_for() {
    assert_eq!(Policy::default().eligible.max, Minutes::days(365));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_taken_away_before_it_began_is_not_revived_by_another_window(pool: PgPool) {
    let cast = cast(&pool, false).await;
    let now = cast.world.now().await;
    let span = Span::lasting(now + TimeDelta::days(2), TimeDelta::days(5));
    let row = cast.world.assign(cast.ann, cast.member, Kind::Eligible, span).await;
    let ctx = cast.world.ctx(cast.olga).await;
    remove_assignment(&cast.world.engine, &ctx, taking(&[row])).await.unwrap();
    let change = update_assignment::Input {
        at: Place::group("ops"),
        assignment: row,
        start: None,
        end: Some(now + TimeDelta::days(9)),
        reason: String::new(),
        code: String::new(),
        key: key(),
    };
    let refused = update_assignment(&cast.world.engine, &ctx, change).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::AlreadyClosed, "I-06");
}
