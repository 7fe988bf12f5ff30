//! A card as a workflow of Microsoft Teams takes it ("When a Teams webhook request is received").

use super::payload::Told;
use serde_json::{Value, json};

/// What people wrote stands in text runs: they know no Markdown.
pub fn message(told: &Told) -> Value {
    let run = |text: &str| json!({ "type": "TextRun", "text": literal(text) });
    let mut title = run(&told.title);
    title["weight"] = json!("Bolder");
    title["size"] = json!("Medium");
    let mut body = vec![json!({ "type": "RichTextBlock", "inlines": [title] })];
    for (label, says) in &told.lines {
        let mut label = run(&format!("{label}: "));
        label["isSubtle"] = json!(true);
        body.push(json!({ "type": "RichTextBlock", "spacing": "Small", "inlines": [label, run(says)] }));
    }
    let (label, address) = &told.link;
    let content = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": [{ "type": "Action.OpenUrl", "title": label, "url": address }],
    });
    let card = json!({
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": null,
        "content": content,
    });
    json!({ "type": "message", "attachments": [card] })
}

/// `{{DATE(…)}}` and `${…}` are asked for values by cards, and `<at>` by Teams: what opens them is kept apart by a joiner of no width.
fn literal(text: &str) -> String {
    text.replace('{', "\u{2060}{").replace('<', "<\u{2060}")
}
