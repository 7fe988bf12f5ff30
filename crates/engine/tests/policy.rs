//! Policies: refused when they contradict themselves or name nobody who can approve, saved once, never touching what
//! runs.

#![cfg(test)]

use chrono::{DateTime, TimeDelta, Utc};
use domain::duration::Minutes;
use domain::ids::{GroupId, PersonId, TargetId};
use domain::policy::evaluate::Answers;
use domain::policy::{ApprovalRule, Approver, Policy, TicketRule};
use domain::refusal::Code;
use domain::role::Role;
use domain::target::Access;
use engine::act::activate::{Activate, activate};
use engine::act::set_policy::{Input, set_policy};
use engine::ask::policy_form;
use engine::ask::thing::Pick;
use engine::testkit::{World, approved_by, key, open_policy};
use engine::{Ctx, Result};
use sqlx::PgPool;

/// Olga owns the group and has a second factor; Ann is eligible; Ben could approve.
struct Cast {
    world: World,
    olga: PersonId,
    ann: PersonId,
    ben: PersonId,
    group: GroupId,
    member: TargetId,
    ctx: Ctx,
}

async fn cast(pool: &PgPool) -> Cast {
    let world = World::new(pool);
    let (olga, ann, ben) = (world.person("Olga").await, world.person("Ann").await, world.person("Ben").await);
    let group = world.group("ops").await;
    let member = world.target(group, Access::Member).await;
    world.policy(member, open_policy()).await;
    world.standing(olga, world.target(group, Access::Owner).await).await;
    world.eligible(ann, member).await;
    world.factor(olga).await;
    let ctx = world.ctx(olga).await;
    Cast { world, olga, ann, ben, group, member, ctx }
}

impl Cast {
    fn form(&self, policy: Policy, code: &str) -> Input {
        Input { pick: ops(), based_on: 1, policy, reason: "audit finding".into(), code: code.into() }
    }

    async fn save(&self, policy: Policy) -> Result<i32> {
        let code = self.world.code(self.olga).await;
        set_policy(&self.world.engine, &self.ctx, self.form(policy, &code)).await
    }

    /// The code of the refusal, and its field.
    async fn refused(&self, policy: Policy) -> (Code, Option<String>) {
        let error = self.save(policy).await.unwrap_err();
        let first = error.refusals().first().cloned().unwrap_or_else(|| panic!("{error:?}"));
        (first.code, first.field)
    }
}

fn asking(approvers: Vec<Approver>, needed: u8) -> Policy {
    let mut policy = open_policy();
    policy.activation.approval =
        Some(ApprovalRule { approvers, needed, wait: Minutes::hours(24), escalation: None });
    policy
}

fn ops() -> Pick {
    Pick::of("ops", Access::Member)
}

