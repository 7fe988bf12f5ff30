//! Alerts: saying that one knows, and what raises them.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Acknowledges an alert for so many days.
#[server(prefix = "/api/ui", endpoint = "admin/acknowledge-alert")]
pub async fn acknowledge_alert(
    #[server(default)] id: String,
    #[server(default)] reason: String,
    #[server(default)] days: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use engine::act::acknowledge_alert::{Input, acknowledge_alert};
    let alert = id.parse().map_err(|_| Failure::NotFound)?;
    acknowledge_alert(&engine()?, &caller()?, Input { alert, reason, days }).await?;
    Ok(Done::to("/admin/alerts").saying("alert-acknowledged"))
}

/// Saves the version after `version`: `on` are the kinds that are ticked, `limit` the thresholds of the form in order, and
/// `value` what stands beside each.
#[server(prefix = "/api/ui", endpoint = "admin/set-alerts")]
pub async fn set_alerts(
    #[server(default)] version: String,
    #[server(default)] on: Vec<String>,
    #[server(default)] limit: Vec<String>,
    #[server(default)] value: Vec<String>,
    #[server(default)] reason: String,
) -> Result<Done, Failure> {
    use crate::api::groups::typed::{unreadable_form, written};
    use crate::ctx::{caller, engine};
    use domain::alert::Kind;
    use engine::act::set_alerts::{Input, set_alerts, threshold};
    let on = on.iter().map(|word| Kind::parse(word).ok_or_else(unreadable_form)).collect::<Result<_, _>>()?;
    let named = limit.iter().map(|name| threshold(name)).collect::<Result<Vec<_>, _>>()?;
    let limits = named.into_iter().zip(value).collect();
    let input = Input { based_on: written(&version)?, on, limits, reason };
    let saved = set_alerts(&engine()?, &caller()?, input).await?;
    Ok(Done::to("/admin/alerts/settings").saying("alerts-set").with("version", saved))
}
