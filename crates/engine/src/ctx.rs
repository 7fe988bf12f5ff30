//! Who asks, from where, in which session: made once per request, handed to every use case.

use chrono::{DateTime, Utc};
use domain::authz::Actor;
use domain::ids::PersonId;

/// A signed-in person's request.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// The person with the roles held now.
    pub actor: Actor,
    /// The session.
    pub session: Session,
    /// Where it came from.
    pub via: Via,
}

/// The session of a request.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// SHA-256 of the session id: what the database knows.
    pub hash: Vec<u8>,
    /// When the second factor of the sign-in was given.
    pub factor_at: Option<DateTime<Utc>>,
}

/// Where a request came from, for the audit.
#[derive(Clone, Debug, Default)]
pub struct Via {
    /// Address of the peer, or of the client as told by a trusted proxy.
    pub ip: String,
    /// As sent, shortened.
    pub user_agent: String,
    /// Number of the request in the log.
    pub trace_id: String,
}

/// Who an audit event says did it.
#[derive(Clone, Debug, Default)]
pub struct By {
    /// A person, or the system.
    pub person: Option<PersonId>,
    /// The session, if there is one.
    pub session_hash: Vec<u8>,
    /// Where from.
    pub via: Via,
}

impl Ctx {
    /// The person.
    pub fn person(&self) -> PersonId {
        self.actor.person
    }

    /// For the audit.
    pub fn by(&self) -> By {
        By { person: Some(self.actor.person), session_hash: self.session.hash.clone(), via: self.via.clone() }
    }
}

impl By {
    /// The system itself: worker, command line. `run` names what ran.
    pub fn system(run: &str) -> Self {
        Self { via: Via { trace_id: run.to_owned(), ..Via::default() }, ..Self::default() }
    }
}