fn at_approvers() -> (Code, Option<String>) {
    (Code::PolicyIncomplete, Some("approvers".into()))
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_policy_without_an_able_approver_is_refused(pool: PgPool) {
    let cast = cast(&pool).await;
    let empty = cast.world.group("nobody-inside").await;
    let gone = GroupId(engine::ids::new());
    let gina = cast.world.person("Gina").await;
    cast.world.sql("update users set enabled = false where display_name = 'Gina'").await;

    assert_eq!(cast.refused(asking(vec![], 1)).await, at_approvers());
    assert_eq!(cast.refused(asking(vec![Approver::Group(empty)], 1)).await, at_approvers());
    assert_eq!(cast.refused(asking(vec![Approver::Group(gone)], 1)).await, at_approvers());
    assert_eq!(cast.refused(asking(vec![Approver::Person(gina)], 1)).await, at_approvers());
    assert_eq!(cast.refused(asking(vec![Approver::Group(cast.group)], 1)).await, at_approvers());
    let two_of_one = asking(vec![Approver::Person(cast.ben), Approver::Group(empty)], 2);
    assert_eq!(cast.refused(two_of_one).await, at_approvers());
    assert_eq!(cast.world.count("select count(*) from policies").await, 1);
    assert_eq!(
        cast.world
            .count("select count(*) from audit_events where action = 'policy-saved' and outcome = 'refused'")
            .await,
        6
    );

    assert_eq!(cast.save(approved_by(&[cast.ben], 1)).await.unwrap(), 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_group_of_approvers_counts_by_its_people(pool: PgPool) {
    let cast = cast(&pool).await;
    let team = cast.world.group("on-call").await;
    cast.world.standing(cast.olga, cast.world.target(team, Access::Owner).await).await;
    let members = cast.world.target(team, Access::Member).await;
    cast.world.standing(cast.ben, members).await;
    cast.world.standing(cast.ann, members).await;
    assert_eq!(cast.save(asking(vec![Approver::Group(team)], 2)).await.unwrap(), 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_group_that_the_actor_cannot_see_is_not_named_unless_the_policy_names_it_already(pool: PgPool) {
    let cast = cast(&pool).await;
    let secret = cast.world.group("secret").await;
    cast.world.standing(cast.ben, cast.world.target(secret, Access::Member).await).await;
    let draft = asking(vec![Approver::Group(secret)], 1);
    let refused = (Code::PolicyIncomplete, Some("approvers".into()));
    assert_eq!(cast.refused(draft.clone()).await, refused);
    let preview = policy_form::preview(&cast.world.engine, &cast.ctx, &ops(), &draft, 1, "").await.unwrap();
    let told = format!("{:?}", preview);
    assert!(!told.contains("secret"), "nor does a preview tell its name: {told}");
    // an administrator named it: then it stays when somebody else saves
    cast.world.policy(cast.member, draft.clone()).await;
    let mut longer = draft;
    longer.activation.max = Minutes::hours(2);
    let code = cast.world.code(cast.olga).await;
    let form = Input { based_on: 2, ..cast.form(longer, &code) };
    assert_eq!(set_policy(&cast.world.engine, &cast.ctx, form).await.unwrap(), 3);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_limits_of_the_form_are_refused_at_their_fields(pool: PgPool) {
    let cast = cast(&pool).await;
    let mut longest = open_policy();
    longest.activation.max = Minutes(1470);
    assert_eq!(cast.refused(longest).await, (Code::BadValue, Some("max".into())));
    let mut step = open_policy();
    step.activation.max = Minutes(45);
    assert_eq!(cast.refused(step).await, (Code::BadValue, Some("max".into())));
    assert_eq!(cast.refused(open_policy()).await, (Code::NothingChanged, None));
    let mut day = open_policy();
    day.activation.max = Minutes(1440);
    assert_eq!(cast.save(day).await.unwrap(), 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn saving_takes_a_fresh_code_and_is_audited_with_before_and_after(pool: PgPool) {
    let cast = cast(&pool).await;
    let policy = approved_by(&[cast.ben], 1);
    let missing = set_policy(&cast.world.engine, &cast.ctx, cast.form(policy.clone(), "")).await;
    assert_eq!(missing.unwrap_err().refusals()[0].code, Code::ProofMissing);
    let wrong = set_policy(&cast.world.engine, &cast.ctx, cast.form(policy.clone(), "000000")).await;
    assert_eq!(wrong.unwrap_err().refusals()[0].code, Code::ProofWrong);
    cast.save(policy).await.unwrap();
    let kept = "select count(*) from audit_events where action = 'policy-saved' and outcome = 'done' \
                and facts -> 'before' -> 'activation' -> 'approval' = 'null' \
                and facts -> 'after' -> 'activation' -> 'approval' <> 'null' \
                and proof_id is not null and policy_version = 2";
    assert_eq!(cast.world.count(kept).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_code_is_not_used_up_by_a_form_with_another_mistake(pool: PgPool) {
    let cast = cast(&pool).await;
    let code = cast.world.code(cast.olga).await;
    let bad = cast.form(asking(vec![], 1), &code);
    assert!(set_policy(&cast.world.engine, &cast.ctx, bad).await.is_err());
    let good = cast.form(approved_by(&[cast.ben], 1), &code);
    assert_eq!(set_policy(&cast.world.engine, &cast.ctx, good).await.unwrap(), 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_was_slower_is_told_and_overwrites_nothing(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.save(approved_by(&[cast.ben], 1)).await.unwrap();
    let mut other = open_policy();
    other.activation.max = Minutes::hours(2);
    let refused = cast.save(other).await.unwrap_err();
    let refusal = &refused.refusals()[0];
    assert_eq!(refusal.code, Code::SavedMeanwhile);
    assert!(refusal.text.to_string().contains("Olga saved version 2"), "{}", refusal.text);
    assert_eq!(cast.world.count("select max(version)::bigint from policies").await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_who_save_at_once_make_one_version(pool: PgPool) {
    let cast = cast(&pool).await;
    let admin = cast.world.person("Admin").await;
    cast.world.role(admin, Role::GroupsAdministrator).await;
    cast.world.factor(admin).await;
    let other = cast.world.ctx(admin).await;
    for round in 1..=40 {
        let mut policy = open_policy();
        policy.activation.max = Minutes(if round % 2 == 0 { 60 } else { 120 });
        let form = |code: String| Input { based_on: round, ..cast.form(policy.clone(), &code) };
        let (one, two) = (form(cast.world.code(cast.olga).await), form(cast.world.code(admin).await));
        let engine = &cast.world.engine;
        let (a, b) = tokio::join!(set_policy(engine, &cast.ctx, one), set_policy(engine, &other, two));
        assert!(a.is_ok() != b.is_ok(), "round {round}: {a:?} {b:?}");
    }
    assert_eq!(cast.world.count("select count(*) from policies").await, 41);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_policy_change_never_changes_running_spans_i_22(pool: PgPool) {
    let cast = cast(&pool).await;
    let ann = cast.world.ctx(cast.ann).await;
    let answers = Answers { length: Some(Minutes::hours(4)), ..Answers::default() };
    let asked = Activate { target: cast.member, answers, code: String::new(), key: key() };
    activate(&cast.world.engine, &ann, asked).await.unwrap();
    let before = spans(&pool).await;

    let mut stricter = approved_by(&[cast.ben], 1);
    stricter.activation.max = Minutes(30);
    stricter.eligible.max = Minutes::days(1);
    cast.save(stricter).await.unwrap();
    assert_eq!(spans(&pool).await, before);
    let mut looser = open_policy();
    looser.activation.max = Minutes::hours(24);
    looser.eligible.permanent = true;
    let code = cast.world.code(cast.olga).await;
    let form = Input { based_on: 2, ..cast.form(looser, &code) };
    set_policy(&cast.world.engine, &cast.ctx, form).await.unwrap();
    assert_eq!(spans(&pool).await, before);
    assert!(cast.world.is_member(cast.ann, cast.group).await);
    cast.world.move_clock(TimeDelta::hours(4)).await;
    assert!(!cast.world.is_member(cast.ann, cast.group).await, "its own end holds");
}

async fn spans(pool: &PgPool) -> Vec<(DateTime<Utc>, Option<DateTime<Utc>>)> {
    sqlx::query_as("select starts_at, ends_at from assignments order by id").fetch_all(pool).await.unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_preview_says_what_changes_and_whom_it_hits(pool: PgPool) {
    let cast = cast(&pool).await;
    let mut policy = approved_by(&[cast.ben], 1);
    policy.activation.max = Minutes::hours(4);
    let engine = &cast.world.engine;
    let preview = policy_form::preview(engine, &cast.ctx, &ops(), &policy, 1, "").await.unwrap();
    let changed: Vec<&str> = preview.changes.iter().map(|change| change.setting.as_str()).collect();
    assert_eq!(changed, ["Longest activation", "Approval", "Approvers"]);
    assert_eq!(preview.changes[2].new, "Ben");
    assert_eq!((preview.eligible, preview.running, preview.waiting), (1, 0, 0));
    assert_eq!(preview.able, (0, 1));
    assert!(preview.refusals.is_empty());
    let page = policy_form::policy_form(engine, &cast.ctx, &ops().place(), Access::Member).await.unwrap();
    assert_eq!(page.current.version, 1);
    let stranger = cast.world.ctx(cast.ann).await;
    let hidden =
        policy_form::policy_form(engine, &stranger, &ops().place(), Access::Member).await.unwrap_err();
    assert_eq!(hidden.refusals()[0].code, Code::NotFound);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_preview_tries_the_draft_on_what_was_asked_in_the_last_90_days(pool: PgPool) {
    let cast = cast(&pool).await;
    let (engine, ann) = (&cast.world.engine, cast.world.ctx(cast.ann).await);
    let elsewhere = cast.world.group("elsewhere").await;
    let elsewhere = cast.world.target(elsewhere, Access::Member).await;
    cast.world.policy(elsewhere, open_policy()).await;
    cast.world.eligible(cast.ann, elsewhere).await;
    for (day, target, minutes, ticket) in [
        (0, cast.member, 60, ""),
        (1, cast.member, 240, "INC-1"),
        (2, cast.member, 30, "INC-2"),
        (3, elsewhere, 240, ""),
    ] {
        cast.world.move_clock(TimeDelta::days(day)).await;
        let answers = Answers { length: Some(Minutes(minutes)), ticket: ticket.into(), ..Answers::default() };
        let asked = Activate { target, answers, code: String::new(), key: key() };
        activate(engine, &ann, asked).await.unwrap();
    }
    let mut draft = approved_by(&[cast.ben], 1);
    draft.activation.max = Minutes::hours(2);
    draft.activation.ticket = TicketRule::Any;
    let rehearsal = async || {
        let preview = policy_form::preview(engine, &cast.ctx, &ops(), &draft, 1, "").await;
        preview.unwrap().rehearsal
    };
    let found = rehearsal().await;
    assert_eq!((found.requests, found.refused, found.would_wait, found.would_start), (3, 2, 1, 0));
    assert_eq!(found.why, [(Code::TooLong, 1), (Code::TicketMissing, 1)].into());
    cast.world.move_clock(TimeDelta::days(91) - TimeDelta::hours(1)).await;
    assert_eq!(rehearsal().await.requests, 2, "the first is over 90 days ago");
    cast.world.policy(cast.member, draft.clone()).await;
    assert_eq!(rehearsal().await.would_wait, 1, "what counts is the policy they were made under");
}
