//! Being away.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// With `what` being `back` the caller is back. Else she is away until `until`, in her zone, and `delegate`, a user name or
/// nothing, decides in her place; `code` is of her second factor.
#[server(prefix = "/api/ui", endpoint = "account/absence")]
pub async fn manage_absence(
    #[server(default)] what: String,
    #[server(default)] until: String,
    #[server(default)] delegate: String,
    #[server(default)] code: String,
) -> Result<Done, Failure> {
    use crate::api::groups::typed;
    use crate::ctx::{caller, engine};
    use domain::refusal::{Code, Refusal};
    use engine::act::end_absence::end_absence;
    use engine::act::save_absence::{Input, save_absence};

    let here = Done::to("/account/absence");
    if what == "back" {
        end_absence(&engine()?, &caller()?).await?;
        return Ok(here.saying("absence-ended"));
    }
    let missing = || Failure::refused(Refusal::new(Code::Missing, "Say when you are back.").at("until"));
    let until = typed::moment(typed::clock().await?, &until, "until")?.ok_or_else(missing)?;
    save_absence(&engine()?, &caller()?, Input { until, delegate, code }).await?;
    Ok(here.saying("absence-saved"))
}
