//! My access, the forms about it and the history: what they show, and how few statements they need.
#![cfg(test)]

mod support;

use chrono::TimeDelta;
use domain::access_review::plan::Plan;
use domain::activation::Next;
use domain::assignment::Kind;
use domain::duration::Minutes;
use domain::ids::{PersonId, TargetId};
use domain::policy::Approver;
use domain::policy::evaluate::Answers;
use domain::refusal::Code;
use domain::role::Role;
use domain::span::Span;
use domain::target::Access;
use engine::act::activate::{Activate, Activated, activate};
use engine::act::{cancel, deactivate, plan_access_review};
use engine::ask::requests::Filter;
use engine::ask::stand::Stand;
use engine::ask::thing::Pick;
use engine::ask::{activation_form, extend_form, my_access, own, request_page, requests};
use engine::testkit::{World, approved_by, key, open_policy};
use sqlx::PgPool;
use support::statements;

async fn on(world: &World, person: PersonId, target: TargetId, minutes: u32) -> Activated {
    let answers =
        Answers { length: Some(Minutes(minutes)), reason: "To mend it".into(), ..Answers::default() };
    let input = Activate { target, answers, code: String::new(), key: key() };
    activate(&world.engine, &world.ctx(person).await, input).await.expect("activation")
}

async fn world(pool: &PgPool) -> (World, PersonId, PersonId) {
    let world = World::new(pool);
    let (ada, ben) = (world.person("Ada").await, world.person("Ben").await);
    (world, ada, ben)
}

async fn target(world: &World, key: &str) -> TargetId {
    let group = world.group(key).await;
    world.target(group, Access::Member).await
}

/// An access review runs in which `owner` is asked about `member`.
async fn reviewed(world: &World, owner: PersonId, member: PersonId) {
    let group = world.group("reviewed").await;
    world.standing(owner, world.target(group, Access::Owner).await).await;
    world.standing(member, world.target(group, Access::Member).await).await;
    let plan = Plan { fallback: vec![Approver::Person(member)], ..Plan::default() };
    let input = plan_access_review::Input {
        key: "reviewed".into(),
        name: "Who is in it".into(),
        start: None,
        plan,
        form: key(),
    };
    let ctx = world.ctx(owner).await;
    plan_access_review::plan_access_review(&world.engine, &ctx, input).await.expect("review");
}

