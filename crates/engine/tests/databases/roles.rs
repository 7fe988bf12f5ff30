//! What becomes of roles when access begins and ends, and what a database says when it does not work.

use super::{cast, input, second};
use domain::refusal::Code;
use engine::act::assign_application_group::remove_application_group;
use engine::act::create_application::create_application;
use engine::act::provision_now::provision_now;
use engine::act::renew_application_token::renew_application_token;
use engine::act::test_application::{test_connection, test_write};
use engine::{Error, ask::provisioned};
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn a_role_is_granted_and_taken_and_sessions_that_use_it_end(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.given(cast.ann).await;
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, ["ann.ames"]);
    let mine = provisioned::mine(&cast.world.engine, &cast.world.ctx(cast.ann).await).await.unwrap();
    assert!(matches!(mine[0].state, provisioned::State::Usable { .. }), "{mine:?}");
    // she takes it on, and keeps the session open
    let mut session = cast.second.enter("ann.ames", "hers").await.unwrap();
    sqlx::query("set role ops").execute(&mut session).await.unwrap();
    cast.ended().await;
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, [""; 0]);
    sqlx::query("select 1").execute(&mut session).await.expect_err("it was ended");
    assert_eq!(cast.word("select there from application_members").await, "no");
    let mut again = cast.second.enter("ann.ames", "hers").await.expect("her login is her own");
    sqlx::query("set role ops").execute(&mut again).await.expect_err("the role is gone");
    let log = cast
        .word("select string_agg(request, '|' order by at, id) from application_attempts where step = 'act'")
        .await;
    assert_eq!(log, r#"grant "ops" to "ann.ames"|revoke "ops" from "ann.ames""#);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_removal_is_proven_and_what_keeps_it_from_being_is_said(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.given(cast.ann).await;
    cast.round().await;
    // sessions that may not be ended keep the role
    cast.second.run("revoke pg_signal_backend from pimento").await;
    let mut session = cast.second.enter("ann.ames", "hers").await.unwrap();
    sqlx::query("set role ops").execute(&mut session).await.unwrap();
    cast.ended().await;
    cast.round().await;
    assert_eq!(cast.word("select there from application_members").await, "unknown");
    let problem = cast.word("select problem from application_members").await;
    assert!(problem.contains("permission") || problem.contains("must be"), "{problem}");
    assert_eq!(cast.second.has("ops").await, [""; 0], "the role was taken all the same");
    cast.second.run("grant pg_signal_backend to pimento").await;
    cast.round().await;
    assert_eq!(cast.word("select there from application_members").await, "no");
    sqlx::query("select 1").execute(&mut session).await.expect_err("it was ended");
}

