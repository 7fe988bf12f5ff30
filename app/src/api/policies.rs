//! The two policies of a group.

pub mod fields;
pub mod preview;
pub mod save;

#[cfg(feature = "ssr")]
use self::fields::Fields;
#[cfg(feature = "ssr")]
use crate::failure::Failure;
#[cfg(feature = "ssr")]
use engine::ask::{policy_form, thing::Pick};

/// The fields, with the matrix in force where the form had none.
#[cfg(feature = "ssr")]
async fn whole(
    engine: &engine::Engine,
    caller: &engine::Ctx,
    pick: &Pick,
    fields: Fields,
) -> Result<Fields, Failure> {
    if fields.says_who_is_told() {
        return Ok(fields);
    }
    let in_force = policy_form::in_force(engine, caller, pick).await?;
    Ok(fields.or_matrix(&in_force.notifications))
}
