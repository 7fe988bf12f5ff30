//! Whether an application answers as SCIM does.

use super::client::Call;
use crate::ids;
use crate::provision::connector::Tested;
use crate::provision::line::{Line, Stop};
use domain::provision::answer::Meaning;
use domain::provision::steps::Step;
use domain::provision::{filter, listing};

/// A search that finds nobody.
pub(crate) fn nobody() -> String {
    format!("/Users?filter={}&startIndex=1&count=1", filter::eq("userName", &ids::new().to_string()))
}

/// Asks for nobody, and then for what it says about itself.
pub(crate) async fn connection(line: &Line) -> Result<Tested, Stop> {
    let seen = line.send(Call::get(nobody(), Step::Connect, "test").named(&line.app.name)).await?;
    let failed = |says: String| Tested { well: false, lines: vec![says], patches: None };
    if seen.meaning != Meaning::Done {
        return Ok(failed(line.app.scrubbed(&seen.words())));
    }
    let Some(listing) = listing::read(&seen.exchange.body) else {
        return Ok(failed("It answers, but not with a list as SCIM has it. Is the address right?".into()));
    };
    if listing.total > 0 || !listing.resources.is_empty() {
        return Ok(failed("It found somebody whom nobody asked for: it ignores filters.".into()));
    }
    let mut lines = vec!["It answers, and takes the token.".to_owned()];
    lines
        .extend(listing.deviations.iter().map(|deviation| format!("Not as the standard says: {deviation}.")));
    let call = Call::get("/ServiceProviderConfig".into(), Step::Connect, "test").named(&line.app.name);
    let about = line.send(call).await?;
    let patches =
        about.exchange.body["patch"]["supported"].as_bool().filter(|_| about.meaning == Meaning::Done);
    lines.push(match (about.meaning, patches) {
        (Meaning::Done, Some(true)) => "It says that it knows PATCH.".into(),
        (Meaning::Done, Some(false)) => "It says that it knows no PATCH: whole resources are written.".into(),
        _ => "It says nothing about what it can do.".into(),
    });
    Ok(Tested { well: true, lines, patches })
}
