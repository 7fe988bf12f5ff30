//! Writes down what became of alerts since the last count: each opens once, whoever counts.

use super::{Finding, Subject, notice};
use crate::audit::{self, About};
use crate::ctx::By;
use crate::db::{alerts, targets};
use crate::{Result, Tx, ids};
use chrono::{DateTime, Utc};
use domain::alert::Kind;
use domain::alert::course::{self, Before, MOST, Step};
use domain::alert::facts::Facts;
use domain::alert::settings::Settings;
use domain::audit::Event;
use domain::ids::{PrincipalId, RequestId, TargetId};
use domain::notice::Notice;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An alert of the last count, or one that was over shortly before.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// Which.
    pub(crate) id: Uuid,
    /// As the rule sees it.
    pub(crate) before: Before,
    /// What it was about.
    pub(crate) subject: Subject,
    /// What was known.
    pub(crate) facts: Facts,
}

/// Of what kind, and of what.
pub(crate) type Key = (Kind, String);

/// Brings the alerts of these kinds to what was found now, and says how many findings were more than are kept.
pub(crate) async fn keep(
    tx: &mut Tx,
    kinds: BTreeSet<Kind>,
    settings: &Settings,
    found: Vec<Finding>,
    now: DateTime<Utc>,
) -> Result<usize> {
    let known = alerts::known(tx, &kinds).await?;
    let (found, left_out) = chosen(found, &known, settings);
    let mut keys: Vec<&Key> = known.keys().chain(found.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut staying = Vec::new();
    for key in keys {
        let (known, found) = (known.get(key), found.get(key));
        let step = course::step(known.map(|known| &known.before), found.map(|found| &found.facts), now);
        match (step, known, found) {
            (Step::Opens, _, Some(found)) => open(tx, found, now).await?,
            (Step::Stays, Some(known), Some(found)) => staying.push((known.id, &found.facts)),
            (Step::Resumes, Some(known), Some(found)) => {
                alerts::resume(tx, known.id, &found.facts, now, false).await?;
                let about =
                    about(tx, key.0, &found.subject, &found.facts, Some("Again within an hour.")).await?;
                audit::done(tx, &by(), Event::AlertOpened, &about).await?;
            }
            (Step::Returns(why), Some(known), Some(found)) => {
                alerts::resume(tx, known.id, &found.facts, now, true).await?;
                let about = about(tx, key.0, &found.subject, &found.facts, Some(why.words())).await?;
                audit::done(tx, &by(), Event::AlertReturned, &about).await?;
                notice::notice(tx, Notice::AlertReturned, known.id, now).await?;
            }
            (Step::Closes, Some(known), _) => {
                alerts::close(tx, known.id, now).await?;
                let why = (!settings.on(key.0)).then_some("This kind was switched off.");
                let about = about(tx, key.0, &known.subject, &known.facts, why).await?;
                audit::done(tx, &by(), Event::AlertClosed, &about).await?;
            }
            _ => {}
        }
    }
    alerts::stay(tx, &staying, now).await?;
    alerts::forget(tx).await?;
    Ok(left_out)
}

fn by() -> By {
    By::system("alerts")
}

/// Of each kind so many that somebody could read them: those that are open, then the gravest.
fn chosen(
    found: Vec<Finding>,
    known: &BTreeMap<Key, Known>,
    settings: &Settings,
) -> (BTreeMap<Key, Finding>, usize) {
    let mut kinds: BTreeMap<Kind, Vec<(Key, Finding)>> = BTreeMap::new();
    for finding in found.into_iter().filter(|finding| settings.on(finding.kind)) {
        kinds.entry(finding.kind).or_default().push(((finding.kind, finding.subject.key()), finding));
    }
    let (mut kept, mut left_out) = (BTreeMap::new(), 0);
    for mut findings in kinds.into_values() {
        let is_open = |key: &Key| known.get(key).is_some_and(|known| known.before.closed_at.is_none());
        findings.sort_by_key(|(key, finding)| (!is_open(key), -finding.facts.weight()));
        left_out += findings.len().saturating_sub(MOST);
        findings.truncate(MOST);
        kept.extend(findings);
    }
    (kept, left_out)
}

async fn open(tx: &mut Tx, finding: &Finding, now: DateTime<Utc>) -> Result<()> {
    let id = ids::new();
    if !alerts::open(tx, id, finding.kind, &finding.subject, &finding.facts, now).await? {
        return Ok(());
    }
    let about = about(tx, finding.kind, &finding.subject, &finding.facts, None).await?;
    audit::done(tx, &by(), Event::AlertOpened, &about).await?;
    notice::notice(tx, Notice::AlertOpened, id, now).await
}

/// As the audit tells of it.
pub(crate) async fn about(
    tx: &mut Tx,
    kind: Kind,
    subject: &Subject,
    facts: &Facts,
    why: Option<&str>,
) -> Result<About> {
    let target = match subject.target {
        Some(target) => targets::find(tx, TargetId(target)).await?,
        None => None,
    };
    let mut told = json!({
        "alert": kind.words(),
        "severity": kind.severity().words(),
        "says": facts.words().to_string(),
    });
    let mut add = |key: &str, value: Option<Value>| {
        if let (Some(map), Some(value)) = (told.as_object_mut(), value) {
            map.insert(key.to_owned(), value);
        }
    };
    add("server", (!subject.server.is_empty()).then(|| json!(subject.server)));
    add("hook", subject.hook.map(|hook| json!(hook)));
    add("application", subject.application.map(|application| json!(application)));
    add("why", why.map(|why| json!(why)));
    Ok(About {
        principal: subject.person.map(PrincipalId),
        group: target.and_then(domain::target::Target::group),
        target: subject.target.filter(|_| target.is_some()).map(TargetId),
        request: subject.request.map(RequestId),
        facts: Some(told),
        ..About::default()
    })
}
