//! Directory roles as targets: assigned, limited by a policy, activated, approved, taken away (product.md section 3).

#![cfg(test)]

use chrono::{DateTime, TimeDelta, Utc};
use domain::approval::Verdict;
use domain::assignment::{Kind, Wanted};
use domain::duration::Minutes;
use domain::ids::{AssignmentId, PersonId, PrincipalId, TargetId};
use domain::policy::Policy;
use domain::policy::evaluate::Answers;
use domain::refusal::Code;
use domain::role::Role;
use domain::target::{Access, Target};
use engine::Ctx;
use engine::act::activate::{Activate, Activated, activate};
use engine::act::assign::{self, assign};
use engine::act::decide::{Decision, decide};
use engine::act::remove_assignment::{self, remove_assignment};
use engine::act::set_policy::{self, set_policy};
use engine::act::sweep::sweep;
use engine::act::update_assignment::{self, update_assignment};
use engine::ask::group_assignments::{Filter, Tab, group_assignments};
use engine::ask::thing::{Pick, Place};
use engine::ask::{approvals, audit_page, my_access, policy_form, request_page, role_page, why};
use engine::db::targets;
use engine::testkit::{World, approved_by, key, open_policy};
use sqlx::PgPool;

const ROLE: Role = Role::UserAdministrator;

/// Pia gives roles, Ann may get one, Ben may approve; Rita reads everything.
struct Cast {
    world: World,
    pia: Ctx,
    ann: PersonId,
    ben: PersonId,
    rita: Ctx,
    target: TargetId,
}

async fn cast(pool: &PgPool, policy: Policy) -> Cast {
    let world = World::new(pool);
    let (pia, rita) = (world.person("Pia").await, world.person("Rita").await);
    world.role(pia, Role::PrivilegedRoleAdministrator).await;
    world.role(rita, Role::GlobalReader).await;
    let (ann, ben) = (world.person("Ann").await, world.person("Ben").await);
    let mut conn = pool.acquire().await.unwrap();
    let target = targets::ensure(&mut conn, Target::Role(ROLE)).await.unwrap();
    world.policy(target, policy).await;
    Cast { pia: world.ctx(pia).await, rita: world.ctx(rita).await, world, ann, ben, target }
}

impl Cast {
    async fn give(&self, ctx: &Ctx, to: impl Into<PrincipalId>, kind: Kind) -> Result<(), Code> {
        let end = Some(self.world.now().await + TimeDelta::days(30));
        let input = assign::Input {
            pick: Pick::of_role(ROLE),
            principals: vec![to.into()],
            wanted: Wanted { kind, start: None, end, reason: "on the rota".into() },
            code: String::new(),
            key: key(),
        };
        match assign(&self.world.engine, ctx, input).await {
            Ok(mut outcomes) => outcomes.remove(0).result.map(drop).map_err(|refusals| refusals[0].code),
            Err(error) => Err(error.refusals()[0].code),
        }
    }

    async fn activate(&self, hours: u32) -> engine::Result<Activated> {
        let answers =
            Answers { length: Some(Minutes::hours(hours)), reason: "on call".into(), ..Answers::default() };
        let form = Activate { target: self.target, answers, code: String::new(), key: key() };
        activate(&self.world.engine, &self.world.ctx(self.ann).await, form).await
    }

    /// Whether Ann is a User Administrator in her very next request (I-17).
    async fn holds(&self) -> bool {
        self.world.ctx(self.ann).await.actor.roles.contains(&ROLE)
    }

