//! Lists page by page, searches, and what each viewer may see in them.

use domain::refusal::Code;
use domain::role::Role;
use domain::target::Access;
use engine::act::import_directory::{Input, import_directory_as};
use engine::ask::by_name::Turn;
use engine::ask::{discover, groups, people, search};
use engine::ctx::By;
use engine::import::read::File;
use engine::testkit::World;
use sqlx::PgPool;
use std::collections::BTreeSet;

async fn contoso(pool: &PgPool) -> World {
    let world = World::new(pool);
    let file = |name: &str| {
        let path = format!("{}/../../end2end/data/contoso/{name}", env!("CARGO_MANIFEST_DIR"));
        File { name: name.into(), bytes: std::fs::read(path).unwrap() }
    };
    let files = ["users.json", "groups.json", "roleAssignments.json"].map(file).to_vec();
    let input = Input { files, agreed: None };
    import_directory_as(&world.engine, &By::system("import"), &input).await.unwrap();
    world
}

async fn ctx(world: &World, user_name: &str) -> engine::Ctx {
    let id: uuid::Uuid = sqlx::query_scalar("select id from users where user_name = $1")
        .bind(format!("{user_name}@contoso.example"))
        .fetch_one(&world.engine.pool)
        .await
        .unwrap();
    world.ctx(domain::ids::PersonId(id)).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn people_are_paged_forwards_and_backwards_without_gaps(pool: PgPool) {
    let world = contoso(&pool).await;
    let ctx = ctx(&world, "emily.costa").await;
    let mut wanted = people::Wanted::default();
    let mut pages: Vec<Vec<String>> = Vec::new();
    loop {
        let page = people::people(&world.engine, &ctx, &wanted).await.unwrap().page;
        assert_eq!(page.before.is_some(), !pages.is_empty());
        pages.push(page.rows.iter().map(|row| row.who.user_name.clone()).collect());
        let Some(after) = page.after else { break };
        wanted.turn = Turn::read(Some(&after), None);
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 22]);
    assert_eq!(pages.concat().iter().collect::<BTreeSet<_>>().len(), 122);
    let last = people::people(&world.engine, &ctx, &wanted).await.unwrap().page;
    wanted.turn = Turn::read(None, last.before.as_deref());
    let back = people::people(&world.engine, &ctx, &wanted).await.unwrap().page;
    assert_eq!(back.rows.iter().map(|row| row.who.user_name.clone()).collect::<Vec<_>>(), pages[1]);
    assert!(back.before.is_some() && back.after.is_some());
}

