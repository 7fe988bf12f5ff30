//! The audit: append-only for everybody, seen by those who may, paged without shifting, exported without formulas.

#![cfg(test)]

use domain::audit::Class;
use domain::refusal::Code;
use domain::role::Role;
use domain::target::Access;
use engine::act::onboard::onboard;
use engine::ask::audit_export::{self, Format};
use engine::ask::audit_page::{Filter, Page, Scope, audit_page};
use engine::ask::thing::Place;
use engine::spreadsheet::quoted;
use engine::testkit::World;
use sqlx::{Connection, PgPool};

/// An administrator who brought in a group, and that group's audit.
async fn world(pool: &PgPool) -> (World, engine::Ctx) {
    let world = World::new(pool);
    let admin = world.person("Admin").await;
    world.role(admin, Role::GlobalAdministrator).await;
    let ann = world.person("Ann =cmd").await;
    let group = world.group_with("ops", false, false).await;
    world.standing(ann, world.target(group, Access::Member).await).await;
    let ctx = world.ctx(admin).await;
    onboard(&world.engine, &ctx, &["ops".to_owned()]).await.unwrap();
    (world, ctx)
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_changes_or_deletes_history_not_even_its_owner(pool: PgPool) {
    let (_world, _) = world(&pool).await;
    for role in ["none", "pimento_app"] {
        for statement in [
            "update audit_events set reason = 'nothing happened'",
            "delete from audit_events",
            "truncate audit_events",
            "update policies set reason = ''",
            "delete from policies",
        ] {
            let mut conn = pool.acquire().await.unwrap();
            let mut tx = conn.begin().await.unwrap();
            sqlx::query(sqlx::AssertSqlSafe(format!("set local role {role}")))
                .execute(&mut *tx)
                .await
                .unwrap();
            let refused = sqlx::query(statement).execute(&mut *tx).await;
            let error = refused.expect_err(&format!("{statement} as {role}"));
            let code = error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned());
            assert_eq!(code.as_deref(), Some("42501"), "{statement} as {role}");
        }
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_server_role_can_write_history(pool: PgPool) {
    let mut conn = pool.acquire().await.unwrap();
    sqlx::query("set role pimento_app").execute(&mut *conn).await.unwrap();
    sqlx::query("insert into audit_events (action, outcome) values ('signed-in', 'done')")
        .execute(&mut *conn)
        .await
        .unwrap();
    sqlx::query("reset role").execute(&mut *conn).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_may_read_what(pool: PgPool) {
    let (world, admin) = world(&pool).await;
    let (owner, reader, stranger) =
        (world.person("Olga").await, world.person("Reader").await, world.person("Stranger").await);
    world.role(reader, Role::GlobalReader).await;
    let group: uuid::Uuid = sqlx::query_scalar("select id from groups").fetch_one(&pool).await.unwrap();
    world.standing(owner, world.target(domain::ids::GroupId(group), Access::Owner).await).await;
    let (filter, group) = (Filter::default(), Scope::Of(Place::group("ops")));
    let rows = async |ctx: &engine::Ctx, scope: &Scope| {
        audit_page(&world.engine, ctx, scope, &filter, Page::Newest).await.map(|page| page.rows.len())
    };
    let hidden = |result: engine::Result<usize>| result.unwrap_err().refusals()[0].code == Code::NotFound;

    assert_eq!(rows(&admin, &Scope::Mine).await.unwrap(), 2);
    assert_eq!(rows(&world.ctx(reader).await, &Scope::Mine).await.unwrap(), 2);
    assert_eq!(rows(&world.ctx(owner).await, &group).await.unwrap(), 2);
    assert_eq!(rows(&world.ctx(owner).await, &Scope::Mine).await.unwrap(), 2);
    let stranger_ctx = world.ctx(stranger).await;
    assert_eq!(rows(&stranger_ctx, &Scope::Mine).await.unwrap(), 0);
    assert!(hidden(rows(&stranger_ctx, &group).await));
    assert!(hidden(rows(&stranger_ctx, &Scope::Person(owner)).await));
    assert_eq!(rows(&stranger_ctx, &Scope::Person(stranger)).await.unwrap(), 0);
    assert!(hidden(rows(&stranger_ctx, &Scope::Of(Place::group("nothing"))).await));
}

#[sqlx::test(migrations = "../../migrations")]
async fn filters_narrow_by_kind_time_and_words(pool: PgPool) {
    let (world, ctx) = world(&pool).await;
    let count = async |filter: Filter| {
        audit_page(&world.engine, &ctx, &Scope::Mine, &filter, Page::Newest).await.unwrap().count
    };
    let now = world.now().await;
    assert_eq!(count(Filter::default()).await, 2);
    assert_eq!(count(Filter { class: Some(Class::Settings), ..Filter::default() }).await, 1);
    assert_eq!(count(Filter { class: Some(Class::SignIn), ..Filter::default() }).await, 0);
    assert_eq!(count(Filter { about: "ann =cmd".into(), ..Filter::default() }).await, 1);
    assert_eq!(count(Filter { about: "GROUP OPS".into(), ..Filter::default() }).await, 2);
    assert_eq!(count(Filter { about: "%".into(), ..Filter::default() }).await, 0);
    assert_eq!(count(Filter { to: Some(now), ..Filter::default() }).await, 2);
    assert_eq!(count(Filter { from: Some(now), ..Filter::default() }).await, 0);
    assert_eq!(count(Filter { refused: true, ..Filter::default() }).await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn pages_hang_on_events_and_do_not_shift(pool: PgPool) {
    let (world, ctx) = world(&pool).await;
    world.sql("insert into audit_events (action, outcome) select 'signed-in', 'done' from generate_series(1, 118)").await;
    let filter = Filter::default();
    let page = async |page: Page| audit_page(&world.engine, &ctx, &Scope::Mine, &filter, page).await.unwrap();
    let seqs =
        |page: &engine::ask::audit_page::AuditPage| page.rows.iter().map(|row| row.seq).collect::<Vec<_>>();

    let first = page(Page::Newest).await;
    assert_eq!((first.rows.len(), first.count, first.newer), (50, 120, None));
    let second = page(Page::Before(first.older.unwrap())).await;
    world.sql("insert into audit_events (action, outcome) values ('signed-in', 'done')").await;
    assert_eq!(seqs(&page(Page::Before(first.older.unwrap())).await), seqs(&second));
    let third = page(Page::Before(second.older.unwrap())).await;
    assert_eq!((third.rows.len(), third.older), (20, None));
    let back = page(Page::After(third.newer.unwrap())).await;
    assert_eq!(seqs(&back), seqs(&second), "back is where one came from");
    assert!(back.newer.is_some() && back.older.is_some());
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_export_holds_everything_and_no_formula(pool: PgPool) {
    let (world, ctx) = world(&pool).await;
    world.sql("insert into audit_events (action, outcome, reason) select 'signed-in', 'done', '=1+1' from generate_series(1, 1000)").await;
    let read = async |format: Format| {
        let code = world.first_code(ctx.person()).await;
        let begun =
            audit_export::begin(&world.engine, &ctx, &Scope::Mine, Filter::default(), format, &code).await;
        let mut export = begun.unwrap();
        let mut file = String::new();
        while let Some(piece) = export.next().await.unwrap() {
            file.push_str(&piece);
        }
        file
    };
    let csv = read(Format::Csv).await;
    assert_eq!(csv.lines().count(), 1 + 1002 + 1, "the headings, the events, and that they were exported");
    assert!(!csv.contains("\"=1+1\"") && csv.contains("\"'=1+1\""));
    let ndjson = read(Format::Ndjson).await;
    assert_eq!(ndjson.lines().count(), 1 + 1003 + 1, "what follows, events up to then, their number");
    let exported =
        "select count(*) from audit_events where action = 'audit-exported' and actor_id is not null";
    assert_eq!(world.count(exported).await, 2, "who took it out is part of it");
    assert!(ndjson.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_export_takes_a_code_of_its_own_and_whoever_tries_without_is_written_down(pool: PgPool) {
    let (world, ctx) = world(&pool).await;
    let good = world.first_code(ctx.person()).await;
    let begin = async |code: &str| {
        audit_export::begin(&world.engine, &ctx, &Scope::Mine, Filter::default(), Format::Csv, code).await
    };
    for code in ["", "000000", "x"] {
        let Err(refused) = begin(code).await else { panic!("{code:?} was taken") };
        assert_eq!(refused.refusals()[0].field.as_deref(), Some("code"), "{code:?}: {refused:?}");
    }
    let tried = "select count(*) from audit_events where action = 'audit-exported' and outcome = 'refused' \
         and facts ? 'refused' and facts ->> 'format' = 'csv' and facts ->> 'everything' = 'true'";
    assert_eq!(world.count(tried).await, 3, "with what was wanted");
    begin(&good).await.unwrap();
    let proved = "select count(*) from audit_events e join proofs p on p.id = e.proof_id and p.consumed_at is not null \
         where e.action = 'audit-exported' and e.outcome = 'done' and p.purpose = 'admin-op'";
    assert_eq!(world.count(proved).await, 1);
    assert!(begin(&good).await.is_err(), "a code works once");
}

#[test]
fn cells_never_begin_a_formula() {
    for start in ["=1", "+1", "-1", "@a", "\t=1", " =1", "\u{ff1d}1"] {
        assert!(quoted(start).starts_with("\"'"), "{start:?}");
    }
    assert_eq!(quoted("say \"hi\", twice"), "\"say \"\"hi\"\", twice\"");
}
