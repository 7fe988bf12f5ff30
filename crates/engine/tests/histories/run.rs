//! Plays histories, and makes the one that fails as short as it can.

use super::act::Act;
use super::cast::cast;
use super::check::compare;
use super::dice::Dice;
use super::draw::draw;
use super::invariants;
use super::model::{DAY, Model, Ruling, Time};
use super::world::rows::Rows;
use super::world::{Answered, World};
use domain::refusal::Code;
use std::fmt::Write;

/// The steps of the shortest and of the longest history.
const STEPS: (usize, usize) = (50, 80);

/// What was played.
#[derive(Default, Debug)]
pub struct Tally {
    pub histories: usize,
    pub steps: usize,
    pub accepted: usize,
    pub refused: usize,
    pub either: usize,
    /// Decisions in place of somebody who was away, and requests that others were let decide on early.
    pub instead: usize,
    pub early: usize,
}

/// A history: its seed, and which of its steps are played.
#[derive(Clone, Debug)]
pub struct History {
    pub seed: u64,
    pub steps: Vec<usize>,
}

impl History {
    pub fn whole(seed: u64) -> Self {
        let length = STEPS.0 + Dice::of(seed, 1).below(STEPS.1 - STEPS.0 + 1);
        Self { seed, steps: (0..length).collect() }
    }

    /// From `seed` or `seed:step,step`.
    pub fn parse(word: &str) -> Self {
        let (seed, steps) = word.split_once(':').unwrap_or((word, ""));
        let mut history = Self::whole(seed.parse().expect("a seed"));
        if !steps.is_empty() {
            history.steps = steps.split(',').map(|step| step.parse().expect("a step")).collect();
        }
        history
    }

    fn shown(&self) -> String {
        let steps: Vec<String> = self.steps.iter().map(ToString::to_string).collect();
        format!("{}:{}", self.seed, steps.join(","))
    }
}

/// A difference, with everything that was played before.
pub struct Mismatch {
    pub why: String,
    pub trace: Vec<String>,
    /// How many steps were played.
    pub played: usize,
}

/// Plays one history from a cast of its own. The clock never goes back, also between histories.
///
/// # Errors
/// Model and engine differ, or an invariant is broken.
pub async fn play(
    world: &mut World,
    clock: &mut Time,
    history: &History,
    tally: &mut Tally,
) -> Result<(), Mismatch> {
    let mut model = cast(&mut Dice::of(history.seed, 0), *clock + DAY);
    world.place(&model).await;
    let mut trace = vec![format!("{model:#?}")];
    let mut before = world.look().await;
    let begun = compare(world, &mut model, &before);
    let mut why = begun.err();
    let mut played = 0;
    for step in &history.steps {
        if why.is_some() {
            break;
        }
        let act = draw(&mut Dice::of(history.seed, 2 + *step as u64), &model);
        why = one(world, &mut model, &mut before, &act, tally, &mut trace, *step).await.err();
        played += 1;
    }
    *clock = model.now;
    tally.histories += 1;
    let said = model.asks.iter().flat_map(|ask| &ask.votes);
    tally.instead += said.filter(|said| !said.seats.contains(&said.by)).count();
    tally.early += model.asks.iter().filter(|ask| ask.early.is_some()).count();
    tally.steps += played;
    match why {
        None => Ok(()),
        Some(why) => Err(Mismatch { why, trace, played }),
    }
}

