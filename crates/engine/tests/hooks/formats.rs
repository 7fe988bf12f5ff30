//! Whatever people write, in every format: it stays text (security.md 6.7, field-cases.md).

use super::receiver::Receiver;
use super::{Input, cast, everything};
use serde_json::Value;
use sqlx::PgPool;

/// What Slack, Teams, Markdown, templates and readers take for something else.
const HOSTILE: &[&str] = &[
    "<!channel> look",
    "<!here|x>",
    "<@U024BE7LH>",
    "<https://evil.example|Open R-10001>",
    "&lt;!channel&gt;",
    "a & b < c > d",
    "*bold* _it_ ~no~ `code`",
    "```\nblock\n```",
    "> quote",
    ":rotating_light:",
    "[Open](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "<at>everyone</at>",
    "{{DATE(2026-01-01T00:00:00Z, SHORT)}}",
    "${secret}",
    "@{body('x')}",
    "<script>alert(1)</script>",
    "\"},\"attachments\":[{",
    "\\u003c!channel\\u003e",
    "line one\nline two\r\nthree",
    "tab\there",
    "admin\u{202e}gnp.exe",
    "zero\u{200b}width\u{2060}join",
    "\u{feff}bom",
    "e\u{301}\u{301}\u{301}",
    "😀👩‍👩‍👧",
    "名前",
    "'; drop table hooks; --",
    "=1+1",
    "https://evil.example",
    "\\",
    "\"",
    "%00%0d%0a",
    "\u{7f}\u{9b}31m",
    "<b",
    "<<!channel>>",
    "{\u{200b}{DATE(x)}}",
];

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
        let hidden = |c: char| domain::risk::is_invisible(c) || (c.is_control() && c != '\n');
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
        assert!(!shown.contains(char::is_control) && !shown.contains('\u{202e}'), "{text:?} in {shown:?}");
    }
    let mut links = Vec::new();
    objects(card, "Action.OpenUrl", &mut links);
    let links: Vec<&str> = links.iter().map(|link| link["url"].as_str().unwrap()).collect();
    assert_eq!(links, ["http://localhost:8080/audit"], "ours only");
}

#[sqlx::test(migrations = "../../migrations")]
async fn hostile_words_stay_words_in_every_format(pool: PgPool) {
    let cast = cast(&pool).await;
    let receivers = [Receiver::start().await, Receiver::start().await, Receiver::start().await];
    for (receiver, format) in receivers.iter().zip(["json", "slack", "teams"]) {
        let input = everything(format, format, receiver.address("/in"));
        cast.make(&Input { topics: vec!["mail-stopped".into()], ..input }).await;
    }
    for text in HOSTILE {
        // names are shown too
        sqlx::query("update users set display_name = $1")
            .bind(text)
            .execute(&cast.world.engine.pool)
            .await
            .unwrap();
        cast.happens(&format!("Because {text}")).await;
        cast.round().await;
        let [json, slack_message, card] =
            receivers.each_ref().map(|receiver| receiver.taken().last().unwrap().json());
        assert_eq!(json["data"]["reason"], format!("Because {text}"), "whole, for programs");
        assert_eq!(json["data"]["actor"]["name"], *text);
        slack(&slack_message, text);
        teams(&card, text);
        let mut all = Vec::new();
        strings(&card, &mut all);
        assert!(all.iter().any(|shown| shown.starts_with("Because")), "it is told: {card:#}");
    }
    for receiver in receivers {
        assert_eq!(receiver.taken().len(), HOSTILE.len());
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
