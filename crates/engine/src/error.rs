//! What a use case answers instead of a result: refusals for people, everything else for the log.

use domain::refusal::Refusal;

/// Shorthand.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A use case or read did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule said no. Nothing was changed; the refusals are for the person.
    #[error("refused: {}", codes(.0))]
    Refused(Vec<Refusal>),
    /// The database failed or can't be reached. Never shown to people.
    #[error("database")]
    Database(#[source] sqlx::Error),
    /// A row that can't be: table, row and what is wrong. Never shown to people.
    #[error("inconsistent {table} {id}: {what}")]
    Inconsistent {
        /// Table.
        table: &'static str,
        /// Row.
        id: String,
        /// What is wrong.
        what: String,
    },
    /// Too much to do at once; a later try may work. Nothing was changed.
    #[error("busy")]
    Busy,
    /// It was committed, or may have been, and whether it is durable is not known. Never to be tried again unseen.
    #[error("not confirmed: {0}")]
    Unconfirmed(String),
    /// Anything else that is our fault. Never shown to people.
    #[error("{0}")]
    Internal(String),
}

fn codes(refusals: &[Refusal]) -> String {
    refusals.iter().map(|refusal| refusal.code.wire()).collect::<Vec<_>>().join(", ")
}

impl Error {
    /// What is unknown and what is forbidden look alike.
    pub fn not_found() -> Self {
        Refusal::not_found().into()
    }

    /// The refusals, if it is one.
    pub fn refusals(&self) -> &[Refusal] {
        match self {
            Error::Refused(refusals) => refusals,
            _ => &[],
        }
    }

    /// A row that can't be.
    pub fn inconsistent(table: &'static str, id: impl ToString, what: impl ToString) -> Self {
        Error::Inconsistent { table, id: id.to_string(), what: what.to_string() }
    }
}

/// No connection free in time is not a broken database: the next try may work.
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Error::Busy,
            error => Error::Database(error),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Error::Refused(vec![refusal])
    }
}

impl From<Vec<Refusal>> for Error {
    fn from(refusals: Vec<Refusal>) -> Self {
        Error::Refused(refusals)
    }
}
