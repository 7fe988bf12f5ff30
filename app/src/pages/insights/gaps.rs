//! Where nobody can approve what has to be approved.

use super::asked::Asked;
use super::report::{card, nothing};
use crate::parts::prelude::*;
use engine::ask::insights::Insights;
use engine::ask::insights::csv::Table as File;
use engine::ask::insights::gaps::GapOf;
use leptos::prelude::*;

/// The list, with the way to each policy.
pub fn part(shown: &Insights, asked: &Asked) -> AnyView {
    let content = if shown.gaps.is_empty() {
        nothing("Whatever asks for approval can be approved.")
    } else {
        let rows: Vec<_> = shown.gaps.iter().map(row).collect();
        let cols = ["Group or role", "Kind", "Why"].map(Col::new).into();
        view! { <Table cols class="cards late">{rows}</Table> }.into_any()
    };
    let says =
        "Approval is asked, and too few can give it, or are here to. Name others in the policy.".to_owned();
    card("gaps", "Nobody can approve, or is here to", says, asked, File::Gaps, content)
}

fn row(row: &GapOf) -> AnyView {
    let which =
        row.thing.kind().access().map_or_else(String::new, |access| format!("?role={}", access.wire()));
    let href = format!("{}/settings{which}", row.thing.place());
    let (name, kind, why) = (row.thing.name.clone(), row.thing.kind(), row.words());
    view! {
        <tr>
            <RowHead>
                <GroupName name href=Some(href) />
            </RowHead>
            <Cell label="Kind">
                <RoleTag access=kind />
            </Cell>
            <Cell label="Why">{why}</Cell>
        </tr>
    }
    .into_any()
}
