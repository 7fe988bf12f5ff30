//! Roles that are granted and taken. A role that was granted by somebody else besides is not gone when ours is; and a session that took
//! on the role keeps it until it ends, so that it is ended.

use super::session::{Fault, What, Work};
use crate::provision::drift::Group;
use crate::provision::group;
use crate::provision::line::{Again, Key, Line, Stop};
use crate::provision::person::Member;
use domain::provision::Sessions;
use domain::provision::database::{name, quoted};
use domain::provision::steps::Step;
use std::time::Duration;

/// Who has a role directly, as the server says.
const HAS: &str = "select g.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles u on u.oid = m.member \
     join pg_roles g on g.oid = m.grantor where r.rolname = $1 and u.rolname = $2";
/// How often it is looked whether sessions are over, and for how long.
const LOOK: (Duration, usize) = (Duration::from_millis(100), 30);

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
    let there = exists(line, member, role).await;
    let kept = match there {
        Ok(true) => group::keep(line, &held, role, &member.group_name).await,
        Ok(false) => {
            let why = format!(
                "There is no role {role} in the database. Who runs it makes it: CREATE ROLE {};",
                quoted(role)
            );
            Err(Stop::Failed(why, Again::Later))
        }
        Err(stop) => Err(stop),
    };
    group::release(line, &held).await?;
    kept
}

async fn exists(line: &Line, member: &Member, role: &str) -> Result<bool, Stop> {
    let sql = "select from pg_roles where rolname = $1";
    let what = What {
        step: Step::Match,
        action: "find",
        group: Some(member.group_id),
        remote: None,
        name: member.group_name.clone(),
        statement: sql.replace("$1", role),
    };
    let work = Work::begin(line, what, None).await?;
    let rows = work.rows(sql, &[&role]).await;
    match work.end(rows).await? {
        Ok(rows) => Ok(!rows.is_empty()),
        Err(fault) => Err(fault.stop()),
    }
}

/// The role was dropped: it is looked for when it is there again.
pub(super) async fn forget_if_gone(line: &Line, member: &Member, role: &str) -> Result<(), Stop> {
    if !exists(line, member, role).await? {
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
}

impl Change<'_> {
    fn what(&self, action: &'static str, statement: &str) -> What<'_> {
        What {
            step: Step::Act,
            action,
            group: Some(self.member.group_id),
            remote: Some(self.user),
            name: format!("{} in {}", self.name, self.member.group_name),
            statement: statement.to_owned(),
        }
    }

    /// Grants it, and says whether she has it.
    pub(super) async fn grant(&self, key: &Key) -> Result<Result<bool, Fault>, Stop> {
        let sql = format!("grant {} to {}", quoted(self.role), quoted(self.user));
        let gives = Some((key, self.member.group_id));
        let work = Work::begin(self.line, self.what("add", &sql), gives).await?;
        let granted = async {
            work.run(&sql).await?;
            Ok(!work.rows(HAS, &[&self.role, &self.user]).await?.is_empty())
        };
        let granted = granted.await;
        work.end(granted).await
    }

    /// Takes it, ends her sessions, and looks whether she has it still.
    pub(super) async fn revoke(&self) -> Result<(), Stop> {
        let sql = format!("revoke {} from {}", quoted(self.role), quoted(self.user));
        let work = Work::begin(self.line, self.what("remove", &sql), None).await?;
        let revoked = async {
            let had = work.rows(HAS, &[&self.role, &self.user]).await?;
            if !had.is_empty() {
                work.run(&sql).await?;
            }
            let has = work.rows(HAS, &[&self.role, &self.user]).await?;
            let open = match self.line.app.sessions {
                Sessions::End if has.is_empty() => end_sessions(&work, self.user).await?,
                _ => 0,
            };
            Ok((has.iter().map(|row| row.get(0)).collect::<Vec<String>>(), open))
        };
        let revoked = revoked.await;
        match work.end(revoked).await? {
            Ok((grantors, 0)) if grantors.is_empty() => Ok(()),
            Ok((grantors, 0)) => {
                let why = format!(
                    "She still has the role {}: it was granted by {} too.",
                    self.role,
                    grantors.join(", ")
                );
                Err(Stop::Failed(why, Again::Soon))
            }
            Ok((_, open)) => {
                let why =
                    format!("The role was taken, and {open} of her sessions that may use it are still open.");
                Err(Stop::Failed(why, Again::Soon))
            }
            Err(fault) => Err(fault.stop()),
        }
    }
}

/// Ends her sessions, and says how many are open all the same.
async fn end_sessions(work: &Work<'_>, user: &str) -> Result<i64, Fault> {
    let open = "select count(*) from pg_stat_activity where usename = $1 and pid <> pg_backend_pid()";
    let (pause, times) = LOOK;
    let mut left = count(work, open, user).await?;
    if left > 0 {
        let end = "select count(*) filter (where pg_terminate_backend(pid)) from pg_stat_activity where usename = $1 and pid <> pg_backend_pid()";
        count(work, end, user).await?;
    }
    for _ in 0..times {
        if left == 0 {
            break;
        }
        tokio::time::sleep(pause).await;
        left = count(work, open, user).await?;
    }
    Ok(left)
}

async fn count(work: &Work<'_>, sql: &str, user: &str) -> Result<i64, Fault> {
    let rows = work.rows(sql, &[&user]).await?;
    Ok(rows.first().map_or(0, |row| row.get(0)))
}

/// Who has the role; `None` where it is not there. Whoever may grant it has it as its administrator, and is not meant.
pub(super) async fn members(line: &Line, group: &Group) -> Result<Option<Vec<String>>, Stop> {
    let sql = "select u.rolname from pg_roles r left join pg_auth_members m on m.roleid = r.oid and not m.admin_option \
         left join pg_roles u on u.oid = m.member and u.rolname <> current_user where r.rolname = $1";
    let what = What {
        step: Step::Import,
        action: "read",
        group: Some(group.group_id),
        remote: None,
        name: group.name.clone(),
        statement: format!("members of {}", quoted(&group.remote_id)),
    };
    let work = Work::begin(line, what, None).await?;
    let rows = work.rows(sql, &[&group.remote_id]).await;
    match work.end(rows).await? {
        Ok(rows) if rows.is_empty() => Ok(None),
        Ok(rows) => Ok(Some(rows.iter().filter_map(|row| row.get(0)).collect())),
        Err(fault) => Err(fault.stop()),
    }
}
