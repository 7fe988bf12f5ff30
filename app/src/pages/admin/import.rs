//! Reading a directory export: first what it would change, then, agreed to, exactly that.

use crate::ctx;
use crate::pages::page;
use crate::parts::prelude::*;
use crate::{failure::Failure, pages::frame};
use domain::authz::{Action, allows};
use engine::import::report::{Line, Outcome, Report, Thing};
use leptos::prelude::*;

/// Most lines of a report that a page shows.
const LINES: usize = 500;

/// `/admin/import`
#[component]
pub fn Import() -> impl IntoView {
    page(async {
        if !allows(&ctx::caller()?.actor, &Action::Import) {
            return Err(Failure::NotFound);
        }
        let frame = frame::here().await?;
        let report = ctx::handed::<Report>();
        let agreed = report.as_ref().filter(|report| report.changes_something()).map(Report::digest);
        Ok(view! {
            <Page
                frame
                title="Import"
                current=Some(Entry::People)
                crumbs=vec![Crumb::to("People", "/people"), Crumb::here("Import")]
                purpose="Reads lists as Microsoft Graph answers them. Nothing is changed before you agree to the report."
                outcome="Nothing was imported."
            >
                {report.map(|report| view! { <Told report /> })}
                <Post class="stack">
                    <TextArea name="users" label="Users" hint="The answer of /users, as JSON." rows=6 optional=true />
                    <TextArea
                        name="groups"
                        label="Groups"
                        hint="The answer of /groups with members and owners."
                        rows=6
                        optional=true
                    />
                    <TextArea
                        name="roles"
                        label="Role assignments"
                        hint="The answer of /roleManagement/directory/roleAssignments with roleDefinition."
                        rows=6
                        optional=true
                    />
                    <div class="row">
                        {agreed
                            .map(|agreed| {
                                view! {
                                    <input type="hidden" name="agreed" value=agreed />
                                    <button class="btn primary" name="import" value="true">
                                        "Import what the report says"
                                    </button>
                                }
                            })} <button class="btn">"Show what would change"</button>
                    </div>
                </Post>
                <p class="sm soft">
                    "Larger lists are read on the server itself: "
                    <code>"pimento import users.json groups.json roleAssignments.json"</code>
                </p>
            </Page>
        })
    })
}

/// The report: counts, then what happens to what, and why.
#[component]
fn Told(report: Report) -> impl IntoView {
    let counts: Vec<_> = Thing::ALL.into_iter().filter_map(|thing| counted_in(&report, thing)).collect();
    let more = report.lines.len().saturating_sub(LINES);
    let lines: Vec<_> = report.lines.into_iter().take(LINES).map(line).collect();
    view! {
        <section class="stack" aria-labelledby="report">
            <SectionHead id="report" heading="What would change" />
            <ul>{counts}</ul>
            <Table cols=vec![Col::new("What happens"), Col::new("What"), Col::new("Name"), Col::new("Why")]>
                {lines}
            </Table>
            {(more > 0).then(|| view! { <p class="sm">{format!("… and {more} lines more.")}</p> })}
        </section>
    }
}

fn counted_in(report: &Report, thing: Thing) -> Option<impl IntoView + use<>> {
    let counts = Outcome::ALL.into_iter().map(|outcome| (report.count(thing, outcome), outcome.words()));
    let counts: Vec<_> = counts.filter(|(n, _)| *n > 0).map(|(n, words)| format!("{n} {words}")).collect();
    (!counts.is_empty()).then(|| view! { <li>{format!("{}: {}", thing.words(), counts.join(", "))}</li> })
}

fn line(line: Line) -> impl IntoView {
    let why: Vec<_> = line.why.into_iter().map(|text| view! { <Sentence text /> " " }).collect();
    view! {
        <tr>
            <Cell label="What happens">{line.outcome.words()}</Cell>
            <Cell label="What">{line.thing.words()}</Cell>
            <RowHead>
                <bdi>{line.name}</bdi>
            </RowHead>
            <Cell label="Why">{why}</Cell>
        </tr>
    }
}
