//! Looking people and groups up for a picker: who may, what is found, in which order.

use domain::role::Role;
use domain::target::Access;
use engine::ask::suggest::{Match, Wanted, known, suggest};
use engine::testkit::World;
use sqlx::PgPool;

fn wanted(text: &str) -> Wanted {
    Wanted { text: text.to_owned(), ..Wanted::default() }
}

fn names(found: &[Match]) -> Vec<&str> {
    found.iter().map(|each| each.name.as_str()).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_who_assigns_or_administers_looks_people_up(pool: PgPool) {
    let world = World::new(&pool);
    let (nobody, owner) = (world.person("Nora").await, world.person("Olga").await);
    let (admin, group) = (world.person("Ada").await, world.group("dns-editors").await);
    world.role(admin, Role::UserAdministrator).await;
    world.standing(owner, world.target(group, Access::Owner).await).await;
    let engine = &world.engine;

    assert!(suggest(engine, &world.ctx(nobody).await, &wanted("nora")).await.is_err());
    assert!(suggest(engine, &world.ctx(owner).await, &wanted("nora")).await.is_err(), "for no group");
    assert_eq!(names(&suggest(engine, &world.ctx(admin).await, &wanted("nora")).await.unwrap()), ["Nora"]);

    let here = Wanted { for_group: Some("dns-editors".to_owned()), ..wanted("nora") };
    assert_eq!(names(&suggest(engine, &world.ctx(owner).await, &here).await.unwrap()), ["Nora"]);
    assert!(suggest(engine, &world.ctx(nobody).await, &here).await.is_err());
    assert!(known(engine, &world.ctx(nobody).await, &here, &[owner.0]).await.is_err());
    let elsewhere = Wanted { for_group: Some("unknown".to_owned()), ..here };
    assert!(suggest(engine, &world.ctx(owner).await, &elsewhere).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn names_that_begin_with_the_letters_come_first_and_disabled_people_last(pool: PgPool) {
    let world = World::new(&pool);
    let admin = world.person("Ada").await;
    world.role(admin, Role::UserAdministrator).await;
    for name in ["Cleo Marek", "Marek Cleo", "Mareike Left", "100% Marek"] {
        world.person(name).await;
    }
    world.sql("update users set enabled = false where display_name = 'Mareike Left'").await;
    let ctx = world.ctx(admin).await;
    let found = suggest(&world.engine, &ctx, &wanted(" MAREK ")).await.unwrap();
    assert_eq!(names(&found), ["Marek Cleo", "100% Marek", "Cleo Marek"]);
    let found = suggest(&world.engine, &ctx, &wanted("mare")).await.unwrap();
    assert_eq!(names(&found).last(), Some(&"Mareike Left"));
    assert!(!found.last().unwrap().enabled);
    assert_eq!(names(&suggest(&world.engine, &ctx, &wanted("0%")).await.unwrap()), ["100% Marek"]);
    for too_little in ["", "m", " m "] {
        assert!(suggest(&world.engine, &ctx, &wanted(too_little)).await.unwrap().is_empty(), "{too_little}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn groups_are_found_only_where_wanted_and_seen(pool: PgPool) {
    let world = World::new(&pool);
    let (admin, owner) = (world.person("Ada").await, world.person("Olga").await);
    world.role(admin, Role::GroupsAdministrator).await;
    let (own, _other) = (world.group("dns-editors").await, world.group("dns-readers").await);
    world.standing(owner, world.target(own, Access::Owner).await).await;
    let here = |groups| Wanted { text: "dns".to_owned(), for_group: Some("dns-editors".to_owned()), groups };
    let keys = |found: Vec<Match>| found.into_iter().map(|each| each.user_name).collect::<Vec<_>>();

    let owners = world.ctx(owner).await;
    assert!(suggest(&world.engine, &owners, &here(false)).await.unwrap().is_empty());
    assert_eq!(keys(suggest(&world.engine, &owners, &here(true)).await.unwrap()), ["dns-editors"]);
    let all = suggest(&world.engine, &world.ctx(admin).await, &here(true)).await.unwrap();
    assert_eq!(keys(all), ["dns-editors", "dns-readers"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_letters_find_the_same_as_more_would_in_the_same_order(pool: PgPool) {
    let world = World::new(&pool);
    let admin = world.person("Ada").await;
    world.role(admin, Role::UserAdministrator).await;
    let ctx = world.ctx(admin).await;
    for name in ["Jaqu Inside", "Quin Left", "Quin B", "Quin A"] {
        world.person(name).await;
    }
    world.sql("update users set enabled = false where display_name = 'Quin Left'").await;
    let few = suggest(&world.engine, &ctx, &wanted("qu")).await.unwrap();
    assert_eq!(
        names(&few),
        ["Quin A", "Quin B", "Jaqu Inside", "Quin Left"],
        "too few begin with the letters"
    );
    for letter in 'c'..='i' {
        world.person(&format!("Quin {letter}")).await;
    }
    let many = suggest(&world.engine, &ctx, &wanted("qu")).await.unwrap();
    let three = suggest(&world.engine, &ctx, &wanted("qui")).await.unwrap();
    assert_eq!(many.len(), 8);
    assert_eq!(many, three);
}
