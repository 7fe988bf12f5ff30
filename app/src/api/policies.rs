//! The two policies of a group.

pub mod fields;
pub mod preview;
pub mod save;

#[cfg(feature = "ssr")]
use self::fields::Fields;
#[cfg(feature = "ssr")]
use crate::failure::Failure;
#[cfg(feature = "ssr")]
use domain::{policy::Policy, refusal::Refusal};
#[cfg(feature = "ssr")]
use engine::ask::{policy_form, thing::Pick};

/// The policy that the fields mean, or what can't be read.
///
/// # Errors
/// The database can't be reached.
#[cfg(feature = "ssr")]
pub async fn meant(
    engine: &engine::Engine,
    fields: &Fields,
) -> Result<Result<Policy, Vec<Refusal>>, Failure> {
    let approvers = policy_form::approvers(engine, &fields.approver_ids()).await?;
    let later = policy_form::approvers(engine, &fields.later_ids()).await?;
    Ok(fields.policy(approvers, later))
}

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
