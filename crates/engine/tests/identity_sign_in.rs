//! Signing in: two steps, one answer for everything that fails, waits that hit strangers and not the owner.

#![cfg(test)]

use chrono::TimeDelta;
use domain::ids::PersonId;
use domain::refusal::Code;
use engine::act::sign_in::{self, Password, SignedIn, Stage};
use engine::ctx::Via;
use engine::factor::Method;
use engine::testkit::World;
use engine::testkit::identity::PASSWORD;
use engine::{Engine, Error};
use secrecy::SecretString;
use sqlx::PgPool;

fn from(ip: &str) -> Via {
    Via { ip: ip.into(), user_agent: "test".into(), trace_id: "test".into() }
}

async fn password(engine: &Engine, name: &str, typed: &str, ip: &str) -> Result<SignedIn, Error> {
    on_device(engine, name, typed, ip, None).await
}

async fn on_device(
    engine: &Engine,
    name: &str,
    typed: &str,
    ip: &str,
    device: Option<&str>,
) -> Result<SignedIn, Error> {
    let input = Password {
        user_name: name.into(),
        password: SecretString::from(typed),
        device: device.map(Into::into),
    };
    sign_in::password(engine, &from(ip), input).await
}

fn code_of(result: Result<SignedIn, Error>) -> Code {
    result.unwrap_err().refusals()[0].code
}

