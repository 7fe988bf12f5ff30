//! Who answers, and what an answer gives.

use super::*;

#[sqlx::test(migrations = "../../migrations")]
async fn approving_an_extension_moves_the_end_of_what_runs(pool: PgPool) {
    let cast = cast(&pool).await;
    let before = cast.span(cast.eligible).await;
    let asked = cast.ask().await;
    assert_eq!(cast.span(cast.eligible).await, before, "asking gives nothing");
    let end = cast.end + days(90);
    let decided = cast.approve(cast.olga, asked, eligible(end)).await.unwrap();
    let after = Span { end: Some(end), ..before };
    assert_eq!(decided, Decided::Approved(after));
    assert_eq!(cast.span(cast.eligible).await, after);
    assert_eq!(cast.status(asked).await, "AdminApproved");
    for (action, by) in
        [("renewal-requested", cast.ann), ("request-approved", cast.olga), ("assignment-updated", cast.olga)]
    {
        let told: i64 = sqlx::query_scalar(
            "select count(*) from audit_events where action = $1 and actor_id = $2 and outcome = 'done' \
             and policy_version = 1 and assignment_id = $3",
        )
        .bind(action)
        .bind(by.0)
        .bind(cast.eligible.0)
        .fetch_one(&pool)
        .await
        .unwrap();
        assert_eq!(told, 1, "{action} (I-23)");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn approving_after_the_end_gives_a_new_assignment_and_the_old_one_stays_ended(pool: PgPool) {
    let cast = cast(&pool).await;
    let asked = cast.ask().await;
    cast.at(cast.end).await;
    let until = cast.end + days(60);
    let decided = cast.approve(cast.olga, asked, eligible(until)).await.unwrap();
    assert_eq!(decided, Decided::Approved(Span { start: cast.end, end: Some(until) }));
    assert_eq!(cast.span(cast.eligible).await.end, Some(cast.end), "I-06");
    let given = "select count(*) from assignments a join requests r on r.assignment_id = a.id \
                 where r.status = 'AdminApproved' and a.created_by is not null";
    assert_eq!(cast.world.count(given).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_decider_may_give_another_kind(pool: PgPool) {
    let cast = cast(&pool).await;
    let asked = cast.ask().await;
    cast.approve(cast.olga, asked, active(cast.end + days(7))).await.unwrap();
    assert!(cast.world.is_member(cast.ann, cast.group).await);
    assert_eq!(cast.span(cast.eligible).await.end, Some(cast.end), "the eligibility is as it was");
}

#[sqlx::test(migrations = "../../migrations")]
async fn standing_access_is_extended_with_a_code_where_the_policy_asks_for_one(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.world.factor(cast.olga).await;
    let mut policy = open_policy();
    (policy.active.proof, policy.active.justification) = (true, true);
    cast.world.policy(cast.member, policy).await;
    let span = Span { start: cast.end - days(50), end: Some(cast.end) };
    let standing = cast.world.assign(cast.ann, cast.member, Kind::Active, span).await;
    let form = ask_renewal::Input { assignment: standing, ..cast.form() };
    let asked = cast.ask_by(cast.ann, form).await.unwrap();
    let wanted = active(cast.end + days(30));
    let silent = Wanted { reason: String::new(), ..wanted.clone() };
    assert_eq!(codes(cast.approve(cast.olga, asked, silent).await), [Code::JustificationMissing]);
    assert_eq!(codes(cast.approve(cast.olga, asked, wanted.clone()).await), [Code::ProofMissing]);
    let ctx = cast.world.ctx(cast.olga).await;
    let code = cast.world.code(cast.olga).await;
    let answer = decide_renewal::Input { code, ..cast.answer(asked, Verdict::Approve, wanted) };
    decide_renewal(&cast.world.engine, &ctx, answer).await.unwrap();
    assert_eq!(cast.span(standing).await.end, Some(cast.end + days(30)));
    let proofs =
        "select count(*) from audit_events where action = 'request-approved' and proof_id is not null";
    assert_eq!(cast.world.count(proofs).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_no_needs_a_reason_and_changes_nothing_else(pool: PgPool) {
    let cast = cast(&pool).await;
    let before = cast.span(cast.eligible).await;
    let asked = cast.ask().await;
    assert_eq!(codes(cast.deny(cast.olga, asked, " ").await), [Code::DenyReasonMissing]);
    assert_eq!(cast.deny(cast.olga, asked, "the rota is full").await.unwrap(), Decided::Denied);
    assert_eq!(cast.status(asked).await, "AdminDenied");
    assert_eq!(cast.span(cast.eligible).await, before);
    cast.ask().await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_answers_her_own_request_by_any_path(pool: PgPool) {
    let cast = cast(&pool).await;
    let owner = cast.world.target(cast.group, Access::Owner).await;
    cast.world.standing(cast.ann, owner).await;
    let asked = cast.ask().await;
    let yes = cast.approve(cast.ann, asked, eligible(cast.end + days(30))).await;
    assert_eq!(codes(yes), [Code::OwnRequest], "I-11");
    assert_eq!(codes(cast.deny(cast.ann, asked, "no").await), [Code::OwnRequest]);
    let refused = "select count(*) from audit_events where outcome = 'refused' and action like 'request-%'";
    assert_eq!(cast.world.count(refused).await, 2);
    let by_hand = format!(
        "update requests set status = 'AdminApproved', closed_at = clock(), closed_by = '{}' where id = '{}'",
        cast.ann, asked.request
    );
    let by_hand = sqlx::raw_sql(sqlx::AssertSqlSafe(by_hand)).execute(&pool).await;
    assert!(by_hand.is_err(), "the database refuses it too");
    cast.approve(cast.omar, asked, eligible(cast.end + days(30))).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_approver_of_activations_and_a_stranger_find_nothing_to_answer(pool: PgPool) {
    let cast = cast(&pool).await;
    let (ben, eve) = (cast.world.person("Ben").await, cast.world.person("Eve").await);
    cast.world.policy(cast.member, engine::testkit::approved_by(&[ben], 1)).await;
    let asked = cast.ask().await;
    for stranger in [ben, eve] {
        let yes = cast.approve(stranger, asked, eligible(cast.end + days(30))).await;
        assert_eq!(codes(yes), [Code::NotFound]);
    }
    assert_eq!(cast.status(asked).await, "PendingAdminDecision");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_policy_in_force_at_the_decision_limits_it(pool: PgPool) {
    let cast = cast(&pool).await;
    let asked = cast.ask().await;
    let mut stricter = open_policy();
    stricter.eligible.max = Minutes::days(30);
    cast.world.policy(cast.member, stricter).await;
    let now = cast.end - days(3);
    cast.at(now).await;
    let over = cast.approve(cast.olga, asked, eligible(now + days(30) + TICK)).await;
    assert_eq!(codes(over), [Code::TooLong]);
    let endless = Wanted { end: None, ..eligible(cast.end) };
    assert_eq!(codes(cast.approve(cast.olga, asked, endless).await), [Code::PermanentNotAllowed]);
    assert_eq!(codes(cast.approve(cast.olga, asked, eligible(cast.end)).await), [Code::NothingChanged]);
    cast.approve(cast.olga, asked, eligible(now + days(30))).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_same_answer_again_counts_once_and_another_one_is_told_who_answered(pool: PgPool) {
    let cast = cast(&pool).await;
    let asked = cast.ask().await;
    let end = cast.end + days(30);
    let first = cast.approve(cast.olga, asked, eligible(end)).await.unwrap();
    assert_eq!(cast.approve(cast.olga, asked, eligible(end)).await.unwrap(), first);
    let late = cast.deny(cast.omar, asked, "no").await.unwrap_err();
    assert_eq!(late.refusals()[0].code, Code::AlreadyClosed);
    assert!(late.refusals()[0].text.to_string().contains("approved by Olga"), "{late:?}");
    assert_eq!(codes(cast.deny(cast.olga, asked, "no").await), [Code::AlreadyClosed]);
    assert_eq!(cast.world.count("select count(*) from requests where action = 'adminUpdate'").await, 1);
}
