//! Switching on what a group is eligible for.

use crate::cast::{cast, managed};
use crate::support::statements;
use chrono::TimeDelta;
use domain::activation::Next;
use domain::assignment::Kind;
use domain::duration::Minutes;
use domain::policy::evaluate::Answers;
use domain::refusal::Code;
use domain::span::Span;
use domain::target::Access;
use engine::act::activate::{Activate, activate};
use engine::ask::approvals::approval;
use engine::ask::thing::Pick;
use engine::ask::{activation_form, my_access};
use engine::testkit::{approved_by, key};
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn i18_a_member_activates_for_herself_alone(pool: PgPool) {
    let (cast, _) = cast(&pool).await.with_ann().await;
    let ben = cast.world.person("Ben").await;
    cast.world.standing(ben, cast.in_team).await;
    let asked = cast.on(cast.in_vault, 2).await.unwrap();
    assert!(cast.in_vault().await);
    assert!(!cast.world.is_member(ben, cast.vault).await, "the team does not come along");
    let (eligibility, through): (uuid::Uuid, uuid::Uuid) =
        sqlx::query_as("select eligibility_id, through_id from requests where id = $1")
            .bind(asked.request.0)
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!((eligibility, through), (cast.eligibility.0, cast.team.0), "the request tells the way");
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_decides_reads_the_group_that_it_comes_through(pool: PgPool) {
    let (cast, _) = cast(&pool).await.with_ann().await;
    cast.world.policy(cast.in_vault, approved_by(&[cast.olga], 1)).await;
    let asked = cast.on(cast.in_vault, 2).await.unwrap();
    let olga = cast.world.ctx(cast.olga).await;
    let card = approval(&cast.world.engine, &olga, asked.number).await.unwrap().card;
    assert_eq!(card.before.eligible_through.as_deref(), Some("Group team"));
    // her own eligibility needs no way
    cast.world.eligible(cast.olga, cast.in_vault).await;
    cast.world.policy(cast.in_vault, approved_by(&[cast.ann], 1)).await;
    let answers = Answers { length: Some(Minutes::hours(1)), ..Answers::default() };
    let input = Activate { target: cast.in_vault, answers, code: String::new(), key: key() };
    let asked = activate(&cast.world.engine, &olga, input).await.unwrap();
    let ann = cast.world.ctx(cast.ann).await;
    let card = approval(&cast.world.engine, &ann, asked.number).await.unwrap().card;
    assert_eq!(card.before.eligible_through, None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_is_not_in_the_group_is_not_eligible_and_who_could_activate_it_is_told_so(pool: PgPool) {
    let cast = cast(&pool).await;
    assert_eq!(cast.on(cast.in_vault, 2).await.unwrap_err(), [Code::NotFound], "a stranger");
    cast.world.eligible(cast.ann, cast.in_team).await;
    assert_eq!(cast.on(cast.in_vault, 2).await.unwrap_err(), [Code::ActivateBefore]);
    cast.on(cast.in_team, 2).await.unwrap();
    cast.on(cast.in_vault, 2).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_way_of_several_groups_counts_and_the_activation_ends_with_its_first_end(pool: PgPool) {
    let cast = cast(&pool).await;
    let (squad, in_squad) = managed(&cast.world, "squad", cast.olga).await;
    let (crew, in_crew) = managed(&cast.world, "crew", cast.olga).await;
    cast.world.standing(cast.ann, in_squad).await;
    cast.put(squad, in_crew, 2).await;
    cast.world.standing(crew, cast.in_team).await;
    let until = cast.now().await + TimeDelta::hours(2);
    let end = cast.vault_on().await;
    assert!(
        (until - end).num_seconds().abs() < 5,
        "{end} is when the squad leaves the crew, not in four hours"
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn of_several_eligibilities_the_one_that_lasts_longest_carries_it(pool: PgPool) {
    let (cast, _) = cast(&pool).await.with_ann().await;
    let start = cast.now().await - TimeDelta::hours(1);
    let own = Span::lasting(start, TimeDelta::hours(2));
    cast.world.assign(cast.ann, cast.in_vault, Kind::Eligible, own).await;
    let asked = cast.on(cast.in_vault, 4).await.unwrap();
    let through = "select count(*) from requests where through_id is not null";
    assert_eq!(cast.world.count(through).await, 1, "the team's lasts longer than her own");
    let Next::Live(span) = asked.next else { panic!("{asked:?}") };
    assert_eq!(span.length(), Some(TimeDelta::hours(4)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_diamond_works_and_its_longer_side_counts(pool: PgPool) {
    let cast = cast(&pool).await;
    let (left, in_left) = managed(&cast.world, "left", cast.olga).await;
    let (right, in_right) = managed(&cast.world, "right", cast.olga).await;
    cast.world.standing(left, cast.in_team).await;
    cast.world.standing(right, cast.in_team).await;
    cast.put(cast.ann, in_left, 1).await;
    cast.put(cast.ann, in_right, 3).await;
    let end = cast.vault_on().await;
    let left = end - cast.now().await;
    assert!(left > TimeDelta::minutes(179) && left <= TimeDelta::hours(3), "{left}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn c17_a_circle_that_was_imported_is_safe_and_carries_nothing_by_itself(pool: PgPool) {
    let (cast, membership) = cast(&pool).await.with_ann().await;
    // the vault lies in the team that is eligible for it: being in the vault is being in the team
    cast.world.standing(cast.vault, cast.in_team).await;
    cast.vault_on().await;
    assert!(cast.world.is_member(cast.ann, cast.team).await);
    cast.remove("team", membership).await;
    cast.is_over_for("left-group").await;
    assert!(!cast.world.is_member(cast.ann, cast.team).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn my_access_shows_the_way_in_no_more_statements_and_says_what_the_act_says(pool: PgPool) {
    let cast = cast(&pool).await;
    let (squad, in_squad) = managed(&cast.world, "squad", cast.olga).await;
    cast.world.standing(squad, cast.in_team).await;
    let ctx = cast.world.ctx(cast.ann).await;
    cast.world.eligible(cast.ann, in_squad).await;
    let shown = async || {
        let (page, statements) = statements(my_access::load(&cast.world.engine, &ctx)).await;
        assert!(statements <= 6, "{statements} statements");
        let row = page.unwrap().eligible.into_iter().find(|row| row.thing.key == "vault").unwrap();
        let way: Vec<String> = row.through.iter().map(|label| label.key.clone()).collect();
        let why: Vec<Code> = row.obstacles.iter().map(|refusal| refusal.code).collect();
        (way, why, row.until.is_some())
    };
    assert_eq!(shown().await, (vec![], vec![Code::ActivateBefore], true));
    assert_eq!(cast.on(cast.in_vault, 1).await.unwrap_err(), [Code::ActivateBefore]);
    cast.on(in_squad, 2).await.unwrap();
    assert_eq!(shown().await, (vec!["squad".into(), "team".into()], vec![], true));
    let pick = Pick::of("vault", Access::Member);
    let form = activation_form::load(&cast.world.engine, &ctx, &pick, None).await.unwrap();
    let way: Vec<&str> = form.through.iter().map(|label| label.key.as_str()).collect();
    assert_eq!(way, ["squad", "team"]);
    let squad_ends = cast.now().await + TimeDelta::hours(2);
    assert!(form.until.unwrap() <= squad_ends, "eligible only while she is in the squad");
    assert!(form.offers.iter().all(|offer| offer.span.end.unwrap() <= squad_ends));
}
