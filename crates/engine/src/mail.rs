//! Mail: notices are written with what they tell of ([`note`]), the worker makes mails of them ([`expand`]), one for each person
//! and address, and sends them ([`deliver`]; too many for one address come together). A mail is composed when it leaves, so that it says what holds then and is not sent
//! when there is nothing left to say.

pub mod compose;
pub mod deliver;
mod digest;
pub mod expand;
mod facts;
pub mod letter;
pub mod note;
pub mod post;
pub mod remind;

use crate::{Engine, worker};
use tokio::sync::watch;

/// Reminders are looked for every so many rounds.
const REMIND: u32 = 15;

/// Runs until `stop` says so, beside the sweeps, which must not wait for a slow mail server.
pub async fn run(engine: Engine, mut stop: watch::Receiver<bool>) {
    let mut round = 0_u32;
    engine.pulse.begin("mail");
    while !*stop.borrow() {
        let done = once(&engine, round.is_multiple_of(REMIND)).await;
        engine.pulse.note("mail", &done);
        if let Err(error) = done {
            tracing::error!(?error, "mail failed; trying again");
        }
        round = round.wrapping_add(1);
        if worker::pause(&mut stop).await.is_err() {
            return;
        }
    }
}

/// Everything that is due: reminders if `remind`, notices, mails.
///
/// # Errors
/// The database can't be reached.
pub async fn once(engine: &Engine, remind: bool) -> crate::Result<()> {
    if remind {
        remind::remind(engine).await?;
        deliver::forget(engine).await?;
    }
    expand::expand(engine).await?;
    deliver::deliver(engine).await
}
