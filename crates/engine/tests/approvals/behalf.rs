//! Gwen, who owns the group, asks for Ann, who can't ask herself now: neither of the two decides (security.md 6.12).

use crate::support::*;
use domain::activation::Next;
use domain::audit::Event;
use domain::policy::ProofRule;
use domain::role::Role;
use engine::Result;
use engine::act::deactivate::deactivate;
use engine::act::request_for::{RequestFor, request_for};
use engine::act::set_person_state::{Input, set_person_state};
use engine::ask::thing::Pick;
use engine::ask::{behalf_form, my_access, request_page, requests};
use engine::db::requests::NewRequest;

/// The cast of the other tests, with Gwen, who owns the group.
async fn owned(pool: &PgPool) -> (Cast, PersonId) {
    let cast = cast(pool, 1).await;
    let gwen = cast.world.person("Gwen").await;
    cast.world.standing(gwen, cast.world.target(cast.group, Access::Owner).await).await;
    (cast, gwen)
}

/// What Gwen writes when she asks for Ann: an hour, now.
fn form(cast: &Cast) -> RequestFor {
    let answers =
        Answers { length: Some(Minutes(60)), reason: "Ann is on the phone".into(), ..Answers::default() };
    let pick = Pick::of("prod-db-admins", Access::Member);
    RequestFor { pick, principal: cast.ann, answers, code: String::new(), key: key() }
}

async fn ask(cast: &Cast, by: PersonId, form: RequestFor) -> Result<Activated> {
    request_for(&cast.world.engine, &cast.world.ctx(by).await, form).await
}

fn codes<T: std::fmt::Debug>(result: Result<T>) -> Vec<Code> {
    result.unwrap_err().refusals().iter().map(|refusal| refusal.code).collect()
}

const ASKED: &str = "select count(*) from requests where action = 'adminActivate'";

#[sqlx::test(migrations = "../../migrations")]
async fn i_11_neither_who_asked_nor_who_gets_it_approves_even_when_both_are_named(pool: PgPool) {
    let (cast, gwen) = owned(&pool).await;
    cast.named([cast.ann, gwen, cast.ben].map(Approver::Person).to_vec(), 1).await;
    let asked = ask(&cast, gwen, form(&cast)).await.unwrap();
    assert!(matches!(asked.next, Next::Awaiting { .. }));
    for own in [gwen, cast.ann] {
        assert_eq!(cast.approve(own, asked.request).await, Err(Code::OwnRequest));
        assert_eq!(cast.vote(own, asked.request, Verdict::Deny).await, Err(Code::OwnRequest));
    }
    assert!(!cast.is_on().await);
    assert_eq!(cast.approve(cast.ben, asked.request).await, Ok(Tally::Approved));
    assert!(cast.is_on().await);
    assert!(!cast.world.is_member(gwen, cast.group).await, "Ann has it, and not who asked");
}

#[sqlx::test(migrations = "../../migrations")]
async fn i_11_the_database_itself_refuses_a_vote_of_either(pool: PgPool) {
    let (cast, gwen) = owned(&pool).await;
    let asked = ask(&cast, gwen, form(&cast)).await.unwrap();
    let vote = async |by: PersonId, filer: PersonId| {
        let done = sqlx::query(
            "insert into votes (request_id, approver_id, beneficiary_id, filer_id, verdict) values ($1, $2, $3, $4, 'approve')",
        );
        let done = done.bind(asked.request.0).bind(by.0).bind(cast.ann.0).bind(filer.0).execute(&pool).await;
        done.unwrap_err().as_database_error().unwrap().code().unwrap().into_owned()
    };
    assert_eq!(vote(gwen, gwen).await, "23514", "who asked");
    assert_eq!(vote(cast.ann, gwen).await, "23514", "who gets it");
    assert_eq!(vote(gwen, cast.ben).await, "23503", "a lie about who asked");
}

