//! A message as Slack's incoming webhooks take it, and others that follow them.

use super::payload::Told;
use serde_json::{Value, json};

/// Slack refuses a message of which one text is longer than 2,000 characters, as it is sent. So much of one is kept, and so much of
/// the label before it.
const MOST: usize = 1_800;
const MOST_LABEL: usize = 90;

/// What people wrote stands in plain text only: there it is no link, no mention and no format.
pub fn message(told: &Told) -> Value {
    let plain = |text: String| json!({ "type": "plain_text", "text": text, "emoji": false });
    let fields: Vec<Value> = told
        .lines
        .iter()
        .map(|(label, says)| plain(format!("{}\n{}", escaped(label, MOST_LABEL), escaped(says, MOST))))
        .collect();
    let mut blocks = vec![json!({ "type": "section", "text": plain(escaped(&told.title, MOST)) })];
    if !fields.is_empty() {
        blocks.push(json!({ "type": "section", "fields": fields }));
    }
    let (label, address) = &told.link;
    let link = format!("<{}|{}>", escaped(address, MOST), escaped(label, MOST_LABEL));
    blocks.push(json!({ "type": "section", "text": { "type": "mrkdwn", "text": link, "verbatim": true } }));
    json!({
        // shown where blocks can't be
        "text": escaped(&told.title, MOST),
        "mrkdwn": false,
        "unfurl_links": false,
        "unfurl_media": false,
        "blocks": blocks,
    })
}

/// The three characters that begin something in Slack are replaced, which makes a text up to five times as long; it is cut after
/// that, between characters as they are read.
fn escaped(text: &str, most: usize) -> String {
    let mut escaped = String::new();
    let mut length = 0;
    for c in text.chars() {
        let written = match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            c => c.to_string(),
        };
        length += written.chars().count();
        if length >= most {
            return escaped + "…";
        }
        escaped += &written;
    }
    escaped
}
