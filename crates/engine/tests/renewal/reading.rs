//! What pages offer and count: the same rule as the acts.

use super::*;
use domain::renewal::Offer;
use domain::role::Role;
use engine::ask::my_access::{self, Renewal};
use engine::ask::thing::Place;
use engine::ask::{approvals, group_requests, renewal_form};

impl Cast {
    async fn mine(&self, person: PersonId) -> my_access::MyAccess {
        my_access::load(&self.world.engine, &self.world.ctx(person).await).await.unwrap()
    }

    /// The number beside Approvals, and what the page lists below it.
    async fn to_answer(&self, person: PersonId) -> (usize, usize) {
        let ctx = self.world.ctx(person).await;
        let page =
            approvals::approvals(&self.world.engine, &ctx, approvals::Show::Waiting, None).await.unwrap();
        (page.frame.waiting, page.renewals.len())
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn my_access_offers_what_the_act_takes(pool: PgPool) {
    let cast = cast(&pool).await;
    let span = Span { start: cast.end - days(50), end: Some(cast.end) };
    let standing = cast.world.assign(cast.ann, cast.member, Kind::Active, span).await;
    for (moment, offered) in
        [(cast.end - days(14) - TICK, false), (cast.end - days(14), true), (cast.end - TICK, true)]
    {
        cast.at(moment).await;
        let page = cast.mine(cast.ann).await;
        let eligible = offered.then_some(Renewal::Offered(Offer::Extend, cast.eligible));
        assert_eq!(page.eligible[0].renewal, eligible, "{moment}");
        let ending: Vec<_> = page.ending.iter().map(|row| row.renewal).collect();
        let expected = offered.then_some(Renewal::Offered(Offer::Extend, standing));
        assert_eq!(ending, Vec::from_iter(expected), "{moment}");
    }
    cast.at(cast.end).await;
    let page = cast.mine(cast.ann).await;
    assert!(page.eligible.is_empty() && page.ending.is_empty());
    assert_eq!(page.expired.len(), 2, "eligible and standing");
    assert!(page.expired.iter().all(|row| matches!(row.renewal, Some(Renewal::Offered(Offer::Renew, _)))));
    cast.at(cast.end + days(30) - TICK).await;
    assert_eq!(cast.mine(cast.ann).await.expired.len(), 2);
    cast.at(cast.end + days(30)).await;
    assert!(cast.mine(cast.ann).await.expired.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_question_that_waits_is_shown_instead_of_the_offer_until_it_lapses(pool: PgPool) {
    let cast = cast(&pool).await;
    let asked = cast.ask().await;
    assert_eq!(cast.mine(cast.ann).await.eligible[0].renewal, Some(Renewal::Asked(asked.number)));
    let ctx = cast.world.ctx(cast.ann).await;
    let form = renewal_form::load(&cast.world.engine, &ctx, cast.eligible).await.unwrap();
    assert_eq!(form.obstacles.iter().map(|refusal| refusal.code).collect::<Vec<_>>(), [Code::AlreadyAsked]);
    cast.at(cast.end).await;
    assert_eq!(cast.mine(cast.ann).await.expired[0].renewal, Some(Renewal::Asked(asked.number)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_number_beside_approvals_counts_what_this_person_answers(pool: PgPool) {
    let cast = cast(&pool).await;
    let (ada, gil, rea) =
        (cast.world.person("Ada").await, cast.world.person("Gil").await, cast.world.person("Rea").await);
    cast.world.role(ada, Role::PrivilegedRoleAdministrator).await;
    cast.world.role(gil, Role::GroupsAdministrator).await;
    cast.world.role(rea, Role::GlobalReader).await;
    cast.ask().await;
    for person in [cast.olga, cast.omar, ada, gil] {
        assert_eq!(cast.to_answer(person).await, (1, 1));
    }
    for person in [cast.ann, rea] {
        assert_eq!(cast.to_answer(person).await, (0, 0));
    }
    cast.world.sql("alter table groups disable trigger user; update groups set role_assignable = true").await;
    assert_eq!(cast.to_answer(gil).await, (0, 0), "not of role-assignable groups");
    assert_eq!(cast.to_answer(ada).await, (1, 1));
    let owner = cast.world.target(cast.group, Access::Owner).await;
    cast.world.standing(cast.ann, owner).await;
    assert_eq!(cast.to_answer(cast.ann).await, (0, 0), "not her own");
    cast.at(cast.end + days(30)).await;
    assert_eq!(cast.to_answer(cast.olga).await, (0, 0), "lapsed, though no worker came");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_groups_requests_offer_the_decision_to_managers_who_did_not_ask(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.ask().await;
    let rea = cast.world.person("Rea").await;
    cast.world.role(rea, Role::GlobalReader).await;
    let owner = cast.world.target(cast.group, Access::Owner).await;
    cast.world.standing(cast.ann, owner).await;
    for (person, answers) in [(cast.olga, true), (rea, false), (cast.ann, false)] {
        let ctx = cast.world.ctx(person).await;
        let page = group_requests::group_requests(&cast.world.engine, &ctx, &Place::group("ops"), true, "")
            .await
            .unwrap();
        assert_eq!((page.header.waiting, page.rows.len(), page.rows[0].answer), (1, 1, answers));
    }
}
