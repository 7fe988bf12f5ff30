//! What a reader sees of the audit, and what she asks for, as conditions of a statement.

use super::{Filter, Scope};
use crate::ask::group_header;
use crate::{Ctx, Result, authority};
use domain::authz::{Action, allows};
use domain::ids::{GroupId, PersonId};
use sqlx::PgConnection;
use uuid::Uuid;

/// What a reader may see, as bound into the statement.
#[derive(Clone, Debug, Default)]
pub(in crate::ask) struct Sight {
    /// No bound at all.
    pub(in crate::ask) everything: bool,
    /// Of this group only.
    pub(in crate::ask) group: Option<Uuid>,
    /// Of this directory role only.
    pub(in crate::ask) target: Option<Uuid>,
    /// Of this person only: she did it, or it is about her.
    pub(in crate::ask) person: Option<Uuid>,
    /// What the reader did or what is about her.
    pub(in crate::ask) reader: Option<Uuid>,
    /// Groups that the reader owns.
    pub(in crate::ask) owned: Vec<Uuid>,
}

impl Sight {
    /// A scope was decided on; without one nothing is seen, whatever was forgotten.
    fn sees_something(&self) -> bool {
        let one = self.group.or(self.target).or(self.person).or(self.reader);
        self.everything || one.is_some()
    }
}

/// Decides what the reader sees of this scope.
pub(in crate::ask) async fn sight(conn: &mut PgConnection, ctx: &Ctx, scope: &Scope) -> Result<Sight> {
    let me = ctx.person();
    let everything = allows(&ctx.actor, &Action::ReadAudit);
    match scope {
        Scope::Of(place) => {
            let (subject, _) = group_header::load_any(conn, ctx, place, Action::ReadGroupAudit).await?;
            match subject.group_id() {
                Some(group) => Ok(Sight { group: Some(group.0), ..Sight::default() }),
                None => {
                    let targets = subject.target_ids(conn).await?;
                    Ok(Sight { target: targets.first().copied(), ..Sight::default() })
                }
            }
        }
        Scope::Person(person) => {
            if *person != me {
                authority::require(ctx, &Action::ReadAudit)?;
            }
            Ok(Sight { person: Some(person.0), ..Sight::default() })
        }
        Scope::Mine if everything => Ok(Sight { everything, ..Sight::default() }),
        Scope::Mine => {
            let owned = owned(conn, me).await?.into_iter().map(|group| group.0).collect();
            Ok(Sight { reader: Some(me.0), owned, ..Sight::default() })
        }
    }
}

async fn owned(conn: &mut PgConnection, person: PersonId) -> Result<Vec<GroupId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "select distinct t.group_id from groups_above($1) up join active_now a on a.principal_id = up.id \
         join targets t on t.id = a.target_id and t.kind = 'owner' \
         join groups g on g.id = t.group_id and g.deleted_at is null",
    )
    .bind(person.0)
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(GroupId).collect())
}

/// The conditions of sight and filter over parameters $1 to $8, bound by [`bound`]. What is not asked is not in the
/// statement: PostgreSQL plans a condition that may or may not hold as one that no index answers.
pub(in crate::ask) fn matching(sight: &Sight, filter: &Filter) -> String {
    let conditions = [
        (sight.group.is_some(), "e.group_id = $1"),
        (sight.target.is_some(), "e.target_id = $1 and e.group_id is null"),
        (sight.person.is_some(), "(e.actor_id = $2 or e.principal_id = $2)"),
        (sight.reader.is_some(), "(e.actor_id = $3 or e.principal_id = $3 or e.group_id = any ($4))"),
        (filter.from.is_some(), "e.at >= $5"),
        (filter.to.is_some(), "e.at < $6"),
        (filter.class.is_some(), "e.action = any ($7)"),
        (filter.refused, "e.outcome = 'refused'"),
        (!about(filter).is_empty(), ABOUT),
    ];
    let asked = conditions.iter().filter(|(asked, _)| *asked).map(|(_, condition)| *condition);
    let seen = if sight.sees_something() { "true" } else { "false" };
    std::iter::once(seen).chain(asked).collect::<Vec<_>>().join(" and ")
}

/// Who, what or which request an event is about, by $8.
const ABOUT: &str = "(position($8 in lower(e.ticket)) > 0 \
    or exists (select from users u where u.id in (e.actor_id, e.principal_id) \
               and position($8 in lower(u.display_name || ' ' || u.user_name)) > 0) \
    or exists (select from groups n where n.id in (e.group_id, e.principal_id) \
               and position($8 in lower(n.display_name || ' ' || n.key)) > 0) \
    or exists (select from requests q where q.id = e.request_id and 'r-' || q.number = $8))";

/// Binds what [`matching`] names.
macro_rules! bound {
    ($query:expr, $sight:expr, $filter:expr) => {
        $query
            .bind($sight.group.or($sight.target))
            .bind($sight.person)
            .bind($sight.reader)
            .bind($sight.owned.clone())
            .bind($filter.from)
            .bind($filter.to)
            .bind(
                $filter.class.map(|class| class.events().map(domain::audit::Event::wire).collect::<Vec<_>>()),
            )
            .bind($crate::ask::audit_page::sight::about($filter))
    };
}

pub(in crate::ask) use bound;

pub(in crate::ask) fn about(filter: &Filter) -> String {
    filter.about.trim().to_lowercase()
}
