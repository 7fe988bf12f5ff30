//! What a delivery says: everything that the audit shows to who may read all of it, and nothing else.

use super::{slack, teams};
use crate::ask::audit_facts::Fact;
use crate::ask::audit_page::{self, Row, Someone};
use crate::mail::letter::{cut, line};
use crate::{Error, Result, Settings};
use chrono::{DateTime, SecondsFormat, Utc};
use domain::role::Role;
use domain::webhook::Format;
use domain::webhook::choice::{ANCHOR, TEST};
use serde_json::{Value, json};
use sqlx::PgConnection;

/// So much of a text stands in a message.
const MOST: usize = 500;
/// So many facts stand in a message.
const MOST_FACTS: usize = 10;

/// What a delivery is about.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Subject {
    /// The stable word.
    pub kind: String,
    /// Number of the event.
    pub seq: Option<i64>,
    /// Position of the anchor.
    pub anchor: Option<i64>,
}

/// One thing that is told.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Everything, for programs.
    pub data: Value,
    /// In one line.
    pub title: String,
    /// What else matters, for people.
    pub lines: Vec<(String, String)>,
    /// What the way on is called, and where it leads.
    pub link: (String, String),
    at: Option<DateTime<Utc>>,
}

/// The body of a delivery.
///
/// # Errors
/// The database can't be reached; its event is not there.
pub async fn body(
    conn: &mut PgConnection,
    settings: &Settings,
    format: Format,
    subject: &Subject,
) -> Result<Value> {
    let told = told(conn, settings, subject).await?;
    Ok(match format {
        Format::Json => json!({ "type": subject.kind, "timestamp": told.at.map(written), "data": told.data }),
        Format::Slack => slack::message(&told.plain()),
        Format::Teams => teams::message(&told.plain()),
    })
}

async fn told(conn: &mut PgConnection, settings: &Settings, subject: &Subject) -> Result<Told> {
    if let Some(position) = subject.anchor {
        return anchor(conn, settings, position).await;
    }
    let Some(seq) = subject.seq else { return Ok(test(settings, crate::clock::now(conn).await?)) };
    let row = audit_page::one(conn, seq).await?;
    let row = row.ok_or_else(|| Error::inconsistent("audit_events", seq, "told of and not there"))?;
    Ok(event(settings, &row))
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

impl Told {
    /// For people: every text is somebody's, so line breaks and invisible characters go, and long ones are cut.
    fn plain(mut self) -> Self {
        let plain = |text: &str| cut(&line(text), MOST);
        self.title = plain(&self.title);
        self.lines.retain(|(_, says)| !line(says).is_empty());
        self.lines.truncate(MOST_FACTS);
        for (label, says) in &mut self.lines {
            (*label, *says) = (plain(label), plain(says));
        }
        self
    }
}

fn event(settings: &Settings, row: &Row) -> Told {
    let base = &settings.public_url;
    let what = row.event.map_or(row.action.as_str(), |event| event.words());
    let request = row.request.map(|number| format!("R-{number}"));
    let link = match &request {
        Some(number) => (format!("Open {number}"), format!("{base}/requests/{number}")),
        None => ("Open the audit".to_owned(), format!("{base}/audit")),
    };
    let (thing, thing_name) = thing(base, row);
    let outcome = if row.refused { "refused" } else { "done" };
    let (facts, lines) = facts(&row.facts);
    let data = json!({
        "event": row.seq,
        "position": row.place.map(|place| place.position),
        "hash": row.place.map(|place| place.hash.to_string()),
        "at": written(row.at),
        "kind": row.action,
        "what": what,
        "outcome": outcome,
        "actor": row.actor.as_ref().map(someone),
        "principal": row.principal.as_ref().map(someone),
        "thing": thing,
        "request": request.as_ref().map(|number| json!({ "number": number, "link": link.1 })),
        "reason": row.reason,
        "ticket": row.ticket,
        "policyVersion": row.policy_version,
        "confirmedBy": row.proof.as_ref().map(|(method, at)| json!({ "method": method, "at": written(*at) })),
        "ip": row.ip,
        "facts": facts,
    });
    let name = |someone: &Option<Someone>| someone.as_ref().map(|s| format!("{} ({})", s.name, s.handle));
    let heads = [
        ("For", name(&row.principal)),
        ("What", thing_name),
        ("By", Some(name(&row.actor).unwrap_or_else(|| "Pimento".into()))),
        ("Request", request),
        ("Reason", Some(row.reason.clone())),
        ("Ticket", Some(row.ticket.clone())),
    ];
    let heads = heads.into_iter().filter_map(|(label, says)| Some((label.to_owned(), says?)));
    let title = if row.refused { format!("{what} – refused") } else { what.to_owned() };
    Told { data, title, lines: heads.chain(lines).collect(), link, at: Some(row.at) }
}

fn someone(someone: &Someone) -> Value {
    json!({ "name": someone.name, "handle": someone.handle })
}

/// The group or role: for programs, and in words.
fn thing(base: &str, row: &Row) -> (Value, Option<String>) {
    match (&row.group, row.access.as_deref()) {
        (Some((key, name)), access) => {
            let kind = access.unwrap_or("group");
            let words = if access.is_some() { format!("{name} ({kind})") } else { name.clone() };
            let link = format!("{base}/groups/{key}");
            (json!({ "kind": kind, "key": key, "name": name, "link": link }), Some(words))
        }
        (None, Some(word)) => {
            let name = Role::parse(word).map_or(word, |role| role.name());
            let link = format!("{base}/roles/{word}");
            (json!({ "kind": "role", "key": word, "name": name, "link": link }), Some(name.to_owned()))
        }
        (None, None) => (Value::Null, None),
    }
}

/// Further facts: for programs, and in words.
fn facts(facts: &[(String, Fact)]) -> (Vec<Value>, Vec<(String, String)>) {
    let one = |(label, fact): &(String, Fact)| match fact {
        Fact::Words(words) => (json!({ "label": label, "value": words }), words.clone()),
        Fact::At(at) => {
            (json!({ "label": label, "value": written(*at) }), at.format("%Y-%m-%d %H:%M UTC").to_string())
        }
        Fact::Changed { old, new } => {
            (json!({ "label": label, "before": old, "value": new }), format!("{old} → {new}"))
        }
    };
    let both = facts.iter().map(|fact| (fact.0.clone(), one(fact)));
    both.map(|(label, (data, words))| (data, (label, words))).unzip()
}

fn test(settings: &Settings, now: DateTime<Utc>) -> Told {
    Told {
        data: json!({ "kind": TEST, "organisation": settings.organisation, "at": written(now) }),
        title: "A test from Pimento".into(),
        lines: vec![("Organisation".into(), settings.organisation.clone())],
        link: ("Open webhooks".into(), format!("{}/admin/webhooks", settings.public_url)),
        at: Some(now),
    }
}

/// As in the file of anchors, so that what was received can be put there.
async fn anchor(conn: &mut PgConnection, settings: &Settings, position: i64) -> Result<Told> {
    let anchor = crate::audit::stored::anchor(conn, position).await?;
    let anchor =
        anchor.ok_or_else(|| Error::inconsistent("audit_anchors", position, "told of and not there"))?;
    Ok(Told {
        data: json!({ "kind": ANCHOR, "anchor": anchor }),
        title: "The audit was anchored".into(),
        lines: vec![
            ("Position".into(), position.to_string()),
            ("Hash".into(), anchor.hash.to_string()),
            ("Signature".into(), anchor.signature.clone()),
        ],
        link: ("Open the audit".into(), format!("{}/audit", settings.public_url)),
        at: Some(anchor.at),
    })
}
