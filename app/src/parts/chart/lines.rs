//! Two lines over time, told apart by dashes as well as by colour; what each is at its end is written there.

use super::{Drawing, LEFT, RIGHT, TALL, grid, height, labels, tenths, ticks};
use leptos::prelude::*;
use std::fmt::Write as _;

/// Space that the words at a line's end take, in tenths.
const WORDS: i64 = 150;

/// One line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// What it is, for the key above the chart.
    pub name: &'static str,
    /// Its values; where there is none, the line is interrupted.
    pub values: Vec<Option<i64>>,
    /// Its last value in words.
    pub end: String,
}

/// Two lines.
#[component]
pub fn LineChart(
    /// Ids in it begin with this.
    id: &'static str,
    /// What it shows.
    title: &'static str,
    /// What there is to be seen in it, in a sentence.
    summary: String,
    /// The first is drawn whole, the second dashed.
    lines: [Line; 2],
    /// The moments, from left to right.
    moments: Vec<String>,
) -> impl IntoView {
    let max = lines.iter().flat_map(|line| line.values.iter().flatten()).max().copied().unwrap_or_default();
    let ticks = ticks(max);
    let top = ticks.last().copied().unwrap_or(1);
    let count = i64::try_from(moments.len()).unwrap_or(1).max(1);
    let at =
        move |n: usize| LEFT + (RIGHT - LEFT) * (2 * i64::try_from(n).unwrap_or_default() + 1) / (2 * count);
    let classes = ["l1", "l2"];
    let keys = lines.iter().zip(classes).map(|(line, class)| {
        view! {
            <li>
                <svg viewBox="0 0 18 12" aria-hidden="true">
                    <line class=class x2="18" y1="6" y2="6"></line>
                </svg>
                {line.name}
            </li>
        }
    });
    let keys: Vec<_> = keys.collect();
    let ends = ends(&lines, top);
    let drawn = lines.into_iter().zip(classes).zip(ends).map(|((line, class), end)| {
        let points = points(&line.values, top, at);
        let dot = points.last().copied();
        let dot_class = if class == "l1" { "s1" } else { "s2" };
        view! {
            <path class=class d=path(&points)></path>
            {dot.map(|(_, x, y)| view! { <circle class=dot_class cx=tenths(x) cy=tenths(y) r="3"></circle> })}
            {end.map(|y| view! { <text class="strong end" x=tenths(RIGHT) y=tenths(y)>{line.end}</text> })}
        }
        .into_any()
    });
    let drawn: Vec<_> = drawn.collect();
    view! {
        <ul class="keys">{keys}</ul>
        <Drawing id title summary tall=TALL>
            {grid(&ticks)}
            {drawn}
            {labels(&moments, at)}
        </Drawing>
    }
}

/// Where there is a value: its place in the row, and its point.
fn points(values: &[Option<i64>], top: i64, x: impl Fn(usize) -> i64) -> Vec<(usize, i64, i64)> {
    let there = values.iter().enumerate().filter_map(|(n, value)| value.map(|value| (n, value)));
    there.map(|(n, value)| (n, x(n), height(value, top))).collect()
}

/// A line through neighbours. A point without one is a line of no length, which round ends make a dot.
fn path(points: &[(usize, i64, i64)]) -> String {
    let mut path = String::new();
    let mut before = None;
    for (n, x, y) in points {
        let joined = before.is_some_and(|before| before + 1 == *n);
        let (x, y) = (tenths(*x), tenths(*y));
        // writing to a string can't fail
        let _ = if joined { write!(path, "L{x} {y}") } else { write!(path, "M{x} {y}h0") };
        before = Some(*n);
    }
    path
}

/// How high the words at the ends stand: over their points, and apart where the points are close.
fn ends(lines: &[Line; 2], top: i64) -> [Option<i64>; 2] {
    let last = |line: &Line| line.values.iter().flatten().next_back().map(|value| height(*value, top) - 70);
    let [first, second] = lines;
    match (last(first), last(second)) {
        (Some(first), Some(second)) if (first - second).abs() < WORDS => {
            let (low, high) = (first.max(second), first.max(second) - WORDS);
            // never above the chart
            let (low, high) = if high < 60 { (low - high + 60, 60) } else { (low, high) };
            if first > second { [Some(low), Some(high)] } else { [Some(high), Some(low)] }
        }
        ends => [ends.0, ends.1],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_interrupted_where_there_is_no_value() {
        let points = points(&[Some(0), Some(4), None, Some(2)], 4, |n| i64::try_from(n).unwrap() * 100);
        assert_eq!(path(&points), "M0.0 170.0h0L10.0 12.0M30.0 91.0h0");
        assert_eq!(path(&[]), "");
    }

    #[test]
    fn words_at_the_ends_never_cover_each_other() {
        let line = |value| Line { values: vec![Some(value)], ..Line::default() };
        for (first, second) in [(1, 1), (4, 4), (0, 0), (1, 0), (0, 1), (4, 0)] {
            let [Some(a), Some(b)] = ends(&[line(first), line(second)], 4) else { panic!("no end") };
            assert!((a - b).abs() >= WORDS && a.min(b) >= 50, "{first} {second}: {a} {b}");
        }
        assert_eq!(ends(&[line(1), Line::default()], 4)[1], None);
    }
}
