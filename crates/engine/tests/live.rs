//! What open pages are told of, on a real database: everything that was committed, once, and nobody whom it does not concern.

#![cfg(test)]

use chrono::TimeDelta;
use domain::audit::Event;
use domain::duration::Minutes;
use domain::ids::{GroupId, PersonId, RequestId, TargetId};
use domain::policy::evaluate::Answers;
use domain::role::Role;
use domain::target::Access;
use engine::act::activate::{Activate, activate};
use engine::act::cancel::cancel;
use engine::act::deactivate::deactivate;
use engine::act::sweep::sweep;
use engine::ask::thing::Place;
use engine::audit::{self, About};
use engine::ctx::By;
use engine::live::{Feed, Followed, Watcher, told};
use engine::testkit::{World, approved_by, key, open_policy};
use sqlx::PgPool;
use sqlx::pool::PoolConnection;

/// Ann is eligible, Ben approves, Olga owns the group, Dora has no part in it.
struct Cast {
    world: World,
    people: [PersonId; 4],
    group: GroupId,
    target: TargetId,
    feed: Feed,
    conn: PoolConnection<sqlx::Postgres>,
}

const ANN: usize = 0;
const BEN: usize = 1;
const OLGA: usize = 2;
const DORA: usize = 3;
const NOBODY: [usize; 0] = [];

async fn cast(pool: &PgPool) -> Cast {
    let world = World::new(pool);
    let [ann, ben, olga, dora] = [
        world.person("Ann").await,
        world.person("Ben").await,
        world.person("Olga").await,
        world.person("Dora").await,
    ];
    let group = world.group("prod-db-admins").await;
    let target = world.target(group, Access::Member).await;
    world.policy(target, approved_by(&[ben], 1)).await;
    world.eligible(ann, target).await;
    world.standing(olga, world.target(group, Access::Owner).await).await;
    let mut conn = pool.acquire().await.unwrap();
    let feed = Feed::start(&mut conn).await.unwrap();
    Cast { world, people: [ann, ben, olga, dora], group, target, feed, conn }
}

impl Cast {
    /// Who is told of what happened since the last look, each on a page of her own.
    async fn told(&mut self) -> Vec<usize> {
        let watchers = self.people.map(|person| Watcher { person, place: None });
        self.told_on(&watchers).await
    }

    async fn told_on(&mut self, watchers: &[Watcher]) -> Vec<usize> {
        let found = self.feed.look(&mut self.conn).await.unwrap();
        told(&mut self.conn, &found.events, watchers).await.unwrap().into_iter().collect()
    }

