//! Whether a database can be reached, and what may be granted in it.

use super::role::{KIND, kind};
use super::session::{Fault, What, Work};
use crate::provision::connector::{Rehearsed, Tested};
use crate::provision::line::{Line, Stop};
use domain::provision::Sessions;
use domain::provision::database::quoted;
use domain::provision::steps::Step;

/// Who we are there, and what that allows.
const ABOUT: &str = "select current_setting('server_version'), current_setting('server_version_num')::int, current_user::text, \
     r.rolsuper, r.rolcreaterole, r.rolsuper or pg_has_role(current_user, 'pg_signal_backend', 'usage') \
     from pg_roles r where r.rolname = current_user";

/// As whom we are there.
struct About {
    user: String,
    superuser: bool,
    /// Whoever may make roles may grant all but those of superusers: before version 16.
    makes: bool,
}

fn what(action: &'static str, statement: &str, line: &Line) -> What<'static> {
    What {
        step: Step::Connect,
        action,
        group: None,
        remote: None,
        name: line.app.name.clone(),
        statement: statement.to_owned(),
    }
}

/// The roles that assigned groups stand for.
async fn roles(line: &Line) -> Result<Vec<String>, Stop> {
    let sql = "select distinct role from application_groups where application_id = $1 and gone_at is null and role <> '' order by 1";
    Ok(sqlx::query_scalar(sql).bind(line.app.id).fetch_all(&line.engine.pool).await?)
}

fn tested(came: Result<Vec<String>, Fault>) -> Tested {
    let (well, lines) = match came {
        Ok(lines) => (true, lines),
        Err(fault) => (false, vec![fault.words()]),
    };
    Tested { well, lines, patches: None }
}

/// Enters, and asks what may be done. It may be used if that goes well; what is missing for single roles is said.
pub(super) async fn connection(line: &Line) -> Result<Tested, Stop> {
    let roles = roles(line).await?;
    let work = Work::begin(line, what("test", "who am I, and what may I grant?", line)).await?;
    let asked = ask(&work, line, &roles).await;
    Ok(tested(work.end(asked).await?))
}

async fn ask(work: &Work<'_>, line: &Line, roles: &[String]) -> Result<Vec<String>, Fault> {
    let mut lines = Vec::new();
    let rows = work.rows(ABOUT, &[]).await?;
    let Some(row) = rows.first() else { return Ok(lines) };
    let (version, number): (String, i32) = (row.get(0), row.get(1));
    let about =
        About { user: row.get(2), superuser: row.get(3), makes: row.get::<_, bool>(4) && number < 160_000 };
    lines.push(format!("It is PostgreSQL {version}, entered as {}.", about.user));
    for role in roles {
        lines.push(may(work, &about, role).await?);
    }
    if line.app.sessions == Sessions::End && !row.get::<_, bool>(5) {
        let user = quoted(&about.user);
        lines.push(format!(
            "It may not end sessions, which keep a role that was taken: GRANT pg_signal_backend TO {user};"
        ));
    }
    if about.makes {
        lines.push(
            "It may make roles, and so grant every role but those of superusers: more than it needs."
                .to_owned(),
        );
    }
    Ok(lines)
}

async fn may(work: &Work<'_>, about: &About, role: &str) -> Result<String, Fault> {
    let sql = format!(
        "select {KIND}, pg_has_role(current_user, r.oid, 'usage with admin option') from pg_roles r where r.rolname = $1"
    );
    let rows = work.rows(&sql, &[&role]).await?;
    let Some(row) = rows.first() else {
        return Ok(format!("There is no role {role}: CREATE ROLE {};", quoted(role)));
    };
    Ok(match (kind(row).not_to_give(), row.get::<_, bool>(6) || about.superuser || about.makes) {
        (Some(why), _) => format!("The role {role} is given to nobody: {why}."),
        (None, true) => format!("It may grant {role}."),
        (None, false) => {
            format!(
                "It may not grant {role}: GRANT {} TO {} WITH ADMIN OPTION;",
                quoted(role),
                quoted(&about.user)
            )
        }
    })
}

/// Makes a login of its own, grants it every role and takes it again, and takes everything back.
pub(super) async fn rehearse(line: &Line) -> Result<Rehearsed, Stop> {
    let roles = roles(line).await?;
    let work = Work::begin(line, what("test", "grant and revoke each role, taken back", line)).await?;
    let tried = attempt(&work, &roles).await;
    Ok(Rehearsed { tested: tested(work.end(tried).await?), switches: None })
}

/// In one transaction that is never committed: whatever becomes of it, nothing is left.
async fn attempt(work: &Work<'_>, roles: &[String]) -> Result<Vec<String>, Fault> {
    let login = quoted(&format!("zz_probe_{}", crate::ids::new().simple()));
    work.run(&format!("begin; create role {login} login")).await?;
    let mut lines = vec!["A login could be made for the test.".to_owned()];
    for role in roles {
        work.run(&format!("grant {} to {login}", quoted(role))).await?;
        work.run(&format!("revoke {} from {login}", quoted(role))).await?;
        lines.push(format!("{role} was granted and taken."));
    }
    work.run("rollback").await?;
    lines.push("All of it was taken back.".to_owned());
    Ok(lines)
}
