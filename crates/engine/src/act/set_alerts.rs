//! Saves the next version of what raises alerts.

use crate::audit::{self, About};
use crate::db::alerts;
use crate::{Ctx, Engine, Error, Result, authority};
use domain::alert::course::REASON;
use domain::alert::settings::Settings;
use domain::alert::{Kind, Unit};
use domain::audit::Event;
use domain::authz::Action;
use domain::policy::change::Change;
use domain::policy::evaluate;
use domain::refusal::{Code, Refusal};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What the form says.
#[derive(Clone, Debug)]
pub struct Input {
    /// The version that the form showed.
    pub based_on: i32,
    /// Kinds that are ticked.
    pub on: BTreeSet<Kind>,
    /// What is typed for each threshold.
    pub limits: BTreeMap<(Kind, Unit), String>,
    /// Why.
    pub reason: String,
}

/// Saves and says which version it is. What the new settings raise or close comes with the next count.
///
/// # Errors
/// Not for this person; somebody else saved meanwhile; nothing would change; what is wrong with the input, all at once.
pub async fn set_alerts(engine: &Engine, ctx: &Ctx, input: Input) -> Result<i32> {
    authority::require(ctx, &Action::SetAlerts)?;
    let mut tx = engine.begin().await?;
    let before = alerts::settings(&mut tx).await?;
    let reason = input.reason.trim().to_owned();
    let saved = match judge(&before, &input) {
        Ok((settings, changes)) => {
            let next = before.version + 1;
            if alerts::save(&mut tx, next, &settings, ctx.person(), &reason).await? {
                let about =
                    About { reason: reason.clone(), facts: Some(facts(next, &changes)), ..About::default() };
                audit::done(&mut tx, &ctx.by(), Event::AlertSettingsSaved, &about).await?;
                tx.commit().await?;
                return Ok(next);
            }
            meanwhile().into()
        }
        Err(refusals) => refusals,
    };
    drop(tx);
    let about = About { reason, ..About::default() };
    Err(audit::refused(engine, &ctx.by(), Event::AlertSettingsSaved, about, saved).await)
}

fn judge(before: &alerts::Versioned, input: &Input) -> Result<(Settings, Vec<Change>), Vec<Refusal>> {
    if before.version != input.based_on {
        return Err(meanwhile().into());
    }
    let read = Settings::read(&input.on, &input.limits);
    let reason = evaluate::justification(REASON, &input.reason);
    let settings = match (read, reason) {
        (Ok(settings), None) => settings,
        (Ok(_), Some(refusal)) => return Err(refusal.into()),
        (Err(mut wrong), reason) => {
            wrong.extend(reason);
            return Err(wrong);
        }
    };
    let changes = settings.changes(&before.settings);
    if changes.is_empty() {
        return Err(Refusal::new(Code::NothingChanged, "Nothing would change.").into());
    }
    Ok((settings, changes))
}

fn meanwhile() -> Refusal {
    let text = "Not saved. Somebody else saved these settings meanwhile.";
    Refusal::new(Code::SavedMeanwhile, text).way("See what they are now", "/admin/alerts/settings")
}

/// Each setting with what it was and what it is.
fn facts(version: i32, changes: &[Change]) -> Value {
    let each = |change: &Change| format!("{}: {} → {}.", change.setting, change.old, change.new);
    json!({ "version": version, "changes": changes.iter().map(each).collect::<Vec<_>>() })
}

/// What the form says of a threshold, `kind-unit`.
///
/// # Errors
/// This version has no such threshold.
pub fn threshold(name: &str) -> Result<(Kind, Unit)> {
    let all = Kind::ALL.iter().flat_map(|kind| kind.limits().iter().map(move |limit| (*kind, limit.unit)));
    let mut named = all.filter(|(kind, unit)| domain::alert::settings::field(*kind, *unit) == name);
    named.next().ok_or_else(|| Error::from(Refusal::new(Code::BadInput, "This form is of another version.")))
}
