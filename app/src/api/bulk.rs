//! Assigning many at once.

pub mod assign_many;
pub mod assign_sheet;

#[cfg(feature = "ssr")]
use crate::failure::Failure;
#[cfg(feature = "ssr")]
use crate::forms::Done;

/// What the last buttons of both forms say.
#[cfg(feature = "ssr")]
struct Agreed {
    /// The digest of the report that was shown; empty when none was.
    report: String,
    /// Second-factor code.
    code: String,
    /// Id of the form.
    form: String,
}

/// Shows what would come of these lines, or does what was agreed to. A refusal comes back with what would happen now.
#[cfg(feature = "ssr")]
async fn carry_out(lines: Vec<engine::bulk::Line>, assign: bool, agreed: Agreed) -> Result<Done, Failure> {
    use super::groups::typed::form_key;
    use crate::ctx::{self, caller, engine};
    use engine::act::assign_many::{Input, assign_many, preview};

    let (engine, caller) = (engine()?, caller()?);
    if !assign || agreed.report.is_empty() {
        ctx::hand(preview(&engine, &caller, &lines).await?);
        return Ok(Done::here());
    }
    let input = Input { lines, agreed: agreed.report, code: agreed.code, key: form_key(&agreed.form)? };
    match assign_many(&engine, &caller, &input).await {
        Ok(()) => Ok(Done::to(format!("/assign/{}", input.key.0))),
        Err(error) => {
            ctx::hand(preview(&engine, &caller, &input.lines).await?);
            Err(error.into())
        }
    }
}
