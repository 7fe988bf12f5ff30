//! Passwords, links, resets and sessions: what rests on a credential ends with it.

#![cfg(test)]

use chrono::TimeDelta;
use domain::ids::PersonId;
use domain::refusal::Code;
use domain::role::Role;
use engine::act::accept_invitation::{self, accept_invitation};
use engine::act::change_password::{self, change_password};
use engine::act::end_session::{end_one, end_others};
use engine::act::enrol_factor::{self, replace};
use engine::act::invite::{self, invite};
use engine::act::reset_factors::{self, reset_factors};
use engine::act::set_person_state::{self, set_person_state};
use engine::act::sign_in::{self, Password, Stage};
use engine::act::sign_out::sign_out;
use engine::ctx::Via;
use engine::testkit::World;
use engine::testkit::identity::{PASSWORD, base32_bytes};
use engine::{Error, totp};
use secrecy::SecretString;
use sqlx::PgPool;

const NEW: &str = "nine kettles sing over the harbour";

fn code(error: Error) -> Code {
    error.refusals()[0].code
}

fn token(url: &str) -> String {
    url.rsplit('/').next().unwrap().to_owned()
}

async fn accept(world: &World, token: &str, password: &str) -> Result<sign_in::SignedIn, Error> {
    let input = accept_invitation::Input {
        token: token.into(),
        password: SecretString::from(password),
        repeat: SecretString::from(password),
    };
    accept_invitation(&world.restricted(), &Via::default(), input).await
}

async fn signs_in(world: &World, name: &str, password: &str) -> bool {
    let input = Password { user_name: name.into(), password: SecretString::from(password), device: None };
    sign_in::password(&world.restricted(), &Via::default(), input).await.is_ok()
}