#[sqlx::test(migrations = "../../migrations")]
async fn without_approval_it_is_refused_with_another_way_on(pool: PgPool) {
    let (cast, gwen) = owned(&pool).await;
    cast.world.policy(cast.target, open_policy()).await;
    let refused = ask(&cast, gwen, form(&cast)).await.unwrap_err();
    let [refusal] = refused.refusals() else { panic!("{refused:?}") };
    assert_eq!(refusal.code, Code::NeedsNoApproval);
    let way = format!("/groups/prod-db-admins/assign?people={}&role=member&kind=active", cast.ann);
    assert_eq!(refusal.way_on.as_ref().unwrap().path, way);
    assert_eq!((cast.world.count(ASKED).await, cast.is_on().await), (0, false));
    assert_eq!(cast.events(Event::ActivationRequested.wire(), "refused").await, 1);
    // a row that claimed otherwise would be refused by the table
    cast.ask().await;
    let forged = "update requests set action = 'adminActivate', filer_id = $1 where status = 'Provisioned'";
    let forged = sqlx::query(forged).bind(gwen.0).execute(&pool).await;
    assert!(forged.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn where_nobody_else_can_approve_it_is_refused_at_once(pool: PgPool) {
    let (cast, gwen) = owned(&pool).await;
    cast.named([cast.ann, gwen].map(Approver::Person).to_vec(), 1).await;
    assert_eq!(codes(ask(&cast, gwen, form(&cast)).await), [Code::NoApprover]);
    assert_eq!(cast.world.count(ASKED).await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn when_the_last_who_could_approve_is_gone_it_is_closed_and_nobody_hangs(pool: PgPool) {
    let (cast, gwen) = owned(&pool).await;
    let asked = ask(&cast, gwen, form(&cast)).await.unwrap();
    cast.named([cast.ann, gwen].map(Approver::Person).to_vec(), 1).await;
    sweep(&cast.world.engine).await.unwrap();
    assert_eq!(cast.world.status(asked.request).await, "Revoked");
}

#[sqlx::test(migrations = "../../migrations")]
async fn for_strangers_and_about_strangers_there_is_nothing_here(pool: PgPool) {
    let (cast, gwen) = owned(&pool).await;
    for stranger in [cast.world.person("Dora").await, cast.ben, cast.ann] {
        assert_eq!(codes(ask(&cast, stranger, form(&cast)).await), [Code::NotFound], "not hers to manage");
    }
    let about = async |principal| ask(&cast, gwen, RequestFor { principal, ..form(&cast) }).await;
    assert_eq!(codes(about(PersonId(uuid::Uuid::nil())).await), [Code::NotFound], "nobody");
    assert_eq!(codes(about(PersonId(cast.group.0)).await), [Code::NotFound], "a group");
    let nothing = RequestFor { pick: Pick::of("nothing", Access::Member), ..form(&cast) };
    assert_eq!(codes(ask(&cast, gwen, nothing).await), [Code::NotFound]);
    assert_eq!(codes(about(gwen).await), [Code::NotForSelf]);
    assert_eq!(codes(about(cast.cleo).await), [Code::NotEligible]);
    cast.world.sql("update users set deleted_at = clock() where display_name = 'Ann'").await;
    assert_eq!(codes(about(cast.ann).await), [Code::NotFound], "deleted");
    assert_eq!(cast.world.count(ASKED).await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_stands_in_the_way_is_hers(pool: PgPool) {
    let (cast, gwen) = owned(&pool).await;
    let waits = cast.ask().await;
    assert_eq!(codes(ask(&cast, gwen, form(&cast)).await), [Code::AlreadyAsked]);
    cast.approve(cast.ben, waits).await.unwrap();
    let refused = codes(ask(&cast, gwen, form(&cast)).await);
    assert_eq!(refused, [Code::AlreadyActive, Code::MeetsPlanned]);
    cast.world.move_clock(TimeDelta::hours(2)).await;
    cast.world.sql("update users set enabled = false where display_name = 'Ann'").await;
    let refused = ask(&cast, gwen, form(&cast)).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::PersonDisabled);
    assert_eq!(refused.refusals()[0].text.to_string(), "The account of Ann is disabled.");
    assert_eq!(cast.world.count(ASKED).await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_demands_are_put_to_who_asks(pool: PgPool) {
    let (cast, gwen) = owned(&pool).await;
    let mut policy = approved_by(&[cast.ben], 1);
    policy.activation.justification.required = true;
    policy.activation.justification.min_length = 10;
    cast.world.policy(cast.target, policy).await;
    let answers = Answers { length: Some(Minutes::hours(9)), ..Answers::default() };
    let refused = codes(ask(&cast, gwen, RequestFor { answers, ..form(&cast) }).await);
    assert_eq!(refused, [Code::TooLong, Code::JustificationMissing]);
    ask(&cast, gwen, form(&cast)).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn sec_10_the_code_is_of_who_asks_and_works_once(pool: PgPool) {
    let (cast, gwen) = owned(&pool).await;
    let mut policy = approved_by(&[cast.ben], 1);
    policy.activation.proof = ProofRule::Fresh { max_age: Minutes(5) };
    cast.world.policy(cast.target, policy).await;
    cast.world.eligible(cast.cleo, cast.target).await;
    cast.world.factor(cast.ann).await;
    cast.world.factor(gwen).await;
    assert_eq!(codes(ask(&cast, gwen, form(&cast)).await), [Code::ProofMissing]);
    let hers = RequestFor { code: cast.world.code(cast.ann).await, ..form(&cast) };
    assert_eq!(codes(ask(&cast, gwen, hers).await), [Code::ProofWrong], "of the person on the phone");

    let code = cast.world.code(gwen).await;
    let with_code = |principal| RequestFor { principal, code: code.clone(), ..form(&cast) };
    let mut mistaken = with_code(cast.ann);
    mistaken.answers.length = Some(Minutes(1));
    assert_eq!(codes(ask(&cast, gwen, mistaken).await), [Code::TooShort], "and the code is still good");
    ask(&cast, gwen, with_code(cast.ann)).await.unwrap();
    assert_eq!(codes(ask(&cast, gwen, with_code(cast.cleo)).await), [Code::ProofWrong], "used up");
    let used: Vec<(uuid::Uuid, String, bool)> =
        sqlx::query_as("select user_id, purpose, consumed_at is not null from proofs")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(used, [(gwen.0, "activate".to_owned(), true)]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn sent_twice_it_is_one_request_and_the_key_is_of_who_asks(pool: PgPool) {
    let (cast, gwen) = owned(&pool).await;
    let form = form(&cast);
    let (one, two) = tokio::join!(ask(&cast, gwen, form.clone()), ask(&cast, gwen, form.clone()));
    assert_eq!(one.unwrap(), two.unwrap());
    let olga = cast.world.person("Olga").await;
    cast.world.role(olga, Role::GlobalAdministrator).await;
    assert_eq!(codes(ask(&cast, olga, form).await), [Code::AlreadyAsked], "somebody else's form");
    assert_eq!(cast.world.count(ASKED).await, 1);
    assert_eq!(cast.events(Event::ActivationRequested.wire(), "done").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn both_see_it_and_either_takes_it_back(pool: PgPool) {
    let (cast, gwen) = owned(&pool).await;
    for takes_back in [gwen, cast.ann] {
        let asked = ask(&cast, gwen, form(&cast)).await.unwrap();
        for reader in [gwen, cast.ann] {
            let ctx = cast.world.ctx(reader).await;
            let mine = requests::load(&cast.world.engine, &ctx, &requests::Filter::default()).await.unwrap();
            let line = &mine.rows[0];
            assert_eq!((line.number, line.asked_by.as_deref()), (asked.number, Some("Gwen")));
            assert_eq!(line.for_whom, "Ann");
            let page = request_page::load(&cast.world.engine, &ctx, asked.number).await.unwrap();
            assert!(page.may_cancel);
            assert_eq!((page.own, page.filed), (reader == cast.ann, reader == gwen));
            assert_eq!(page.asked_by.unwrap().name, "Gwen");
        }
        let stranger = cast.world.ctx(cast.cleo).await;
        assert!(cancel(&cast.world.engine, &stranger, asked.request, "").await.is_err());
        let ctx = cast.world.ctx(takes_back).await;
        cancel(&cast.world.engine, &ctx, asked.request, "").await.unwrap();
        assert_eq!(cast.world.status(asked.request).await, "Canceled");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_asked_is_in_no_list_of_those_who_decide(pool: PgPool) {
    let (cast, gwen) = owned(&pool).await;
    cast.named([gwen, cast.ben].map(Approver::Person).to_vec(), 1).await;
    let ctx = cast.world.ctx(gwen).await;
    let pick = Pick::of("prod-db-admins", Access::Member);
    let shown = behalf_form::load(&cast.world.engine, &ctx, &pick, cast.ann).await.unwrap();
    let named: Vec<_> = shown.form.deciders.iter().map(|who| who.name.as_str()).collect();
    assert_eq!((named, shown.form.not_at_all.len()), (vec!["Ben"], 0));
    ask(&cast, gwen, form(&cast)).await.unwrap();
    let hers = my_access::load(&cast.world.engine, &cast.world.ctx(cast.ann).await).await.unwrap();
    let waiting = &hers.waiting[0];
    assert_eq!(waiting.deciders.iter().map(|who| who.name.as_str()).collect::<Vec<_>>(), ["Ben"]);
    assert_eq!(waiting.asked_by.as_deref(), Some("Gwen"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_audit_says_who_asked_for_whom(pool: PgPool) {
    let (cast, gwen) = owned(&pool).await;
    let asked = ask(&cast, gwen, form(&cast)).await.unwrap();
    let told: (uuid::Uuid, uuid::Uuid, bool) = sqlx::query_as(
        "select actor_id, principal_id, (facts ->> 'on_behalf')::bool from audit_events where request_id = $1",
    )
    .bind(asked.request.0)
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(told, (gwen.0, cast.ann.0, true));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_she_has_through_a_group_can_be_asked_for_and_given_back(pool: PgPool) {
    let (cast, gwen) = owned(&pool).await;
    let dora = cast.world.person("Dora").await;
    let rota = cast.world.group("rota").await;
    cast.world.standing(dora, cast.world.target(rota, Access::Member).await).await;
    let span = domain::span::Span::permanent(cast.world.now().await - TimeDelta::hours(1));
    cast.world.assign(rota, cast.target, domain::assignment::Kind::Eligible, span).await;
    let asked = ask(&cast, gwen, RequestFor { principal: dora, ..form(&cast) }).await.unwrap();
    cast.approve(cast.ben, asked.request).await.unwrap();
    assert!(cast.world.is_member(dora, cast.group).await);
    let on = sqlx::query_scalar("select assignment_id from requests where id = $1").bind(asked.request.0);
    let on = domain::ids::AssignmentId(on.fetch_one(&pool).await.unwrap());
    let ctx = cast.world.ctx(gwen).await;
    assert!(deactivate(&cast.world.engine, &ctx, on, key()).await.is_err(), "not hers to give back");
    deactivate(&cast.world.engine, &cast.world.ctx(dora).await, on, key()).await.unwrap();
    assert!(!cast.world.is_member(dora, cast.group).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn disabling_who_asked_closes_it_and_she_asks_for_nobody_any_more(pool: PgPool) {
    let (cast, gwen) = owned(&pool).await;
    let asked = ask(&cast, gwen, form(&cast)).await.unwrap();
    let olga = cast.world.person("Olga").await;
    cast.world.role(olga, Role::GlobalAdministrator).await;
    let late = cast.world.ctx(gwen).await;
    let disable = Input { person: gwen, enabled: false, reason: "left".into() };
    set_person_state(&cast.world.engine, &cast.world.ctx(olga).await, disable).await.unwrap();
    assert_eq!(cast.world.status(asked.request).await, "Revoked");
    let refused = request_for(&cast.world.engine, &late, form(&cast)).await;
    assert_eq!(codes(refused), [Code::NotFound], "her page was still open");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_decision_is_bound_to_who_asked(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let new = |filer| NewRequest {
        id: RequestId(uuid::Uuid::nil()),
        target: cast.target,
        principal: cast.ann.into(),
        filer,
        action: "adminActivate",
        status: domain::activation::Status::PendingApproval,
        start: None,
        length: Some(Minutes(60)),
        reason: String::new(),
        ticket: String::new(),
        ground: None,
        extends: None,
        policy_version: 1,
        rules: open_policy().activation,
        deadline: None,
        assignment: None,
        key: key(),
    };
    assert_ne!(new(cast.ben).content_hash(), new(cast.cleo).content_hash());
    assert_eq!(new(cast.ben).content_hash(), new(cast.ben).content_hash());
}
