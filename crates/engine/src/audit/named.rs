//! Chained events with the names by which people know what they tell of, for files and streams that leave Pimento.

use super::file::{Line, Names};
use super::stored::{self, COLUMNS, Stored};
use crate::{Error, Result};
use domain::audit::canonical::{Entry, Hash};

/// A statement up to its condition: `c` is `audit_chain`, `e` is `audit_events`, `t` is `targets`.
pub(crate) fn select() -> String {
    format!(
        "select {COLUMNS}, coalesce((select p.hash from audit_chain p where p.position = c.position - 1), \
             (select s.last_hash from audit_seals s where s.last_position = c.position - 1)) as previous, \
           a.user_name as by, coalesce(u.user_name, pg.key) as about, g.display_name as \"group\", \
           coalesce(t.role, t.kind) as access, 'R-' || r.number as request \
         from audit_chain c join audit_events e on e.seq = c.seq \
         left join users a on a.id = e.actor_id left join users u on u.id = e.principal_id \
         left join groups pg on pg.id = e.principal_id left join groups g on g.id = e.group_id \
         left join targets t on t.id = e.target_id left join requests r on r.id = e.request_id"
    )
}

/// A row of it.
#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    #[sqlx(flatten)]
    stored: Stored,
    /// None before the first event, and where the one before was deleted.
    previous: Option<Vec<u8>>,
    #[sqlx(flatten)]
    names: Names,
}

/// An event with its place in the chain.
pub(crate) struct Named {
    pub entry: Entry,
    pub hash: Hash,
    pub previous: Hash,
    pub names: Names,
}

impl Row {
    /// As the rules of the chain take it.
    ///
    /// # Errors
    /// A stored hash is none.
    pub(crate) fn named(self) -> Result<Named> {
        let position = self.stored.position;
        let previous = self.previous.map_or(Ok(Hash::ZERO), |bytes| stored::hash(position - 1, &bytes))?;
        let link = self.stored.link(Some(previous))?;
        Ok(Named { entry: link.entry, hash: link.hash, previous, names: self.names })
    }
}

impl Named {
    /// The JSON of an export's line, without its end.
    ///
    /// # Errors
    /// Its facts are not JSON.
    pub(crate) fn json(&self) -> Result<String> {
        let line = Line::new(self.entry.clone(), self.hash, self.previous, self.names.clone());
        let json = line.and_then(|line| serde_json::to_string(&line));
        json.map_err(|error| Error::Internal(format!("a line of the audit: {error}")))
    }
}
