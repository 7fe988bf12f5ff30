//! One upright bar for each day.

use super::{Bar, Drawing, GROUND, LEFT, RIGHT, TALL, grid, height, labels, tenths, ticks};
use leptos::prelude::*;

/// Values of consecutive days as bars.
#[component]
pub fn BarChart(
    /// Ids in it begin with this.
    id: &'static str,
    /// What it shows.
    title: &'static str,
    /// What there is to be seen in it, in a sentence.
    summary: String,
    /// The values, from left to right.
    bars: Vec<Bar>,
) -> impl IntoView {
    let ticks = ticks(bars.iter().map(|bar| bar.value).max().unwrap_or_default());
    let top = ticks.last().copied().unwrap_or(1);
    let count = i64::try_from(bars.len()).unwrap_or(1).max(1);
    let at = move |n: usize| LEFT + (RIGHT - LEFT) * i64::try_from(n).unwrap_or_default() / count;
    let slot = (RIGHT - LEFT) / count;
    let drawn = bars.iter().enumerate().filter(|(_, bar)| bar.value > 0).map(|(n, bar)| {
        let y = height(bar.value, top);
        view! {
            <rect
                class="s1"
                x=tenths(at(n) + slot / 8)
                y=tenths(y)
                width=tenths(slot - slot / 4)
                height=tenths(GROUND - y)
            ></rect>
        }
        .into_any()
    });
    let drawn: Vec<_> = drawn.collect();
    let words: Vec<String> = bars.iter().map(|bar| bar.label.clone()).collect();
    view! {
        <Drawing id title summary tall=TALL>
            {grid(&ticks)}
            {drawn}
            {labels(&words, |n| at(n) + slot / 2)}
        </Drawing>
    }
}