async fn one(
    world: &mut World,
    model: &mut Model,
    before: &mut Rows,
    act: &Act,
    tally: &mut Tally,
    trace: &mut Vec<String>,
    step: usize,
) -> Result<(), String> {
    let was = model.clone();
    let ruling = model.play(act);
    trace.push(format!("{step}: {act:?}: {ruling:?}"));
    let answered = world.play(act, &was).await?;
    let accepted = matches!(answered, Answered::Done(_));
    let agreed = match ruling {
        Ruling::Yes => accepted,
        Ruling::No | Ruling::NoButCloses => !accepted,
        Ruling::Either => true,
    };
    if !agreed {
        return Err(format!("the model says {ruling:?}, the engine {answered:?}"));
    }
    if ruling == Ruling::Either {
        tally.either += 1;
        if !accepted {
            *model = was;
        }
    }
    *(if accepted { &mut tally.accepted } else { &mut tally.refused }) += 1;
    let same = !accepted && ruling != Ruling::NoButCloses;
    let after = if same { world.glance(before).await } else { world.look().await };
    told(before, &after, &answered, ruling)?;
    if same {
        // nothing changed, as the hash says
        *before = after;
        return Ok(());
    }
    compare(world, model, &after)?;
    invariants::hold(world, model, before, &after)?;
    *before = after;
    Ok(())
}

/// I-16: a refusal changes nothing and is written down once; I-21: events only follow each other.
fn told(before: &Rows, after: &Rows, answered: &Answered, ruling: Ruling) -> Result<(), String> {
    let last = before.events.last().map_or(0, |event| event.at);
    let times: Vec<Time> = std::iter::once(last).chain(after.events.iter().map(|event| event.at)).collect();
    if !times.is_sorted() || !after.events.is_sorted_by_key(|event| event.seq) {
        return Err(format!("I-21: events out of order: {:?}", after.events));
    }
    let refusals = after.events.iter().filter(|event| event.outcome == "refused").count();
    let hidden = |codes: &[Code]| codes.contains(&Code::NotFound);
    let expected = match answered {
        Answered::Done(beside) => *beside..=*beside,
        Answered::Outside => 0..=0,
        Answered::Refused(codes) if hidden(codes) => 0..=1,
        Answered::Refused(_) => 1..=1,
    };
    if !expected.contains(&refusals) {
        return Err(format!("I-16: {answered:?}, and {refusals} refusals were written down"));
    }
    let refused = !matches!(answered, Answered::Done(_)) && ruling != Ruling::NoButCloses;
    if refused && (before.hash != after.hash || after.events.len() != refusals) {
        return Err(format!("I-16: a refusal changed something: {:?}", after.events));
    }
    Ok(())
}

/// Leaves out what is not needed to see it fail.
async fn shorten(world: &mut World, clock: &mut Time, history: History) -> History {
    let mut shortest = history;
    let mut tries = 0;
    let mut chunk = shortest.steps.len() / 2;
    while chunk > 0 {
        let mut from = 0;
        while from < shortest.steps.len() && tries < 400 {
            let mut less = shortest.clone();
            less.steps.drain(from..(from + chunk).min(less.steps.len()));
            tries += 1;
            match play(world, clock, &less, &mut Tally::default()).await {
                Ok(()) => from += chunk,
                Err(mismatch) => {
                    less.steps.truncate(mismatch.played);
                    shortest = less;
                }
            }
        }
        chunk /= 2;
    }
    shortest
}

/// Plays a history; when it fails, says how and stops.
pub async fn judge(world: &mut World, clock: &mut Time, history: &History, tally: &mut Tally) {
    let Err(first) = play(world, clock, history, tally).await else { return };
    println!(
        "seed {} fails at its step {}: {}\nlooking for a shorter way there …",
        history.seed, first.played, first.why
    );
    let mut failing = history.clone();
    failing.steps.truncate(first.played);
    let shortest = shorten(world, clock, failing).await;
    let again = play(world, clock, &shortest, &mut Tally::default()).await;
    let (why, trace) =
        again.map_or_else(|last| (last.why, last.trace), |()| (first.why.clone(), first.trace));
    let mut told = String::new();
    for line in &trace {
        writeln!(told, "{line}").unwrap();
    }
    panic!("{told}\n{why}\n(at first: {})\nreplay with PIMENTO_HISTORY={}", first.why, shortest.shown());
}