async fn second(world: &World, person: PersonId, code: &str) -> Result<SignedIn, Error> {
    sign_in::second(&world.restricted(), &from("192.0.2.1"), person, code, None).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn password_then_code_sign_in_and_the_password_alone_does_not(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_factor("Amara Okafor").await;
    let engine = world.restricted();
    let first = password(&engine, " Amara.OKAFOR ", PASSWORD, "192.0.2.1").await.unwrap();
    assert_eq!((first.stage, first.person, first.mfa_at), (Stage::Second, person, None));
    assert_eq!(world.events(person, "signed-in", "done").await, 1, "only the one from setting the app up");
    let code = world.code_in(person, 0).await;
    let full = second(&world, person, &format!("{} {}", &code[..3], &code[3..])).await.unwrap();
    assert_eq!((full.stage, full.method), (Stage::Full, Some(Method::Totp)));
    assert!(full.mfa_at.is_some() && full.device.is_some());
    assert_eq!(world.events(person, "signed-in", "done").await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn without_a_factor_the_password_leads_to_setting_one_up(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_password("Amara Okafor").await;
    let first = password(&world.restricted(), "amara.okafor", PASSWORD, "192.0.2.1").await.unwrap();
    assert_eq!(first.stage, Stage::Enrol);
    let refused = second(&world, person, "123456").await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::SignedOut);
}

#[sqlx::test(migrations = "../../migrations")]
async fn unknown_disabled_and_wrong_answer_alike(pool: PgPool) {
    let world = World::new(&pool);
    let wrong = world.person_with_factor("Amara Okafor").await;
    let disabled = world.person_with_factor("Ben Carter").await;
    world.person("Chloe Duval").await;
    world.sql("update users set enabled = false where user_name = 'ben.carter'").await;
    let engine = world.restricted();
    let mut answers = Vec::new();
    for (name, typed) in [
        ("amara.okafor", "not the password"),
        ("ben.carter", PASSWORD),
        ("chloe.duval", PASSWORD),
        ("nobody.here", PASSWORD),
    ] {
        let error = password(&engine, name, typed, "192.0.2.1").await.unwrap_err();
        answers.push(error.refusals().to_vec());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(answers[0][0].code, Code::SignInFailed);
    // the audit tells them apart no more than the answer does, and names nobody as the one who tried
    let anonymous = world
        .count("select count(*) from audit_events where action = 'sign-in-refused' and actor_id is null")
        .await;
    assert_eq!(anonymous, 4);
    assert_eq!(world.events(wrong, "signed-in", "done").await, 1);
    assert_eq!(world.events(disabled, "signed-in", "done").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn nothing_typed_at_sign_in_gets_into_the_audit_or_the_counts(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_factor("Amara Okafor").await;
    let engine = world.restricted();
    // a password typed into the field of the name, as happens
    let _ = password(&engine, "canary-name-4711", "canary-password-4711", "192.0.2.1").await;
    let _ = password(&engine, "amara.okafor", "canary-password-4711", "192.0.2.1").await;
    let _ = second(&world, person, "canary-code-4711").await;
    for table in ["audit_events", "throttles", "sessions", "proofs"] {
        let sql = format!("select count(*) from {table} t where t::text like '%canary%'");
        let found: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&world.engine.pool).await.unwrap();
        assert_eq!(found, 0, "SEC-46: {table}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_person_disabled_between_the_steps_does_not_get_in(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_factor("Amara Okafor").await;
    password(&world.restricted(), "amara.okafor", PASSWORD, "192.0.2.1").await.unwrap();
    world.sql("update users set enabled = false").await;
    let code = world.code_in(person, 0).await;
    assert_eq!(code_of(second(&world, person, &code).await), Code::SignedOut);
    assert_eq!(world.events(person, "sign-in-refused", "refused").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn five_failures_make_the_pair_wait_and_the_wait_doubles(pool: PgPool) {
    let world = World::new(&pool);
    world.person_with_factor("Amara Okafor").await;
    let engine = world.restricted();
    let start = world.now().await;
    world.stop_clock(start).await;
    for _ in 0..5 {
        assert_eq!(
            code_of(password(&engine, "amara.okafor", "wrong", "192.0.2.1").await),
            Code::SignInFailed
        );
    }
    assert_eq!(code_of(password(&engine, "amara.okafor", PASSWORD, "192.0.2.1").await), Code::TooManyTries);
    // the right one from elsewhere goes through
    assert!(password(&engine, "amara.okafor", PASSWORD, "198.51.100.7").await.is_ok());
    world.stop_clock(start + TimeDelta::seconds(1)).await;
    assert_eq!(code_of(password(&engine, "amara.okafor", "wrong", "192.0.2.1").await), Code::SignInFailed);
    world.stop_clock(start + TimeDelta::milliseconds(2_900)).await;
    assert_eq!(code_of(password(&engine, "amara.okafor", PASSWORD, "192.0.2.1").await), Code::TooManyTries);
    world.stop_clock(start + TimeDelta::seconds(3)).await;
    assert!(password(&engine, "amara.okafor", PASSWORD, "192.0.2.1").await.is_ok());
}

#[sqlx::test(migrations = "../../migrations")]
async fn guesses_from_everywhere_slow_strangers_and_not_the_owner_on_her_device(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_factor("Amara Okafor").await;
    let engine = world.restricted();
    let code = world.code_in(person, 0).await;
    let device = second(&world, person, &code).await.unwrap().device.unwrap();
    world.stop_clock(world.now().await).await;
    let mut judged = 0;
    for guess in 0..300 {
        let ip = format!("203.0.113.{}", guess % 50);
        judged +=
            i32::from(code_of(password(&engine, "amara.okafor", "wrong", &ip).await) == Code::SignInFailed);
    }
    assert_eq!(judged, 20, "hashes that strangers could cost us");
    // a stranger from a new address waits, a made-up cookie does not help, the owner's device does
    assert_eq!(
        code_of(password(&engine, "amara.okafor", PASSWORD, "198.51.100.7").await),
        Code::TooManyTries
    );
    let other = world.person_with_factor("Mallory Quill").await;
    let foreign = engine::device::make(&engine.settings, other).unwrap();
    for cookie in ["made-up", foreign.as_str()] {
        let result = on_device(&engine, "amara.okafor", PASSWORD, "198.51.100.8", Some(cookie)).await;
        assert_eq!(code_of(result), Code::TooManyTries);
    }
    assert!(on_device(&engine, "amara.okafor", PASSWORD, "203.0.113.1", Some(&device)).await.is_ok());
}

#[sqlx::test(migrations = "../../migrations")]
async fn many_guesses_at_once_are_counted_one_by_one(pool: PgPool) {
    let world = World::new(&pool);
    world.person_with_factor("Amara Okafor").await;
    let engine = world.restricted();
    let tries = (0..30).map(|_| {
        let engine = engine.clone();
        tokio::spawn(async move { code_of(password(&engine, "amara.okafor", "wrong", "192.0.2.1").await) })
    });
    let mut judged = 0;
    for answer in tries.collect::<Vec<_>>() {
        judged += i32::from(answer.await.unwrap() == Code::SignInFailed);
    }
    assert!(judged <= 7, "{judged} guesses were judged");
}

#[sqlx::test(migrations = "../../migrations")]
async fn right_sign_ins_from_one_address_never_make_it_wait(pool: PgPool) {
    let world = World::new(&pool);
    world.person_with_factor("Amara Okafor").await;
    let engine = world.restricted();
    for _ in 0..25 {
        password(&engine, "amara.okafor", PASSWORD, "192.0.2.1").await.unwrap();
    }
}
