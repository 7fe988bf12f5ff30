//! What is claimed of a seal, and what happens beside one.

use super::*;

#[sqlx::test(migrations = "../../migrations")]
async fn an_export_that_calls_itself_sealed_hides_no_end_and_no_beginning(pool: PgPool) {
    let stage = Stage::new(&pool, "claims").await;
    let export = stage.export().await;
    let lines: Vec<&str> = export.lines().collect();
    let anchors = stage.anchors().await;
    let hash = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        line["hash"].as_str().unwrap().to_owned()
    };
    let mut first: serde_json::Value = serde_json::from_str(lines[0]).unwrap();
    // up to the second anchor, as if the rest was elsewhere
    (first["head"], first["headHash"], first["sealed"]) = (60.into(), hash(lines[60]).into(), true.into());
    let cut = [&[first.to_string().as_str()], &lines[1..=60], &[r#"{"events":60}"#]].concat().join("\n");
    let alone = |text: &str| verify::file(text.as_bytes(), anchors.clone()).map_err(fault);
    assert!(matches!(alone(&cut), Err(Wrong::Seal(_))));
    assert!(read(&[&cut], anchors.clone()).is_ok(), "with a seal it is what it says");
    // nothing at all
    (first["head"], first["headHash"]) = (0.into(), "0".repeat(64).into());
    assert!(matches!(
        alone(&[first.to_string().as_str(), r#"{"events":0}"#].join("\n")),
        Err(Wrong::Seal(_))
    ));
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_the_owner_of_the_schema_can_write_down_that_something_was_sealed(pool: PgPool) {
    let stage = Stage::new(&pool, "told").await;
    stage.seal(401).await.unwrap().unwrap();
    let mut server = stage.world.restricted().pool.acquire().await.unwrap();
    for table in ["audit_events", "audit_spool"] {
        let write =
            format!("insert into {table} (action, outcome, facts) values ('audit-sealed', 'done', '{{}}')");
        let refused = sqlx::query(sqlx::AssertSqlSafe(write)).execute(&mut *server).await;
        assert!(refused.unwrap_err().to_string().contains("only the owner"), "{table}");
    }
    let checked = stage.checked().await;
    assert!(matches!(checked, Round::End), "{checked:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_worker_finds_a_seal_of_a_key_that_nobody_had(pool: PgPool) {
    let stage = Stage::new(&pool, "invented").await;
    let (old, now) = (stage.ago(401).await, stage.world.now().await);
    let ready = prepare(&mut stage.owner().await, &signing(), &[], old, &stage.folder, now).await.unwrap();
    let Seal { first, last, last_hash, last_chained_at, file_hash, .. } = ready.unwrap().0;
    let part = Part { first, last, last_hash, last_chained_at, file_hash };
    let stranger = Signing::new(&vec![8_u8; 32].into(), None).unwrap();
    remove(&mut stage.owner().await, &stranger.seal(&part, now)).await.unwrap();
    let checked = stage.checked().await;
    assert!(!matches!(checked, Round::End), "{checked:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_export_under_way_breaks_off_when_a_part_is_sealed(pool: PgPool) {
    let stage = Stage::new(&pool, "under-way").await;
    let reader = stage.world.person("Rita").await;
    stage.world.role(reader, Role::GlobalReader).await;
    let ctx = stage.world.ctx(reader).await;
    let code = stage.world.first_code(reader).await;
    let begun =
        audit_export::begin(&stage.world.engine, &ctx, &Scope::Mine, Filter::default(), Format::Csv, &code)
            .await;
    let mut export = begun.unwrap();
    export.next().await.unwrap().unwrap();
    stage.seal(401).await.unwrap().unwrap();
    export.next().await.unwrap_err();
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_operators_do_not_seal_at_once(pool: PgPool) {
    let stage = Stage::new(&pool, "two").await;
    let mut other = stage.owner().await;
    sqlx::query("select pg_advisory_lock(hashtext('pimento audit seal'))").execute(&mut other).await.unwrap();
    assert!(matches!(stage.seal(401).await, Err(Unsealed::Refused(why)) if why.contains("somebody else")));
    other.close().await.unwrap();
    stage.seal(401).await.unwrap().unwrap();
}
