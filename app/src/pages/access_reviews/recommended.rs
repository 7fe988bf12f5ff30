//! `/reviews/{number}/recommended`: whom one button would approve, before it does.

use super::evidence;
use crate::ctx::{caller, engine};
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::access_review_lines::Line;
use engine::ask::access_review_sheet::recommended_of;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Recommended() -> impl IntoView {
    page(async {
        let number = super::number_here()?;
        let sheet = recommended_of(&engine()?, &caller()?, number).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let back = format!("/reviews/{number}");
        let crumbs = vec![
            Crumb::to("Reviews", "/reviews"),
            Crumb::to(sheet.group.clone(), back.clone()),
            Crumb::here("Approve what is recommended"),
        ];
        let content = if sheet.recommended == 0 || !sheet.open {
            let text = "Everything that is recommended to stay is decided, or the review is over.";
            view! { <Empty glyph=Glyph::Check heading="Nothing to approve" text><Go href=back text="Back to the review" /></Empty> }.into_any()
        } else {
            let count = sheet.recommended;
            let text = format!(
                "Approve {}",
                counted(i64::try_from(count).unwrap_or(i64::MAX), "assignment", "assignments")
            );
            let reason = sheet.round.plan.justify.then(|| {
                view! { <TextArea name="reason" label="Reason" hint="This review asks for one. It is kept with each of them." max=500 /> }
            });
            let opened = super::opened(&sheet)?;
            let rows: Vec<_> = sheet.lines.into_iter().map(|line| row(&line.as_it_is(), clock)).collect();
            let cols = ["Who", "What", "Use", "Why it may stay"].map(Col::new).into();
            view! {
                <Post class="stack loose">
                    <HiddenField name="opened" value=opened />
                    <HiddenField name="seen" value=sheet.seen />
                    <div class="card"><Table cols class="cards align-top">{rows}</Table></div>
                    <div class="card pad stack">
                        {reason}
                        <Actions>
                            <Submit text />
                            <Go href=back text="Decide one by one" look=Look::Quiet />
                        </Actions>
                    </div>
                </Post>
            }
            .into_any()
        };
        Ok::<_, Failure>(view! {
            <Page frame title="Approve what is recommended" current=Some(Entry::Reviews) crumbs outcome="Nothing was approved.">
                {content}
            </Page>
        })
    })
}

fn row(line: &Line, clock: Clock) -> impl IntoView + use<> {
    let (who, what, usage) = (evidence::who(line), evidence::what(line, clock), evidence::usage(line, clock));
    let because = line.because.clone();
    view! {
        <tr>
            <RowHead>{who}</RowHead>
            <Cell label="What">{what}</Cell>
            <Cell label="Use">{usage}</Cell>
            <Cell label="Why it may stay">{because}</Cell>
        </tr>
    }
}
