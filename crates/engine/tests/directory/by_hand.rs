//! People and groups created and edited by hand.

use domain::group::GroupKind;
use domain::principal::UserType;
use domain::refusal::Code;
use domain::role::Role;
use engine::act::create_group::{self, create_group};
use engine::act::create_person::{self, create_person};
use engine::act::edit_group::{self, edit_group};
use engine::act::edit_person::{self, edit_person};
use engine::act::grant_role::{self, grant_role};
use engine::act::restore_group::restore_group;
use engine::ask::person::person;
use engine::ctx::By;
use engine::testkit::World;
use engine::{Ctx, Error};
use sqlx::PgPool;

async fn holding(world: &World, name: &str, role: Role) -> Ctx {
    let person = world.person(name).await;
    world.role(person, role).await;
    world.ctx(person).await
}

fn typed(user_name: &str, name: &str) -> create_person::Input {
    create_person::Input {
        user_name: user_name.into(),
        display_name: name.into(),
        mail: String::new(),
        job_title: String::new(),
        department: "Operations".into(),
        user_type: UserType::Member,
    }
}

fn codes(error: &Error) -> Vec<(Code, Option<&str>)> {
    error.refusals().iter().map(|refusal| (refusal.code, refusal.field.as_deref())).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_person_is_created_once_and_every_bad_field_is_told(pool: PgPool) {
    let world = World::new(&pool);
    let admin = holding(&world, "Admin", Role::UserAdministrator).await;
    create_person(&world.engine, &admin, typed("ann.berg", "Ann Berg")).await.unwrap();
    let taken = create_person(&world.engine, &admin, typed("ANN.BERG", "Other")).await.expect_err("taken");
    assert_eq!(codes(&taken), [(Code::Taken, Some("user_name"))]);
    let mut bad = typed(" ", "");
    bad.mail = "nowhere".into();
    let refused = create_person(&world.engine, &admin, bad).await.expect_err("bad fields");
    let fields: Vec<_> = codes(&refused).into_iter().filter_map(|(_, field)| field).collect();
    assert_eq!(fields, ["user_name", "display_name", "mail"]);
    assert_eq!(world.count("select count(*) from users").await, 2);
    assert_eq!(world.count("select count(*) from principals").await, 2);
    let plain = world.person("Plain").await;
    let plain = world.ctx(plain).await;
    let refused = create_person(&world.engine, &plain, typed("x", "X")).await.expect_err("not allowed");
    assert_eq!(codes(&refused)[0].0, Code::NotFound);
}

#[sqlx::test(migrations = "../../migrations")]
async fn details_of_a_protected_person_are_out_of_reach_of_a_user_administrator(pool: PgPool) {
    let world = World::new(&pool);
    let admin = holding(&world, "Admin", Role::UserAdministrator).await;
    let reader = holding(&world, "Reader", Role::GlobalReader).await;
    let ann = world.person("Ann").await;
    let edit = |who| edit_person::Input { person: who, details: typed("ann.new", "Ann New") };
    edit_person(&world.engine, &admin, edit(ann)).await.unwrap();
    let same = edit_person(&world.engine, &admin, edit(ann)).await.expect_err("nothing changed");
    assert_eq!(codes(&same)[0].0, Code::NothingChanged);
    let refused = edit_person(&world.engine, &admin, edit(reader.person())).await.expect_err("protected");
    assert_eq!(codes(&refused)[0].0, Code::NotFound);
    world.sql("update users set source = 'on_premises' where user_name = 'ann.new'").await;
    let refused = edit_person(
        &world.engine,
        &admin,
        edit_person::Input { person: ann, details: typed("ann.other", "Ann") },
    );
    assert_eq!(codes(&refused.await.expect_err("mastered elsewhere"))[0].0, Code::NotAllowed);
}

fn group(name: &str, role_assignable: bool) -> create_group::Input {
    create_group::Input {
        display_name: name.into(),
        key: String::new(),
        description: String::new(),
        kind: GroupKind::Security,
        role_assignable,
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_group_gets_a_free_key_and_role_assignable_needs_a_role_administrator(pool: PgPool) {
    let world = World::new(&pool);
    let groups_admin = holding(&world, "Admin", Role::GroupsAdministrator).await;
    assert_eq!(
        create_group(&world.engine, &groups_admin, group("Ops Team", false)).await.unwrap(),
        "ops-team"
    );
    assert_eq!(
        create_group(&world.engine, &groups_admin, group("Ops team!", false)).await.unwrap(),
        "ops-team-2"
    );
    let refused =
        create_group(&world.engine, &groups_admin, group("Roles", true)).await.expect_err("refused");
    assert_eq!(codes(&refused)[0].0, Code::NotFound);
    let role_admin = holding(&world, "Role admin", Role::PrivilegedRoleAdministrator).await;
    create_group(&world.engine, &role_admin, group("Roles", true)).await.unwrap();
    let mut typed = group("Other", false);
    typed.key = "ops-team".into();
    let taken = create_group(&world.engine, &groups_admin, typed).await.expect_err("taken");
    assert_eq!(codes(&taken), [(Code::Taken, Some("key"))]);
}

/// Who may make role-assignable groups, where there are so many.
async fn among_many(world: &World, groups: u32) -> Ctx {
    let many = format!(
        "insert into principals (id, kind) select md5(n::text)::uuid, 'group' from generate_series(1, {groups}) n; \
         insert into groups (id, key, display_name, role_assignable) \
         select md5(n::text)::uuid, 'g' || n, 'G' || n, true from generate_series(1, {groups}) n"
    );
    world.sql(&many).await;
    holding(world, "Admin", Role::PrivilegedRoleAdministrator).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn there_are_at_most_500_role_assignable_groups(pool: PgPool) {
    let world = World::new(&pool);
    let admin = among_many(&world, 500).await;
    let refused = create_group(&world.engine, &admin, group("One more", true)).await.expect_err("too many");
    assert_eq!(codes(&refused)[0].0, Code::TooManyRoleAssignable);
    // one that was deleted makes room, and finds none when it is to come back
    world.sql("update groups set deleted_at = clock() where key = 'g7'").await;
    create_group(&world.engine, &admin, group("One more", true)).await.unwrap();
    let refused = restore_group(&world.engine, &admin, "g7").await.expect_err("too many again");
    assert_eq!(codes(&refused)[0].0, Code::TooManyRoleAssignable);
    world.sql("update groups set deleted_at = clock() where key = 'g8'").await;
    restore_group(&world.engine, &admin, "g7").await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_at_once_do_not_both_find_room_for_the_last_role_assignable_group(pool: PgPool) {
    let world = World::new(&pool);
    let admin = among_many(&world, 499).await;
    let make = |name: &'static str| create_group(&world.engine, &admin, group(name, true));
    let (one, other) = tokio::join!(make("One"), make("Other"));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_owner_edits_her_group_and_nobody_edits_a_computed_one(pool: PgPool) {
    let world = World::new(&pool);
    let ann = world.person("Ann").await;
    let id = world.group("prod").await;
    world.standing(ann, world.target(id, domain::target::Access::Owner).await).await;
    let ctx = world.ctx(ann).await;
    let input =
        |name: &str| edit_group::Input { group: id, display_name: name.into(), description: "x".into() };
    edit_group(&world.engine, &ctx, input("Production")).await.unwrap();
    assert_eq!(world.count("select count(*) from audit_events where action = 'group-updated'").await, 1);
    let other = world.group_with("computed", false, false).await;
    world.sql("update groups set membership = 'dynamic' where key = 'computed'").await;
    world.standing(ann, world.target(other, domain::target::Access::Owner).await).await;
    let computed = edit_group::Input { group: other, display_name: "Y".into(), description: String::new() };
    let refused = edit_group(&world.engine, &ctx, computed).await.expect_err("computed");
    assert_eq!(codes(&refused)[0].0, Code::NotFound);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_operator_gives_a_person_a_role_once(pool: PgPool) {
    let world = World::new(&pool);
    let (first, gone) = (world.person("First").await, world.person("Gone").await);
    world.sql("update users set enabled = false where display_name = 'Gone'").await;
    let input = |person| grant_role::Input { person, role: Role::GlobalReader, reason: String::new() };
    let by = By::system("admin create");
    grant_role(&world.engine, &by, input(first)).await.unwrap();
    assert!(world.ctx(first).await.actor.roles.contains(&Role::GlobalReader));
    let nobody = domain::ids::PersonId(uuid::Uuid::nil());
    for (person, code) in
        [(first, Code::Duplicate), (gone, Code::PersonDisabled), (nobody, Code::UnknownReference)]
    {
        let refused = grant_role(&world.engine, &by, input(person)).await.expect_err("refused");
        assert_eq!(codes(&refused)[0].0, code);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_name_that_looks_like_another_is_flagged(pool: PgPool) {
    let world = World::new(&pool);
    let reader = holding(&world, "Reader", Role::GlobalReader).await;
    world.person("Megan Bowen").await;
    world.sql("update users set user_name = 'megan' where display_name = 'Megan Bowen'").await;
    world.person("Meg\u{430}n Bowen").await;
    let page = person(&world.engine, &reader, "megan").await.unwrap();
    assert_eq!(page.look_alikes.len(), 1);
    assert!(!page.odd_name);
    let page = person(&world.engine, &reader, &page.look_alikes[0].0.user_name.clone()).await.unwrap();
    assert!(page.odd_name);
}
