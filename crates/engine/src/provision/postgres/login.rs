//! The role as which a person logs in. It is found by her name, and known by its object id from then on; who runs the database makes it,
//! with its password.

use super::Postgres;
use super::role::{KIND, is_gone, kind};
use super::session::{What, Work};
use crate::provision::connector::{Connector, Ready};
use crate::provision::line::{Again, Key, Line, Stop};
use crate::provision::person::Plan;
use crate::provision::record;
use domain::provision::Match;
use domain::provision::body::Account;
use domain::provision::database::{name, quoted};
use domain::provision::steps::Step;

/// Makes sure that she can log in. When she is called otherwise by now, the login of the old name loses everything first.
pub(super) async fn ensure(line: &Line, key: &Key, plan: &Plan) -> Result<Ready, Stop> {
    let written = Postgres::written(&plan.account);
    let known = plan.link.remote_id.as_deref();
    if let (Some(known), true) = (known, plan.is_settled(&written)) {
        return Ok(Ready { remote: known.to_owned(), look: false, anew: false });
    }
    if let Some(known) = known {
        if is_hers(line, plan, known).await? {
            record::link(line, key, Some(known), "yes", true, &written).await?;
            return Ok(Ready { remote: known.to_owned(), look: false, anew: false });
        }
        super::take_all(line, key, plan, known).await?;
        record::link(line, key, None, "no", false, "").await?;
    }
    let Some((remote, _)) = find(line, &plan.account).await? else {
        let named =
            names(line, &plan.account).into_iter().map(|(_, named)| named).collect::<Vec<_>>().join(" or ");
        let why = format!("Nobody called {named} can log in to the database. Who runs it makes the login.");
        return Err(Stop::Failed(why, Again::Later));
    };
    record::link(line, key, Some(&remote), "yes", true, &written).await?;
    Ok(Ready { remote, look: false, anew: true })
}

/// As what she may log in, in this order.
fn names(line: &Line, account: &Account) -> Vec<(Match, String)> {
    let local = account.user_name.split('@').next().unwrap_or_default().to_owned();
    let names = line.app.matching.iter().filter_map(|by| match by {
        Match::UserName => Some((*by, account.user_name.clone())),
        Match::Local => Some((*by, local.clone())),
        Match::Mail => account.mail.clone().map(|mail| (*by, mail)),
        Match::External => None,
    });
    names.collect()
}

fn looked<'a>(who: &str, statement: String) -> What<'a> {
    What { step: Step::Match, action: "find", group: None, remote: None, name: who.to_owned(), statement }
}

/// Whether the login that is known is called as she is, and is a person's still.
async fn is_hers(line: &Line, plan: &Plan, known: &str) -> Result<bool, Stop> {
    let sql = format!("select {KIND}, r.rolname::text from pg_roles r where r.oid = $1::text::oid");
    let work = Work::begin(line, looked(&plan.account.user_name, format!("login {known}"))).await?;
    let rows = work.rows(&sql, &[&known]).await;
    let rows = work.end(rows).await?.map_err(|fault| fault.stop())?;
    let called = |row: &str| names(line, &plan.account).iter().any(|(_, named)| named == row);
    Ok(rows.first().is_some_and(|row| kind(row).no_person().is_none() && called(row.get(6))))
}

/// Her login, if there is one: its id and its name.
pub(super) async fn find(line: &Line, account: &Account) -> Result<Option<(String, String)>, Stop> {
    for (by, named) in names(line, account).into_iter().filter(|(_, named)| name(named).is_ok()) {
        if let Some(found) = look(line, by, &named, account).await? {
            return Ok(Some((found, named)));
        }
    }
    Ok(None)
}

async fn look(line: &Line, by: Match, named: &str, account: &Account) -> Result<Option<String>, Stop> {
    let sql = format!(
        "select {KIND}, r.oid::text, exists (select from pg_auth_members m where m.roleid = r.oid and not m.admin_option) \
         from pg_roles r where r.rolname = $1"
    );
    let work = Work::begin(line, looked(&account.user_name, format!("login {}", quoted(named)))).await?;
    let rows = work.rows(&sql, &[&named]).await;
    let rows = work.end(rows).await?.map_err(|fault| fault.stop())?;
    let Some(row) = rows.first() else { return Ok(None) };
    let why = match kind(row).no_person() {
        Some(why) => format!("The login {named} gets nothing: {why}."),
        None if row.get(7) => format!("The login {named} gets nothing: others can act as it."),
        None if shared(line, by, named, account).await? => {
            format!("The login {named} gets nothing: more than one person here could be meant by it.")
        }
        None => return Ok(Some(row.get(6))),
    };
    Err(Stop::Failed(why, Again::Later))
}

/// Whether somebody else here could be meant: sign-in names are one person's, their beginnings and mail addresses need not be.
async fn shared(line: &Line, by: Match, named: &str, account: &Account) -> Result<bool, Stop> {
    let sql = match by {
        Match::Local => {
            "select exists (select from users where deleted_at is null and id::text <> $1 \
               and (lower(split_part(user_name, '@', 1)) = lower($2)))"
        }
        Match::Mail => {
            "select exists (select from users where deleted_at is null and id::text <> $1 and lower(mail) = lower($2))"
        }
        Match::UserName | Match::External => return Ok(false),
    };
    let shared = sqlx::query_scalar(sql).bind(&account.external_id).bind(named);
    Ok(shared.fetch_one(&line.engine.pool).await?)
}

/// The login was dropped, and with it what it had.
pub(super) async fn forget_if_gone(line: &Line, key: &Key, user: &str) -> Result<(), Stop> {
    if is_gone(line, looked(user, format!("login {user}")), user).await? {
        record::link(line, key, None, "no", false, "").await?;
        record::lost_account(line, key).await?;
    }
    Ok(())
}
