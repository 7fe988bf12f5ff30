//! Applications that follow the groups: connected, changed, tried, stopped, taken away.
#![expect(
    clippy::too_many_arguments,
    reason = "the arguments of a server function are the fields of its form"
)]

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Connects an application.
#[server(prefix = "/api/ui", endpoint = "admin/create-application")]
pub async fn create_application(
    #[server(default)] kind: String,
    #[server(default)] name: String,
    #[server(default)] base_url: String,
    #[server(default)] token: String,
    #[server(default)] code: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use domain::provision::Kind;
    use domain::provision::settings::Typed;
    use engine::act::create_application::create_application;
    use engine::provision::input::Input;
    let settings = Typed::usual(Kind::parse(&kind).unwrap_or_default());
    let input = Input { kind, name, base_url, token, settings, leave_them: false };
    let id = create_application(&engine()?, &caller()?, &input, &code).await?;
    Ok(Done::to(format!("/admin/applications/{id}")).saying("application-created"))
}

/// Changes an application.
#[server(prefix = "/api/ui", endpoint = "admin/edit-application")]
pub async fn edit_application(
    #[server(default)] id: String,
    #[server(default)] version: String,
    #[server(default)] kind: String,
    #[server(default)] name: String,
    #[server(default)] base_url: String,
    #[server(default)] token: String,
    #[server(default)] dialect: String,
    #[server(default)] probe: String,
    #[server(default)] patches: bool,
    #[server(default)] adds_twice: bool,
    #[server(default)] delete_accept: bool,
    #[server(default)] matching: String,
    #[server(default)] scope: String,
    #[server(default)] leaving: String,
    #[server(default)] drift: String,
    #[server(default)] foreigners: String,
    #[server(default)] sessions: String,
    #[server(default)] breaker_most: String,
    #[server(default)] breaker_per_cent: String,
    #[server(default)] per_second: String,
    #[server(default)] burst: String,
    #[server(default)] in_flight: String,
    #[server(default)] sweep_minutes: String,
    #[server(default)] leave_them: bool,
    #[server(default)] code: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use domain::provision::Kind;
    use domain::provision::settings::Typed;
    use engine::provision::input::Input;
    // what is no number is out of every bound, and refused at its field with those bounds
    let number = |typed: &str| typed.trim().parse::<i32>().unwrap_or(-1);
    // what the form of a kind does not ask is as usual
    let usual = Typed::usual(Kind::parse(&kind).unwrap_or_default());
    let or = |typed: String, usual: String| if typed.is_empty() { usual } else { typed };
    let settings = Typed {
        dialect: or(dialect, usual.dialect),
        probe: or(probe, usual.probe),
        patches,
        adds_twice,
        delete_accept,
        matching: matching.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect(),
        scope,
        leaving: or(leaving, usual.leaving),
        drift,
        foreigners: or(foreigners, usual.foreigners),
        sessions: or(sessions, usual.sessions),
        breaker_most: number(&breaker_most),
        breaker_per_cent: number(&breaker_per_cent),
        per_second: number(&per_second),
        burst: number(&burst),
        in_flight: number(&in_flight),
        sweep_minutes: number(&sweep_minutes),
    };
    let application = id.parse().map_err(|_| Failure::NotFound)?;
    let (input, version) =
        (Input { kind, name, base_url, token, settings, leave_them }, version.parse().unwrap_or_default());
    let edit = engine::act::edit_application::edit_application;
    edit(&engine()?, &caller()?, application, version, &input, &code).await?;
    Ok(Done::to(format!("/admin/applications/{application}")).saying("application-saved"))
}