/// An administrator with a factor.
async fn helper(world: &World, role: Role) -> (PersonId, engine::Ctx) {
    let person = world.person_with_factor("Hedda Lind").await;
    world.role(person, role).await;
    (person, world.ctx(person).await)
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_link_sets_a_password_once_and_leads_to_a_factor(pool: PgPool) {
    let world = World::new(&pool);
    let (admin, ctx) = helper(&world, Role::UserAdministrator).await;
    let person = world.person("Amara Okafor").await;
    let engine = world.restricted();
    assert_eq!(code(invite(&engine, &ctx, person, "").await.unwrap_err()), Code::ProofMissing);
    let link = invite(&engine, &ctx, person, &world.code_in(admin, 0).await).await.unwrap();
    assert!(link.url.starts_with("http://localhost:8080/invitation/"));
    let token = token(&link.url);
    assert_eq!(code(accept(&world, &token, "amara okafor 1").await.unwrap_err()), Code::PasswordWeak);
    let done = accept(&world, &token, NEW).await.unwrap();
    assert_eq!((done.person, done.stage), (person, Stage::Enrol));
    assert!(signs_in(&world, "amara.okafor", NEW).await);
    assert_eq!(code(accept(&world, &token, PASSWORD).await.unwrap_err()), Code::LinkUsed);
    assert_eq!(world.events(person, "password-set", "done").await, 1);
    assert_eq!(world.events(person, "person-invited", "done").await, 1);
    // the database knows only the digest
    let kept = world.count("select count(*) from invitations where token_hash = sha256(token_hash)").await;
    assert_eq!(kept, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_link_is_void_after_three_days_or_when_a_newer_one_was_made(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person("Amara Okafor").await;
    let old = invite::by_system(&world.engine, "test", person).await.unwrap();
    let new = invite::by_system(&world.engine, "test", person).await.unwrap();
    assert_eq!(code(accept(&world, &token(&old.url), NEW).await.unwrap_err()), Code::LinkUsed);
    world.move_clock(TimeDelta::hours(72)).await;
    assert_eq!(code(accept(&world, &token(&new.url), NEW).await.unwrap_err()), Code::LinkUsed);
    assert_eq!(code(accept(&world, "never made", NEW).await.unwrap_err()), Code::LinkUsed);
}

#[sqlx::test(migrations = "../../migrations")]
async fn of_two_who_use_a_link_at_once_one_sets_the_password(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person("Amara Okafor").await;
    let link = invite::by_system(&world.engine, "test", person).await.unwrap();
    let token = token(&link.url);
    let (left, right) = tokio::join!(accept(&world, &token, NEW), accept(&world, &token, PASSWORD));
    assert!(left.is_ok() ^ right.is_ok());
    assert_eq!(world.events(person, "password-set", "done").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_those_who_may_reset_credentials_make_links(pool: PgPool) {
    let world = World::new(&pool);
    let (helpdesk, ctx) = helper(&world, Role::HelpdeskAdministrator).await;
    let plain = world.person_with_factor("Ben Carter").await;
    let protected = world.person("Chloe Duval").await;
    world.role(protected, Role::GlobalReader).await;
    let engine = world.restricted();
    let now = world.code_in(helpdesk, 0).await;
    assert_eq!(code(invite(&engine, &ctx, protected, &now).await.unwrap_err()), Code::NotFound);
    let refused = invite(&engine, &world.ctx(plain).await, helpdesk, &world.code_in(plain, 0).await).await;
    assert_eq!(code(refused.unwrap_err()), Code::NotFound);
    assert_eq!(world.events(protected, "person-invited", "refused").await, 1);
    invite(&engine, &ctx, plain, &now).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn changing_the_password_asks_for_the_old_one_and_a_code_and_ends_other_sessions(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_factor("Amara Okafor").await;
    let ctx = world.ctx(person).await;
    world.session(person, 1).await;
    world.session(person, 2).await;
    let engine = world.restricted();
    let fresh = world.code_in(person, 0).await;
    let attempt = async |old: &str, new: &str, repeat: &str, code: &str| {
        let input = change_password::Input {
            password: old.into(),
            new: new.into(),
            repeat: repeat.into(),
            code: code.into(),
        };
        change_password(&engine, &ctx, input).await.map_err(|error| error.refusals()[0].clone())
    };
    let wrong = attempt("wrong", NEW, NEW, &fresh).await.unwrap_err();
    assert_eq!((wrong.code, wrong.field.as_deref()), (Code::SignInFailed, Some("password")));
    let differ = attempt(PASSWORD, NEW, "other", &fresh).await.unwrap_err();
    assert_eq!(differ.field.as_deref(), Some("repeat_password"));
    let weak = attempt(PASSWORD, "short", "short", &fresh).await.unwrap_err();
    assert_eq!((weak.code, weak.field.as_deref()), (Code::PasswordShort, Some("new_password")));
    let bare = attempt(PASSWORD, NEW, NEW, "").await.unwrap_err();
    assert_eq!((bare.code, bare.field.as_deref()), (Code::ProofMissing, Some("code")));
    assert_eq!(world.sessions(person).await, 2);
    attempt(PASSWORD, NEW, NEW, &fresh).await.unwrap();
    assert_eq!(world.sessions(person).await, 1);
    assert!(signs_in(&world, "amara.okafor", NEW).await && !signs_in(&world, "amara.okafor", PASSWORD).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_new_app_takes_a_code_of_the_old_one_and_ends_other_sessions(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_factor("Amara Okafor").await;
    let ctx = world.ctx(person).await;
    world.session(person, 1).await;
    world.session(person, 2).await;
    let engine = world.restricted();
    let offer = enrol_factor::begin(&engine, person).await.unwrap();
    let at = world.now().await.timestamp().unsigned_abs();
    let new = totp::generator(&base32_bytes(&offer.key)).unwrap().generate(at).to_string();
    let refused = replace(&engine, &ctx, &offer.sealed, &new, "").await.unwrap_err();
    assert_eq!(refused.refusals()[0].field.as_deref(), Some("proof_code"));
    let old = world.code_in(person, 0).await;
    replace(&engine, &ctx, &offer.sealed, &new, &old).await.unwrap();
    assert_eq!(world.sessions(person).await, 1);
    let again = sign_in::second(&engine, &Via::default(), person, &new, None).await;
    assert_eq!(code(again.unwrap_err()), Code::ProofWrong, "the code that set it up");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_reset_takes_factor_codes_and_sessions_away_and_the_next_sign_in_sets_up(pool: PgPool) {
    let world = World::new(&pool);
    let (admin, ctx) = helper(&world, Role::AuthenticationAdministrator).await;
    let person = world.person_with_factor("Amara Okafor").await;
    world.session(person, 2).await;
    let engine = world.restricted();
    assert_eq!(code(reset_factors(&engine, &ctx, person, "").await.unwrap_err()), Code::ProofMissing);
    assert_eq!(world.sessions(person).await, 1);
    reset_factors(&engine, &ctx, person, &world.code_in(admin, 0).await).await.unwrap();
    assert_eq!(world.sessions(person).await, 0);
    assert_eq!(world.events(person, "factors-reset", "done").await, 1);
    let input =
        Password { user_name: "amara.okafor".into(), password: SecretString::from(PASSWORD), device: None };
    let next = sign_in::password(&engine, &Via::default(), input).await.unwrap();
    assert_eq!(next.stage, Stage::Enrol);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_last_administrator_keeps_her_factor_unless_the_command_line_takes_it(pool: PgPool) {
    let world = World::new(&pool);
    let (helper, ctx) = helper(&world, Role::PrivilegedAuthenticationAdministrator).await;
    let last = world.person_with_factor("Amara Okafor").await;
    world.role(last, Role::GlobalAdministrator).await;
    let engine = world.restricted();
    let refused = reset_factors(&engine, &ctx, last, &world.code_in(helper, 0).await).await;
    assert_eq!(code(refused.unwrap_err()), Code::LastAdministrator);
    reset_factors::by_system(&engine, "test", last).await.unwrap();
    assert_eq!(world.events(last, "factors-reset", "done").await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn sessions_end_one_all_others_and_with_the_person(pool: PgPool) {
    let world = World::new(&pool);
    let person = world.person_with_factor("Amara Okafor").await;
    let (_, admin) = helper(&world, Role::UserAdministrator).await;
    let ctx = world.ctx(person).await;
    for hash in 1..=4 {
        world.session(person, hash).await;
    }
    let engine = world.restricted();
    end_one(&engine, &ctx, &[2; 32]).await.unwrap();
    assert_eq!(code(end_one(&engine, &ctx, &[2; 32]).await.unwrap_err()), Code::NotFound);
    let foreign = end_one(&engine, &admin, &[3; 32]).await.unwrap_err();
    assert_eq!(code(foreign), Code::NotFound);
    let listed = engine::ask::account::account(&engine, &ctx).await.unwrap().sessions;
    assert_eq!(listed.iter().filter(|session| session.current).count(), 1);
    assert_eq!(listed.len(), 3);
    assert_eq!(end_others(&engine, &ctx).await.unwrap(), 2);
    sign_out(&engine, &ctx).await.unwrap();
    assert_eq!(world.sessions(person).await, 0);
    assert_eq!(world.events(person, "signed-out", "done").await, 1);
    world.session(person, 5).await;
    let input = set_person_state::Input { person, enabled: false, reason: "left".into() };
    set_person_state(&engine, &admin, input).await.unwrap();
    assert_eq!(world.sessions(person).await, 0);
}
