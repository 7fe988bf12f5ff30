//! SEC-45: each act that takes access away goes through while nothing can be written down, and nothing else does; what
//! waits in the spool is never held up by what can't be written.

use crate::support::*;
use domain::assignment::Kind;
use domain::ids::{GroupId, PrincipalId};
use domain::refusal::Code;
use domain::role::Role;
use domain::span::Span;
use engine::act::edit_membership::{self, Change, edit_membership};
use engine::act::remove_assignment::{self, remove_assignment};
use engine::act::{delete_group, delete_person, end_session, sign_out};
use engine::ask::thing::Place;
use engine::audit::spool;

/// Nothing can be written into the audit until this is undone.
const BREAK: &str = "create function broken() returns trigger language plpgsql as 'begin raise ''no space''; end'; \
     create trigger broken before insert on audit_events for each row execute function broken()";
const MEND: &str = "drop function broken cascade";

/// A group of the directory without any target, as an import leaves one that nobody owns.
async fn bare_group(world: &World, key: &str) -> GroupId {
    let group = world.group_with(key, false, false).await;
    world.sql(&format!("delete from targets where group_id = '{group}'")).await;
    group
}

#[sqlx::test(migrations = "../../migrations")]
async fn sec45_whatever_takes_access_away_goes_through(pool: PgPool) {
    let world = World::new(&pool);
    let engine = &world.engine;
    let [admin, ann, ben] =
        [world.person("Admin").await, world.person("Ann").await, world.person("Ben").await];
    world.role(admin, Role::GlobalAdministrator).await;
    let (managed, plain, gone) =
        (world.group("ops").await, world.group_with("plain", false, false).await, world.group("gone").await);
    let ops = world.target(managed, Access::Member).await;
    let span = Span::permanent(world.now().await);
    let row = world.assign(ann, ops, Kind::Active, span).await;
    world.standing(ann, world.target(plain, Access::Member).await).await;
    world.standing(ann, world.target(gone, Access::Member).await).await;
    world.standing(ben, ops).await;
    let root = world.ctx(admin).await;
    world.sql(BREAK).await;

    let removal = remove_assignment::Input {
        at: Place::group("ops"),
        assignments: vec![row],
        reason: "moved".into(),
        successor: None,
        code: String::new(),
        key: key(),
    };
    remove_assignment(engine, &root, removal).await.unwrap();
    assert!(!world.is_member(ann, managed).await);
    let leaves = edit_membership::Input {
        group: plain,
        access: Access::Member,
        principal: ann.into(),
        change: Change::Remove,
    };
    edit_membership(engine, &root, leaves).await.unwrap();
    assert!(!world.is_member(ann, plain).await);
    delete_group::delete_group(engine, &root, delete_group::Input { group: gone, reason: String::new() })
        .await
        .unwrap();
    assert!(!world.is_member(ann, gone).await);
    delete_person::delete_person(engine, &root, delete_person::Input { person: ben, reason: String::new() })
        .await
        .unwrap();
    assert!(!world.is_member(ben, managed).await);
    end_session::end_others(engine, &world.ctx(ann).await).await.unwrap();
    sign_out::sign_out(engine, &world.ctx(ann).await).await.unwrap();
    // coming back is giving
    let back = edit_membership::Input { change: Change::Add, ..leaves };
    edit_membership(engine, &root, back).await.unwrap_err();

    let waiting = world.count("select count(*) from audit_spool").await;
    assert!(waiting >= 4, "{waiting}");
    world.sql(MEND).await;
    assert_eq!(spool::merge(engine).await.unwrap(), waiting.unsigned_abs());
    verified(&world, Vec::new()).await.unwrap();
}

/// A refusal named a target that went with its transaction: it was no answer, and in the spool it held up all others.
#[sqlx::test(migrations = "../../migrations")]
async fn a_refusal_about_a_group_without_targets_is_an_answer_and_never_in_the_spool(pool: PgPool) {
    let world = World::new(&pool);
    let (ann, group) = (world.person("Ann").await, bare_group(&world, "bare").await);
    let ctx = world.ctx(ann).await;
    let form = edit_membership::Input {
        group,
        access: Access::Owner,
        principal: PrincipalId(ann.0),
        change: Change::Remove,
    };
    let refused = edit_membership(&world.engine, &ctx, form).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::NotFound);
    let told =
        "select count(*) from audit_events where action = 'membership-changed' and outcome = 'refused'";
    assert_eq!(world.count(told).await, 1);
    world.sql(BREAK).await;
    let failed = edit_membership(&world.engine, &ctx, form).await.unwrap_err();
    assert!(matches!(failed, engine::Error::Database(_)), "what can't be written down is no answer");
    assert_eq!(world.count("select count(*) from audit_spool").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_event_that_cannot_be_written_holds_up_no_other(pool: PgPool) {
    let world = World::new(&pool);
    world
        .sql(
            "insert into audit_spool (action, outcome) values ('signed-out', 'done'); \
             insert into audit_spool (action, outcome, target_id) values ('signed-out', 'done', gen_random_uuid()); \
             insert into audit_spool (action, outcome) values ('signed-out', 'done')",
        )
        .await;
    assert_eq!(spool::merge(&world.engine).await.unwrap(), 2);
    assert_eq!(world.count("select count(*) from audit_spool").await, 1, "it stays, and is tried again");
    assert_eq!(spool::merge(&world.engine).await.unwrap(), 0);
    verified(&world, Vec::new()).await.unwrap();
}
