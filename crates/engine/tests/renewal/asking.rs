//! Who may ask, and when.

use super::*;
use engine::ask::thing::Place;

#[sqlx::test(migrations = "../../migrations")]
async fn asked_from_fourteen_days_before_the_end_and_not_a_microsecond_earlier(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.at(cast.end - days(14) - TICK).await;
    assert_eq!(codes(cast.ask_by(cast.ann, cast.form()).await), [Code::RenewalTooEarly]);
    cast.at(cast.end - days(14)).await;
    let asked = cast.ask().await;
    assert_eq!(asked.lapses, Some(cast.end + days(30)));
    assert_eq!(cast.status(asked).await, "PendingAdminDecision");
    assert_eq!(
        cast.world
            .count("select count(*) from requests where action = 'selfExtend' and kind = 'eligible'")
            .await,
        1
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn asked_again_until_thirty_days_after_the_end_and_not_a_microsecond_later(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.at(cast.end + days(30)).await;
    assert_eq!(codes(cast.ask_by(cast.ann, cast.form()).await), [Code::RenewalTooLate]);
    cast.at(cast.end + days(30) - TICK).await;
    cast.ask().await;
    assert_eq!(
        cast.world
            .count("select count(*) from requests where action = 'selfRenew' and kind = 'eligible'")
            .await,
        1
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn at_the_very_end_it_is_renewed_and_no_longer_extended(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.at(cast.end).await;
    cast.ask().await;
    assert_eq!(cast.world.count("select count(*) from requests where action = 'selfRenew'").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_waits_at_a_time_for_each_kind_and_a_form_sent_twice_asks_once(pool: PgPool) {
    let cast = cast(&pool).await;
    let form = cast.form();
    let first = cast.ask_by(cast.ann, form.clone()).await.unwrap();
    assert_eq!(cast.ask_by(cast.ann, form).await.unwrap(), first);
    assert_eq!(codes(cast.ask_by(cast.ann, cast.form()).await), [Code::AlreadyAsked]);
    let span = Span { start: cast.end - days(50), end: Some(cast.end) };
    let standing = cast.world.assign(cast.ann, cast.member, Kind::Active, span).await;
    let other = ask_renewal::Input { assignment: standing, ..cast.form() };
    cast.ask_by(cast.ann, other).await.unwrap();
    let waiting = "select count(*) from requests where status = 'PendingAdminDecision'";
    assert_eq!(cast.world.count(waiting).await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_her_own_assignments_that_were_given_here(pool: PgPool) {
    let cast = cast(&pool).await;
    let span = Span { start: cast.end - days(50), end: Some(cast.end) };
    let nested = cast.world.group("nested").await;
    let of_group = cast.world.assign(nested, cast.member, Kind::Eligible, span).await;
    let found = cast.world.assign(cast.ann, cast.member, Kind::Active, span).await;
    cast.world.sql(&format!("alter table assignments disable trigger keep_ended; update assignments set origin = 'directory' where id = '{found}'")).await;
    for (by, assignment) in [(cast.omar, cast.eligible), (cast.ann, of_group), (cast.ann, found)] {
        let form = ask_renewal::Input { assignment, ..cast.form() };
        assert_eq!(codes(cast.ask_by(by, form).await), [Code::NotFound]);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_reason_is_needed_and_the_refusal_is_written_down(pool: PgPool) {
    let cast = cast(&pool).await;
    let silent = ask_renewal::Input { reason: "  ".into(), ..cast.form() };
    assert_eq!(codes(cast.ask_by(cast.ann, silent).await), [Code::JustificationMissing]);
    let refused =
        "select count(*) from audit_events where action = 'renewal-requested' and outcome = 'refused'";
    assert_eq!(cast.world.count(refused).await, 1);
    assert_eq!(cast.world.count("select count(*) from requests").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_removed_is_not_renewed_and_neither_is_what_was_replaced(pool: PgPool) {
    let cast = cast(&pool).await;
    let newer = Span { start: cast.end, end: Some(cast.end + days(20)) };
    let newer = cast.world.assign(cast.ann, cast.member, Kind::Eligible, newer).await;
    assert_eq!(codes(cast.ask_by(cast.ann, cast.form()).await), [Code::NotRenewable], "a newer one is there");
    let taking = remove_assignment::Input {
        at: Place::group("ops"),
        assignments: vec![cast.eligible, newer],
        reason: "left the rota".into(),
        successor: None,
        code: String::new(),
        key: key(),
    };
    let ctx = cast.world.ctx(cast.olga).await;
    remove_assignment(&cast.world.engine, &ctx, taking).await.unwrap();
    assert_eq!(codes(cast.ask_by(cast.ann, cast.form()).await), [Code::NotRenewable], "taken away");
}
