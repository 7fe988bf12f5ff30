//! Changing how the pages look to oneself: zone that times are shown in, colours.

use crate::audit::{self, About};
use crate::{Ctx, Engine, Result};
use domain::audit::Event;
use domain::refusal::{Code, Refusal};
use serde_json::json;

/// What was chosen.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// Name of a zone of the IANA database.
    pub time_zone: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
}

/// Changes the caller's own.
///
/// # Errors
/// Unknown zone or theme.
pub async fn change_preferences(engine: &Engine, ctx: &Ctx, input: Input) -> Result<()> {
    let mut wrong = Vec::new();
    if input.time_zone.parse::<chrono_tz::Tz>().is_err() {
        wrong.push(Refusal::new(Code::BadValue, "Choose a zone of the list.").at("time_zone"));
    }
    if !["system", "light", "dark"].contains(&input.theme.as_str()) {
        wrong.push(Refusal::new(Code::BadValue, "Choose one of the three.").at("theme"));
    }
    if !wrong.is_empty() {
        return Err(wrong.into());
    }
    let mut tx = engine.begin().await?;
    sqlx::query("update users set time_zone = $2, theme = $3 where id = $1")
        .bind(ctx.person().0)
        .bind(&input.time_zone)
        .bind(&input.theme)
        .execute(&mut *tx)
        .await?;
    let facts = json!({ "time_zone": input.time_zone, "theme": input.theme });
    let about = About { principal: Some(ctx.person().into()), facts: Some(facts), ..About::default() };
    audit::done(&mut tx, &ctx.by(), Event::PersonUpdated, &about).await?;
    tx.commit().await?;
    Ok(())
}
