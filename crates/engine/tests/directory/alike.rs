//! Names that look alike are found by a stored key, whoever wrote the name and however.

use domain::ids::PersonId;
use domain::principal::UserType;
use domain::role::Role;
use engine::act::create_person::{Input, create_person_as};
use engine::act::edit_person::{self, edit_person};
use engine::act::import_directory::{self, import_directory_as};
use engine::act::sweep::sweep;
use engine::ask::look_alike;
use engine::ctx::By;
use engine::import::read::File;
use engine::testkit::World;
use serde_json::json;
use sqlx::PgPool;

const NAME: &str = "Megan Bowen";
/// With Cyrillic letters.
const TWINS: [&str; 3] = ["Meg\u{430}n Bowen", "M\u{435}gan Bowen", "Megan B\u{43e}wen"];
/// How many lack the key of their name.
const UNKEYED: &str = "select count(*) from users where unkeyed";

fn typed(user_name: &str, name: &str) -> Input {
    Input {
        user_name: user_name.into(),
        display_name: name.into(),
        mail: String::new(),
        job_title: String::new(),
        department: String::new(),
        user_type: UserType::Member,
    }
}

async fn import(world: &World, name: &str) {
    let id = "00000000-0000-4000-8000-000000000001";
    let user = json!({ "id": id, "userPrincipalName": "imported@contoso.example", "displayName": name,
                       "accountEnabled": true, "userType": "Member" });
    let bytes = json!({ "value": [user] }).to_string().into_bytes();
    let input =
        import_directory::Input { files: vec![File { name: "users.json".into(), bytes }], agreed: None };
    import_directory_as(&world.engine, &By::system("import"), &input).await.expect("import");
}

/// Names that look like [`NAME`].
async fn found(world: &World) -> Vec<String> {
    let mut conn = world.engine.pool.acquire().await.unwrap();
    let others = look_alike::of(&mut conn, PersonId(uuid::Uuid::nil()), NAME).await.unwrap();
    let mut names: Vec<String> = others.into_iter().map(|other| other.name).collect();
    names.sort();
    names
}

fn sorted<const N: usize>(names: [&str; N]) -> Vec<String> {
    let mut names = names.map(str::to_owned).to_vec();
    names.sort();
    names
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_look_alike_is_found_by_its_key_whichever_way_the_name_came(pool: PgPool) {
    let world = World::new(&pool);
    let admin = world.person("Admin").await;
    world.role(admin, Role::UserAdministrator).await;
    let by = By::system("admin create");
    create_person_as(&world.engine, &by, typed("created", TWINS[0])).await.unwrap();
    let edited = create_person_as(&world.engine, &by, typed("edited", "Somebody Else")).await.unwrap();
    import(&world, "Other Name").await;
    assert_eq!(found(&world).await, sorted([TWINS[0]]));

    let edit = edit_person::Input { person: edited, details: typed("edited", TWINS[1]) };
    edit_person(&world.engine, &world.ctx(admin).await, edit).await.unwrap();
    import(&world, TWINS[2]).await;
    assert_eq!(found(&world).await, sorted(TWINS));
    assert_eq!(world.count(UNKEYED).await, 0, "every way stores the key of the present name");

    import(&world, "Other Name").await;
    assert_eq!(found(&world).await, sorted([TWINS[0], TWINS[1]]));
    let new = create_person_as(&world.engine, &by, typed("long", &"\u{fdfa}".repeat(256))).await;
    new.expect("a name whose skeleton is longer than an index takes");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_look_alike_without_a_key_is_found_before_and_after_the_worker_fills_it_in(pool: PgPool) {
    let world = World::new(&pool);
    for name in TWINS {
        world.person(name).await;
    }
    // one row as the migration leaves it, one as a program writes it that knows no keys
    let forget = format!(
        "update users set alike_key = null, alike_of = null where display_name = '{}'; \
         update users set display_name = 'Renamed' where display_name = '{}'",
        TWINS[0], TWINS[1]
    );
    world.sql(&forget).await;
    assert_eq!(world.count(UNKEYED).await, 2);
    assert_eq!(found(&world).await, sorted([TWINS[0], TWINS[2]]));

    assert_eq!(sweep(&world.engine).await.unwrap().keyed, 2);
    assert_eq!(world.count(UNKEYED).await, 0);
    assert_eq!(found(&world).await, sorted([TWINS[0], TWINS[2]]));
    assert_eq!(sweep(&world.engine).await.unwrap().keyed, 0, "nothing is left to do");
}
