//! Roles that are granted and taken. They are known by their object ids: a name may be another's tomorrow. A role that was granted by
//! somebody else besides, or that she has through another, is not gone when ours is; and a session that took it on keeps it until it ends.

use super::session::{Fault, What, Work};
use crate::provision::drift::Group;
use crate::provision::group;
use crate::provision::line::{Again, Key, Line, Stop};
use crate::provision::person::Member;
use domain::provision::Sessions;
use domain::provision::answer::Meaning;
use domain::provision::database::{self, name, quoted};
use domain::provision::steps::Step;
use std::time::Duration;
use tokio_postgres::Row;

/// The columns of a role `r` from which it is read what it is.
pub(super) const KIND: &str = "r.rolcanlogin, r.rolsuper, r.rolcreaterole, r.rolreplication, \
     r.rolname in (current_user, session_user), r.rolname like 'pg\\_%'";
/// By whom a role was granted to somebody directly. A grantor may be gone.
const HAS: &str = "select coalesce(g.rolname::text, m.grantor::text) from pg_auth_members m left join pg_roles g on g.oid = m.grantor \
     where m.roleid = $1::text::oid and m.member = $2::text::oid";
/// Other roles that somebody has and that have this one.
const THROUGH: &str = "select r.rolname::text, r.oid::text from pg_auth_members m join pg_roles r on r.oid = m.roleid \
     where m.member = $2::text::oid and m.roleid <> $1::text::oid and pg_has_role(m.roleid, $1::text::oid, 'member')";
/// Who could act as somebody.
const AS_HER: &str = "select r.rolname::text from pg_auth_members m join pg_roles r on r.oid = m.member \
     where m.roleid = $1::text::oid and not m.admin_option";
/// Sessions of somebody, which end by being looked at.
const END: &str = "select pid, pg_terminate_backend(pid) from pg_stat_activity where usesysid = $1::text::oid and pid <> pg_backend_pid()";
/// Those of them that are still there.
const LEFT: &str = "select count(*) from pg_stat_activity where usesysid = $1::text::oid and pid = any ($2)";
/// How often it is looked for sessions, and for how long. Some times at least: one that was beginning is not shown at once.
const LOOK: (Duration, usize, usize) = (Duration::from_millis(100), 4, 40);

/// What a role is, of a row that begins with [`KIND`].
pub(super) fn kind(row: &Row) -> database::Role {
    database::Role {
        logs_in: row.get(0),
        superuser: row.get(1),
        makes_roles: row.get(2),
        replicates: row.get(3),
        ours: row.get(4),
        built_in: row.get(5),
    }
}

fn looked<'a>(member: &Member, statement: String) -> What<'a> {
    What {
        step: Step::Match,
        action: "find",
        group: Some(member.group_id),
        remote: None,
        name: member.group_name.clone(),
        statement,
    }
}

/// The role that the group stands for. It has to be there: whoever runs the database made it.
pub(super) async fn known(line: &Line, member: &Member) -> Result<String, Stop> {
    if let Some(role) = &member.remote_group {
        return Ok(role.clone());
    }
    let role = member.role.trim();
    if let Err(why) = name(role) {
        return Err(Stop::Failed(format!("The group says no role of the database. {why}"), Again::Later));
    }
    let held = group::hold(line, member.group_id).await?;
    let kept = match find(line, member, role).await {
        Ok(id) => group::keep(line, &held, &id, &member.group_name, Some(&member.role)).await,
        Err(stop) => Err(stop),
    };
    group::release(line, &held).await?;
    kept
}

async fn find(line: &Line, member: &Member, role: &str) -> Result<String, Stop> {
    let sql = format!("select {KIND}, r.oid::text from pg_roles r where r.rolname = $1");
    let work = Work::begin(line, looked(member, format!("role {}", quoted(role)))).await?;
    let rows = work.rows(&sql, &[&role]).await;
    let rows = work.end(rows).await?.map_err(|fault| fault.stop())?;
    let why = match rows.first() {
        None => format!(
            "There is no role {role} in the database. Who runs it makes it: CREATE ROLE {};",
            quoted(role)
        ),
        Some(row) => match kind(row).not_to_give() {
            None => return Ok(row.get(6)),
            Some(why) => format!("The role {role} is given to nobody: {why}."),
        },
    };
    Err(Stop::Failed(why, Again::Later))
}