    async fn ask(&self) -> RequestId {
        let answers = Answers { length: Some(Minutes(60)), ..Answers::default() };
        let form = Activate { target: self.target, answers, code: String::new(), key: key() };
        activate(&self.world.engine, &self.world.ctx(self.people[ANN]).await, form).await.unwrap().request
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn asking_and_taking_back_is_told_to_who_asked_decides_and_owns(pool: PgPool) {
    let mut cast = cast(&pool).await;
    assert_eq!(cast.told().await, NOBODY);
    let request = cast.ask().await;
    assert_eq!(cast.told().await, [ANN, BEN, OLGA]);
    assert_eq!(cast.told().await, NOBODY, "once");
    let ann = cast.world.ctx(cast.people[ANN]).await;
    cancel(&cast.world.engine, &ann, request, "").await.unwrap();
    assert_eq!(cast.told().await, [ANN, BEN, OLGA]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_end_is_told_as_soon_as_it_is_written_down(pool: PgPool) {
    let mut cast = cast(&pool).await;
    cast.world.policy(cast.target, open_policy()).await;
    cast.ask().await;
    assert_eq!(cast.told().await, [ANN, OLGA]);
    cast.world.move_clock(TimeDelta::minutes(61)).await;
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.told().await, [ANN, OLGA]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_kind_of_event_is_told_to_whom_it_is_about_and_who_did_it(pool: PgPool) {
    let mut cast = cast(&pool).await;
    let by = cast.world.ctx(cast.people[DORA]).await.by();
    for event in Event::ALL.iter().copied() {
        let about = About { principal: Some(cast.people[ANN].into()), ..About::default() };
        audit::done(&mut cast.conn, &by, event, &about).await.unwrap();
        assert_eq!(cast.told().await, [ANN, DORA], "{}", event.wire());
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_about_the_group_itself_is_told_to_everybody_with_a_part_in_it(pool: PgPool) {
    let mut cast = cast(&pool).await;
    let about = About { group: Some(cast.group), target: Some(cast.target), ..About::default() };
    audit::done(&mut cast.conn, &By::system("test"), Event::PolicySaved, &about).await.unwrap();
    assert_eq!(cast.told().await, [ANN, BEN, OLGA]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_refusal_is_told_to_nobody(pool: PgPool) {
    let mut cast = cast(&pool).await;
    let ann = cast.world.ctx(cast.people[ANN]).await;
    let answers = Answers { length: Some(Minutes::hours(1000)), ..Answers::default() };
    let form = Activate { target: cast.target, answers, code: String::new(), key: key() };
    activate(&cast.world.engine, &ann, form).await.unwrap_err();
    assert_eq!(cast.world.count("select count(*) from audit_events where outcome = 'refused'").await, 1);
    assert_eq!(cast.told().await, NOBODY);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_rolled_back_is_told_to_nobody_and_what_commits_late_still_is(pool: PgPool) {
    let mut cast = cast(&pool).await;
    let of = |person: PersonId| About { principal: Some(person.into()), ..About::default() };
    let (ann, ben, system) = (of(cast.people[ANN]), of(cast.people[BEN]), By::system("test"));
    let mut slow = cast.world.engine.begin().await.unwrap();
    audit::done(&mut slow, &system, Event::ActivationStarted, &ann).await.unwrap();
    let mut refused = cast.world.engine.begin().await.unwrap();
    audit::done(&mut refused, &system, Event::ActivationStarted, &of(cast.people[DORA])).await.unwrap();
    let before = cast.feed.mark();
    audit::done(&mut cast.conn, &system, Event::ActivationStarted, &ben).await.unwrap();
    assert_eq!(cast.told().await, [BEN]);
    let between = cast.feed.mark();
    assert_eq!(between, before + 1, "what is not committed has no place yet");
    refused.rollback().await.unwrap();
    assert_eq!(cast.told().await, NOBODY);
    slow.commit().await.unwrap();
    assert_eq!(cast.told().await, [ANN]);
    assert_eq!(cast.feed.mark(), between + 1);
    assert_eq!(cast.told().await, NOBODY, "once");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_page_of_a_group_is_told_while_its_reader_may_look_inside(pool: PgPool) {
    let mut cast = cast(&pool).await;
    let reader = cast.world.person("Rita").await;
    cast.world.role(reader, Role::GlobalReader).await;
    let place = Some(Place::group("prod-db-admins"));
    let watchers = [
        Watcher { person: reader, place: place.clone() },
        Watcher { person: reader, place: Some(Place::group("elsewhere")) },
        Watcher { person: reader, place: None },
        Watcher { person: cast.people[DORA], place },
    ];
    cast.ask().await;
    assert_eq!(cast.told_on(&watchers).await, [0]);
    cast.world.sql("update assignments set ends_at = clock() where principal_id = (select id from users where display_name = 'Rita')").await;
    let request = sqlx::query_scalar("select id from requests").fetch_one(&pool).await.unwrap();
    let ann = cast.world.ctx(cast.people[ANN]).await;
    cancel(&cast.world.engine, &ann, RequestId(request), "").await.unwrap();
    assert_eq!(cast.told_on(&watchers).await, NOBODY);
}

#[sqlx::test(migrations = "../../migrations")]
async fn approvers_and_holders_through_a_group_are_told(pool: PgPool) {
    let mut cast = cast(&pool).await;
    let desk = cast.world.group("desk").await;
    cast.world.standing(cast.people[DORA], cast.world.target(desk, Access::Member).await).await;
    let about = About { principal: Some(desk.into()), target: Some(cast.target), ..About::default() };
    audit::done(&mut cast.conn, &By::system("test"), Event::AssignmentMade, &about).await.unwrap();
    assert_eq!(cast.told().await, [BEN, OLGA, DORA]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn giving_back_is_told(pool: PgPool) {
    let mut cast = cast(&pool).await;
    cast.world.policy(cast.target, open_policy()).await;
    cast.ask().await;
    cast.told().await;
    let on = sqlx::query_scalar("select id from assignments where origin = 'activated'")
        .fetch_one(&pool)
        .await
        .unwrap();
    let ann = cast.world.ctx(cast.people[ANN]).await;
    deactivate(&cast.world.engine, &ann, domain::ids::AssignmentId(on), key()).await.unwrap();
    assert_eq!(cast.told().await, [ANN, OLGA]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_an_application_answered_is_told_to_her_it_is_about_once(pool: PgPool) {
    let world = World::new(&pool);
    let (ann, bea) = (world.person("Ann").await, world.person("Bea").await);
    let mut followed = Followed::default();
    let mut conn = pool.acquire().await.unwrap();
    let mut look = async |people: &[PersonId]| followed.look(&mut conn, people).await.unwrap();
    assert!(look(&[ann, bea]).await.is_empty(), "no application");
    world
        .sql(&format!(
            "insert into applications (id, name, base_url, token, token_end, dialect, probe, patches, adds_twice, delete_accept, matching, \
               scope, leaving, drift, breaker_most, breaker_per_cent, per_second, burst, in_flight, sweep_minutes) \
             values ('{0}', 'Git', 'https://git.example', '', '', 'rfc', 'read', true, true, true, '{{userName}}', 'all', 'leave', 'remove', \
               1, 1, 1, 1, 1, 40); \
             insert into application_members (application_id, group_id, user_id, wanted) values ('{0}', '{0}', '{0}', true)",
            ann.0
        ))
        .await;
    assert_eq!(look(&[ann, bea]).await, [ann].into(), "on its way");
    assert!(look(&[ann, bea]).await.is_empty(), "once");
    world.sql("update application_members set there = 'yes', confirmed_at = clock()").await;
    assert!(look(&[bea]).await.is_empty(), "nobody looks at her page");
    assert_eq!(look(&[ann, bea]).await, [ann].into(), "it may have been made before");
    world.sql("update application_members set problem = 'odd'").await;
    assert_eq!(look(&[ann]).await, [ann].into());
    assert!(look(&[ann]).await.is_empty());
}