#[sqlx::test(migrations = "../../migrations")]
async fn logins_are_left_to_the_database_and_their_absence_is_said(pool: PgPool) {
    let cast = cast(&pool).await;
    let bea = cast.world.person("Bea Birch").await;
    cast.given(bea).await;
    cast.round().await;
    let problem = cast.word("select problem from application_people").await;
    assert!(problem.contains("bea.birch") && problem.contains("makes the login"), "{problem}");
    cast.second.run("create role \"bea.birch\"").await;
    cast.round().await;
    assert!(cast.word("select problem from application_people").await.contains("nobody can log in as it"));
    cast.second.run("alter role \"bea.birch\" login").await;
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, ["bea.birch"]);
    // dropped there, and made anew: she gets it again at the sweep
    cast.second.run("drop role \"bea.birch\"; create role \"bea.birch\" login").await;
    cast.sweep().await;
    cast.round().await;
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, ["bea.birch"]);
    // another name: the old login loses what it had, before the new one gets it
    cast.second.run("create role beatrice login").await;
    cast.world.sql("update users set user_name = 'beatrice' where user_name = 'bea.birch'").await;
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, ["beatrice"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn names_are_names_whatever_they_hold(pool: PgPool) {
    let cast = cast(&pool).await;
    let odd = r#"o"ps"; drop role dba; --"#;
    let quoted = odd.replace('"', r#""""#);
    let login = r#"Zo"é 'x' $1 \"#;
    cast.second
        .run(&format!("create role \"{quoted}\"; grant \"{quoted}\" to pimento with admin option"))
        .await;
    cast.second.run(&format!("create role \"{}\" login", login.replace('"', r#""""#))).await;
    sqlx::query("update users set user_name = $1 where user_name = 'ann.ames'")
        .bind(login)
        .execute(&pool)
        .await
        .unwrap();
    cast.assign(cast.group, odd).await.unwrap();
    cast.given(cast.ann).await;
    cast.round().await;
    assert_eq!(cast.second.has(odd).await, [login]);
    cast.ended().await;
    cast.round().await;
    assert_eq!(cast.second.has(odd).await, [""; 0]);
    cast.second.run("alter role dba rename to dba2").await;
    // longer than the server keeps: another role would be meant
    let long = "x".repeat(64);
    assert_eq!(code(cast.assign(cast.group, &long).await), Code::BadInput);
    assert_eq!(code(cast.assign(cast.group, " ").await), Code::BadInput);
}

fn code<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Code {
    match outcome {
        Err(Error::Refused(all)) => all[0].code,
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_has_a_role_without_a_grant_loses_it_and_who_grants_it_does_not(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.given(cast.ann).await;
    cast.round().await;
    cast.edit(|input| input.settings.drift = "remove".into()).await.unwrap();
    cast.round().await;
    cast.second.run("create role stranger login; grant ops to stranger; create role boss login; grant ops to boss with admin option").await;
    cast.second.run("revoke ops from \"ann.ames\"").await;
    cast.sweep().await;
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, ["ann.ames"], "given again, and the stranger is out");
    let admins = "select string_agg(sweep_says, '') from applications";
    assert!(cast.word(admins).await.contains("1 members without a grant"), "{}", cast.word(admins).await);
    // another role comes in its place only when nobody has the first
    assert_eq!(code(cast.assign(cast.group, "dba").await), Code::BadValue);
    remove_application_group(&cast.world.engine, &cast.boss().await, cast.app, cast.group).await.unwrap();
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, [""; 0]);
    cast.assign(cast.group, "dba").await.unwrap();
    cast.round().await;
    assert_eq!(cast.second.has("dba").await, ["ann.ames"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn tests_say_what_is_missing_and_leave_nothing_behind(pool: PgPool) {
    let cast = cast(&pool).await;
    let (engine, boss) = (&cast.world.engine, cast.boss().await);
    let (second, third) = (cast.world.group("second").await, cast.world.group("third").await);
    cast.second.run("create role closed").await;
    cast.assign(second, "closed").await.unwrap();
    cast.assign(third, "nowhere").await.unwrap();
    let tested = test_connection(engine, &boss, cast.app).await.unwrap();
    assert!(tested.well, "{tested:?}");
    for expected in
        ["entered as pimento", "It may grant ops.", "It may not grant closed", "There is no role nowhere"]
    {
        assert!(tested.lines.iter().any(|line| line.contains(expected)), "{expected}: {tested:?}");
    }
    let tested = test_write(engine, &boss, cast.app).await.unwrap();
    assert!(!tested.well && tested.lines[0].contains("permission denied"), "it may make no role: {tested:?}");
    cast.second.run("alter role pimento createrole; create role nowhere").await;
    let tested = test_write(engine, &boss, cast.app).await.unwrap();
    assert!(
        tested.well && tested.lines.iter().any(|line| line.contains("ops was granted and taken")),
        "{tested:?}"
    );
    let left = cast.second.has("ops").await;
    assert_eq!(left, [""; 0]);
    cast.given(cast.ann).await;
    let dry = provision_now(engine, &boss, cast.app, cast.ann, true).await.unwrap();
    assert!(dry.iter().any(|step| step.lines.iter().any(|line| line.contains("ann.ames"))), "{dry:?}");
    assert_eq!(cast.second.has("ops").await, [""; 0]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_wrong_password_or_certificate_is_a_quarantine_and_stands_in_no_log(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.second.run("alter role pimento password 'another one of Pimento'").await;
    cast.given(cast.ann).await;
    cast.round().await;
    assert_eq!(cast.word("select health from applications").await, "quarantined");
    let code = cast.world.code(cast.root).await;
    let (engine, boss) = (&cast.world.engine, cast.boss().await);
    renew_application_token(engine, &boss, cast.app, "another one of Pimento", &code).await.unwrap();
    cast.round().await;
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, ["ann.ames"]);
    let text = cast
        .word("select concat((select string_agg(a::text, '') from application_attempts a), (select string_agg(e::text, '') from audit_events e))")
        .await;
    assert!(!text.contains("another one") && !text.contains(second::PASSWORD));
    // a server that proves to be somebody else is told nothing
    let other = cast.second.address().replace("localhost", "127.0.0.1");
    cast.world.sql(&format!("update applications set base_url = '{other}'")).await;
    cast.world.sql("update users set user_name = 'ann' where user_name = 'ann.ames'").await;
    cast.round().await;
    let why = cast.word("select health_why from applications").await;
    assert!(why.contains("certificate"), "{why}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_address_without_tls_takes_the_operators_word_and_a_full_server_is_left_alone(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.world.sql("update applications set base_url = base_url || '?sslmode=disable'").await;
    cast.given(cast.ann).await;
    cast.second.run("alter role pimento connection limit 0").await;
    cast.round().await;
    assert_eq!(cast.word("select health from applications").await, "healthy");
    assert_eq!(cast.second.has("ops").await, [""; 0]);
    cast.second.run("alter role pimento connection limit -1").await;
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, ["ann.ames"], "without TLS, as the operator allows");
    let code = cast.world.code(cast.root).await;
    let twice = input(&cast.second.address(), second::PASSWORD);
    let wrong = engine::provision::input::Input {
        base_url: "https://db.example".into(),
        name: "Two".into(),
        ..twice
    };
    let refused = create_application(&cast.world.engine, &cast.boss().await, &wrong, &code).await;
    assert_eq!(self::code(refused), Code::BadInput);
}
