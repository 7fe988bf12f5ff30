//! `/assign/sheet`: a line for each assignment, from a spreadsheet.

use super::report::Told;
use super::{Last, Ways, crumbs, enter};
use crate::failure::Failure;
use crate::pages::page;
use crate::parts::prelude::*;
use leptos::prelude::*;

/// Shown as an example, and read like every sheet.
const EXAMPLE: &str = "principal,target,role,kind,start,end,reason\n\
    ann.berg@larkfield.example,prod-db-admins,member,eligible,,2027-06-30,On-call rota\n\
    platform-team,dns-editors,owner,active,2026-12-01 08:00,2026-12-05 18:00,Migration";

/// The page.
#[component]
pub fn Sheet() -> impl IntoView {
    page(async {
        let (frame, report) = enter().await?;
        let clock = frame.clock;
        Ok::<_, Failure>(view! {
            <Page
                frame
                title="Assign from a sheet"
                current=Some(Entry::Groups)
                crumbs=crumbs()
                purpose="A line for each assignment. Nothing is assigned before you agree to what would happen."
                outcome="Nothing was assigned."
            >
                <Ways sheet=true />
                <Post class="stack loose" files=true>
                    <div class="card pad stack">
                        <FileField
                            name="sheet_file"
                            label="File"
                            hint="As spreadsheets save it: CSV, with the names of the columns in the first line. At most 1 MiB and 500 lines."
                            accept=".csv,.txt,text/csv,text/plain"
                        />
                        <TextArea
                            name="sheet"
                            label="Or its lines"
                            hint="Paste them here. An uploaded file takes their place, and can be mended here."
                            rows=8
                        />
                        <Columns />
                    </div>
                    {report.clone().map(|report| view! { <Told report clock done=false /> })}
                    <Last report />
                </Post>
            </Page>
        })
    })
}

/// What the columns mean.
#[component]
fn Columns() -> impl IntoView {
    let column = |name: &'static str, means: &'static str| {
        view! {
            <li>
                <b>{name}</b>
                ": "
                {means}
            </li>
        }
    };
    view! {
        <details>
            <summary>"The columns, and an example"</summary>
            <div class="stack">
                <ul>
                    {column("principal", "mail address or user name of a person, or key of a group")}
                    {column("target", "key of the group, or with its role: prod-db-admins.owner, user-administrator.role")}
                    {column("role", "member or owner; member if it is empty or missing")} {column("kind", "eligible or active")}
                    {column("start", "2026-12-01 or 2026-12-01 08:00 in your own time zone; empty means at once")}
                    {column("end", "the same; a day alone means the whole of it; empty or never means no end")}
                    {column("reason", "justification, where the policy asks for one")}
                </ul>
                <pre>{EXAMPLE}</pre>
            </div>
        </details>
    }
}
