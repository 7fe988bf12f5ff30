//! Ways to keep what was taken, or to get what was not given, that somebody who knows PostgreSQL would try.

use super::{Cast, cast, input, second};
use domain::refusal::Code;
use engine::Error;
use engine::act::create_application::create_application;
use engine::act::retry_application::retry_application;
use sqlx::PgPool;

async fn inside(pool: &PgPool) -> Cast {
    let cast = cast(pool).await;
    cast.given(cast.ann).await;
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, ["ann.ames"]);
    cast
}

impl Cast {
    async fn there(&self) -> String {
        self.word("select there from application_members").await
    }

    async fn problem(&self) -> String {
        self.word("select problem from application_members").await
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_owner_of_the_database_can_not_put_catalogs_of_her_own_before_the_real_ones(pool: PgPool) {
    let cast = inside(&pool).await;
    // an empty list of who has what, and nobody may write
    cast.second
        .run_in(
            "shop",
            "create schema evil; grant usage on schema evil to public; \
             create view evil.pg_auth_members as select * from pg_catalog.pg_auth_members where false; \
             create function evil.pg_has_role(oid, oid, text) returns boolean language sql as 'select false'; \
             grant select on evil.pg_auth_members to public",
        )
        .await;
    cast.second.run("alter database shop set search_path = evil, pg_catalog").await;
    cast.second.run("alter database shop set default_transaction_read_only = on").await;
    cast.ended().await;
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, [""; 0]);
    assert_eq!(cast.there().await, "no");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_role_that_she_has_by_somebody_else_or_through_another_is_not_gone(pool: PgPool) {
    let cast = inside(&pool).await;
    cast.second.run("create role staff; grant ops to staff; grant staff to \"ann.ames\"").await;
    cast.ended().await;
    cast.round().await;
    assert_eq!(
        (cast.there().await.as_str(), cast.problem().await.contains("through staff")),
        ("unknown", true)
    );
    cast.second.run("revoke staff from \"ann.ames\"").await;
    cast.round().await;
    assert_eq!(cast.there().await, "no");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_granted_by_somebody_who_is_gone_is_seen(pool: PgPool) {
    let cast = inside(&pool).await;
    cast.second
        .run("revoke ops from \"ann.ames\"; create role dba2 superuser; set role dba2; grant ops to \"ann.ames\"; reset role; drop role dba2")
        .await;
    cast.ended().await;
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, [""; 0]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_name_of_a_login_or_a_role_hides_nothing(pool: PgPool) {
    let cast = inside(&pool).await;
    cast.second.run("alter role \"ann.ames\" rename to annie; alter role ops rename to operators").await;
    cast.sweep().await;
    assert_eq!(cast.second.has("operators").await, ["annie"], "she is who she is");
    cast.ended().await;
    cast.round().await;
    assert_eq!(cast.second.has("operators").await, [""; 0]);
    assert_eq!(cast.there().await, "no");
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_can_act_as_her_keeps_her_removal_from_counting(pool: PgPool) {
    let cast = inside(&pool).await;
    cast.second.run("create role eve login; grant \"ann.ames\" to eve").await;
    cast.ended().await;
    cast.round().await;
    assert!(cast.problem().await.contains("eve can act as"), "{}", cast.problem().await);
    assert_eq!(cast.there().await, "unknown");
    cast.second.run("revoke \"ann.ames\" from eve").await;
    cast.round().await;
    assert_eq!(cast.there().await, "no");
    // and a login that others can act as gets nothing
    cast.second.run("grant \"ann.ames\" to eve").await;
    cast.given(cast.ann).await;
    cast.round().await;
    assert!(cast.word("select problem from application_people").await.contains("others can act as it"));
    assert_eq!(cast.second.has("ops").await, [""; 0]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_program_that_comes_back_at_once_does_not_keep_a_removal_from_counting(pool: PgPool) {
    let cast = inside(&pool).await;
    let port = cast.second.port();
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let stopped = stop.clone();
    let returning = tokio::spawn(async move {
        while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
            if let Ok(mut session) = second::enter(port, "ann.ames", "hers").await {
                sqlx::query("select pg_sleep(60)").execute(&mut session).await.ok();
            }
        }
    });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    cast.ended().await;
    cast.round().await;
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    returning.abort();
    assert_eq!((cast.there().await.as_str(), cast.problem().await.as_str()), ("no", ""));
}

#[sqlx::test(migrations = "../../migrations")]
async fn roles_that_would_outlast_their_end_and_logins_that_are_nobodys_get_nothing(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.second.run("alter role pimento createrole; create role opsl login; create role maker createrole; create role chief superuser").await;
    cast.given(cast.ann).await;
    for role in ["opsl", "maker", "chief", "pg_execute_server_program", "pimento"] {
        cast.assign(cast.group, role).await.unwrap();
        cast.round().await;
        assert!(cast.problem().await.contains("given to nobody"), "{role}: {}", cast.problem().await);
        retry_application(&cast.world.engine, &cast.boss().await, cast.app, None).await.unwrap();
    }
    cast.assign(cast.group, "ops").await.unwrap();
    for (login, makes) in
        [("chief", "alter role chief login"), ("opsl", "alter role opsl createrole"), ("pimento", "")]
    {
        cast.second.run(makes).await;
        cast.world.sql(&format!("update users set user_name = '{login}' where id = '{}'", cast.ann.0)).await;
        cast.round().await;
        assert!(
            cast.word("select problem from application_people").await.contains("gets nothing"),
            "{login}"
        );
    }
    assert_eq!(cast.second.has("ops").await, [""; 0]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_beginning_of_a_name_that_two_share_is_nobodys(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.edit(|input| input.settings.matching = vec!["localPart".into()]).await.unwrap();
    cast.world.sql("update users set user_name = 'ann.ames@corp.test' where user_name = 'ann.ames'").await;
    cast.given(cast.ann).await;
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, ["ann.ames"]);
    cast.ended().await;
    cast.round().await;
    let guest = cast.world.person("Guest").await;
    cast.world.sql("update users set user_name = 'Ann.Ames@partner.test' where user_name = 'guest'").await;
    cast.given(guest).await;
    cast.given(cast.ann).await;
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, [""; 0]);
    assert!(
        cast.word("select string_agg(problem, '') from application_people")
            .await
            .contains("more than one person")
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_way_to_find_logins_moves_everybody_to_hers(pool: PgPool) {
    let cast = inside(&pool).await;
    cast.second.run("create role \"ann@corp.test\" login").await;
    cast.world.sql("update users set mail = 'ann@corp.test' where user_name = 'ann.ames'").await;
    cast.edit(|input| input.settings.matching = vec!["emails.value".into()]).await.unwrap();
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, ["ann@corp.test"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_sweep_leaves_alone_what_the_database_is_built_of(pool: PgPool) {
    let cast = inside(&pool).await;
    cast.second
        .run("create role staff; grant ops to staff; create role boss login; grant ops to boss with admin option; \
              create role program login password 'of the program'; grant ops to program; grant ops to \"ann.ames\" with admin option")
        .await;
    let mut program = cast.second.enter("program", "of the program").await.unwrap();
    cast.edit(|input| input.settings.drift = "remove".into()).await.unwrap();
    cast.round().await;
    cast.sweep().await;
    assert_eq!(cast.second.has("ops").await, ["staff"], "roles within roles stay");
    assert_eq!(cast.second.administers("ops").await, ["ann.ames", "boss", "pimento"]);
    sqlx::query("select 1").execute(&mut program).await.expect("its sessions are its own");
    assert_eq!(cast.there().await, "yes", "who may grant it has it");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_role_follows_one_group_and_goes_to_another_when_the_first_is_gone(pool: PgPool) {
    let cast = inside(&pool).await;
    let other = cast.world.group("other").await;
    assert!(
        matches!(cast.assign(other, "ops").await, Err(Error::Refused(all)) if all[0].code == Code::Taken)
    );
    // another application for the same server
    let code = cast.world.code(cast.root).await;
    let twice = engine::provision::input::Input {
        name: "Twice".into(),
        ..input(&cast.second.address(), second::PASSWORD)
    };
    let twice = create_application(&cast.world.engine, &cast.boss().await, &twice, &code).await.unwrap();
    let assign = engine::act::assign_application_group::assign_application_group;
    let refused = assign(&cast.world.engine, &cast.boss().await, twice, other, "ops").await;
    assert!(matches!(refused, Err(Error::Refused(all)) if all[0].code == Code::Taken));
    let remove = engine::act::assign_application_group::remove_application_group;
    remove(&cast.world.engine, &cast.boss().await, cast.app, cast.group).await.unwrap();
    cast.round().await;
    cast.assign(other, "ops").await.unwrap();
    let target = cast.world.target(other, domain::target::Access::Member).await;
    cast.world.standing(cast.ann, target).await;
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, ["ann.ames"]);
    // her login is the next one's when she is gone
    cast.ended().await;
    cast.world.sql("update assignments set ends_at = clock(), end_recorded = true where ends_at is null and kind = 'active' and principal_id <> (select id from users where user_name = 'root')").await;
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, [""; 0]);
    cast.world.sql("update users set user_name = 'former' where user_name = 'ann.ames'").await;
    let next = cast.world.person("Ann Ames").await;
    cast.world.standing(next, target).await;
    cast.round().await;
    assert_eq!(cast.second.has("ops").await, ["ann.ames"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_role_that_is_changed_while_it_is_given_is_given_to_nobody(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.given(cast.ann).await;
    // it stands for `ops`, and somebody is about to get it
    cast.world.sql("update applications set off_at = clock()").await;
    cast.round().await;
    let sql = "create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(0.5); return new; end'; \
        create trigger slow before update of remote_id on application_groups for each row execute function slow()";
    cast.world.sql(sql).await;
    cast.world.sql("update applications set off_at = null").await;
    let worker = cast.world.restricted();
    let worker = tokio::spawn(async move { engine::provision::once(&worker).await });
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    cast.assign(cast.group, "dba").await.unwrap();
    worker.await.unwrap().unwrap();
    cast.round().await;
    cast.round().await;
    assert_eq!(
        (cast.second.has("ops").await.len(), cast.second.has("dba").await),
        (0, vec!["ann.ames".to_owned()])
    );
}
