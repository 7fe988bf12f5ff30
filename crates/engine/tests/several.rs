//! Several things switched on with one form and one code: each decided by itself, nothing lost when one fails.
#![cfg(test)]

use chrono::TimeDelta;
use domain::activation::Next;
use domain::assignment::Kind;
use domain::duration::Minutes;
use domain::ids::{PersonId, RequestKey, TargetId};
use domain::policy::evaluate::Answers;
use domain::policy::{JustificationRule, Policy, ProofRule, TicketRule};
use domain::refusal::Code;
use domain::span::Span;
use domain::target::Access;
use engine::Result;
use engine::act::activate_several::{ActivateSeveral, MOST_AT_ONCE, Outcome, activate_several};
use engine::act::favour::{Wish, favour};
use engine::ask::stand::Stand;
use engine::ask::thing::Pick;
use engine::ask::{activation_form, my_access, several_form, several_result};
use engine::testkit::{World, approved_by, key, open_policy};
use sqlx::PgPool;
use std::collections::BTreeMap;

const FRESH: ProofRule = ProofRule::Fresh { max_age: Minutes(5) };

struct Cast {
    world: World,
    ada: PersonId,
    ben: PersonId,
    by_key: BTreeMap<&'static str, TargetId>,
}

fn proved() -> Policy {
    let mut policy = open_policy();
    policy.activation.proof = FRESH;
    policy
}

