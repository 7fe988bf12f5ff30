//! A message as Slack's incoming webhooks take it, and others that follow them.

use super::payload::Told;
use serde_json::{Value, json};

/// What people wrote stands in plain text only: there it is no link, no mention and no format.
pub fn message(told: &Told) -> Value {
    let plain = |text: String| json!({ "type": "plain_text", "text": text, "emoji": false });
    let fields: Vec<Value> = told
        .lines
        .iter()
        .map(|(label, says)| plain(format!("{}\n{}", escaped(label), escaped(says))))
        .collect();
    let mut blocks = vec![json!({ "type": "section", "text": plain(escaped(&told.title)) })];
    if !fields.is_empty() {
        blocks.push(json!({ "type": "section", "fields": fields }));
    }
    let (label, address) = &told.link;
    let link = format!("<{}|{}>", escaped(address), escaped(label));
    blocks.push(json!({ "type": "section", "text": { "type": "mrkdwn", "text": link, "verbatim": true } }));
    json!({
        // shown where blocks can't be
        "text": escaped(&told.title),
        "mrkdwn": false,
        "unfurl_links": false,
        "unfurl_media": false,
        "blocks": blocks,
    })
}

/// The three characters that begin something in Slack.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