/// Whether the role with this id, a person's login too, was dropped.
pub(super) async fn is_gone(line: &Line, what: What<'_>, id: &str) -> Result<bool, Stop> {
    let work = Work::begin(line, what).await?;
    let rows = work.rows("select from pg_roles where oid = $1::text::oid", &[&id]).await;
    Ok(work.end(rows).await?.map_err(|fault| fault.stop())?.is_empty())
}

/// The role was dropped: it is looked for by its name when somebody is to have it.
pub(super) async fn forget_if_gone(line: &Line, member: &Member, role: &str) -> Result<(), Stop> {
    if is_gone(line, looked(member, format!("role {role}")), role).await? {
        group::lose(line, member.group_id, role).await?;
    }
    Ok(())
}

/// A change of one membership.
pub(super) struct Change<'a> {
    pub line: &'a Line,
    pub member: &'a Member,
    /// As people know her.
    pub name: &'a str,
    pub role: &'a str,
    pub user: &'a str,
    /// Other roles that she has from here: she may have this one through them.
    pub others: Vec<&'a str>,
    /// Her open sessions end with it.
    pub ends_sessions: bool,
}

impl<'a> Change<'a> {
    fn what(&self, action: &'static str) -> What<'a> {
        What {
            step: Step::Act,
            action,
            group: Some(self.member.group_id),
            remote: Some(self.user),
            name: format!("{} in {}", self.name, self.member.group_name),
            statement: format!("{action} {} {}", self.role, self.user),
        }
    }

    /// The names that both have now; `None` where one of them is not there any more.
    async fn names(&self, work: &Work<'_>) -> Result<Option<(String, String)>, Fault> {
        let sql = "select r.rolname::text, u.rolname::text from pg_roles r, pg_roles u where r.oid = $1::text::oid and u.oid = $2::text::oid";
        let rows = work.rows(sql, &[&self.role, &self.user]).await?;
        Ok(rows.first().map(|row| (quoted(row.get(0)), quoted(row.get(1)))))
    }

    /// Grants it. It counts when she has it.
    pub(super) async fn grant(&self, key: &Key) -> Result<Result<(), Fault>, Stop> {
        let mut work = Work::begin(self.line, self.what("add")).await?;
        let (role, user) = match self.names(&work).await {
            Ok(Some(names)) => names,
            Ok(None) => {
                let fault = Fault::found(Meaning::Gone, "The role or the login is not there any more.");
                return work.end(Err(fault)).await;
            }
            Err(fault) => return work.end(Err(fault)).await,
        };
        work.what.statement = format!("grant {role} to {user}");
        work.give(key, self.member.group_id, self.role).await?;
        let granted = async {
            work.run(&work.what.statement).await?;
            if work.rows(HAS, &[&self.role, &self.user]).await?.is_empty() {
                let why = "The database says that it granted the role, and the login does not have it.";
                return Err(Fault::found(Meaning::Conflict, why));
            }
            Ok(())
        };
        let granted = granted.await;
        work.end(granted).await
    }

    /// Takes it. It counts when she has it in no way any more, and nothing of hers goes on with it.
    pub(super) async fn revoke(&self) -> Result<(), Stop> {
        let mut work = Work::begin(self.line, self.what("remove")).await?;
        work.hold().await?;
        let mut taken = self.take(&mut work).await;
        if taken.is_ok() && self.ends_sessions && self.line.app.sessions == Sessions::End {
            work.hold().await?;
            taken = end_sessions(&work, self.user).await;
        }
        work.end(taken).await?.map_err(|fault| fault.stop_soon())
    }

    async fn take(&self, work: &mut Work<'_>) -> Result<(), Fault> {
        // with either went what she had
        let Some((role, user)) = self.names(work).await? else { return Ok(()) };
        work.what.statement = format!("revoke {role} from {user}");
        // a grant of ours whose answer was lost may be under way there still
        let late = "select count(*) filter (where pg_terminate_backend(pid)) from pg_stat_activity \
             where usename = current_user and pid <> pg_backend_pid() and state <> 'idle' and query = $1";
        work.rows(late, &[&format!("grant {role} to {user}")]).await?;
        let revoked = work.run(&work.what.statement).await;
        let has = work.rows(HAS, &[&self.role, &self.user]).await?;
        match revoked {
            // we may not take it, and there is nothing to take
            Err(fault) if fault.meaning == Meaning::Wrong && has.is_empty() => {}
            revoked => revoked?,
        }
        let still = |why: String| Err(Fault::found(Meaning::Conflict, why));
        if !has.is_empty() {
            return still(format!(
                "The login still has the role {role}: it was granted by {} too.",
                names(&has)
            ));
        }
        let through = work.rows(THROUGH, &[&self.role, &self.user]).await?;
        let through: Vec<Row> =
            through.into_iter().filter(|row| !self.others.contains(&row.get::<_, &str>(1))).collect();
        if !through.is_empty() {
            return still(format!("The login still has the role {role} through {}.", names(&through)));
        }
        let as_her = work.rows(AS_HER, &[&self.user]).await?;
        if !as_her.is_empty() {
            return still(format!(
                "{} can act as {user}, and may go on with the role {role}.",
                names(&as_her)
            ));
        }
        Ok(())
    }
}

fn names(rows: &[Row]) -> String {
    rows.iter().map(|row| row.get(0)).collect::<Vec<String>>().join(", ")
}

/// Ends her sessions, and waits until they have. What begins later can't take the role on any more, and is let be: a program that comes
/// back at once would never be done with.
async fn end_sessions(work: &Work<'_>, user: &str) -> Result<(), Fault> {
    let (pause, least, most) = LOOK;
    let mut ended: Vec<i32> = Vec::new();
    let mut left = 0;
    for look in 0..most {
        if look < least {
            ended.extend(work.rows(END, &[&user]).await?.iter().map(|row| row.get::<_, i32>(0)));
        }
        left = work.rows(LEFT, &[&user, &ended]).await?.first().map_or(0, |row| row.get::<_, i64>(0));
        if left == 0 && look + 1 >= least {
            return Ok(());
        }
        tokio::time::sleep(pause).await;
    }
    let why = format!("The role was taken, and {left} sessions that may use it are still open.");
    Err(Fault::found(Meaning::Conflict, why))
}

/// Who has the role, by their ids; `None` where it is not there. Roles that nobody logs in as and superusers are how whoever runs the
/// database built it; and who may grant it has it as its administrator, if nobody here is known by that login.
pub(super) async fn members(line: &Line, group: &Group) -> Result<Option<Vec<String>>, Stop> {
    let sql = "select u.oid::text, coalesce(m.admin_option, false) from pg_roles r left join pg_auth_members m on m.roleid = r.oid \
         left join pg_roles u on u.oid = m.member and u.rolcanlogin and not u.rolsuper and u.rolname not in (current_user, session_user) \
         where r.oid = $1::text::oid";
    let what = What {
        step: Step::Import,
        action: "read",
        group: Some(group.group_id),
        remote: None,
        name: group.name.clone(),
        statement: format!("members of {}", group.remote_id),
    };
    let work = Work::begin(line, what).await?;
    let rows = work.rows(sql, &[&group.remote_id]).await;
    let rows = work.end(rows).await?.map_err(|fault| fault.stop())?;
    if rows.is_empty() {
        return Ok(None);
    }
    let have = |admin: bool| -> Vec<String> {
        rows.iter().filter(|row| row.get::<_, bool>(1) == admin).filter_map(|row| row.get(0)).collect()
    };
    let known = "select remote_id from application_people where application_id = $1 and remote_id = any ($2)";
    let known: Vec<String> =
        sqlx::query_scalar(known).bind(line.app.id).bind(have(true)).fetch_all(&line.engine.pool).await?;
    let mut all = have(false);
    all.extend(known);
    all.sort();
    all.dedup();
    Ok(Some(all))
}