/// Ada is eligible for all of these, by these policies; she has a second factor.
async fn cast(pool: &PgPool, groups: &[(&'static str, Policy)]) -> Cast {
    let world = World::new(pool);
    let (ada, ben) = (world.person("Ada").await, world.person("Ben").await);
    world.factor(ada).await;
    let mut by_key = BTreeMap::new();
    for (name, policy) in groups {
        let group = world.group(name).await;
        let target = world.target(group, Access::Member).await;
        world.policy(target, policy.clone()).await;
        world.eligible(ada, target).await;
        by_key.insert(*name, target);
    }
    Cast { world, ada, ben, by_key }
}

fn picks(names: &[&str]) -> Vec<Pick> {
    names.iter().map(|name| format!("{name}.member").parse().unwrap()).collect()
}

impl Cast {
    /// A form about everything.
    fn form(&self, code: &str) -> ActivateSeveral {
        let reason = "Replica lag on billing-2".to_owned();
        let answers = Answers { length: Some(Minutes(60)), reason, ..Answers::default() };
        ActivateSeveral {
            targets: self.by_key.values().copied().collect(),
            answers,
            code: code.to_owned(),
            key: key(),
        }
    }

    async fn sends(&self, form: &ActivateSeveral) -> Result<Vec<Outcome>> {
        activate_several(&self.world.engine, &self.world.ctx(self.ada).await, form.clone()).await
    }

    fn of<'a>(&self, outcomes: &'a [Outcome], name: &str) -> &'a Outcome {
        outcomes.iter().find(|outcome| outcome.target == self.by_key[name]).unwrap()
    }

    fn codes(&self, outcomes: &[Outcome], name: &str) -> Vec<Code> {
        let refused = self.of(outcomes, name).result.clone();
        refused.err().unwrap_or_default().iter().map(|refusal| refusal.code).collect()
    }

    async fn on(&self) -> i64 {
        self.world.count("select count(*) from active_now where origin = 'activated'").await
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_code_is_for_all_three_and_each_has_its_own_proof_request_and_event(pool: PgPool) {
    let cast = cast(&pool, &[("a", proved()), ("b", proved()), ("c", proved())]).await;
    let code = cast.world.code(cast.ada).await;
    let outcomes = cast.sends(&cast.form(&code)).await.unwrap();
    assert_eq!(outcomes.len(), 3);
    assert!(outcomes.iter().all(|one| matches!(one.result, Ok(done) if matches!(done.next, Next::Live(_)))));
    assert_eq!(cast.on().await, 3);
    let proofs = "select count(distinct proof_id) from audit_events where action = 'activation-started'";
    assert_eq!(cast.world.count(proofs).await, 3, "SEC-12");
    assert_eq!(cast.world.count("select count(*) from proofs where consumed_at is null").await, 0);
    let again = cast.sends(&cast.form(&code)).await.unwrap();
    assert!(again.iter().all(|one| one.result.is_err()), "the code is used up, and all are on");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_wrong_code_refuses_only_what_asks_for_one(pool: PgPool) {
    let cast = cast(&pool, &[("asks", proved()), ("free", open_policy()), ("too", proved())]).await;
    let outcomes = cast.sends(&cast.form("000000")).await.unwrap();
    assert!(cast.of(&outcomes, "free").result.is_ok());
    assert_eq!(cast.codes(&outcomes, "asks"), [Code::ProofWrong]);
    assert_eq!(cast.codes(&outcomes, "too"), [Code::ProofWrong]);
    assert_eq!(cast.on().await, 1);
    let told =
        "select count(*) from audit_events where action = 'activation-requested' and outcome = 'refused'";
    assert_eq!(cast.world.count(told).await, 2, "each has its own event");
    let missing = cast.sends(&cast.form("")).await.unwrap();
    assert_eq!(cast.codes(&missing, "asks"), [Code::ProofMissing]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_refused_takes_nothing_with_it_and_burns_no_code(pool: PgPool) {
    let mut strict = proved();
    strict.activation.justification = JustificationRule { required: true, min_length: 200 };
    let mut short = proved();
    short.activation.max = Minutes(30);
    let cast = cast(&pool, &[("done", proved()), ("short", short), ("strict", strict.clone())]).await;
    let code = cast.world.code(cast.ada).await;
    let outcomes = cast.sends(&cast.form(&code)).await.unwrap();
    assert!(cast.of(&outcomes, "done").result.is_ok());
    assert_eq!(cast.codes(&outcomes, "short"), [Code::TooLong]);
    assert_eq!(cast.codes(&outcomes, "strict"), [Code::JustificationShort]);
    assert_eq!(cast.on().await, 1);

    let code = cast.world.code(cast.ada).await;
    let mut form = cast.form(&code);
    form.targets = vec![cast.by_key["short"], cast.by_key["strict"]];
    let none = cast.sends(&form).await.unwrap();
    assert!(none.iter().all(|one| one.result.is_err()));
    form.answers.length = Some(Minutes(30));
    let mended = cast.sends(&form).await.unwrap();
    assert!(cast.of(&mended, "short").result.is_ok(), "the code of the refused form is still good");
}

#[sqlx::test(migrations = "../../migrations")]
async fn each_is_on_waits_or_is_planned_by_its_own_policy(pool: PgPool) {
    let mut cast = cast(&pool, &[("at-once", open_policy())]).await;
    let asked = cast.world.target(cast.world.group("asked").await, Access::Member).await;
    cast.world.policy(asked, approved_by(&[cast.ben], 1)).await;
    cast.world.eligible(cast.ada, asked).await;
    cast.by_key.insert("asked", asked);
    let form = cast.form("");
    let outcomes = cast.sends(&form).await.unwrap();
    assert!(matches!(cast.of(&outcomes, "at-once").result, Ok(done) if matches!(done.next, Next::Live(_))));
    assert!(
        matches!(cast.of(&outcomes, "asked").result, Ok(done) if matches!(done.next, Next::Awaiting { .. }))
    );

    let ctx = cast.world.ctx(cast.ada).await;
    let names = picks(&["asked", "at-once", "nothing"]);
    let shown = several_result::load(&cast.world.engine, &ctx, form.key, &names).await.unwrap();
    let stands: Vec<_> = shown.rows.iter().map(|row| row.request.as_ref().map(|line| line.stand)).collect();
    assert_eq!(stands, [Some(Stand::Waiting), Some(Stand::On)]);
    assert_eq!(shown.rows[0].deciders[0].name, "Ben");

    cast.world.move_clock(TimeDelta::hours(2)).await;
    let start = cast.world.now().await + TimeDelta::hours(1);
    let mut later = cast.form("");
    later.targets = vec![cast.by_key["at-once"]];
    later.answers.start = Some(start);
    let planned = cast.sends(&later).await.unwrap();
    assert!(
        matches!(planned[0].result, Ok(done) if matches!(done.next, Next::Scheduled(span) if span.start == start))
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_same_form_sent_twice_gives_the_same_results(pool: PgPool) {
    let mut bad = open_policy();
    bad.activation.max = Minutes(30);
    let cast = cast(&pool, &[("asks", proved()), ("free", open_policy()), ("short", bad)]).await;
    let code = cast.world.code(cast.ada).await;
    let form = cast.form(&code);
    let first = cast.sends(&form).await.unwrap();
    let second = cast.sends(&form).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(cast.on().await, 2);
    assert_eq!(cast.world.count("select count(*) from requests").await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_tabs_that_send_the_same_form_at_once_switch_each_on_once(pool: PgPool) {
    let cast = cast(&pool, &[("a", proved()), ("b", open_policy()), ("c", proved())]).await;
    for round in 0..10_i64 {
        let code = cast.world.code(cast.ada).await;
        let form = cast.form(&code);
        let (left, right) = tokio::join!(cast.sends(&form), cast.sends(&form));
        assert_eq!(left.unwrap(), right.unwrap(), "round {round}");
        assert_eq!(cast.on().await, 3, "round {round}");
        cast.world.move_clock(TimeDelta::hours(2 * (round + 1))).await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn forms_that_share_some_things_neither_wait_for_ever_nor_double_anything(pool: PgPool) {
    let groups = ["a", "b", "c", "d"].map(|name| (name, proved()));
    let cast = cast(&pool, &groups).await;
    for round in 0..10_i64 {
        let code = cast.world.code(cast.ada).await;
        let (mut left, mut right) = (cast.form(&code), cast.form(&code));
        left.targets.truncate(3);
        right.targets.reverse();
        let (left, right) = tokio::join!(cast.sends(&left), cast.sends(&right));
        let done = |outcomes: Result<Vec<Outcome>>| {
            outcomes.unwrap().iter().filter(|outcome| outcome.result.is_ok()).count()
        };
        let (left, right) = (done(left), done(right));
        // one code: whoever came first has it
        assert!((left, right) == (3, 0) || (left, right) == (0, 4), "round {round}: {left} and {right}");
        cast.world.move_clock(TimeDelta::hours(2 * (round + 1))).await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_the_database_refuses_besides_is_refused_alone(pool: PgPool) {
    let cast = cast(&pool, &[("a", open_policy()), ("b", open_policy()), ("c", open_policy())]).await;
    let refuse = format!(
        "create function refuse() returns trigger language plpgsql as $$ begin \
           if new.target_id = '{}' then raise exclusion_violation using constraint = 'one_activation'; end if; \
           return new; end $$; \
         create trigger refuse before insert on assignments for each row execute function refuse()",
        cast.by_key["b"]
    );
    cast.world.sql(&refuse).await;
    let outcomes = cast.sends(&cast.form("")).await.unwrap();
    assert_eq!(cast.codes(&outcomes, "b"), [Code::ChangedMeanwhile]);
    assert!(cast.of(&outcomes, "a").result.is_ok() && cast.of(&outcomes, "c").result.is_ok());
    assert_eq!((cast.on().await, cast.world.count("select count(*) from requests").await), (2, 2));
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_limit_of_open_requests_counts_those_of_this_form_too(pool: PgPool) {
    let mut cast = cast(&pool, &[]).await;
    for name in ["x", "y", "z"] {
        let target = cast.world.target(cast.world.group(name).await, Access::Member).await;
        cast.world.policy(target, approved_by(&[cast.ben], 1)).await;
        cast.world.eligible(cast.ada, target).await;
        cast.by_key.insert(name, target);
    }
    let fill = format!(
        "insert into principals (id, kind) select gen_random_uuid(), 'group' from generate_series(1, 49); \
         insert into groups (id, key, display_name) select id, 'g' || row_number() over (), 'G' from principals p \
           where kind = 'group' and not exists (select from groups g where g.id = p.id); \
         insert into targets (id, kind, group_id) select gen_random_uuid(), 'member', g.id from groups g \
           where g.display_name = 'G'; \
         insert into requests (id, target_id, principal_id, filer_id, action, status, asked_minutes, policy_version, \
           rules, deadline_at, content_hash, request_key) \
         select gen_random_uuid(), t.id, '{ada}', '{ada}', 'selfActivate', 'PendingApproval', 60, 1, '{{}}', \
           clock() + interval '1 day', '', gen_random_uuid() from targets t join groups g on g.id = t.group_id \
           where g.display_name = 'G'",
        ada = cast.ada
    );
    cast.world.sql(&fill).await;
    let outcomes = cast.sends(&cast.form("")).await.unwrap();
    let done = outcomes.iter().filter(|outcome| outcome.result.is_ok()).count();
    assert_eq!(done, 1, "49 were open, and 50 may be");
}

#[sqlx::test(migrations = "../../migrations")]
async fn nothing_too_much_and_the_unknown_are_told_apart(pool: PgPool) {
    let cast = cast(&pool, &[("a", open_policy())]).await;
    let code = |result: Result<Vec<Outcome>>| result.unwrap_err().refusals()[0].code;
    let mut form = cast.form("");
    form.targets = Vec::new();
    assert_eq!(code(cast.sends(&form).await), Code::Missing);
    form.targets = (0..=MOST_AT_ONCE).map(|_| TargetId(engine::ids::new())).collect();
    assert_eq!(code(cast.sends(&form).await), Code::BadValue);
    let hidden = cast.world.target(cast.world.group("hidden").await, Access::Member).await;
    form.targets = vec![TargetId(engine::ids::new()), hidden, cast.by_key["a"], cast.by_key["a"]];
    let outcomes = cast.sends(&form).await.unwrap();
    assert_eq!(outcomes.iter().map(|one| one.target).collect::<Vec<_>>(), [cast.by_key["a"]]);
    let told = "select count(*) from audit_events where outcome = 'refused'";
    assert_eq!(cast.world.count(told).await, 0);

    let ctx = cast.world.ctx(cast.ada).await;
    let shown =
        several_form::load(&cast.world.engine, &ctx, &picks(&["hidden", "a", "no", "a"])).await.unwrap();
    assert_eq!(shown.items.iter().map(|item| item.thing.key.as_str()).collect::<Vec<_>>(), ["a"]);
    let none =
        several_result::load(&cast.world.engine, &ctx, key(), &picks(&["hidden", "no"])).await.unwrap();
    assert!(none.rows.is_empty(), "an address tells nothing of what she may not know");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_form_asks_the_strictest_of_what_can_be_asked_for(pool: PgPool) {
    let mut ticket = open_policy();
    (ticket.activation.ticket, ticket.activation.max) = (TicketRule::Any, Minutes(90));
    let mut words = proved();
    words.activation.justification = JustificationRule { required: true, min_length: 20 };
    let mut stuck = open_policy();
    (stuck.activation.max, stuck.activation.ticket) = (Minutes(30), TicketRule::Pattern);
    let cast = cast(&pool, &[("ticket", ticket), ("words", words)]).await;
    let target = cast.world.target(cast.world.group("stuck").await, Access::Member).await;
    stuck.activation.approval = approved_by(&[cast.ada], 1).activation.approval;
    cast.world.policy(target, stuck).await;
    cast.world.eligible(cast.ada, target).await;

    let ctx = cast.world.ctx(cast.ada).await;
    let shown =
        several_form::load(&cast.world.engine, &ctx, &picks(&["ticket", "words", "stuck"])).await.unwrap();
    let prompts = shown.prompts.unwrap();
    assert_eq!((prompts.max, prompts.reason_min, prompts.ticket), (Minutes(90), Some(20), TicketRule::Any));
    assert!(prompts.code && prompts.approvals == 0);
    assert_eq!(shown.offers.iter().map(|offer| offer.length.0).collect::<Vec<_>>(), [30, 60, 90]);
    let barred: Vec<_> = shown.items[2].not_at_all.iter().map(|refusal| refusal.code).collect();
    assert_eq!(barred, [Code::NoApprover]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn favourites_stand_first_and_what_was_asked_last_is_offered_again(pool: PgPool) {
    let cast = cast(&pool, &[("a", open_policy()), ("b", open_policy()), ("c", open_policy())]).await;
    let (engine, ctx) = (&cast.world.engine, cast.world.ctx(cast.ada).await);
    for _ in 0..2 {
        favour(engine, &ctx, cast.by_key["c"], Wish::Add).await.unwrap();
    }
    let mut form = cast.form("");
    form.targets = vec![cast.by_key["b"]];
    let number = cast.sends(&form).await.unwrap()[0].result.clone().unwrap().number;
    let page = my_access::load(engine, &ctx).await.unwrap();
    let order: Vec<_> = page.eligible.iter().map(|row| (row.thing.key.as_str(), row.favourite)).collect();
    assert_eq!(order, [("c", true), ("b", false), ("a", false)]);
    let last = page.eligible[1].last.clone().unwrap();
    assert_eq!((last.number, last.length()), (number, Some(Minutes(60))));
    assert!(page.eligible[1].prompts.answered_by(Minutes(60), &last.reason));
    assert!(page.eligible[0].last.is_none());
    let shown = activation_form::load(engine, &ctx, &picks(&["b"])[0], None).await.unwrap();
    assert_eq!((shown.last, shown.usual), (Some(last), Minutes(60)));

    favour(engine, &ctx, cast.by_key["c"], Wish::Remove).await.unwrap();
    assert_eq!(cast.world.count("select count(*) from favourites").await, 0);
    let hidden = cast.world.target(cast.world.group("hidden").await, Access::Member).await;
    for wish in [Wish::Add, Wish::Remove] {
        let refused = favour(engine, &ctx, hidden, wish).await;
        assert_eq!(refused.unwrap_err().refusals()[0].code, Code::NotFound);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_running_servers_rights_are_enough(pool: PgPool) {
    let cast = cast(&pool, &[("a", proved()), ("b", open_policy())]).await;
    let (engine, ctx) = (cast.world.restricted(), cast.world.ctx(cast.ada).await);
    let code = cast.world.code(cast.ada).await;
    let outcomes = activate_several(&engine, &ctx, cast.form(&code)).await.unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()));
    favour(&engine, &ctx, cast.by_key["a"], Wish::Add).await.unwrap();
    favour(&engine, &ctx, cast.by_key["a"], Wish::Remove).await.unwrap();
    my_access::load(&engine, &ctx).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_comes_through_a_group_is_switched_on_among_others(pool: PgPool) {
    let cast = cast(&pool, &[("own", open_policy())]).await;
    let (outer, inner) = (cast.world.group("outer").await, cast.world.group("inner").await);
    let target = cast.world.target(outer, Access::Member).await;
    cast.world.policy(target, open_policy()).await;
    cast.world.standing(cast.ada, cast.world.target(inner, Access::Member).await).await;
    let start = cast.world.now().await - TimeDelta::hours(1);
    cast.world.assign(inner, target, Kind::Eligible, Span::lasting(start, TimeDelta::days(30))).await;
    let mut form = cast.form("");
    form.targets.push(target);
    let outcomes = cast.sends(&form).await.unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()), "{outcomes:?}");
    assert!(cast.world.is_member(cast.ada, outer).await);
}

#[test]
fn the_key_of_a_part_is_stable_and_its_own() {
    use engine::act::activate_several::key_of;
    let (form, a, b) = (key(), TargetId(engine::ids::new()), TargetId(engine::ids::new()));
    assert_eq!(key_of(form, a), key_of(form, a));
    assert_ne!(key_of(form, a), key_of(form, b));
    assert_ne!(key_of(form, a), key_of(RequestKey(engine::ids::new()), a));
}
