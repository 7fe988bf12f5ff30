//! `/groups/{key}/reviews/{number}`: how far a review is, what it cost whom, what came of it.

use super::{efforts, lines, state};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::group::head::{GroupPage, On};
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::access_review::plan::Reviewers;
use engine::approvers::Named as Reviewer;
use engine::ask::access_review_board::{Board, Shown, Sums, access_review_board};
use leptos::prelude::*;

/// The page.
#[component]
pub fn OneReview() -> impl IntoView {
    page(async {
        let key = crate::pages::group::group_key().ok_or(Failure::NotFound)?;
        let review: i64 = ctx::param("number").and_then(|word| word.parse().ok()).ok_or(Failure::NotFound)?;
        let round = ctx::query("round").and_then(|word| word.parse().ok());
        let after = ctx::query("after").unwrap_or_default();
        let board =
            access_review_board(&ctx::engine()?, &ctx::caller()?, (&key, review), round, &after).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let base = format!("/groups/{key}/reviews/{review}");
        let (name, note) = (board.review.name.clone(), board.review.plan.note.clone());
        let rounds = rounds(&board, &base, clock);
        let plan = plan(&board, clock);
        let todo = board.header.manages.then(|| todo(&board));
        let header = board.header.clone();
        let shown = board.shown.map(|shown| round_of(shown, &base, clock));
        Ok::<_, Failure>(view! {
            <GroupPage frame header on=On::Reviews step="Access review" outcome="Nothing was done.">
                <h2><bdi>{name}</bdi></h2>
                <Said text=&note />
                {rounds}
                <div class="card pad stack mt4">{plan} {todo}</div>
                {shown}
            </GroupPage>
        })
    })
}

fn rounds(board: &Board, base: &str, clock: Clock) -> Option<AnyView> {
    let current = board.shown.as_ref()?.round.round;
    let tab = |(round, at): &(i32, chrono::DateTime<chrono::Utc>)| {
        Tab::new(clock.day(*at), format!("{base}?round={round}"), *round == current)
    };
    let tabs: Vec<_> = board.rounds.iter().map(tab).collect();
    (tabs.len() > 1).then(|| view! { <Segments label="Rounds, by their beginning" tabs /> }.into_any())
}

fn people(named: &[Reviewer]) -> String {
    let names: Vec<_> = named.iter().map(|who| format!("{} ({})", who.name, who.detail)).collect();
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}

fn plan(board: &Board, clock: Clock) -> impl IntoView + use<> {
    let plan = &board.review.plan;
    let reviewers = match plan.reviewers {
        Reviewers::Named => people(&board.named),
        other => other.words().to_owned(),
    };
    let often = format!("{}, for {}", plan.every.words(), counted(i64::from(plan.days), "day", "days"));
    let next = match board.review.next_at {
        Some(at) => view! { <When at clock form=Form::Full /> }.into_any(),
        None => "none".into_any(),
    };
    let apply = if plan.auto_apply { "by itself at the end" } else { "by hand" };
    let facts: Vec<(&'static str, AnyView)> = vec![
        ("Reviewers", view! { <bdi>{reviewers}</bdi> }.into_any()),
        ("Fallback", view! { <bdi>{people(&board.fallback)}</bdi> }.into_any()),
        ("How often", often.into_any()),
        ("Next round", next),
        ("Undecided", plan.undecided.words().into_any()),
        ("Applied", apply.into_any()),
    ];
    view! { <Facts facts /> }
}

/// What can be done now. Each says what it does, since none can be taken back.
fn todo(board: &Board) -> AnyView {
    let last = board.shown.as_ref().filter(|shown| shown.last).map(|shown| &shown.round);
    let open = last.is_some_and(|round| round.open(board.now));
    let waits = last.is_some_and(|round| {
        round.ends_at <= board.now && round.apply_at.is_none() && round.stopped_at.is_none()
    });
    let stops = board.review.stopped_at.is_none() && (open || waits || board.review.next_at.is_some());
    let button = |what: &'static str, text: &'static str, look: Look, says: &'static str| {
        view! {
            <div class="row">
                <Submit text name="what" value=what look small=true />
                <span class="sm soft">{says}</span>
            </div>
        }
    };
    view! {
        <Post class="stack">
            {waits.then(|| button("apply", "Apply the decisions", Look::Primary, "Takes away what was denied, and does with the undecided what the plan says."))}
            {open.then(|| button("end", "End the round now", Look::Plain, "Nothing more is decided in it."))}
            {stops.then(|| button("stop", "Stop the review", Look::Danger, "Nothing is applied, and no further round begins. For good."))}
        </Post>
    }
    .into_any()
}

fn round_of(shown: Shown, base: &str, clock: Clock) -> impl IntoView + use<> {
    let round = &shown.round;
    let marks = (round.stopped_at, round.applied_at, round.apply_at);
    let state = state(marks, round.ends_at, clock.now, clock);
    let file = format!("{base}/export.csv?round={}", round.round);
    let next = shown.next.as_ref().map(|after| format!("{base}?round={}&after={after}", round.round));
    let nobody = (shown.nobody > 0).then(|| {
        let many = counted(i64::try_from(shown.nobody).unwrap_or(i64::MAX), "assignment", "assignments");
        view! { <Notice tone=Tone::Wait><p>{format!("Nobody can decide on {many} as things are. Make somebody an owner, or they are treated as undecided.")}</p></Notice> }
    });
    let count = shown.lines.len();
    view! {
        <div class="row mt6">
            {state}
            <span class="push"><Go href=file text="Download as CSV" glyph=Glyph::Download small=true /></span>
        </div>
        {nobody}
        <Stats numbers=numbers(shown.sums) />
        {efforts::table(&shown.efforts)}
        <h2 class="mt6">"Assignments"</h2>
        <div class="card">
            {lines::results(shown.lines, clock)}
            <Pager says=format!("{count} shown, of {}", number(shown.sums.items)) newer=None older=next newer_word="Back" older_word="Next" />
        </div>
    }
}

fn numbers(sums: Sums) -> Vec<Number> {
    let of = |label: &str, value: i64, note: String| Number {
        label: label.to_owned(),
        value: number(value),
        note,
        href: None,
    };
    let left = sums.items - sums.decided();
    vec![
        of("Decided", sums.decided(), format!("of {}, {} left", number(sums.items), number(left))),
        of("Approved", sums.approved, String::new()),
        of("Denied", sums.denied, String::new()),
        of("Don’t know", sums.unknown, String::new()),
        of(
            "Removed",
            sums.removed,
            format!("{} refused, {} changed before", number(sums.refused), number(sums.moot)),
        ),
    ]
}
