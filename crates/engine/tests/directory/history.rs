//! Who had access at a moment of the past, whatever has happened since.

use chrono::{DateTime, TimeDelta, Utc};
use domain::refusal::Code;
use domain::role::Role;
use domain::target::Access;
use engine::act::delete_group::{self, delete_group};
use engine::act::edit_membership::{self, Change, edit_membership};
use engine::act::set_person_state::{self, set_person_state};
use engine::ask::effective_members::{Wanted, effective_members};
use engine::ask::person::{What, then};
use engine::testkit::World;
use sqlx::PgPool;

/// Names of the members of a group at a moment, with the keys of the path.
async fn members(world: &World, ctx: &engine::Ctx, at: Option<DateTime<Utc>>) -> Vec<String> {
    let wanted = Wanted { at, ..Wanted::default() };
    let found = effective_members(&world.engine, ctx, "outer", &wanted).await.unwrap();
    let path = |row: &engine::ask::effective_members::Row| {
        row.path.iter().map(|label| label.key.clone()).collect::<Vec<_>>().join(">")
    };
    found.members.iter().map(|row| format!("{} {}", row.who.name, path(row))).collect()
}

async fn groups(world: &World, ctx: &engine::Ctx, at: DateTime<Utc>) -> Vec<String> {
    let then = then(&world.engine, ctx, "ann", at).await.unwrap();
    let key = |what: &What| match what {
        What::Member(label) => Some(label.key.clone()),
        _ => None,
    };
    then.reach.iter().filter_map(|reach| key(&reach.what)).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_moment_of_the_past_is_told_as_it_was_though_everything_ended_since(pool: PgPool) {
    let world = World::new(&pool);
    let admin = world.person("Admin").await;
    world.role(admin, Role::GlobalAdministrator).await;
    let ctx = world.ctx(admin).await;
    let (ann, ben, cleo) = (world.person("Ann").await, world.person("Ben").await, world.person("Cleo").await);
    let inner = world.group_with("inner", false, false).await;
    let outer = world.group_with("outer", false, false).await;
    let (in_inner, in_outer) =
        (world.target(inner, Access::Member).await, world.target(outer, Access::Member).await);
    for (who, target) in [(ann, in_inner), (ben, in_inner), (cleo, in_outer)] {
        world.standing(who, target).await;
    }
    world.standing(inner, in_outer).await;
    let before = world.now().await;
    let everybody = ["Ann outer>inner", "Ben outer>inner", "Cleo outer"];
    assert_eq!(members(&world, &ctx, None).await, everybody);

    world.move_clock(TimeDelta::hours(1)).await;
    let left = edit_membership::Input {
        group: inner,
        access: Access::Member,
        principal: ben.into(),
        change: Change::Remove,
    };
    edit_membership(&world.engine, &ctx, left).await.unwrap();
    let disabled = set_person_state::Input { person: cleo, enabled: false, reason: String::new() };
    set_person_state(&world.engine, &ctx, disabled).await.unwrap();
    let between = world.now().await;
    world.move_clock(TimeDelta::hours(2)).await;
    let gone = delete_group::Input { group: inner, reason: String::new() };
    delete_group(&world.engine, &ctx, gone).await.unwrap();

    assert_eq!(members(&world, &ctx, None).await, Vec::<String>::new());
    assert_eq!(members(&world, &ctx, Some(between)).await, ["Ann outer>inner"]);
    assert_eq!(members(&world, &ctx, Some(before)).await, everybody);
    let earlier = before - TimeDelta::days(4_000);
    assert_eq!(members(&world, &ctx, Some(earlier)).await, Vec::<String>::new(), "nobody was there yet");

    assert_eq!(groups(&world, &ctx, before).await, ["inner", "outer"]);
    assert_eq!(groups(&world, &ctx, between).await, ["inner", "outer"]);
    assert_eq!(groups(&world, &ctx, world.now().await).await, Vec::<String>::new());
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_is_told_what_will_be_and_only_who_may_what_was(pool: PgPool) {
    let world = World::new(&pool);
    let (ann, ben) = (world.person("Ann").await, world.person("Ben").await);
    let (ann, ben) = (world.ctx(ann).await, world.ctx(ben).await);
    let now = world.now().await;
    assert!(then(&world.engine, &ann, "ann", now).await.is_ok(), "herself");
    let ahead = then(&world.engine, &ann, "ann", now + TimeDelta::hours(1)).await.unwrap_err();
    assert_eq!(ahead.refusals()[0].code, Code::BadValue);
    let other = then(&world.engine, &ben, "ann", now).await.unwrap_err();
    assert_eq!(other.refusals()[0].code, Code::NotFound);
}
