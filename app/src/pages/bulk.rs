//! Assigning many at once: lists of people and groups, or a sheet; what would happen; what came of it.

mod people;
mod report;
mod result;
mod sheet;

use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::frame;
use crate::parts::prelude::*;
use engine::ask::assign_many;
use engine::bulk::report::Report;
use leptos::prelude::*;
use leptos_router::components::Route;
use leptos_router::{MatchNestedRoutes, SsrMode, path};

/// The pages of this area.
#[component(transparent)]
pub fn BulkRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/assign") view=people::People ssr=SsrMode::Async />
        <Route path=path!("/assign/sheet") view=sheet::Sheet ssr=SsrMode::Async />
        <Route path=path!("/assign/:form") view=result::Result ssr=SsrMode::Async />
    }
    .into_inner()
}

/// What both forms need: what surrounds them, and the report if one was just made.
///
/// # Errors
/// This person manages nothing.
async fn enter() -> Result<(Frame, Option<Report>), Failure> {
    assign_many::require(&engine()?, &caller()?).await?;
    Ok((frame::here().await?, ctx::handed::<Report>()))
}

fn crumbs() -> Vec<Crumb> {
    vec![Crumb::to("Groups", "/groups"), Crumb::here("Assign many")]
}

/// The two ways in.
#[component]
fn Ways(
    /// Whether it is the sheet.
    sheet: bool,
) -> impl IntoView {
    let tabs =
        vec![Tab::new("People and groups", "/assign", !sheet), Tab::new("Sheet", "/assign/sheet", sheet)];
    view! { <Tabs label="Assign many" tabs /> }
}

/// The end of both forms: first see, then agree.
#[component]
fn Last(
    /// The report that was just shown.
    report: Option<Report>,
) -> impl IntoView {
    let agreed = report.filter(|report| report.given() > 0);
    let asks_code = agreed.as_ref().is_some_and(|report| report.asks_code);
    view! {
        <HiddenField name="form" value=engine::ids::new().to_string() />
        {asks_code
            .then(|| view! { <CodeField hint="Confirms the standing access in the list above. Each code works once." /> })}
        <Actions>
            {agreed
                .map(|report| {
                    let text = format!("Assign {}", counted(i64::try_from(report.given()).unwrap_or(i64::MAX), "line", "lines"));
                    view! {
                        <HiddenField name="agreed" value=report.digest() />
                        <Submit text name="assign" value="true" />
                    }
                })} <button class="btn">"Show what would happen"</button>
        </Actions>
    }
}
