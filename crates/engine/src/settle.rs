//! Ends the transaction of a use case in the one right way: what was done is committed with its audit rows; what was
//! refused is rolled back and then written down as refused.

use crate::audit::{self, About};
use crate::ctx::By;
use crate::{Engine, Error, Result, Tx};
use domain::audit::Event;

/// Commits or rolls back by `outcome`, and gives it on. A refusal about something that does not exist leaves no trace:
/// `about` names nothing then.
///
/// # Errors
/// The outcome's own, or the database can't be reached.
pub async fn settle<T>(
    engine: &Engine,
    by: &By,
    tx: Tx,
    event: Event,
    about: About,
    outcome: Result<T>,
) -> Result<T> {
    match outcome {
        Ok(done) => {
            tx.commit().await?;
            Ok(done)
        }
        Err(Error::Refused(refusals)) => {
            tx.rollback().await?;
            if about.group.is_none() && about.target.is_none() && about.principal.is_none() {
                return Err(Error::Refused(refusals));
            }
            Err(audit::refused(engine, by, event, about, refusals).await)
        }
        Err(other) => {
            tx.rollback().await?;
            Err(other)
        }
    }
}
