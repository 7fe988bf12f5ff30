//! Charts, drawn on the server as SVG: sizes are attributes, colours are classes, nothing needs a script. Each says in
//! words what it shows, and the same numbers stand in a table beside it ([`Numbers`]).

mod bars;
mod lines;
mod rows;

pub use bars::BarChart;
pub use lines::{Line, LineChart};
pub use rows::RowChart;

use leptos::prelude::*;

/// One value of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// What it is the value of: a day, or a stranger's words.
    pub label: String,
    /// The value, from nought.
    pub value: i64,
}

/// How tall a chart with axes is.
const TALL: usize = 196;

/// The drawing area in tenths of a unit: from the axis on the left to the right edge, from the top to the ground.
const LEFT: i64 = 340;
const RIGHT: i64 = 4340;
const TOP: i64 = 120;
const GROUND: i64 = 1700;

/// Tenths as an attribute: "34.1".
fn tenths(n: i64) -> String {
    format!("{}.{}", n / 10, (n % 10).abs())
}

/// The values of the lines behind a chart, up to the first that is not below `max`: whole numbers that are easy to read.
fn ticks(max: i64) -> Vec<i64> {
    let rough = max.max(1).div_euclid(4) + i64::from(max.max(1) % 4 > 0);
    let mut ten = 1;
    while ten * 10 <= rough {
        ten *= 10;
    }
    let step = [1, 2, 5, 10].into_iter().map(|n| n * ten).find(|step| *step >= rough).unwrap_or(rough);
    let steps = max.max(1).div_euclid(step) + i64::from(max.max(1) % step > 0);
    (0..=steps).map(|n| n * step).collect()
}

/// The height of a value, downwards, where `top` is the highest line.
fn height(value: i64, top: i64) -> i64 {
    GROUND - (GROUND - TOP) * value.clamp(0, top) / top.max(1)
}

/// The lines behind a chart with their values.
fn grid(ticks: &[i64]) -> Vec<AnyView> {
    let top = ticks.last().copied().unwrap_or(1);
    let lines = ticks.iter().map(|tick| {
        let y = height(*tick, top);
        let class = if *tick == 0 { "axis" } else { "grid" };
        view! {
            <line class=class x1=tenths(LEFT) x2=tenths(RIGHT) y1=tenths(y) y2=tenths(y)></line>
            <text class="end" x=tenths(LEFT - 70) y=tenths(y + 40)>
                {crate::islands::words::number(*tick)}
            </text>
        }
        .into_any()
    });
    lines.collect()
}

/// At most four of the labels under a chart, the first and the last among them; `x` says where each stands.
fn labels(labels: &[String], x: impl Fn(usize) -> i64) -> Vec<AnyView> {
    let last = labels.len().saturating_sub(1);
    let parts = last.min(3);
    let mut chosen: Vec<usize> = (0..=parts).map(|part| last * part / parts.max(1)).collect();
    chosen.dedup();
    let texts = chosen.into_iter().filter_map(|at| {
        let label = labels.get(at)?.clone();
        let (class, x) = match at {
            0 if last == 0 => ("mid", x(at)),
            0 => ("", LEFT),
            at if at == last => ("end", RIGHT),
            at => ("mid", x(at)),
        };
        Some(view! { <text class=class x=tenths(x) y=tenths(GROUND + 190)>{label}</text> }.into_any())
    });
    texts.collect()
}

/// The frame of a chart, named and described for who can't see it.
#[component]
fn Drawing(
    /// Ids in it begin with this.
    id: &'static str,
    /// What it shows.
    title: &'static str,
    /// What there is to be seen in it, in a sentence.
    summary: String,
    /// How tall it is, of a width of 440.
    tall: usize,
    /// What is drawn.
    children: Children,
) -> impl IntoView {
    view! {
        <svg class="chart" viewBox=format!("0 0 440 {tall}") role="img" aria-labelledby=format!("{id}-title {id}-says")>
            <title id=format!("{id}-title")>{title}</title>
            <desc id=format!("{id}-says")>{summary}</desc>
            {children()}
        </svg>
    }
}

/// The words under which a chart's numbers stand, folded; open without a script as well.
#[component]
pub fn Numbers(
    /// The table.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="fold">
            <summary>"The numbers"</summary>
            <div>{children()}</div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_behind_a_chart_are_at_whole_numbers_and_the_last_is_not_below_the_highest_value() {
        for (max, expected) in [
            (0, vec![0, 1]),
            (1, vec![0, 1]),
            (3, vec![0, 1, 2, 3]),
            (4, vec![0, 1, 2, 3, 4]),
            (5, vec![0, 2, 4, 6]),
            (72, vec![0, 20, 40, 60, 80]),
            (1_000, vec![0, 500, 1_000]),
            (412, vec![0, 200, 400, 600]),
        ] {
            assert_eq!(ticks(max), expected, "{max}");
        }
    }

    #[test]
    fn a_value_stands_between_ground_and_top() {
        assert_eq!((height(0, 4), height(4, 4), height(2, 4), height(9, 4)), (GROUND, TOP, 910, TOP));
        assert_eq!((tenths(341), tenths(5), tenths(1_700)), ("34.1".into(), "0.5".into(), "170.0".into()));
    }
}
