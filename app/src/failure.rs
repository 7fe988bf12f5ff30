//! The one error of every server function and page. It never carries the text of a technical error.

use domain::refusal::Refusal;
use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

/// Why a server function or page did not do what was asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// A rule said no. Every refusal says what, at which field, and what can be done instead.
    Refused {
        /// Never empty.
        refusals: Vec<Refusal>,
    },
    /// Nobody is signed in, or not far enough.
    SignedOut,
    /// It does not exist, or this person may not know that it does.
    NotFound,
    /// Too much to do at this moment; nothing was done.
    Busy,
    /// It was done or not, the database did not say. The reference finds the matching entry in the log.
    Unconfirmed {
        /// The id of the request.
        reference: String,
    },
    /// Something broke. The reference finds the matching entry in the log; nothing else is told.
    Internal {
        /// The id of the request.
        reference: String,
    },
}

impl Failure {
    /// One refusal.
    pub fn refused(refusal: Refusal) -> Self {
        Self::Refused { refusals: vec![refusal] }
    }
}

impl From<Vec<Refusal>> for Failure {
    fn from(refusals: Vec<Refusal>) -> Self {
        Self::Refused { refusals }
    }
}

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => Self::refused(crate::forms::unreadable()),
            // Transport trouble: in the browser there is no request to refer to.
            _ => Self::Internal { reference: String::new() },
        }
    }
}

#[cfg(feature = "ssr")]
mod status {
    use super::Failure;
    use domain::refusal::Code;
    use http::StatusCode;

    impl From<engine::Error> for Failure {
        fn from(error: engine::Error) -> Self {
            match error {
                engine::Error::Refused(refusals) => match refusals.first().map(|refusal| refusal.code) {
                    Some(Code::NotFound) => Self::NotFound,
                    Some(Code::SignedOut) => Self::SignedOut,
                    _ => Self::Refused { refusals },
                },
                engine::Error::Busy => Self::Busy,
                error @ engine::Error::Unconfirmed(_) => {
                    Self::Unconfirmed { reference: Self::logged(&full(&error)) }
                }
                error => Self::internal(&full(&error)),
            }
        }
    }

    /// An error with its causes, for the log.
    fn full(error: &dyn std::error::Error) -> String {
        let causes = std::iter::successors(error.source(), |cause| cause.source());
        causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
    }

    impl Failure {
        /// The status of an answer that reports this failure.
        pub fn status(&self) -> StatusCode {
            match self {
                Self::Refused { .. } => StatusCode::UNPROCESSABLE_ENTITY,
                Self::SignedOut => StatusCode::UNAUTHORIZED,
                Self::NotFound => StatusCode::NOT_FOUND,
                Self::Busy | Self::Unconfirmed { .. } => StatusCode::SERVICE_UNAVAILABLE,
                Self::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            }
        }

        /// An internal failure: the cause goes to the log under the reference that the person sees.
        pub fn internal(cause: &dyn std::fmt::Display) -> Self {
            Self::Internal { reference: Self::logged(cause) }
        }

        fn logged(cause: &dyn std::fmt::Display) -> String {
            let reference = crate::ctx::reference();
            tracing::error!(%reference, %cause, "request failed");
            reference
        }
    }
}
