//! Access reviews as their reviewers meet them.

pub mod evidence;
pub mod recommended;
pub mod said;
pub mod sheet;

use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::access_review::read_opened;
use engine::ask::access_review_sheet::{Mine, Sheet, access_review_inbox};
use leptos::prelude::*;
use leptos_router::components::Route;
use leptos_router::{MatchNestedRoutes, SsrMode, path};

/// The pages of this area.
#[component(transparent)]
pub fn AccessReviewRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/reviews") view=Inbox ssr=SsrMode::Async />
        <Route path=path!("/reviews/:number") view=sheet::OneSheet ssr=SsrMode::Async />
        <Route path=path!("/reviews/:number/recommended") view=recommended::Recommended ssr=SsrMode::Async />
    }
    .into_inner()
}

/// The number of the round in the address.
fn number_here() -> Result<i64, Failure> {
    ctx::named("number")
}

/// When the page was made; after a refusal, when it was made first, so that the time that deciding took goes on.
fn opened(sheet: &Sheet) -> Result<String, Failure> {
    let (engine, caller, answers) = (engine()?, caller()?, Answers::here());
    let is_ours = |word: &&str| read_opened(&engine, sheet.round.id(), caller.person(), word).is_some();
    Ok(answers.value("opened").filter(is_ours).unwrap_or(&sheet.opened).to_owned())
}

/// `/reviews`
#[component]
fn Inbox() -> impl IntoView {
    page(async {
        let reviews = access_review_inbox(&engine()?, &caller()?).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let content = if reviews.is_empty() {
            let text = "When somebody asks you to look at who has access to a group, it appears here.";
            view! { <Empty glyph=Glyph::Tick heading="Nothing to review" text /> }.into_any()
        } else {
            let rows: Vec<_> = reviews.into_iter().map(|mine| row(mine, clock)).collect();
            let cols = ["Review", "Group", "Until", "Left for you"].map(Col::new).into();
            view! { <Table cols class="cards late">{rows}</Table> }.into_any()
        };
        Ok::<_, Failure>(view! {
            <Page frame title="Reviews" current=Some(Entry::Reviews) purpose="Groups whose people you are asked to look at." flash=said()>
                <div class="card">{content}</div>
            </Page>
        })
    })
}

fn row(mine: Mine, clock: Clock) -> impl IntoView {
    let left = match (mine.open, mine.left) {
        (false, _) => view! { <Mark glyph=Glyph::Hourglass text="Over" /> }.into_any(),
        (true, 0) => view! { <Mark tone=Tone::Ok glyph=Glyph::Check text="All decided" /> }.into_any(),
        (true, left) => format!("{} of {}", number(left), number(mine.all)).into_any(),
    };
    let (href, at) = (format!("/reviews/{}", mine.number), mine.ends_at);
    view! {
        <tr>
            <RowHead>
                <a class="gname" href=href>
                    <bdi>{mine.name}</bdi>
                </a>
            </RowHead>
            <Cell label="Group">
                <bdi>{mine.group}</bdi>
            </Cell>
            <Cell label="Until" class="nowrap">
                <When at clock />
            </Cell>
            <Cell label="Left for you" class="nowrap">{left}</Cell>
        </tr>
    }
}
