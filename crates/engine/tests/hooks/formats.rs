//! Whatever people write, in every format: it stays text (security.md 6.7, field-cases.md).

use super::receiver::Receiver;
use super::{Cast, Input, cast, everything};
use engine::testkit::hostile::hostile;
use serde_json::Value;
use sqlx::PgPool;

fn strings<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(list) => list.iter().for_each(|item| strings(item, found)),
        Value::Object(map) => map.values().for_each(|item| strings(item, found)),
        _ => {}
    }
}

fn objects<'a>(value: &'a Value, kind: &str, found: &mut Vec<&'a Value>) {
    if value["type"] == kind {
        found.push(value);
    }
    match value {
        Value::Array(list) => list.iter().for_each(|item| objects(item, kind, found)),
        Value::Object(map) => map.values().for_each(|item| objects(item, kind, found)),
        _ => {}
    }
}

/// Begins a line, hides what is there, or turns the direction of writing round.
fn is_hidden(sign: char) -> bool {
    sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}') || domain::risk::is_invisible(sign)
}

fn slack(message: &Value, text: &str) {
    let mut plain = Vec::new();
    objects(message, "plain_text", &mut plain);
    assert!(plain.len() > 2, "{message:#}");
    let fallback = message["text"].as_str().unwrap();
    for shown in plain.iter().map(|object| object["text"].as_str().unwrap()).chain([fallback]) {
        assert!(!shown.contains(['<', '>']), "{text:?} in {shown:?}");
        let entities = shown.split('&').skip(1);
        for rest in entities {
            assert!(
                ["amp;", "lt;", "gt;"].iter().any(|entity| rest.starts_with(entity)),
                "{text:?} in {shown:?}"
            );
        }
        let hidden = |c: char| is_hidden(c) && c != '\n';
        assert!(!shown.contains(hidden), "{text:?} in {shown:?}");
        assert!(shown.lines().count() <= 2, "a label and one line: {shown:?}");
    }
    let mut formatted = Vec::new();
    objects(message, "mrkdwn", &mut formatted);
    let formatted: Vec<&str> = formatted.iter().map(|object| object["text"].as_str().unwrap()).collect();
    assert_eq!(formatted, ["<http://localhost:8080/audit|Open the audit>"], "ours only");
    assert!(message["unfurl_links"] == false && message["mrkdwn"] == false);
}

fn teams(message: &Value, text: &str) {
    let card = &message["attachments"][0]["content"];
    assert_eq!(message["attachments"][0]["contentType"], "application/vnd.microsoft.card.adaptive");
    let mut blocks = Vec::new();
    objects(card, "TextBlock", &mut blocks);
    assert!(blocks.is_empty(), "a text block knows Markdown");
    let mut runs = Vec::new();
    objects(card, "TextRun", &mut runs);
    assert!(runs.len() > 4, "{message:#}");
    for run in runs {
        let shown = run["text"].as_str().unwrap();
        for opens in ["{{", "${", "<at", "<b", "</"] {
            assert!(!shown.contains(opens), "{text:?} in {shown:?}");
        }
        // a joiner of no width is ours
        assert!(!shown.contains(|c| is_hidden(c) && c != '\u{2060}'), "{text:?} in {shown:?}");
    }
    let mut links = Vec::new();
    objects(card, "Action.OpenUrl", &mut links);
    let links: Vec<&str> = links.iter().map(|link| link["url"].as_str().unwrap()).collect();
    assert_eq!(links, ["http://localhost:8080/audit"], "ours only");
}

/// For each text an event of which somebody of that name denied something to themselves, in a group of that name, for that
/// reason. Which it is can be told by the user name: `p17`.
async fn happened(cast: &Cast, texts: &[String]) {
    for (number, text) in texts.iter().enumerate() {
        let person = cast.world.person(&format!("P{number}")).await;
        let group = cast.world.group(&format!("g{number}")).await;
        for (named, id) in [("users", person.0), ("groups", group.0)] {
            let sql = format!("update {named} set display_name = left($2, 100) where id = $1");
            let rename = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).bind(text);
            rename.execute(&cast.world.engine.pool).await.unwrap();
        }
        sqlx::query(
            "insert into audit_events (action, outcome, actor_id, principal_id, group_id, reason, ticket, facts) \
             values ('request-denied', 'done', $1, $1, $2, $3, $3, jsonb_build_object('name', $3))",
        )
        .bind(person.0)
        .bind(group.0)
        .bind(text)
        .execute(&cast.world.engine.pool)
        .await
        .unwrap();
    }
}

