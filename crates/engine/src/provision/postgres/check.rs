//! Whether a database can be reached, and what may be granted in it.

use super::session::{Fault, What, Work};
use crate::provision::connector::{Rehearsed, Tested};
use crate::provision::line::{Line, Stop};
use domain::provision::Sessions;
use domain::provision::database::quoted;
use domain::provision::steps::Step;

/// Who we are there, and what that allows.
const ABOUT: &str = "select current_setting('server_version'), current_user::text, r.rolsuper, r.rolcreaterole, \
     r.rolsuper or pg_has_role(current_user, 'pg_signal_backend', 'usage') from pg_roles r where r.rolname = current_user";
/// Whether a role is there, and whether we may grant it.
const MAY: &str = "select pg_has_role(current_user, oid, 'usage with admin option'), rolsuper from pg_roles where rolname = $1";

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

/// Enters, and asks what may be done. It may be used if that goes well; what is missing for single roles is said.
pub(super) async fn connection(line: &Line) -> Result<Tested, Stop> {
    let roles = roles(line).await?;
    let work = Work::begin(line, what("test", "who am I, and what may I grant?", line), None).await?;
    let asked = ask(&work, line, &roles).await;
    let (well, lines) = match work.end(asked).await? {
        Ok(lines) => (true, lines),
        Err(fault) => (false, vec![line.app.scrubbed(&fault.words())]),
    };
    Ok(Tested { well, lines, patches: None })
}

async fn ask(work: &Work<'_>, line: &Line, roles: &[String]) -> Result<Vec<String>, Fault> {
    let mut lines = Vec::new();
    let about = work.rows(ABOUT, &[]).await?;
    let Some(about) = about.first() else { return Ok(lines) };
    let (version, user): (String, String) = (about.get(0), about.get(1));
    let (may_all, signals): (bool, bool) = (about.get(2), about.get(4));
    lines.push(format!("It is PostgreSQL {version}, entered as {user}."));
    // before version 16, whoever may make roles may grant all but those of superusers
    let makes = about.get::<_, bool>(3)
        && version.split('.').next().and_then(|v| v.parse().ok()).is_some_and(|v: u32| v < 16);
    for role in roles {
        let rows = work.rows(MAY, &[role]).await?;
        lines.push(match rows.first().map(|row| (row.get::<_, bool>(0), row.get::<_, bool>(1))) {
            None => format!("There is no role {role}: CREATE ROLE {};", quoted(role)),
            Some((granted, superuser)) if granted || may_all || (makes && !superuser) => {
                format!("It may grant {role}.")
            }
            Some(_) => format!(
                "It may not grant {role}: GRANT {} TO {} WITH ADMIN OPTION;",
                quoted(role),
                quoted(&user)
            ),
        });
    }
    if line.app.sessions == Sessions::End && !signals {
        let user = quoted(&user);
        lines.push(format!(
            "It may not end sessions, which keep a role that was taken: GRANT pg_signal_backend TO {user};"
        ));
    }
    Ok(lines)
}

/// Makes a login of its own, grants it every role and takes it again, and takes everything back.
pub(super) async fn rehearse(line: &Line) -> Result<Rehearsed, Stop> {
    let roles = roles(line).await?;
    let work = Work::begin(line, what("test", "grant and revoke each role, taken back", line), None).await?;
    let tried = attempt(&work, &roles).await;
    let (well, lines) = match work.end(tried).await? {
        Ok(lines) => (true, lines),
        Err(fault) => (false, vec![line.app.scrubbed(&fault.words())]),
    };
    Ok(Rehearsed { tested: Tested { well, lines, patches: None }, switches: None })
}

/// In one transaction that is never committed: whatever becomes of it, nothing is left.
async fn attempt(work: &Work<'_>, roles: &[String]) -> Result<Vec<String>, Fault> {
    let probe = format!("zz_probe_{}", crate::ids::new().simple());
    let login = quoted(&probe);
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
