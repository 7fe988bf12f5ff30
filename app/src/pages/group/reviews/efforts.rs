//! What reviewing cost whom: facts, no judgement.

use crate::parts::prelude::*;
use domain::access_review::effort::Effort;
use engine::ask::who::Who as Somebody;
use leptos::prelude::*;

pub(super) fn table(efforts: &[(Somebody, Effort)]) -> Option<AnyView> {
    let rows: Vec<_> = efforts.iter().map(|(who, effort)| row(who.clone().into(), effort)).collect();
    let cols = vec![
        Col::new("Reviewer"),
        Col::new("Could decide").end(),
        Col::new("Decided").end(),
        Col::new("Time").end(),
        Col::new("What stands out"),
    ];
    (!rows.is_empty()).then(|| {
        view! {
            <h2 class="mt6">"Effort"</h2>
            <div class="card">
                <Table cols class="cards late">{rows}</Table>
            </div>
            <p class="sm muted mt2">
                "Time: from opening the page to sending it, shared among the decisions sent together. Reviewers are as they are now."
            </p>
        }
        .into_any()
    })
}

fn row(who: Who, effort: &Effort) -> impl IntoView + use<> {
    let time = match effort.average() {
        Some(seconds) => format!("{} each, {} in all", length(seconds), length(effort.took_ms / 1_000)),
        None => "–".to_owned(),
    };
    let stands_out = effort.hasty().then(|| {
        view! { <Mark tone=Tone::Wait glyph=Glyph::Hourglass text="All approved within 5 seconds each" /> }
    });
    let [items, decided] = [effort.items, effort.decided].map(number);
    view! {
        <tr>
            <RowHead>
                <Person who small=true />
            </RowHead>
            <Cell label="Could decide" class="end num">{items}</Cell>
            <Cell label="Decided" class="end num">{decided}</Cell>
            <Cell label="Time" class="end num">{time}</Cell>
            <Cell label="What stands out">{stands_out}</Cell>
        </tr>
    }
}
