//! Assignments that people ask to extend or renew, for who manages the group. Each is answered on a page of its own,
//! since it takes a kind and an end.

use crate::pages::access::ThingTitle;
use crate::parts::prelude::*;
use domain::text::Text;
use engine::ask::renewals::Line;
use engine::db::requests;
use leptos::prelude::*;

/// The section; nothing while nothing waits.
#[component]
pub fn ToRenew(
    /// The oldest first.
    lines: Vec<Line>,
) -> impl IntoView {
    let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    let clock = Clock::here();
    (!lines.is_empty()).then(|| {
        let rows: Vec<_> = lines.into_iter().map(|line| view! { <Row line clock /> }).collect();
        let cols =
            ["Who", "What", "Ends", "Asked"].map(Col::new).into_iter().chain([Col::actions()]).collect();
        view! {
            <section class="section" aria-labelledby="h-renew">
                <SectionHead id="h-renew" heading="To extend or renew" count />
                <div class="card">
                    <Table cols>{rows}</Table>
                </div>
            </section>
        }
    })
}

#[component]
fn Row(line: Line, clock: Clock) -> impl IntoView {
    let name = requests::name(line.number);
    let href = format!("{}/renewals/{name}", line.thing.place());
    let kind = if line.kind == "active" { "standing access" } else { "eligible" };
    let ends = match line.ends_at {
        Some(at) if at <= clock.now => Text::say("Ended ").at(at),
        Some(at) => Text::default().at(at),
        None => Text::say("No end date"),
    };
    let lapses = Text::say("lapses ").at(line.lapses);
    let who = line.who.name.clone();
    view! {
        <tr>
            <RowHead>
                <Person who=line.who.into() small=true />
            </RowHead>
            <Cell label="What">
                <ThingTitle thing=line.thing />
                <small class="muted">{kind}</small>
                <Quote text=line.reason />
            </Cell>
            <Cell label="Ends">
                <Sentence text=ends />
            </Cell>
            <Cell label="Asked">
                <When at=line.asked clock />
                <small>
                    <Sentence text=lapses />
                </small>
            </Cell>
            <ActionCell>
                <a class="btn small" href=href>
                    "Decide"
                    <span class="vh">" on the request of " <bdi>{who}</bdi></span>
                </a>
            </ActionCell>
        </tr>
    }
}