#[sqlx::test(migrations = "../../migrations")]
async fn people_are_found_by_letters_of_any_script_and_wildcards_are_letters(pool: PgPool) {
    let world = contoso(&pool).await;
    let ctx = ctx(&world, "emily.costa").await;
    for (text, count) in [
        ("ångström", 1),
        ("الفار", 1),
        ("小龍", 1),
        ("%%", 0),
        ("__", 0),
        ("DROP tables", 1),
        ("x", 50),
        ("#ext#", 3),
    ] {
        let wanted = people::Wanted { text: text.into(), ..people::Wanted::default() };
        let found = people::people(&world.engine, &ctx, &wanted).await.unwrap().page.rows.len();
        assert_eq!(found, count, "{text}");
    }
    let wanted = people::Wanted { show: people::Show::Disabled, ..people::Wanted::default() };
    assert_eq!(people::people(&world.engine, &ctx, &wanted).await.unwrap().page.rows.len(), 6);
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_staff_lists_people_and_everybody_else_sees_her_own_groups(pool: PgPool) {
    let world = contoso(&pool).await;
    let plain = ctx(&world, "zofia.kowalska").await;
    let refused =
        people::people(&world.engine, &plain, &people::Wanted::default()).await.expect_err("refused");
    assert_eq!(refused.refusals()[0].code, Code::NotFound);
    let own = groups::groups(&world.engine, &plain, &groups::Wanted::default()).await.unwrap();
    assert!(!own.sees_all && own.page.rows.iter().all(|row| row.mine));
    let names: Vec<&str> = own.page.rows.iter().map(|row| row.name.as_str()).collect();
    assert!(
        names.contains(&"All Human Resources") && !names.contains(&"Domain Admin Breakglass"),
        "{names:?}"
    );
    let found = search::search(&world.engine, &plain, "domain-admin-breakglass").await.unwrap();
    assert!(found.without_people && found.group.is_none() && found.groups.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn search_finds_the_exact_key_and_both_kinds(pool: PgPool) {
    let world = contoso(&pool).await;
    let ctx = ctx(&world, "emily.costa").await;
    let found = search::search(&world.engine, &ctx, "crm-users").await.unwrap();
    assert_eq!(found.group.as_deref(), Some("crm-users"));
    let found = search::search(&world.engine, &ctx, "megan").await.unwrap();
    assert!(found.people.len() >= 4 && found.group.is_none());
    assert_eq!(search::search(&world.engine, &ctx, "m").await.unwrap().people.len(), 0);
    let person = search::search(&world.engine, &ctx, "Megan.Bowen@contoso.example").await.unwrap();
    assert_eq!(person.person.as_deref(), Some("megan.bowen@contoso.example"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn discover_says_for_each_group_why_not(pool: PgPool) {
    let world = contoso(&pool).await;
    let chosen = |text: &str| discover::Wanted { text: text.into(), ..discover::Wanted::default() };
    let groups_admin = ctx(&world, "fatima.demir").await;
    for (text, code) in [
        ("all sales", Some(Code::CannotBeManaged)),
        ("legacy vpn", Some(Code::CannotBeManaged)),
        ("domain admin", Some(Code::NotAllowed)),
        ("crm users", None),
        ("project phoenix", None),
    ] {
        let page = discover::discover(&world.engine, &groups_admin, &chosen(text)).await.unwrap();
        assert_eq!(page.rows.len(), 1, "{text}");
        assert_eq!(page.rows[0].why_not.as_ref().map(|why| why.code), code, "{text}");
    }
    let role_admin = ctx(&world, "grady.archie").await;
    let page = discover::discover(&world.engine, &role_admin, &chosen("domain admin")).await.unwrap();
    assert!(page.rows[0].why_not.is_none());
    world.sql("update groups set managed_at = clock() where key = 'crm-users'").await;
    let page = discover::discover(&world.engine, &groups_admin, &chosen("crm users")).await.unwrap();
    assert_eq!(page.rows[0].why_not.as_ref().map(|why| why.code), Some(Code::AlreadyManaged));
    let plain = ctx(&world, "zofia.kowalska").await;
    let page = discover::discover(&world.engine, &plain, &discover::Wanted::default()).await.unwrap();
    assert!(page.rows.iter().all(|row| row.owned));
}

#[sqlx::test(migrations = "../../migrations")]
async fn groups_are_filtered_and_counted(pool: PgPool) {
    let world = World::new(&pool);
    let ann = world.person("Ann").await;
    world.role(ann, Role::GlobalReader).await;
    let group = world.group("prod").await;
    world.group_with("plain", false, false).await;
    world.standing(ann, world.target(group, Access::Owner).await).await;
    let ben = world.person("Ben").await;
    world.eligible(ben, world.target(group, Access::Member).await).await;
    let ctx = world.ctx(ann).await;
    for (show, keys) in [
        (groups::Show::All, vec!["plain", "prod"]),
        (groups::Show::Owned, vec!["prod"]),
        (groups::Show::Managed, vec!["prod"]),
        (groups::Show::Unmanaged, vec!["plain"]),
    ] {
        let wanted = groups::Wanted { show, ..groups::Wanted::default() };
        let found = groups::groups(&world.engine, &ctx, &wanted).await.unwrap();
        assert_eq!(found.page.rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), keys, "{show:?}");
    }
    let all = groups::groups(&world.engine, &ctx, &groups::Wanted::default()).await.unwrap();
    let prod = &all.page.rows[1];
    assert_eq!((prod.eligible, prod.on_now, prod.standing), (1, 0, 0));
    assert_eq!(prod.owners, ["Ann"]);
}
