//! PostgreSQL and Rust make the same bytes of the same event, whatever strangers wrote into it.

use crate::support::*;
use serde_json::{Value, json};

/// Texts that somebody may hope are mistaken for something else.
fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "null",
        "~",
        "\"",
        "\\",
        "\\\"",
        "\", \"",
        "'; drop table audit_events; --",
        "=HYPERLINK(\"http://x\",\"click\")",
        "line\nbreak\r\ntab\tbell\u{7}back\u{8}feed\u{c}escape\u{1b}delete\u{7f}",
        "\u{80}\u{85}\u{9f}",
        "a\u{301} á",
        "\u{202e}right to left\u{2066}",
        "\u{feff}\u{200b}\u{2028}\u{2029}",
        "🌶️ 👩‍👩‍👧 𝒫",
        "\u{fffd}\u{ffff}\u{10ffff}",
        "</script>&amp;<!--",
        "\\u0041 \\n",
        "{\"a\": 1}",
        "[]",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.extend((1_u8..0x20).map(|sign| format!("a{}b", char::from(sign))));
    texts.push("é\"\\\n".repeat(50_000));
    texts
}

fn facts(text: &str) -> Vec<Value> {
    vec![
        json!({ "why": text, "b": null, "a": [1, -0.0, 1e300, 1.10, true, text], "": {} }),
        json!({ text: { "longer": 1, "z": 2, "aa": [] } }),
        json!(text),
    ]
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_bytes_are_the_same(pool: PgPool) {
    let world = World::new(&pool);
    let ann = world.person("Ann").await;
    for text in hostile() {
        for (place, facts) in facts(&text).into_iter().enumerate() {
            sqlx::query(
                "insert into audit_events (action, outcome, actor_id, reason, ticket, policy_version, facts, session_hash, \
                 ip, user_agent, trace_id, at) values ($1, 'done', $2, $1, $1, $3, $4, $1, $1, $1, $1, \
                 timestamptz '1969-12-31 23:59:59.999999 UTC' + $3 * interval '1 year 1 microsecond')",
            )
            .bind(&text)
            .bind((place == 0).then_some(ann.0))
            .bind(i32::try_from(place).unwrap())
            .bind(facts)
            .execute(&pool)
            .await
            .unwrap();
        }
    }
    let theirs: Vec<Vec<u8>> = sqlx::query_scalar(
        "select audit_bytes(c.position, c.chained_at, e) from audit_chain c join audit_events e on e.seq = c.seq \
         order by c.position",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let links = links(&world).await;
    assert_eq!((links.len(), theirs.len()), (hostile().len() * 3, hostile().len() * 3));
    for (link, theirs) in links.iter().zip(&theirs) {
        let ours = link.entry.bytes();
        assert!(ours == *theirs, "{}\n{}", String::from_utf8_lossy(&ours), String::from_utf8_lossy(theirs));
    }
    verified(&world, Vec::new()).await.unwrap();
}

/// Nothing and an empty text are two things, and no text can pass for two fields.
#[sqlx::test(migrations = "../../migrations")]
async fn what_differs_has_other_bytes(pool: PgPool) {
    let world = World::new(&pool);
    world.sql("insert into audit_events (action, outcome) values ('signed-in', 'done')").await;
    let entry = links(&world).await.remove(0).entry;
    let mut bytes = vec![entry.bytes()];
    for change in 0..6 {
        let mut other = entry.clone();
        match change {
            0 => other.policy_version = Some(0),
            1 => other.reason = "\", \"".into(),
            2 => (other.reason, other.ticket) = ("a".into(), String::new()),
            3 => (other.reason, other.ticket) = (String::new(), "a".into()),
            4 => other.actor = Some(uuid::Uuid::nil()),
            _ => other.principal = Some(uuid::Uuid::nil()),
        }
        bytes.push(other.bytes());
    }
    bytes.sort();
    bytes.dedup();
    assert_eq!(bytes.len(), 7);
}
