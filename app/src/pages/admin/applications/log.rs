//! What an application was told and what it answered.

use super::{address, crumbs, id};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::application_log::{Attempt, Filter, application_log, attempt};
use engine::ask::applications;
use leptos::prelude::*;

/// Filters by what came of it: the word in addresses, and as people read it.
const RESULTS: [(&str, &str); 4] =
    [("", "All"), ("done", "Done"), ("failed", "Failed"), ("unknown", "Without an answer")];

/// `/admin/applications/{id}/log`
#[component]
pub fn Log() -> impl IntoView {
    page(async {
        let (engine, caller) = (ctx::engine()?, ctx::caller()?);
        let app = applications::application(&engine, &caller, id()?).await?.application;
        let result = ctx::query("result").unwrap_or_default();
        let filter = Filter { application: Some(app.id), result: result.clone(), ..Filter::default() };
        let found = application_log(&engine, &caller, &filter, ctx::query("after").as_deref()).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let base = format!("{}/log", address(app.id));
        let known = RESULTS.iter().any(|(wire, _)| *wire == result);
        let tabs = RESULTS
            .map(|(wire, word)| {
                Tab::new(word, format!("{base}?result={wire}"), wire == result || (wire.is_empty() && !known))
            })
            .to_vec();
        let (crumbs, heading) = (crumbs(&app, "Log"), format!("Log of {}", app.name));
        let file = |kind: &str| format!("{base}/export.{kind}?result={result}");
        let (csv, lines) = (file("csv"), file("ndjson"));
        let older = found.next.map(|next| format!("{base}?after={next}&result={result}"));
        let count = i64::try_from(found.rows.len()).unwrap_or(i64::MAX);
        let content = if found.rows.is_empty() {
            let text = "What is sent appears here, with its answer, and stays for 400 days.";
            view! { <Empty glyph=Glyph::Plug heading="Nothing here" text /> }.into_any()
        } else {
            let rows: Vec<_> = found.rows.into_iter().map(|row| line(row, &base, clock)).collect();
            let cols = ["What", "Result", "Answer", "For", "Took", "When"].map(Col::new).to_vec();
            view! {
                <section class="card mt6" aria-labelledby="log">
                    <h2 class="vh" id="log">"Requests"</h2>
                    <Table class="cards late" cols>{rows}</Table>
                    <Pager says=counted(count, "request", "requests") newer=None older />
                </section>
            }
            .into_any()
        };
        Ok::<_, Failure>(view! {
            <Page frame title="Log" heading current=Some(Entry::Applications) crumbs>
                <div class="row">
                    <Segments label="Show" tabs />
                    <Go href=csv text="Export as CSV" glyph=Glyph::Download />
                    <Go href=lines text="As JSON lines" glyph=Glyph::Download />
                </div>
                {content}
            </Page>
        })
    })
}

fn line(row: Attempt, base: &str, clock: Clock) -> impl IntoView + use<> {
    let (href, what, came, answer) =
        (format!("{base}/{}", row.id), what(&row), came(&row.result), answer(&row));
    view! {
        <tr>
            <RowHead><a href=href><bdi>{what}</bdi></a></RowHead>
            <Cell label="Result">{came}</Cell>
            <Cell label="Answer"><bdi>{answer}</bdi></Cell>
            <Cell label="For"><bdi>{row.why}</bdi></Cell>
            <Cell label="Took" class="nowrap num">{format!("{} ms", number(i64::from(row.took_ms)))}</Cell>
            <Cell label="When"><When at=row.at clock form=Form::Second /></Cell>
        </tr>
    }
}

fn what(row: &Attempt) -> String {
    format!("{} {}", row.action, row.name).trim().to_owned()
}

fn answer(row: &Attempt) -> String {
    let status = row.status.map(|status| status.to_string()).unwrap_or_default();
    [status, row.scim_type.clone(), row.problem.clone()].join(" ").trim().to_owned()
}

fn came(result: &str) -> AnyView {
    let (tone, glyph, text) = match result {
        "done" => (Tone::Ok, Glyph::Check, "Done"),
        "failed" => (Tone::Bad, Glyph::Warn, "Failed"),
        _ => (Tone::Wait, Glyph::Clock, "Without an answer"),
    };
    view! { <Mark tone glyph text /> }.into_any()
}

/// `/admin/applications/{id}/log/{attempt}`
#[component]
pub fn One() -> impl IntoView {
    page(async {
        let (engine, caller) = (ctx::engine()?, ctx::caller()?);
        let app = applications::application(&engine, &caller, id()?).await?.application;
        let which = ctx::named("attempt")?;
        let row = attempt(&engine, &caller, which).await?;
        if row.application_id != app.id {
            return Err(Failure::NotFound);
        }
        let frame = frame::here().await?;
        let clock = frame.clock;
        let mut crumbs = crumbs(&app, "One request");
        crumbs.insert(2, Crumb::to("Log", format!("{}/log", address(app.id))));
        let heading = what(&row);
        Ok(view! {
            <Page frame title="One request" heading current=Some(Entry::Applications) crumbs>
                <div class="stack">
                    {facts(&row, clock)}
                    {shown("What changed", &changed(&row.changed))}
                    {shown("What was sent", &format!("{}\n{}", row.request, row.body))}
                    {shown("What came back", &row.answer)}
                </div>
            </Page>
        })
    })
}

fn facts(row: &Attempt, clock: Clock) -> impl IntoView + use<> {
    let at = row.at;
    let asked_by = row.actor.clone().map_or("nobody: by itself".to_owned(), |name| name);
    let facts = vec![
        ("Result", came(&row.result)),
        ("Answer", view! { <bdi>{answer(row)}</bdi> }.into_any()),
        ("Done for", view! { <bdi>{row.why.clone()}</bdi> }.into_any()),
        ("Asked by", view! { <bdi>{asked_by}</bdi> }.into_any()),
        ("Id there", view! { <bdi class="key">{row.remote_id.clone().unwrap_or_default()}</bdi> }.into_any()),
        ("Id of the request", view! { <span class="key">{row.id.to_string()}</span> }.into_any()),
        ("Tries before", number(i64::from(row.retry)).into_any()),
        ("Took", format!("{} ms", number(i64::from(row.took_ms))).into_any()),
        ("When", view! { <When at clock form=Form::Second /> }.into_any()),
    ];
    view! { <section class="card pad" aria-label="What came of it"><Facts facts /></section> }
}

/// Path, before and after of each attribute, one a line.
fn changed(changed: &serde_json::Value) -> String {
    let lines = changed.as_array().into_iter().flatten().map(ToString::to_string);
    lines.collect::<Vec<_>>().join("\n")
}

fn shown(heading: &'static str, text: &str) -> Option<AnyView> {
    let text = text.trim().to_owned();
    (!text.is_empty()).then(|| {
        view! {
            <section class="card pad stack tight" aria-label=heading>
                <h2>{heading}</h2>
                <Said text whole=true />
            </section>
        }
        .into_any()
    })
}
