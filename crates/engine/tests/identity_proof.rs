//! A proof is for one act of one person in one session with one content, once (SEC-10 to SEC-12).

#![cfg(test)]

use chrono::TimeDelta;
use domain::ids::PersonId;
use domain::policy::evaluate::ProofGiven;
use engine::Ctx;
use engine::factor::Method;
use engine::proof::{self, Purpose};
use engine::testkit::World;
use sqlx::PgPool;
use uuid::Uuid;

const AGE: TimeDelta = TimeDelta::minutes(5);

async fn made(world: &World, ctx: &Ctx) -> Uuid {
    let at = world.now().await;
    let mut conn = world.engine.pool.acquire().await.unwrap();
    proof::make(&mut conn, ctx, Purpose::Activate, "A for 1 h", at, Method::Totp).await.unwrap()
}

async fn usable(world: &World, ctx: &Ctx, proof: Uuid, purpose: Purpose, subject: &str) -> bool {
    let mut conn = world.engine.pool.acquire().await.unwrap();
    proof::use_up(&mut conn, ctx, proof, purpose, subject, AGE).await.unwrap().is_some()
}

async fn here(world: &World) -> (PersonId, Ctx) {
    let person = world.person_with_factor("Amara Okafor").await;
    (person, world.ctx(person).await)
}

#[sqlx::test(migrations = "../../migrations")]
async fn sec_11_a_proof_of_another_person_session_purpose_or_content_is_no_proof(pool: PgPool) {
    let world = World::new(&pool);
    let (_, ctx) = here(&world).await;
    let other = world.person_with_factor("Ben Carter").await;
    let other = world.ctx(other).await;
    let mut elsewhere = ctx.clone();
    elsewhere.session.hash = vec![9; 32];
    let proof = made(&world, &ctx).await;
    assert!(!usable(&world, &other, proof, Purpose::Activate, "A for 1 h").await);
    assert!(!usable(&world, &elsewhere, proof, Purpose::Activate, "A for 1 h").await);
    assert!(!usable(&world, &ctx, proof, Purpose::Extend, "A for 1 h").await);
    assert!(!usable(&world, &ctx, proof, Purpose::Activate, "A for 2 h").await);
    assert!(usable(&world, &ctx, proof, Purpose::Activate, "A for 1 h").await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn sec_12_a_used_proof_is_no_proof(pool: PgPool) {
    let world = World::new(&pool);
    let (_, ctx) = here(&world).await;
    let proof = made(&world, &ctx).await;
    assert!(usable(&world, &ctx, proof, Purpose::Activate, "A for 1 h").await);
    assert!(!usable(&world, &ctx, proof, Purpose::Activate, "A for 1 h").await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_proof_is_good_to_the_limit_and_not_a_millisecond_longer(pool: PgPool) {
    let world = World::new(&pool);
    let (_, ctx) = here(&world).await;
    let now = world.now().await;
    world.stop_clock(now).await;
    let (late, just) = (made(&world, &ctx).await, made(&world, &ctx).await);
    world.stop_clock(now + AGE + TimeDelta::milliseconds(1)).await;
    assert!(!usable(&world, &ctx, late, Purpose::Activate, "A for 1 h").await);
    world.stop_clock(now + AGE).await;
    assert!(usable(&world, &ctx, just, Purpose::Activate, "A for 1 h").await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn without_the_factor_or_the_right_to_act_a_proof_is_none(pool: PgPool) {
    let world = World::new(&pool);
    let (_, ctx) = here(&world).await;
    let (disabled, removed) = (made(&world, &ctx).await, made(&world, &ctx).await);
    world.sql("update users set enabled = false").await;
    assert!(!usable(&world, &ctx, disabled, Purpose::Activate, "A for 1 h").await);
    world.sql("update users set enabled = true; delete from totp_factors").await;
    assert!(!usable(&world, &ctx, removed, Purpose::Activate, "A for 1 h").await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn sec_12_of_two_acts_with_one_proof_at_once_one_gets_it(pool: PgPool) {
    let world = World::new(&pool);
    let (_, ctx) = here(&world).await;
    for round in 0..200 {
        let proof = made(&world, &ctx).await;
        let (left, right) = tokio::join!(
            usable(&world, &ctx, proof, Purpose::Activate, "A for 1 h"),
            usable(&world, &ctx, proof, Purpose::Activate, "A for 1 h"),
        );
        assert!(left ^ right, "round {round}: {left} {right}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_code_can_be_for_the_subjects_of_one_prompt_and_is_used_up_with_each(pool: PgPool) {
    let world = World::new(&pool);
    let (person, ctx) = here(&world).await;
    let engine = world.restricted();
    let code = world.code_in(person, 0).await;
    let subjects = ["A for 1 h".to_owned(), "B for 1 h".to_owned()];
    let mut tx = engine.begin().await.unwrap();
    let given = proof::give(&engine, &mut tx, &ctx, &code, Purpose::Activate, &subjects).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(given.given, ProofGiven::Verified { .. }));
    assert_eq!(given.proofs.len(), 2);
    let open = world.count("select count(*) from proofs where consumed_at is null").await;
    assert_eq!(open, 0);
    let mut tx = engine.begin().await.unwrap();
    let again = proof::give(&engine, &mut tx, &ctx, &code, Purpose::Activate, &subjects).await.unwrap();
    assert_eq!(again.given, ProofGiven::Wrong);
    let many: Vec<String> = (0..11).map(|n| n.to_string()).collect();
    assert!(proof::give(&engine, &mut tx, &ctx, &code, Purpose::Activate, &many).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_act_that_is_rolled_back_leaves_the_code_good(pool: PgPool) {
    let world = World::new(&pool);
    let (person, ctx) = here(&world).await;
    let code = world.code_in(person, 0).await;
    let subject = ["A for 1 h".to_owned()];
    let mut tx = world.engine.begin().await.unwrap();
    proof::give(&world.engine, &mut tx, &ctx, &code, Purpose::Activate, &subject).await.unwrap();
    drop(tx);
    let mut tx = world.engine.begin().await.unwrap();
    let given = proof::give(&world.engine, &mut tx, &ctx, &code, Purpose::Activate, &subject).await.unwrap();
    assert!(matches!(given.given, ProofGiven::Verified { .. }));
}

#[sqlx::test(migrations = "../../migrations")]
async fn nothing_typed_and_no_factor_are_told_apart(pool: PgPool) {
    let world = World::new(&pool);
    let (_, ctx) = here(&world).await;
    let bare = world.person_with_password("Ben Carter").await;
    let bare = world.ctx(bare).await;
    let subject = ["A".to_owned()];
    let mut tx = world.engine.begin().await.unwrap();
    let missing = proof::give(&world.engine, &mut tx, &ctx, " ", Purpose::Activate, &subject).await.unwrap();
    let none =
        proof::give(&world.engine, &mut tx, &bare, "123456", Purpose::Activate, &subject).await.unwrap();
    assert_eq!((missing.given, none.given), (ProofGiven::Missing, ProofGiven::NoFactor));
}
