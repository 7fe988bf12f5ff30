//! Whatever people write or are called, it ends no field and no line of what leaves the audit (security.md 6.7).

use super::super::support::*;
use domain::audit::syslog::Told;
use domain::role::Role;
use engine::ask::audit_export::{self, Format};
use engine::ask::audit_page::{Filter, Scope};
use engine::spreadsheet;
use engine::testkit::hostile;
use serde_json::Value;

/// Events by and about people of such names, with such words.
async fn told(pool: &PgPool) -> (World, engine::Ctx, Vec<String>) {
    let world = World::new(pool);
    let reader = world.person("Reader").await;
    world.role(reader, Role::GlobalReader).await;
    let texts = hostile::hostile();
    for (number, text) in texts.iter().enumerate() {
        let person = world.person(&format!("P{number}")).await;
        sqlx::query("update users set display_name = left($2, 200) where id = $1")
            .bind(person.0)
            .bind(text)
            .execute(pool)
            .await
            .unwrap();
        sqlx::query(
            "insert into audit_events (action, outcome, actor_id, principal_id, reason, ticket, user_agent, facts) \
             values ('request-denied', 'done', $1, $1, $2, $2, $2, jsonb_build_object('name', $2))",
        )
        .bind(person.0)
        .bind(text)
        .execute(pool)
        .await
        .unwrap();
    }
    let ctx = world.ctx(reader).await;
    (world, ctx, texts)
}

async fn export(world: &World, ctx: &engine::Ctx, format: Format) -> String {
    let (scope, code) = (Scope::Mine, world.first_code(ctx.person()).await);
    let mut export =
        audit_export::begin(&world.engine, ctx, &scope, Filter::default(), format, &code).await.unwrap();
    let mut file = String::new();
    while let Some(piece) = export.next().await.unwrap() {
        file.push_str(&piece);
    }
    file
}

#[sqlx::test(migrations = "../../migrations")]
async fn hostile_texts_stay_in_their_cells(pool: PgPool) {
    let (world, ctx, texts) = told(&pool).await;
    let file = export(&world, &ctx, Format::Csv).await;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file.as_bytes());
    let rows: Vec<_> = reader.records().map(Result::unwrap).filter(|row| &row[2] == "Denied").collect();
    assert_eq!(rows.len(), texts.len());
    for (row, text) in rows.iter().zip(&texts) {
        assert_eq!(row.len(), 17, "{text:?}");
        let cells = row.iter().filter(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r']));
        assert_eq!(cells.count(), 0, "{text:?} in {row:?}");
        let guard = if spreadsheet::is_dangerous(text) { "'" } else { "" };
        assert_eq!(row[11], format!("{guard}{text}"));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn hostile_texts_are_whole_in_json_and_one_line_for_a_siem(pool: PgPool) {
    let (world, ctx, texts) = told(&pool).await;
    let file = export(&world, &ctx, Format::Ndjson).await;
    let lines: Vec<Value> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let denied: Vec<&Value> = lines.iter().filter(|line| line["event"] == "request-denied").collect();
    let links = links(&world).await;
    let denied_links = links.iter().filter(|link| link.entry.action == "request-denied");
    assert_eq!(denied.len(), texts.len());
    for ((line, link), text) in denied.iter().zip(denied_links).zip(&texts) {
        assert_eq!(line["reason"], **text);
        assert_eq!(line["facts"]["name"], **text);
        let told = Told {
            entry: &link.entry,
            hash: &link.hash,
            by: Some(text),
            about: Some(text),
            group: Some(text),
            access: None,
            request: None,
        };
        let message = told.message("pim.example.org", &told.cef("1"));
        assert!(!message.contains(['\n', '\r']), "{text:?}");
        assert_eq!(field(&message, "reason"), **text);
        assert_eq!(field(&message, "cs1"), **text);
        assert_eq!(field(&message, "outcome"), "done", "{text:?} made one up in {message:?}");
    }
}

/// A field of the extension as a reader of the standard takes it: up to the next ` key=` with an `=` that is not escaped.
fn field(message: &str, key: &str) -> String {
    let (_, from) = message.split_once(&format!(" {key}=")).unwrap();
    let mut value = String::new();
    let mut signs = from.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => value.push(match signs.next().unwrap() {
                'n' => '\n',
                'r' => '\r',
                other => other,
            }),
            '=' => {
                let (before, _) = value.rsplit_once(' ').unwrap();
                return before.to_owned();
            }
            other => value.push(other),
        }
    }
    value
}