fn pick(key: &str) -> Pick {
    Pick::of(key, Access::Member)
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_whole_page_takes_at_most_six_statements_for_any_number_of_rows(pool: PgPool) {
    let (world, ada, ben) = world(&pool).await;
    for n in 0..12 {
        let target = target(&world, &format!("g-{n}")).await;
        world.eligible(ada, target).await;
        let policy = if n % 3 == 0 { approved_by(&[ben], 1) } else { open_policy() };
        world.policy(target, policy).await;
        if n < 6 {
            on(&world, ada, target, 60).await;
        }
    }
    let alone = target(&world, "nobody-can").await;
    world.eligible(ada, alone).await;
    world.policy(alone, approved_by(&[ada], 1)).await;
    reviewed(&world, ada, ben).await;
    let ctx = world.ctx(ada).await;
    let (page, statements) = statements(my_access::load(&world.engine, &ctx)).await;
    let page = page.expect("page");
    assert_eq!(page.frame.reviews, 1);
    assert_eq!((page.on.len(), page.waiting.len(), page.eligible.len()), (4, 2, 13));
    assert!(statements <= 6, "{statements} statements");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_row_that_can_be_switched_on_can_and_one_that_cannot_says_the_same_as_the_act(pool: PgPool) {
    let (world, ada, ben) = world(&pool).await;
    let now = world.now().await;
    let later = Span { start: now + TimeDelta::days(2), end: None };
    for name in ["free", "on", "asked", "nobody-can", "begins-later"] {
        let target = target(&world, name).await;
        let policy = match name {
            "asked" => approved_by(&[ben], 1),
            "nobody-can" => approved_by(&[ada], 1),
            _ => open_policy(),
        };
        world.policy(target, policy).await;
        if name == "begins-later" {
            world.assign(ada, target, Kind::Eligible, later).await;
        } else {
            world.eligible(ada, target).await;
        }
        if name == "on" || name == "asked" {
            on(&world, ada, target, 60).await;
        }
    }
    let ctx = world.ctx(ada).await;
    let page = my_access::load(&world.engine, &ctx).await.expect("page");
    assert_eq!(page.eligible.len(), 5);
    for row in &page.eligible {
        let answers = Answers { length: Some(Minutes(30)), ..Answers::default() };
        let input = Activate { target: row.thing.id(), answers, code: String::new(), key: key() };
        let shown: Vec<Code> = row.obstacles.iter().map(|refusal| refusal.code).collect();
        let expected = match row.thing.key.as_str() {
            "free" => vec![],
            "on" => vec![Code::AlreadyActive],
            "asked" => vec![Code::AlreadyAsked],
            "nobody-can" => vec![Code::NoApprover],
            _ => vec![Code::EligibilityNotBegun],
        };
        assert_eq!(shown, expected, "{}", row.thing.key);
        match activate(&world.engine, &ctx, input).await {
            Ok(_) => assert!(shown.is_empty(), "{}", row.thing.key),
            Err(error) => assert!(shown.iter().all(|code| error.refusals().iter().any(|r| r.code == *code))),
        }
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn waiting_names_who_decides_and_ends_with_the_deadline_though_no_worker_runs(pool: PgPool) {
    let (world, ada, ben) = world(&pool).await;
    let target = target(&world, "db").await;
    world.eligible(ada, target).await;
    world.policy(target, approved_by(&[ada, ben], 1)).await;
    on(&world, ada, target, 60).await;
    let ctx = world.ctx(ada).await;
    let page = my_access::load(&world.engine, &ctx).await.expect("page");
    let names: Vec<_> = page.waiting[0].deciders.iter().map(|who| who.user_name.as_str()).collect();
    assert_eq!(names, ["ben"], "nobody decides on her own request");
    world.move_clock(TimeDelta::hours(24)).await;
    let page = my_access::load(&world.engine, &ctx).await.expect("page");
    assert!(page.waiting.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_over_by_the_clock_is_neither_on_nor_counted(pool: PgPool) {
    let (world, ada, _) = world(&pool).await;
    let target = target(&world, "db").await;
    world.eligible(ada, target).await;
    world.policy(target, open_policy()).await;
    on(&world, ada, target, 30).await;
    let ctx = world.ctx(ada).await;
    let page = my_access::load(&world.engine, &ctx).await.expect("page");
    assert_eq!((page.on.len(), page.frame.active, page.frame.next_end), (1, 1, page.on[0].span.end));
    world.move_clock(TimeDelta::minutes(30)).await;
    let page = my_access::load(&world.engine, &ctx).await.expect("page");
    assert_eq!((page.on.len(), page.frame.active, page.frame.next_end), (0, 0, None));
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_last_ten_minutes_are_called_to_mind_for_ones_own_activations_only(pool: PgPool) {
    let (world, ada, ben) = world(&pool).await;
    let (first, second) = (target(&world, "first").await, target(&world, "second").await);
    for (person, target, minutes) in [(ada, first, 30), (ada, second, 40), (ben, first, 30)] {
        world.eligible(person, target).await;
        world.policy(target, open_policy()).await;
        on(&world, person, target, minutes).await;
    }
    reviewed(&world, ada, ben).await;
    // standing access ends without a call: nobody can extend it for herself
    let given = target(&world, "given").await;
    let now = world.now().await;
    world.assign(ada, given, Kind::Active, Span::lasting(now, TimeDelta::minutes(25))).await;
    let ctx = world.ctx(ada).await;
    for (at, expected) in
        [(0, &[][..]), (19, &[]), (21, &["Group first"]), (31, &["Group second"]), (41, &[])]
    {
        world.move_clock(TimeDelta::minutes(at)).await;
        let (page, sent) = statements(my_access::load(&world.engine, &ctx)).await;
        let frame = page.expect("page").frame;
        let names: Vec<&str> = frame.ending.iter().map(|on| on.name.as_str()).collect();
        assert_eq!(names, expected, "after {at} min");
        assert_eq!(frame.ending.first().map(|on| on.ends), frame.next_end.filter(|_| !expected.is_empty()));
        assert!(sent <= 6, "{sent} statements");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_eligibility_that_ended_is_listed_for_thirty_days_with_who_can_give_it_again(pool: PgPool) {
    let (world, ada, ben) = world(&pool).await;
    let group = world.group("db").await;
    let member = world.target(group, Access::Member).await;
    world.standing(ben, world.target(group, Access::Owner).await).await;
    let now = world.now().await;
    let span = Span { start: now - TimeDelta::days(90), end: Some(now - TimeDelta::days(3)) };
    world.assign(ada, member, Kind::Eligible, span).await;
    let ctx = world.ctx(ada).await;
    let page = my_access::load(&world.engine, &ctx).await.expect("page");
    assert!(page.eligible.is_empty());
    assert_eq!(page.expired[0].owners, ["Ben"]);
    world.move_clock(TimeDelta::days(28)).await;
    assert!(my_access::load(&world.engine, &ctx).await.expect("page").expired.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_number_beside_approvals_counts_only_what_this_person_can_decide(pool: PgPool) {
    let (world, ada, ben) = world(&pool).await;
    let cleo = world.person("Cleo").await;
    let (first, second) = (target(&world, "one").await, target(&world, "two").await);
    for target in [first, second] {
        world.eligible(ada, target).await;
        world.eligible(ben, target).await;
    }
    world.policy(first, approved_by(&[ada, ben, cleo], 1)).await;
    world.policy(second, approved_by(&[cleo], 1)).await;
    on(&world, ada, first, 30).await;
    on(&world, ben, second, 30).await;
    let waiting = async |person| {
        let ctx = world.ctx(person).await;
        my_access::load(&world.engine, &ctx).await.expect("page").frame.waiting
    };
    assert_eq!((waiting(ada).await, waiting(ben).await, waiting(cleo).await), (0, 1, 2));
    // who is no longer named does not count, whatever the request says
    world.policy(first, approved_by(&[ben], 1)).await;
    assert_eq!((waiting(ben).await, waiting(cleo).await), (1, 1));
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_form_offers_no_end_after_the_eligibility(pool: PgPool) {
    let (world, ada, _) = world(&pool).await;
    let target = target(&world, "db").await;
    let now = world.now().await;
    let until = now + TimeDelta::minutes(100);
    world
        .assign(ada, target, Kind::Eligible, Span { start: now - TimeDelta::hours(1), end: Some(until) })
        .await;
    world.policy(target, open_policy()).await;
    let form =
        activation_form::load(&world.engine, &world.ctx(ada).await, &pick("db"), None).await.expect("form");
    let offers: Vec<_> = form.offers.iter().map(|offer| (offer.length.0, offer.cut)).collect();
    assert_eq!(offers, [(30, false), (60, false), (120, true)]);
    assert_eq!(form.offers[2].span.end, Some(until));
    let Next::Live(span) = on(&world, ada, target, 120).await.next else { panic!("not on") };
    assert_eq!(span.end, Some(until), "the act does what the form said");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_on_can_be_planned_again_for_afterwards(pool: PgPool) {
    let (world, ada, _) = world(&pool).await;
    let target = target(&world, "db").await;
    world.eligible(ada, target).await;
    world.policy(target, open_policy()).await;
    let Next::Live(span) = on(&world, ada, target, 120).await.next else { panic!("not on") };
    let form =
        activation_form::load(&world.engine, &world.ctx(ada).await, &pick("db"), None).await.expect("form");
    assert_eq!(form.earliest, span.end);
    assert_eq!(form.not_now[0].code, Code::AlreadyActive);
    assert!(form.not_at_all.is_empty());
    assert_eq!(form.usual, Minutes(120), "what was used last");
}

#[sqlx::test(migrations = "../../migrations")]
async fn more_time_is_offered_only_where_it_ends_later(pool: PgPool) {
    let (world, ada, ben) = world(&pool).await;
    let target = target(&world, "db").await;
    world.eligible(ada, target).await;
    let mut policy = open_policy();
    policy.activation.max = Minutes::hours(2);
    world.policy(target, policy).await;
    on(&world, ada, target, 60).await;
    let ctx = world.ctx(ada).await;
    let id = my_access::load(&world.engine, &ctx).await.expect("page").on[0].assignment;
    let form = extend_form::load(&world.engine, &ctx, id).await.expect("form");
    let offers: Vec<_> = form.offers.iter().map(|offer| offer.length.0).collect();
    assert_eq!(offers, [60, 120], "an hour from now ends a moment later than it does already");
    let other = extend_form::load(&world.engine, &world.ctx(ben).await, id).await;
    assert_eq!(other.expect_err("somebody else's").refusals()[0].code, Code::NotFound);
    assert!(own::deactivate_form(&world.engine, &world.ctx(ben).await, id).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_request_is_seen_by_who_is_concerned_and_by_nobody_else(pool: PgPool) {
    let (world, ada, ben) = world(&pool).await;
    let (cleo, dora, emil) =
        (world.person("Cleo").await, world.person("Dora").await, world.person("Emil").await);
    let group = world.group("db").await;
    let member = world.target(group, Access::Member).await;
    world.standing(cleo, world.target(group, Access::Owner).await).await;
    world.role(dora, Role::GlobalReader).await;
    world.eligible(ada, member).await;
    world.policy(member, approved_by(&[ben], 1)).await;
    let number = on(&world, ada, member, 60).await.number;
    for (person, sees, cancels) in
        [(ada, true, true), (ben, true, false), (cleo, true, true), (dora, true, false), (emil, false, false)]
    {
        let page = request_page::load(&world.engine, &world.ctx(person).await, number).await;
        assert_eq!(page.as_ref().ok().map(|page| page.may_cancel), sees.then_some(cancels));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn history_says_where_each_request_stands_and_pages_by_key(pool: PgPool) {
    let (world, ada, ben) = world(&pool).await;
    let (open, guarded) = (target(&world, "open").await, target(&world, "guarded").await);
    for target in [open, guarded] {
        world.eligible(ada, target).await;
    }
    world.policy(open, open_policy()).await;
    world.policy(guarded, approved_by(&[ben], 1)).await;
    let ctx = world.ctx(ada).await;
    on(&world, ada, open, 60).await;
    let id = my_access::load(&world.engine, &ctx).await.expect("page").on[0].assignment;
    deactivate::deactivate(&world.engine, &ctx, id, key()).await.expect("off");
    let asked = on(&world, ada, guarded, 60).await;
    cancel::cancel(&world.engine, &ctx, asked.request, "").await.expect("cancelled");
    on(&world, ada, guarded, 60).await;

    let page = requests::load(&world.engine, &ctx, &Filter::default()).await.expect("page");
    let stands: Vec<_> = page.rows.iter().map(|row| row.stand).collect();
    assert_eq!(stands, [Stand::Waiting, Stand::Cancelled, Stand::Done, Stand::Over]);
    let over = &page.rows[3];
    let detail = request_page::load(&world.engine, &ctx, over.number).await.expect("detail");
    assert_eq!(detail.end_reason.as_deref(), Some("deactivated"));

    let filter = Filter { group: "OPEN".into(), before: Some(page.rows[2].number), ..Filter::default() };
    let older = requests::load(&world.engine, &ctx, &filter).await.expect("page");
    assert_eq!(older.rows.len(), 1);
    assert_eq!(older.next, None);
    let filter = Filter { stand: Some(Stand::Waiting), days: Some(1), ..Filter::default() };
    assert_eq!(requests::load(&world.engine, &ctx, &filter).await.expect("page").rows.len(), 1);
    assert!(
        requests::load(&world.engine, &world.ctx(ben).await, &Filter::default())
            .await
            .expect("page")
            .rows
            .is_empty()
    );
}
