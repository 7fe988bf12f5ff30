//! The answer to a request to extend or renew an assignment.
#![expect(
    clippy::too_many_arguments,
    reason = "the arguments of a server function are the fields of its form"
)]

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Answers the request `R-…` about the group at `key` or the directory role `role`: `verdict` is approve or deny. An approval gives `kind` (eligible
/// or active) from `start` (empty: now, or as it runs) to `end` in the person's zone, or without an end if `until` is
/// `never`.
#[server(prefix = "/api/ui", endpoint = "groups/decide-renewal")]
pub async fn decide_renewal(
    #[server(default)] key: String,
    #[server(default)] role: String,
    number: String,
    #[server(default)] verdict: String,
    #[server(default)] kind: String,
    #[server(default)] start: String,
    #[server(default)] until: String,
    #[server(default)] end: String,
    #[server(default)] reason: String,
    #[server(default)] code: String,
) -> Result<Done, Failure> {
    use super::typed;
    use crate::ctx::{caller, engine};
    use domain::approval::Verdict;
    use domain::assignment::{Kind, Wanted};
    use domain::refusal::{Code, Refusal};
    use engine::act::decide_renewal::{Decided, Input, decide_renewal};
    use engine::db::requests;

    let (engine, caller, at) = (engine()?, caller()?, typed::place(&key, &role)?);
    let missing = |text: &str, field: &str| Failure::refused(Refusal::new(Code::Missing, text).at(field));
    let verdict = Verdict::parse(&verdict).ok_or_else(|| missing("Choose Approve or Deny.", "verdict"))?;
    let number = requests::parse_name(&number).ok_or(Failure::NotFound)?;
    let wanted = if verdict == Verdict::Approve {
        let clock = typed::clock().await?;
        let kind = Kind::parse(&kind).ok_or_else(|| missing("Choose eligible or active.", "kind"))?;
        let end = if until == "never" {
            None
        } else {
            Some(typed::moment(clock, &end, "end")?.unwrap_or(clock.now))
        };
        Wanted { kind, start: typed::moment(clock, &start, "start")?, end, reason }
    } else {
        Wanted { kind: Kind::Eligible, start: None, end: None, reason }
    };
    let given = wanted.kind;
    let request = engine::ask::request_page::id(&engine, number).await?;
    let input = Input { at: at.clone(), request, verdict, wanted, code };
    let name = requests::name(number);
    match decide_renewal(&engine, &caller, input).await? {
        Decided::Approved(span) => {
            let until = span.end.map(|end| end.to_rfc3339()).unwrap_or_default();
            let to = format!("{at}/assignments?kind={}", given.wire());
            Ok(Done::to(to).saying("renewal-approved").with("request", name).with("until", until))
        }
        Decided::Denied => {
            let to = format!("{at}/requests?show=all");
            Ok(Done::to(to).saying("renewal-denied").with("request", name))
        }
    }
}
