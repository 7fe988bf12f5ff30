//! `/groups/{key}/reviews/{number}`: how far a review is, what it cost whom, what came of it.

use super::{Marks, efforts, lines, state};
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
        let review: i64 = ctx::named("number")?;
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
        let skipped = skipped(&board, clock);
        let header = board.header.clone();
        let shown = board.shown.map(|shown| round_of(shown, &base, clock));
        Ok::<_, Failure>(view! {
            <GroupPage frame header on=On::Reviews step="Access review" outcome="Nothing was done.">
                <h2><bdi>{name}</bdi></h2>
                <Said text=&note />
                {skipped}
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
    let shown = board.shown.as_ref();
    let open = shown.is_some_and(|shown| shown.round.open(board.now));
    let waits = shown.is_some_and(|shown| shown.round.waits(board.now));
    let by_itself = shown.is_some_and(|shown| shown.round.plan.auto_apply);
    let stops = board.review.stopped_at.is_none() && (open || waits || board.review.next_at.is_some());
    let going = shown.map_or(0, |shown| i64::try_from(shown.going).unwrap_or(i64::MAX));
    let round = shown.map(|shown| shown.round.round.to_string());
    let going = counted(going, "assignment", "assignments");
    let button = |what: &'static str, text: &'static str, look: Look, says: String| {
        view! {
            <div class="row">
                <Submit text name="what" value=what look small=true />
                <span class="sm soft">{says}</span>
            </div>
        }
    };
    view! {
        <Post class="stack">
            {round.map(|value| view! { <HiddenField name="round" value /> })}
            {(waits && by_itself).then(held_back)}
            {waits.then(|| button("apply", "Apply the decisions", Look::Primary, format!("Takes away {going}: what was denied, and of the undecided what the plan says.")))}
            {(open && by_itself).then(|| view! { <CheckField name="sure" label=format!("I know that {going} would go at once") /> })}
            {(open && by_itself).then(|| button("end", "End and apply the round now", Look::Danger, "Takes away what was denied, and of the undecided what the plan says. It can’t be taken back.".to_owned()))}
            {(open && !by_itself).then(|| button("end", "End the round now", Look::Plain, "Nothing more is decided in it. Nothing is applied yet.".to_owned()))}
            {stops.then(|| button("stop", "Stop the review", Look::Danger, "Nothing that waits is applied, and no further round begins. For good.".to_owned()))}
        </Post>
    }
    .into_any()
}

fn held_back() -> impl IntoView {
    view! {
        <Notice tone=Tone::Wait>
            <p>
                "It was not applied by itself: whoever planned it, or had it applied, does not manage the group any more."
            </p>
        </Notice>
    }
}

fn skipped(board: &Board, clock: Clock) -> Option<AnyView> {
    let at = board.review.skipped_at?;
    Some(view! {
        <Notice tone=Tone::Wait>
            <p>
                "The round of " <When at clock form=Form::Day />
                " did not begin: whoever planned this review does not manage the group any more. Plan a new one in its place."
            </p>
        </Notice>
    }
    .into_any())
}

/// Why nobody can decide, and what helps.
fn nobody(shown: &Shown) -> Option<AnyView> {
    let many = counted(i64::try_from(shown.nobody).unwrap_or(i64::MAX), "assignment", "assignments");
    let why = match shown.round.plan.reviewers {
        Reviewers::Owners => {
            "No owner and no fallback reviewer can, since nobody decides on their own. Make somebody else an owner"
        }
        Reviewers::Named => {
            "The named and the fallback reviewers hold these themselves or can’t act, and nobody else is named. Make one of them able to"
        }
        Reviewers::Oneself => {
            "These people are disabled or deleted, or it is a group’s and no owner can. Enable them or make somebody an owner"
        }
    };
    (shown.nobody > 0).then(|| {
        view! { <Notice tone=Tone::Wait><p>{format!("Nobody can decide on {many} as things are. {why}, or the plan’s rule for the undecided applies.")}</p></Notice> }.into_any()
    })
}

fn round_of(shown: Shown, base: &str, clock: Clock) -> impl IntoView + use<> {
    let round = &shown.round;
    let marks = Marks {
        stopped: round.stopped_at.is_some(),
        applied: round.applied_at.is_some(),
        begun: round.apply_at.is_some(),
    };
    let state = state(marks, round.ends_at, clock.now, clock);
    let file = format!("{base}/export.csv?round={}", round.round);
    let next = shown.next.as_ref().map(|after| format!("{base}?round={}&after={after}", round.round));
    let nobody = nobody(&shown);
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
