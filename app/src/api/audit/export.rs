//! The audit as a file.
#![expect(
    clippy::too_many_arguments,
    reason = "the arguments of a server function are the fields of its form"
)]

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Begins an export of what the page of the audit showed. The server sends the file as the answer ([`crate::ctx::hand`]).
#[server(prefix = "/api/ui", endpoint = "audit/export")]
pub async fn export_audit(
    #[server(default)] format: String,
    #[server(default)] from: String,
    #[server(default)] to: String,
    #[server(default)] kind: String,
    #[server(default)] about: String,
    #[server(default)] person: String,
    #[server(default)] group: String,
    #[server(default)] role: String,
    #[server(default)] code: String,
) -> Result<Done, Failure> {
    use crate::ctx;
    use crate::pages::audit::events::Asked;
    use crate::pages::frame::zone;
    use crate::parts::moment::Clock;
    use engine::ask::audit_export::{Format, begin};
    use engine::ask::frame;
    let (engine, caller) = (ctx::engine()?, ctx::caller()?);
    let (now, name) = frame::clock(&engine, &caller).await?;
    let clock = Clock { now, zone: zone(&name) };
    let asked = Asked::of(clock, |field| {
        let typed = match field {
            "from" => &from,
            "to" => &to,
            "kind" => &kind,
            "about" => &about,
            "person" => &person,
            "group" => &group,
            "role" => &role,
            _ => return String::new(),
        };
        typed.clone()
    });
    let format = Format::parse(&format).unwrap_or(Format::Csv);
    ctx::hand(begin(&engine, &caller, &asked.scope(), asked.filter(clock), format, &code).await?);
    Ok(Done::to("/audit"))
}
