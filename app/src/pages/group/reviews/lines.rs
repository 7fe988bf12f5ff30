//! The results of a round, one row for each assignment.

use crate::pages::access_reviews::evidence;
use crate::parts::prelude::*;
use domain::access_review::Decision;
use engine::ask::access_review_lines::Line;
use leptos::prelude::*;

pub(super) fn results(lines: Vec<Line>, clock: Clock) -> AnyView {
    if lines.is_empty() {
        return view! { <Empty glyph=Glyph::Users heading="Nobody was there" text="When the round began, nobody held what it reviews." /> }
            .into_any();
    }
    let rows: Vec<_> = lines.into_iter().map(|line| row(line, clock)).collect();
    let cols = ["Who", "What", "Use", "Decision", "What came of it"].map(Col::new).into();
    view! { <Table cols class="cards align-top">{rows}</Table> }.into_any()
}

fn row(line: Line, clock: Clock) -> impl IntoView {
    let decision = decision(&line, clock);
    let outcome = match line.outcome.as_deref() {
        None => view! { <span class="muted">"–"</span> }.into_any(),
        Some("kept") => view! { <Mark glyph=Glyph::Check text="Kept" /> }.into_any(),
        Some("removed") => view! { <Mark glyph=Glyph::Minus text="Removed" /> }.into_any(),
        Some("refused") => {
            view! { <Mark tone=Tone::Bad glyph=Glyph::Stop text="Could not be removed" /> }.into_any()
        }
        Some(_) => view! { <Mark tone=Tone::Wait glyph=Glyph::Info text="Nothing done" /> }.into_any(),
    };
    let (who, what, usage) =
        (evidence::who(&line), evidence::what(&line, clock), evidence::usage(&line, clock));
    let why = line.outcome_text.clone();
    view! {
        <tr>
            <RowHead>{who}</RowHead>
            <Cell label="What">{what}</Cell>
            <Cell label="Use">{usage}</Cell>
            <Cell label="Decision">{decision}</Cell>
            <Cell label="What came of it">
                {outcome}
                <p class="sm soft"><bdi>{why}</bdi></p>
            </Cell>
        </tr>
    }
}

fn decision(line: &Line, clock: Clock) -> AnyView {
    let word = line.decision.as_deref().and_then(Decision::parse);
    let (Some(word), Some(by), Some(at)) = (word, line.decided_by.clone(), line.decided_at) else {
        return view! { <span class="muted">"Undecided"</span> }.into_any();
    };
    view! {
        <b>{word.words()}</b>
        <p class="sm soft">"by " <bdi>{by}</bdi> ", " <When at clock /></p>
        <p class="sm"><bdi>{line.reason.clone()}</bdi></p>
    }
    .into_any()
}