/// What arrived of the event of this person.
fn of(receiver: &Receiver, number: usize) -> Value {
    let theirs = format!("(p{number})");
    let named = format!("\"handle\":\"p{number}\"");
    let mut found =
        receiver.taken().into_iter().filter(|t| t.body.contains(&theirs) || t.body.contains(&named));
    let first = found.next().unwrap_or_else(|| panic!("nothing of {theirs}"));
    assert!(found.next().is_none(), "{theirs} twice");
    first.json()
}

/// Everything is there for programs as it was written.
fn whole(message: &Value, text: &str) {
    let data = &message["data"];
    let name: String = text.chars().take(100).collect();
    assert_eq!((&data["reason"], &data["ticket"]), (&Value::from(text), &Value::from(text)));
    for who in ["actor", "principal", "thing"] {
        assert_eq!(data[who]["name"], *name, "{who}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn hostile_words_stay_words_in_every_format(pool: PgPool) {
    let cast = cast(&pool).await;
    let receivers = [Receiver::start().await, Receiver::start().await, Receiver::start().await];
    for (receiver, format) in receivers.iter().zip(["json", "slack", "teams"]) {
        let input = everything(format, format, receiver.address("/in"));
        cast.make(&Input { topics: vec!["request-denied".into()], ..input }).await;
    }
    let texts = hostile();
    happened(&cast, &texts).await;
    for _ in 0..10 {
        cast.round().await;
    }
    for receiver in &receivers {
        assert_eq!(receiver.taken().len(), texts.len());
    }
    for (number, text) in texts.iter().enumerate() {
        let [json, message, card] = receivers.each_ref().map(|receiver| of(receiver, number));
        whole(&json, text);
        slack(&message, text);
        teams(&card, text);
        for told in [message, card] {
            let mut all = Vec::new();
            strings(&told, &mut all);
            let names = all.iter().filter(|shown| shown.contains(&format!("(p{number})")));
            assert_eq!(names.count(), 2, "whom it is about and who did it: {told:#}");
        }
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn long_words_are_cut_in_messages_and_whole_in_json(pool: PgPool) {
    let (cast, chat, program) = (cast(&pool).await, Receiver::start().await, Receiver::start().await);
    for (receiver, format) in [(&chat, "slack"), (&program, "json")] {
        let input = everything(format, format, receiver.address("/in"));
        cast.make(&Input { topics: vec!["mail-stopped".into()], ..input }).await;
    }
    cast.happens(&"long ".repeat(390)).await;
    cast.round().await;
    assert_eq!(program.only().json()["data"]["reason"].as_str().unwrap().len(), 1949);
    let message = chat.only().json();
    let mut all = Vec::new();
    strings(&message, &mut all);
    assert!(all.iter().all(|text| text.chars().count() < 600), "{message:#}");
}

/// Slack refuses a text of more than 2,000 characters, counted as they are sent.
#[sqlx::test(migrations = "../../migrations")]
async fn words_that_grow_by_being_escaped_still_fit(pool: PgPool) {
    let (cast, chat) = (cast(&pool).await, Receiver::start().await);
    let input = everything("Chat", "slack", chat.address("/in"));
    cast.make(&Input { topics: vec!["mail-stopped".into()], ..input }).await;
    for text in ["&".repeat(1900), "<".repeat(1900), "a&>".repeat(600)] {
        cast.happens(&text).await;
        cast.round().await;
        let message = chat.taken().last().unwrap().json();
        let mut all = Vec::new();
        strings(&message, &mut all);
        let longest = all.iter().map(|text| text.chars().count()).max();
        assert!(longest.is_some_and(|length| (1000..=1900).contains(&length)), "{longest:?}");
        slack(&message, &text);
    }
}
