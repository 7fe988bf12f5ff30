//! One code, one door (C24): time-based codes and recovery codes are used once, whoever else tries at that moment.

#![cfg(test)]

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::PersonId;
use domain::refusal::Code;
use engine::act::{enrol_factor, recovery_codes, sign_in};
use engine::ctx::Via;
use engine::factor::{Checked, Method};
use engine::secret::{open, seal};
use engine::testkit::World;
use engine::testkit::identity::base32_bytes;
use engine::totp;
use sqlx::PgPool;

fn right(checked: &Checked) -> bool {
    matches!(checked, Checked::Right { .. })
}

/// A moment in the middle of a step.
async fn mid_step(world: &World) -> DateTime<Utc> {
    let now = world.now().await.timestamp();
    DateTime::from_timestamp(now - now % 30 + 15, 0).unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn sec_10_the_same_code_works_once(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_factor("Amara Okafor").await;
    world.stop_clock(mid_step(&world).await).await;
    let code = world.code_in(person, 0).await;
    assert!(right(&world.check(person, &code).await));
    assert_eq!(world.check(person, &code).await, Checked::Wrong);
}

#[sqlx::test(migrations = "../../migrations")]
async fn c24_of_fifty_with_the_same_code_at_once_one_gets_in(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_factor("Amara Okafor").await;
    world.stop_clock(mid_step(&world).await).await;
    let code = world.code_in(person, 0).await;
    let engine = world.restricted();
    let doors: Vec<_> = (0..50)
        .map(|_| {
            let (engine, code) = (engine.clone(), code.clone());
            tokio::spawn(async move {
                sign_in::second(&engine, &Via::default(), person, &code, None).await.is_ok()
            })
        })
        .collect();
    let mut inside = 0;
    for door in doors {
        inside += i32::from(door.await.unwrap());
    }
    assert_eq!(inside, 1);
    assert_eq!(world.events(person, "signed-in", "done").await, 2, "with the one from setting the app up");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_older_step_after_a_newer_one_is_refused(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_factor("Amara Okafor").await;
    world.stop_clock(mid_step(&world).await).await;
    let (before, after) = (world.code_in(person, -30).await, world.code_in(person, 30).await);
    assert!(right(&world.check(person, &after).await), "a clock that is ahead by one step");
    assert_eq!(world.check(person, &before).await, Checked::Wrong);
    assert_eq!(world.check(person, &world.code_in(person, 0).await).await, Checked::Wrong);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_clock_that_jumps_back_does_not_bring_a_code_back(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_factor("Amara Okafor").await;
    let now = mid_step(&world).await;
    world.stop_clock(now).await;
    assert!(right(&world.check(person, &world.code_in(person, 0).await).await));
    world.stop_clock(now - TimeDelta::seconds(60)).await;
    for ahead in [-30, 0, 30, 60] {
        assert_eq!(world.check(person, &world.code_in(person, ahead).await).await, Checked::Wrong);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_code_that_set_the_app_up_does_not_sign_in(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_password("Amara Okafor").await;
    world.stop_clock(mid_step(&world).await).await;
    let offer = enrol_factor::begin(&world.restricted(), person).await.unwrap();
    let at = world.now().await.timestamp().unsigned_abs();
    let code = totp::generator(&base32_bytes(&offer.key)).unwrap().generate(at).to_string();
    let via = Via::default();
    enrol_factor::first(&world.restricted(), &via, person, &offer.sealed, &code).await.unwrap();
    let again = sign_in::second(&world.restricted(), &via, person, &code, None).await.unwrap_err();
    assert_eq!(again.refusals()[0].code, Code::ProofWrong);
    // nor does the page for setting one up open a second way in
    let offer = enrol_factor::begin(&world.restricted(), person).await.unwrap();
    let code = totp::generator(&base32_bytes(&offer.key)).unwrap().generate(at).to_string();
    let again =
        enrol_factor::first(&world.restricted(), &via, person, &offer.sealed, &code).await.unwrap_err();
    assert_eq!(again.refusals()[0].code, Code::SignedOut);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_offer_is_for_one_person_and_half_an_hour(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_password("Amara Okafor").await;
    let other = world.person_with_password("Ben Carter").await;
    let now = mid_step(&world).await;
    world.stop_clock(now).await;
    let offer = enrol_factor::begin(&world.engine, person).await.unwrap();
    let attempt = async |person: PersonId, at: DateTime<Utc>| {
        world.stop_clock(at).await;
        let code =
            totp::generator(&base32_bytes(&offer.key)).unwrap().generate(at.timestamp().unsigned_abs());
        let (via, code) = (Via::default(), code.to_string());
        let done = enrol_factor::first(&world.engine, &via, person, &offer.sealed, &code);
        done.await.map_err(|error| error.refusals()[0].code).map(|_| ())
    };
    assert_eq!(attempt(other, now).await, Err(Code::BadInput));
    assert_eq!(attempt(person, now + TimeDelta::minutes(31)).await, Err(Code::BadInput));
    assert_eq!(attempt(person, now + TimeDelta::minutes(29)).await, Ok(()));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_recovery_code_works_once_and_says_that_a_new_app_is_due(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_password("Amara Okafor").await;
    let codes = world.enrol(person).await;
    assert_eq!(codes.len(), 10);
    let engine = world.restricted();
    let via = Via::default();
    let typed = codes[3].to_lowercase();
    let full = sign_in::second(&engine, &via, person, &typed, None).await.unwrap();
    assert_eq!(full.method, Some(Method::RecoveryCode));
    let again = sign_in::second(&engine, &via, person, &codes[3], None).await.unwrap_err();
    assert_eq!(again.refusals()[0].code, Code::ProofWrong);
    assert_eq!(world.events(person, "recovery-code-used", "done").await, 1);
    let account = engine::ask::account::account(&engine, &world.ctx(person).await).await.unwrap();
    assert_eq!(account.codes.left, 9);
    assert!(account.factor.unwrap().due);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_recovery_code_is_hers_alone_and_gone_when_new_ones_are_made(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_password("Amara Okafor").await;
    let other = world.person_with_factor("Ben Carter").await;
    let codes = world.enrol(person).await;
    assert_eq!(world.check(other, &codes[0]).await, Checked::Wrong);
    let ctx = world.ctx(person).await;
    let engine = world.restricted();
    let refused = recovery_codes::renew(&engine, &ctx, "").await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::ProofMissing);
    let fresh = recovery_codes::renew(&engine, &ctx, &world.code_in(person, 0).await).await.unwrap();
    assert_eq!(world.check(person, &codes[0]).await, Checked::Wrong);
    assert!(right(&world.check(person, &fresh[0]).await));
}

#[sqlx::test(migrations = "../../migrations")]
async fn five_wrong_codes_make_the_next_one_wait_also_from_rolled_back_acts(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_factor("Amara Okafor").await;
    let now = mid_step(&world).await;
    world.stop_clock(now).await;
    for _ in 0..5 {
        let wrong = sign_in::second(&world.restricted(), &Via::default(), person, "000000", None).await;
        assert_eq!(wrong.unwrap_err().refusals()[0].code, Code::ProofWrong);
    }
    let code = world.code_in(person, 0).await;
    assert_eq!(world.check(person, &code).await, Checked::Locked { until: now + TimeDelta::minutes(1) });
    world.stop_clock(now + TimeDelta::minutes(1)).await;
    assert!(right(&world.check(person, &world.code_in(person, 0).await).await));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_sealed_secret_does_not_open_in_another_row(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_factor("Amara Okafor").await;
    let other = world.person_with_factor("Ben Carter").await;
    let code = world.code_in(other, 0).await;
    world
        .sql(
            "update totp_factors t set secret = o.secret from totp_factors o, users u \
              where u.user_name = 'ben.carter' and o.user_id = u.id and t.user_id <> u.id",
        )
        .await;
    let mut tx = world.engine.begin().await.unwrap();
    let counts = engine::throttle::Key::code(person, None);
    let swapped = engine::factor::check(&world.engine, &mut tx, person, &code, counts).await;
    assert!(matches!(swapped, Err(engine::Error::Internal(_))), "{swapped:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_sealed_secret_is_not_readable_and_not_changeable(pool: PgPool) {
    let settings = World::new(&pool).engine.settings;
    let place = totp::place("row");
    let sealed = seal(&settings, place, b"a secret of twenty b").unwrap();
    assert!(!sealed.windows(6).any(|part| part == b"secret"));
    assert_eq!(open(&settings, place, &sealed).unwrap(), b"a secret of twenty b");
    assert!(open(&settings, engine::secret::Place { column: "other", ..place }, &sealed).is_err());
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(open(&settings, place, &changed).is_err(), "byte {at}");
    }
    assert!(open(&settings, place, &sealed[..20]).is_err());
}
