//! The role as which a person logs in. It is found by her name; who runs the database makes it, with its password.

use super::Postgres;
use super::role::Change;
use super::session::{What, Work};
use crate::provision::connector::{Connector, Ready};
use crate::provision::line::{Again, Key, Line, Stop};
use crate::provision::person::Plan;
use crate::provision::record;
use domain::provision::Match;
use domain::provision::body::Account;
use domain::provision::database::{name, quoted};
use domain::provision::steps::Step;

/// Makes sure that she can log in. When her name changed, what the login of the old name has is taken from it first.
pub(super) async fn ensure(line: &Line, key: &Key, plan: &Plan) -> Result<Ready, Stop> {
    let written = Postgres::written(&plan.account);
    let known = plan.link.remote_id.as_deref();
    if let (Some(known), true) = (known, plan.is_settled(&written)) {
        return Ok(Ready { remote: known.to_owned(), look: false, anew: false });
    }
    let found = find(line, &plan.account).await?;
    let anew = known != found.as_deref();
    if let (Some(known), true) = (known, anew) {
        take_all(line, key, plan, known).await?;
        record::lost_account(line, key).await?;
    }
    let Some(remote) = found else {
        let named = names(line, &plan.account).join(" or ");
        let why = format!("Nobody called {named} can log in to the database. Who runs it makes the login.");
        return Err(Stop::Failed(why, Again::Later));
    };
    record::link(line, key, Some(&remote), "yes", true, &written).await?;
    Ok(Ready { remote, look: false, anew })
}

async fn take_all(line: &Line, key: &Key, plan: &Plan, user: &str) -> Result<(), Stop> {
    for member in plan.members.iter().filter(|member| member.there != "no") {
        let Some(role) = &member.remote_group else { continue };
        let change = Change { line, member, name: &plan.account.user_name, role, user };
        change.revoke().await?;
        record::record(line, key, member.group_id, "no").await?;
    }
    Ok(())
}

/// As what she may log in, in this order.
fn names(line: &Line, account: &Account) -> Vec<String> {
    let local = account.user_name.split('@').next().unwrap_or_default().to_owned();
    let names = line.app.matching.iter().filter_map(|by| match by {
        Match::UserName => Some(account.user_name.clone()),
        Match::Local => Some(local.clone()),
        Match::Mail => account.mail.clone(),
        Match::External => None,
    });
    names.collect()
}

/// Her login, if there is one.
pub(super) async fn find(line: &Line, account: &Account) -> Result<Option<String>, Stop> {
    for named in names(line, account).into_iter().filter(|named| name(named).is_ok()) {
        if let Some(found) = look(line, &named, &account.user_name).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

async fn look(line: &Line, named: &str, who: &str) -> Result<Option<String>, Stop> {
    let sql = "select rolcanlogin, rolname = current_user from pg_roles where rolname = $1";
    let what = What {
        step: Step::Match,
        action: "find",
        group: None,
        remote: None,
        name: who.to_owned(),
        statement: format!("login {}", quoted(named)),
    };
    let work = Work::begin(line, what, None).await?;
    let rows = work.rows(sql, &[&named]).await;
    let rows = match work.end(rows).await? {
        Ok(rows) => rows,
        Err(fault) => return Err(fault.stop()),
    };
    let Some((logs_in, ours)) = rows.first().map(|row| (row.get::<_, bool>(0), row.get::<_, bool>(1))) else {
        return Ok(None);
    };
    let why = match (logs_in, ours) {
        (_, true) => format!(
            "{named} is the role with which Pimento itself enters the database: nobody is given anything by it."
        ),
        (false, _) => format!("The role {named} can't log in: it is no person's."),
        _ => return Ok(Some(named.to_owned())),
    };
    Err(Stop::Failed(why, Again::Later))
}

/// The login was dropped, and with it what it had.
pub(super) async fn forget_if_gone(line: &Line, key: &Key, user: &str) -> Result<(), Stop> {
    if look(line, user, user).await?.is_none() {
        record::link(line, key, None, "no", false, "").await?;
        record::lost_account(line, key).await?;
    }
    Ok(())
}