/// Does what the button said: `test`, `write`, `on`, `off`, `again` for everybody of whom it failed, `allow` for accounts that
/// were held back, `group-now` for everybody of this group, or `group-away` to take it away.
#[server(prefix = "/api/ui", endpoint = "admin/manage-application")]
pub async fn manage_application(
    #[server(default)] id: String,
    #[server(default)] deed: String,
    #[server(default)] group: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use domain::ids::GroupId;
    use engine::act::assign_application_group::remove_application_group;
    use engine::act::provision_group_now::provision_group_now;
    use engine::act::retry_application::{allow_departures, retry_application};
    use engine::act::switch_application::switch_application;
    use engine::act::test_application::{test_connection, test_write};
    let (engine, caller) = (engine()?, caller()?);
    let application = id.parse().map_err(|_| Failure::NotFound)?;
    let said = match deed.as_str() {
        "test" | "write" => {
            let tested = match deed.as_str() {
                "test" => test_connection(&engine, &caller, application).await?,
                _ => test_write(&engine, &caller, application).await?,
            };
            if tested.well { "application-well" } else { "application-badly" }
        }
        "group-away" => {
            let group = group.parse().map(GroupId).map_err(|_| Failure::NotFound)?;
            remove_application_group(&engine, &caller, application, group).await?;
            "application-group-removed"
        }
        "group-now" => {
            let group = group.parse().map(GroupId).map_err(|_| Failure::NotFound)?;
            provision_group_now(&engine, &caller, application, group).await?;
            "application-group-now"
        }
        "again" => {
            retry_application(&engine, &caller, application, None).await?;
            "application-again"
        }
        "allow" => {
            allow_departures(&engine, &caller, application).await?;
            "application-allowed"
        }
        "on" => {
            switch_application(&engine, &caller, application, true).await?;
            "application-on"
        }
        "off" => {
            switch_application(&engine, &caller, application, false).await?;
            "application-off"
        }
        _ => return Err(vec![crate::forms::unreadable()].into()),
    };
    Ok(Done::to(format!("/admin/applications/{application}")).saying(said))
}

/// Another token.
#[server(prefix = "/api/ui", endpoint = "admin/renew-application-token")]
pub async fn renew_application_token(
    #[server(default)] id: String,
    #[server(default)] token: String,
    #[server(default)] code: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use engine::act::renew_application_token::renew_application_token;
    let application = id.parse().map_err(|_| Failure::NotFound)?;
    renew_application_token(&engine()?, &caller()?, application, &token, &code).await?;
    Ok(Done::to(format!("/admin/applications/{application}")).saying("application-token"))
}

/// Assigns a group.
#[server(prefix = "/api/ui", endpoint = "admin/assign-application-group")]
pub async fn assign_application_group(
    #[server(default)] id: String,
    #[server(default)] group: String,
    #[server(default)] role: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use domain::ids::GroupId;
    use domain::refusal::{Code, Refusal};
    use engine::act::assign_application_group::assign_application_group;
    let application = id.parse().map_err(|_| Failure::NotFound)?;
    let group = group
        .parse()
        .map(GroupId)
        .map_err(|_| Failure::refused(Refusal::new(Code::Missing, "Choose a group.").at("group")))?;
    assign_application_group(&engine()?, &caller()?, application, group, &role).await?;
    Ok(Done::to(format!("/admin/applications/{application}")).saying("application-group-assigned"))
}

/// Works on one person now, or rehearses it; the answer shows the steps.
#[server(prefix = "/api/ui", endpoint = "admin/provision-now")]
pub async fn provision_now(
    #[server(default)] id: String,
    #[server(default)] person: String,
    #[server(default)] deed: String,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use domain::ids::PersonId;
    use domain::refusal::{Code, Refusal};
    let application = id.parse().map_err(|_| Failure::NotFound)?;
    let person = person
        .parse()
        .map(PersonId)
        .map_err(|_| Failure::refused(Refusal::new(Code::Missing, "Choose a person.").at("person")))?;
    let dry = deed != "now";
    let now = engine::act::provision_now::provision_now;
    let steps = now(&engine()?, &caller()?, application, person, dry).await?;
    crate::ctx::hand(steps);
    Ok(Done::here())
}

/// Deletes an application.
#[server(prefix = "/api/ui", endpoint = "admin/delete-application")]
pub async fn delete_application(
    #[server(default)] id: String,
    #[server(default)] leave_them: bool,
) -> Result<Done, Failure> {
    use crate::ctx::{caller, engine};
    use engine::act::delete_application::delete_application;
    let application = id.parse().map_err(|_| Failure::NotFound)?;
    delete_application(&engine()?, &caller()?, application, leave_them).await?;
    Ok(Done::to("/admin/applications").saying("application-deleted"))
}
