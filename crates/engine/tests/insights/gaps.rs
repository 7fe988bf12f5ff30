//! What nobody can approve is found before somebody asks in vain.

use crate::stage::*;
use domain::approval::supply::Gap;
use domain::policy::Approver;
use engine::ask::policy_form::policy_form;

impl Stage {
    async fn gaps(&self) -> Vec<(Gap, usize)> {
        let here = self.of_group(Asked::default()).await.gaps;
        to(&self.world, "2026-03-12T11:00:00Z").await;
        self.world.sql("delete from holder_counts").await;
        self.count().await;
        let everywhere = self.of_all(Asked::default()).await.gaps;
        let short = |found: Vec<engine::ask::insights::gaps::GapOf>| {
            found.into_iter().map(|row| (row.gap, row.able)).collect::<Vec<_>>()
        };
        let (here, everywhere) = (short(here), short(everywhere));
        assert_eq!(here, everywhere, "the worker finds the same over everything");
        here
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_policy_that_nobody_can_approve_is_found_and_named(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    assert_eq!(stage.gaps().await, [], "nobody has to approve");
    stage.world.policy(stage.target, approved_by(&[stage.ben, stage.rita], 1)).await;
    stage.eligible(stage.ann, stage.target, 10).await;
    assert_eq!(stage.gaps().await, []);
    stage.world.sql("update users set enabled = false where user_name = 'ben'").await;
    stage.world.policy(stage.target, approved_by(&[stage.ben], 1)).await;
    assert_eq!(stage.gaps().await, [(Gap::Few, 0)]);
    let olga = stage.world.ctx(stage.olga).await;
    let form = policy_form(&stage.world.engine, &olga, &Place::group("db"), Access::Member).await.unwrap();
    assert_eq!(form.gap.as_deref(), Some("Nobody can approve today. Nobody gets in."));
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_only_one_who_may_ask_must_not_be_the_only_one_who_approves(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.world.policy(stage.target, approved_by(&[stage.ben], 1)).await;
    assert_eq!(stage.gaps().await, [], "nobody may ask so far");
    stage.eligible(stage.ben, stage.target, 10).await;
    assert_eq!(stage.gaps().await, [(Gap::Themselves, 1)]);
    stage.eligible(stage.ann, stage.target, 10).await;
    assert_eq!(stage.gaps().await, [], "Ann gets in");
    // a group counts as its people
    stage.world.sql("delete from assignments where kind = 'eligible'").await;
    let team = stage.world.group("team").await;
    stage.world.standing(stage.ben, stage.world.target(team, Access::Member).await).await;
    let start = moment(NOW) - TimeDelta::days(1);
    let span = Span::lasting(start, TimeDelta::days(9));
    stage.world.assign(team, stage.target, Kind::Eligible, span).await;
    assert_eq!(stage.gaps().await, [(Gap::Themselves, 1)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_group_approves_with_the_people_in_it_but_never_entry_into_itself(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let team = stage.world.group("team").await;
    let mut policy = approved_by(&[], 2);
    if let Some(rule) = &mut policy.activation.approval {
        rule.approvers = vec![Approver::Group(team)];
    }
    stage.world.policy(stage.target, policy).await;
    stage.eligible(stage.ann, stage.target, 10).await;
    let member = stage.world.target(team, Access::Member).await;
    stage.world.standing(stage.ben, member).await;
    assert_eq!(stage.gaps().await, [(Gap::Few, 1)]);
    // who is in the team only by being in the group does not count
    stage.world.standing(stage.group, member).await;
    stage.world.standing(stage.rita, stage.target).await;
    assert_eq!(stage.gaps().await, [(Gap::Few, 1)]);
    stage.world.standing(stage.olga, member).await;
    assert_eq!(stage.gaps().await, []);
}

#[sqlx::test(migrations = "../../migrations")]
async fn approvers_who_are_all_away_are_found_before_somebody_waits_for_them(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.world.policy(stage.target, approved_by(&[stage.ben, stage.rita], 1)).await;
    stage.eligible(stage.ann, stage.target, 10).await;
    let away = "insert into absences (person_id, from_at, until) \
        select id, clock() - interval '9 days', clock() + interval '9 days' from users where user_name = ";
    stage.world.sql(&format!("{away} 'ben'")).await;
    assert_eq!(stage.gaps().await, [], "Rita is here");
    stage.world.sql(&format!("{away} 'rita'")).await;
    assert_eq!(stage.gaps().await, [(Gap::Away, 2)]);
    let stands_in = |who: &str| {
        format!(
            "update absences set delegate_id = (select id from users where user_name = '{who}') \
             where person_id = (select id from users where user_name = 'ben')"
        )
    };
    stage.world.sql(&stands_in("rita")).await;
    assert_eq!(stage.gaps().await, [(Gap::Away, 2)], "who stands in is away too");
    stage.world.sql(&stands_in("olga")).await;
    assert_eq!(stage.gaps().await, []);
    // one person for two who are away is one
    stage.world.policy(stage.target, approved_by(&[stage.ben, stage.rita, stage.olga], 2)).await;
    assert_eq!(stage.gaps().await, [(Gap::Away, 3)], "Olga is here once");
    stage.world.sql(&stands_in("ann")).await;
    assert_eq!(stage.gaps().await, []);
}
