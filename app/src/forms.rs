//! Forms: one pattern for every change.
//!
//! A change is a server function whose arguments are the fields of a form. The form is posted to the address of its own
//! page; [`submit`] runs the server function and answers 303 to where the person goes next, or the same page with 422,
//! the typed values and the refusals. This works the same with and without scripts.

#[cfg(feature = "ssr")]
mod submit;
#[cfg(feature = "ssr")]
mod typed;

#[cfg(feature = "ssr")]
pub use crate::parts::answers::Answers;
#[cfg(feature = "ssr")]
pub use submit::{same, show_again, submit};

use crate::go::LocalPath;
use domain::refusal::{Code, Refusal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name of the hidden field that carries the token of the session.
pub const TOKEN_FIELD: &str = "_token";

/// What a change answers when it was done: where to go, and what to say there once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The page to show next.
    pub to: LocalPath,
    /// What that page says once.
    pub flash: Option<Flash>,
    /// What is shown once in the answer itself and never kept: the page of the form is shown again with it.
    #[serde(default)]
    pub once: Option<Once>,
    /// The page of the form is shown again with what was typed: this was a question, and the page shows the answer.
    #[serde(default)]
    pub here: bool,
}

/// Secrets that a person sees a single time, such as recovery codes. They are in one answer and nowhere else: not in
/// the session, not in an address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Once {
    /// The secrets.
    pub secrets: Vec<String>,
    /// Where the person goes on to.
    pub to: LocalPath,
}

impl std::fmt::Debug for Once {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} secrets, then {}", self.secrets.len(), self.to)
    }
}

/// A message shown once on the next page: a code with small parameters. The words are written by the page, and nothing
/// of it ever stands in an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// Which message, for example `activated`.
    pub code: String,
    /// Values that the message mentions; shown as text.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
}

impl Done {
    /// Done; go to this address of our own.
    pub fn to(address: impl AsRef<str>) -> Self {
        Self { to: LocalPath::of(address), flash: None, once: None, here: false }
    }

    /// A question was answered: the page of the form shows the answer ([`crate::ctx::hand`]), what was typed is kept.
    pub fn here() -> Self {
        Self { here: true, ..Self::to("/") }
    }

    /// Shows secrets once, on the page of the form, before the person goes on.
    pub fn showing(mut self, secrets: Vec<String>) -> Self {
        self.once = Some(Once { secrets, to: self.to.clone() });
        self
    }

    /// Say this once on the next page.
    pub fn saying(mut self, code: &str) -> Self {
        self.flash = Some(Flash { code: code.to_owned(), params: BTreeMap::new() });
        self
    }

    /// A value that the message mentions. Without a message it has no effect.
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        if let Some(flash) = &mut self.flash {
            flash.params.insert(name.to_owned(), value.to_string());
        }
        self
    }
}

/// The refusal of a form that has fields missing or of the wrong kind.
pub(crate) fn unreadable() -> Refusal {
    Refusal::new(
        Code::BadInput,
        "Something in this form could not be read. Check the fields and send it again.",
    )
}