    async fn rows(&self, tab: Tab) -> Vec<(AssignmentId, Option<DateTime<Utc>>)> {
        let filter = Filter { tab, ..Filter::default() };
        let page = group_assignments(&self.world.engine, &self.rita, &Place::Role(ROLE), &filter).await;
        page.unwrap().rows.iter().map(|row| (AssignmentId(row.id), row.ends_at)).collect()
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_role_is_assigned_activated_and_over_at_its_end_by_the_clock_alone(pool: PgPool) {
    let cast = cast(&pool, open_policy()).await;
    cast.give(&cast.pia, cast.ann, Kind::Eligible).await.unwrap();
    let mine = my_access::load(&cast.world.engine, &cast.world.ctx(cast.ann).await).await.unwrap();
    assert_eq!(mine.eligible[0].thing.pick(), Pick::of_role(ROLE));
    assert_eq!((mine.eligible[0].thing.name.as_str(), mine.eligible[0].obstacles.len()), (ROLE.name(), 0));
    assert!(!cast.holds().await);
    cast.activate(2).await.unwrap();
    assert!(cast.holds().await);
    let mine = my_access::load(&cast.world.engine, &cast.world.ctx(cast.ann).await).await.unwrap();
    assert_eq!(mine.on[0].thing.name, ROLE.name());
    cast.world.move_clock(TimeDelta::minutes(119)).await;
    assert!(cast.holds().await);
    cast.world.move_clock(TimeDelta::minutes(120)).await;
    assert!(!cast.holds().await, "no sweep has run");
    sweep(&cast.world.engine).await.unwrap();
    let told = cast.world.count("select count(*) from audit_events where action = 'activation-ended'").await;
    assert_eq!(told, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn option_2_members_of_a_group_that_holds_the_role_hold_it_while_they_are_in(pool: PgPool) {
    let cast = cast(&pool, open_policy()).await;
    let group = cast.world.group_with("people-admins", true, true).await;
    let member = cast.world.target(group, Access::Member).await;
    cast.world.policy(member, open_policy()).await;
    cast.give(&cast.pia, group, Kind::Active).await.unwrap();
    let span = domain::span::Span::permanent(cast.world.now().await);
    cast.world.assign(cast.ann, member, Kind::Eligible, span).await;
    assert!(!cast.holds().await);
    let answers = Answers { length: Some(Minutes::hours(1)), reason: "on call".into(), ..Answers::default() };
    let form = Activate { target: member, answers, code: String::new(), key: key() };
    activate(&cast.world.engine, &cast.world.ctx(cast.ann).await, form).await.unwrap();
    assert!(cast.holds().await);
    cast.world.move_clock(TimeDelta::hours(1)).await;
    assert!(!cast.holds().await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn sec_roles_are_given_by_who_gives_roles_to_others_and_to_groups_made_for_it(pool: PgPool) {
    let cast = cast(&pool, open_policy()).await;
    let (plain, carrier) =
        (cast.world.group("plain").await, cast.world.group_with("carriers", true, false).await);
    let groups = cast.world.person("Gus").await;
    cast.world.role(groups, Role::GroupsAdministrator).await;
    let gus = cast.world.ctx(groups).await;
    assert_eq!(cast.give(&gus, cast.ann, Kind::Eligible).await, Err(Code::NotFound));
    assert_eq!(cast.give(&cast.rita, cast.ann, Kind::Eligible).await, Err(Code::NotFound));
    for kind in [Kind::Eligible, Kind::Active] {
        assert_eq!(cast.give(&cast.pia, plain, kind).await, Err(Code::PrincipalUnfit));
        cast.give(&cast.pia, carrier, kind).await.unwrap();
    }
    let herself = cast.pia.person();
    assert_eq!(cast.give(&cast.pia, herself, Kind::Active).await, Err(Code::SelfAssignment), "I-11");
    cast.give(&cast.pia, herself, Kind::Eligible).await.unwrap();
    cast.give(&cast.pia, cast.ann, Kind::Eligible).await.unwrap();
    assert_eq!(cast.give(&cast.pia, cast.ann, Kind::Eligible).await, Err(Code::Duplicate));
    let refused = cast.world.count("select count(*) from audit_events where outcome = 'refused'").await;
    assert_eq!(refused, 6, "every refusal is written down");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_role_with_approval_waits_for_the_named_person_and_nobody_else(pool: PgPool) {
    let world = World::new(&pool);
    let ben = world.person("Ben early").await;
    let cast = cast(&pool, approved_by(&[ben], 1)).await;
    cast.give(&cast.pia, cast.ann, Kind::Eligible).await.unwrap();
    let asked = cast.activate(1).await.unwrap();
    assert!(!cast.holds().await);
    let (engine, ben) = (&cast.world.engine, cast.world.ctx(ben).await);
    let inbox = approvals::approvals(engine, &ben, approvals::Show::Waiting, None).await.unwrap();
    assert_eq!((inbox.frame.waiting, inbox.waiting.len()), (1, 1));
    let card = &inbox.waiting[0];
    assert_eq!(card.thing.name, ROLE.name());
    let decision = |ctx: &Ctx| {
        let (engine, ctx) = (engine.clone(), ctx.clone());
        let decision = Decision {
            request: asked.request,
            verdict: Verdict::Approve,
            reason: "fine".into(),
            seen: card.seen.clone(),
            cues: Vec::new(),
        };
        async move { decide(&engine, &ctx, &[decision], "").await }
    };
    let pia = decision(&cast.pia).await;
    assert!(
        pia.is_err() || pia.is_ok_and(|results| results[0].result.is_err()),
        "she gives roles, and approves none"
    );
    decision(&ben).await.unwrap().remove(0).result.unwrap();
    assert!(cast.holds().await);
    let page = request_page::load(engine, &cast.pia, asked.number).await.unwrap();
    assert_eq!(page.line.thing.name, ROLE.name());
    let stranger = cast.world.ctx(cast.ben).await;
    assert!(request_page::load(engine, &stranger, asked.number).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_reads_everything_sees_the_role_and_who_gives_roles_changes_it(pool: PgPool) {
    let cast = cast(&pool, open_policy()).await;
    cast.give(&cast.pia, cast.ann, Kind::Eligible).await.unwrap();
    cast.activate(8).await.unwrap();
    let (engine, place) = (&cast.world.engine, Place::Role(ROLE));
    let (id, _) = cast.rows(Tab::Eligible).await[0];
    let sooner = cast.world.now().await + TimeDelta::hours(1);
    let change = |at: Place| update_assignment::Input {
        at,
        assignment: id,
        start: None,
        end: Some(sooner),
        reason: "rota changed".into(),
        code: String::new(),
        key: key(),
    };
    let elsewhere = update_assignment(engine, &cast.pia, change(Place::Role(Role::GlobalReader))).await;
    assert_eq!(elsewhere.unwrap_err().refusals()[0].code, Code::NotFound, "the address names another role");
    update_assignment(engine, &cast.pia, change(place.clone())).await.unwrap();
    cast.world.move_clock(TimeDelta::minutes(61)).await;
    assert!(!cast.holds().await, "the activation was cut with what it rests on");

    let page = role_page::role_page(engine, &cast.rita, ROLE).await.unwrap();
    assert!(page.header.inspects && !page.header.manages);
    let form = policy_form::policy_form(engine, &cast.rita, &place, Access::Member).await.unwrap();
    let mut policy = form.current.policy.clone();
    policy.activation.max = Minutes::hours(1);
    let save = |ctx: &Ctx| {
        let (engine, ctx) = (engine.clone(), ctx.clone());
        let input = set_policy::Input {
            pick: Pick::of_role(ROLE),
            based_on: form.current.version,
            policy: policy.clone(),
            reason: String::new(),
            code: String::new(),
        };
        async move { set_policy(&engine, &ctx, input).await.map_err(|error| error.refusals()[0].code) }
    };
    assert_eq!(save(&cast.rita).await, Err(Code::NotFound));
    assert_ne!(save(&cast.pia).await, Err(Code::NotFound), "hers to change, with a code");
    let scope = audit_page::Scope::Of(place);
    let filter = audit_page::Filter::default();
    let page = audit_page::audit_page(engine, &cast.rita, &scope, &filter, audit_page::Page::Newest).await;
    assert!(page.unwrap().rows.len() >= 3);
    let stranger = cast.world.ctx(cast.ben).await;
    assert!(role_page::role_page(engine, &stranger, ROLE).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn removing_the_eligibility_ends_the_role_and_the_last_global_administrator_stays(pool: PgPool) {
    let cast = cast(&pool, open_policy()).await;
    cast.give(&cast.pia, cast.ann, Kind::Eligible).await.unwrap();
    cast.activate(2).await.unwrap();
    let take = |place: Place, row: AssignmentId| remove_assignment::Input {
        at: place,
        assignments: vec![row],
        reason: "left".into(),
        successor: None,
        code: String::new(),
        key: key(),
    };
    let (id, _) = cast.rows(Tab::Eligible).await[0];
    let removed =
        remove_assignment(&cast.world.engine, &cast.pia, take(Place::Role(ROLE), id)).await.unwrap();
    assert_eq!((removed.assignments, removed.activations), (1, 1));
    assert!(!cast.holds().await);

    let root = cast.world.person("Root").await;
    cast.world.role(root, Role::GlobalAdministrator).await;
    cast.world.factor(root).await;
    let row = sqlx::query_scalar("select id from assignments where principal_id = $1").bind(root.0);
    let row = AssignmentId(row.fetch_one(&pool).await.unwrap());
    let place = Place::Role(Role::GlobalAdministrator);
    let refused = remove_assignment(&cast.world.engine, &cast.pia, take(place, row)).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::LastAdministrator, "I-10");
}

#[sqlx::test(migrations = "../../migrations")]
async fn i_10_the_last_global_administrator_for_good_is_not_given_an_end(pool: PgPool) {
    let cast = cast(&pool, open_policy()).await;
    let (root, other) = (cast.world.person("Root").await, cast.world.person("Other").await);
    cast.world.role(root, Role::GlobalAdministrator).await;
    for person in [root, other] {
        cast.world.factor(person).await;
    }
    let mut conn = pool.acquire().await.unwrap();
    let target = targets::ensure(&mut conn, Target::Role(Role::GlobalAdministrator)).await.unwrap();
    cast.world.policy(target, open_policy()).await;
    let span = domain::span::Span::lasting(cast.world.now().await, TimeDelta::days(20));
    cast.world.assign(other, target, Kind::Active, span).await;
    let row = sqlx::query_scalar("select id from assignments where principal_id = $1").bind(root.0);
    let row = AssignmentId(row.fetch_one(&pool).await.unwrap());
    let end = Some(cast.world.now().await + TimeDelta::days(5));
    let change = update_assignment::Input {
        at: Place::Role(Role::GlobalAdministrator),
        assignment: row,
        start: None,
        end,
        reason: "leaves in a week".into(),
        code: String::new(),
        key: key(),
    };
    let engine = &cast.world.engine;
    let refused = update_assignment(engine, &cast.pia, change.clone()).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::LastAdministrator, "all that is left would end by itself");
    cast.world.standing(cast.ben, target).await;
    cast.world.factor(cast.ben).await;
    update_assignment(engine, &cast.pia, update_assignment::Input { key: key(), ..change }).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_database_calls_every_role_by_the_name_of_the_catalogue(pool: PgPool) {
    let names: Vec<(String, String)> =
        sqlx::query_as("select key, display_name from things where role is not null order by key")
            .fetch_all(&pool)
            .await
            .unwrap();
    let mut known: Vec<_> =
        Role::ALL.iter().map(|role| (role.wire().to_owned(), role.name().to_owned())).collect();
    known.sort();
    assert_eq!(names, known);
}

#[sqlx::test(migrations = "../../migrations")]
async fn why_tells_the_way_the_end_every_obstacle_and_who_could_approve(pool: PgPool) {
    let world = World::new(&pool);
    let ben = world.person("Ben early").await;
    let cast = cast(&pool, approved_by(&[ben], 1)).await;
    let (engine, pick) = (&cast.world.engine, Pick::of_role(ROLE));
    let user_name: String = sqlx::query_scalar("select user_name from users where id = $1")
        .bind(cast.ann.0)
        .fetch_one(&pool)
        .await
        .unwrap();
    let ask = async |ctx: &Ctx| why::why(engine, ctx, &user_name, &pick).await;
    let before = ask(&cast.rita).await.unwrap();
    assert!(!before.effective() && before.ways.is_empty());
    assert_eq!(before.obstacles.iter().map(|refusal| refusal.code).collect::<Vec<_>>(), [Code::NotEligible]);
    assert_eq!(before.deciders.iter().map(|who| who.person()).collect::<Vec<_>>(), [ben]);

    let group = cast.world.group_with("carriers", true, true).await;
    cast.give(&cast.pia, group, Kind::Active).await.unwrap();
    cast.give(&cast.pia, cast.ann, Kind::Eligible).await.unwrap();
    let member = cast.world.target(group, Access::Member).await;
    let now = cast.world.now().await;
    let span = domain::span::Span::lasting(now, TimeDelta::hours(3));
    cast.world.assign(cast.ann, member, Kind::Active, span).await;
    let after = ask(&cast.rita).await.unwrap();
    assert!(after.effective());
    assert_eq!(after.ways[0].path[0].key, "carriers");
    assert_eq!(after.ways[0].until, span.end, "the first end on the way");
    assert_eq!((after.ways.len(), after.obstacles.len()), (2, 0), "and she could activate it herself");
    assert!(ask(&cast.world.ctx(cast.ann).await).await.is_ok(), "about herself");
    assert!(ask(&cast.world.ctx(cast.ben).await).await.is_err(), "a stranger learns nothing");
}
