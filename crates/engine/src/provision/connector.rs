//! What a kind of application has to know how to do. Everything else is the same for all kinds: who is wanted where, marks, keys, leases,
//! turns, health, quarantine, breaker, log, pages. `docs/add-a-connector.md` says how a kind is added.

use super::drift::Group;
use super::line::{Key, Line, Stop};
use super::person::{Member, Plan};
use domain::provision::Probe;
use domain::provision::body::Account;

/// A kind of application. Whatever is sent goes out after [`Line::wait_for_turn`], is written down by [`super::log::write`], and told to
/// [`super::health::note`]. What may have been done is written down before it is sent, and what was confirmed after it, by
/// [`super::record`], which knows whether the key is still ours.
pub(crate) trait Connector {
    /// What is written into an account, to tell whether it is still so.
    fn written(account: &Account) -> String;

    /// Makes sure of the account of somebody who is to be in something.
    fn ensure(line: &Line, key: &Key, plan: &Plan) -> impl Future<Output = Result<Ready, Stop>> + Send;

    /// She is in nothing any more, and her memberships are gone: what becomes of her account.
    fn leave(line: &Line, key: &Key, plan: &Plan) -> impl Future<Output = Result<(), Stop>> + Send;

    /// Puts her into a group there. It counts when the application said so.
    fn add(
        line: &Line,
        key: &Key,
        plan: &Plan,
        member: &Member,
        user: &Ready,
    ) -> impl Future<Output = Result<(), Stop>> + Send;

    /// Takes her out. It counts when the application said so and, where that can be asked, that she is not in any more.
    fn remove(
        line: &Line,
        key: &Key,
        plan: &Plan,
        member: &Member,
    ) -> impl Future<Output = Result<(), Stop>> + Send;

    /// Who is in a group there, by their ids; `None` where that is not shown, or the group is gone.
    fn members(line: &Line, group: &Group) -> impl Future<Output = Result<Option<Vec<String>>, Stop>> + Send;

    /// Takes out somebody whom nobody here put in.
    fn strip(line: &Line, group: &Group, user: &str) -> impl Future<Output = Result<(), Stop>> + Send;

    /// The group is called otherwise here by now.
    fn rename(line: &Line, group: &Group) -> impl Future<Output = Result<(), Stop>> + Send;

    /// Whether it can be reached and used. Changes nothing there.
    fn connection(line: &Line) -> impl Future<Output = Result<Tested, Stop>> + Send;

    /// Tries everything with accounts and groups of its own, and leaves nothing behind.
    fn rehearse(line: &Line) -> impl Future<Output = Result<Rehearsed, Stop>> + Send;

    /// What would become of an account. Changes nothing there.
    fn preview(line: &Line, account: &Account) -> impl Future<Output = Result<Preview, Stop>> + Send;
}

/// Calls the connector of the application's kind.
macro_rules! of_kind {
    ($line:expr, $call:ident($($arg:expr),*) $(.$await:tt)?) => {
        match $line.app.kind {
            domain::provision::Kind::Scim => crate::provision::scim::Scim::$call($($arg),*)$(.$await)?,
            domain::provision::Kind::Postgres => crate::provision::postgres::Postgres::$call($($arg),*)$(.$await)?,
        }
    };
}
pub(crate) use of_kind;

/// An account that is as it should be.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    /// The id it has there.
    pub remote: String,
    /// It was found now: what she is a member of there is not known.
    pub look: bool,
    /// It was found or made now: what was known of her memberships before is of another account.
    pub anew: bool,
}

/// What a test of the connection found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// It may be used.
    pub well: bool,
    /// What was found, one line each.
    pub lines: Vec<String>,
    /// It says that it knows PATCH; `None` where it says nothing.
    pub patches: Option<bool>,
}

/// What a test write found.
#[derive(Clone, Debug)]
pub(crate) struct Rehearsed {
    pub tested: Tested,
    /// What it sets, of a kind that has such.
    pub switches: Option<Switches>,
}

/// The switches of an application over SCIM, as they should be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Switches {
    pub probe: Probe,
    pub adds_twice: bool,
    pub delete_accept: bool,
    /// The older way of writing removals takes out exactly whom it should.
    pub legacy: bool,
    /// The way that is set emptied the group: it must not be used.
    pub emptied: bool,
}

/// What a look at an account found.
#[derive(Clone, Debug)]
pub(crate) struct Preview {
    /// Its id there.
    pub there: Option<String>,
    /// What would be changed of it, one line each.
    pub changes: Vec<String>,
    /// What would happen where there is none.
    pub without: &'static str,
}
