//! Reading a directory export.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;

/// Says what the lists would change; with the digest of such a report it imports exactly that, or nothing.
#[server(prefix = "/api/ui", endpoint = "admin/import")]
pub async fn import_directory(
    #[server(default)] users: String,
    #[server(default)] groups: String,
    #[server(default)] roles: String,
    #[server(default)] agreed: Option<String>,
    #[server(default)] import: bool,
) -> Result<Done, Failure> {
    use crate::ctx;
    use engine::act::import_directory::{Input, import_directory as apply, preview};
    let (engine, caller) = (ctx::engine()?, ctx::caller()?);
    let lists = [("users", users), ("groups", groups), ("role assignments", roles)];
    let files = files(lists)?;
    let input = Input { files, agreed: agreed.filter(|_| import) };
    if import && input.agreed.is_some() {
        let report = apply(&engine, &caller, &input).await?;
        return Ok(done(&report));
    }
    ctx::hand(preview(&engine, &caller, &input).await?);
    Ok(Done::here())
}

#[cfg(feature = "ssr")]
fn files(lists: [(&str, String); 3]) -> Result<Vec<engine::import::read::File>, Failure> {
    use domain::refusal::{Code, Refusal};
    let given = lists.into_iter().filter(|(_, text)| !text.trim().is_empty());
    let files: Vec<_> = given
        .map(|(name, text)| engine::import::read::File { name: name.to_owned(), bytes: text.into_bytes() })
        .collect();
    if files.is_empty() {
        return Err(Failure::refused(Refusal::new(Code::Missing, "Paste at least one list.").at("users")));
    }
    Ok(files)
}

#[cfg(feature = "ssr")]
fn done(report: &engine::import::report::Report) -> Done {
    use engine::import::report::Outcome;
    Done::to("/people")
        .saying("imported")
        .with("created", report.total(Outcome::Created))
        .with("changed", report.total(Outcome::Changed))
        .with("ended", report.total(Outcome::Ended))
        .with("refused", report.total(Outcome::Refused))
}
