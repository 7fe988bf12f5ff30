//! One lying bar for each thing, its name above it.

use super::{Bar, Drawing};
use crate::islands::words::number;
use leptos::prelude::*;

/// Letters of a name that fit; the table has all of them.
const LETTERS: usize = 52;
/// Height of a row.
const ROW: usize = 36;
/// The longest bar, with room for its number behind it.
const LONGEST: i64 = 370;

/// Values of things as bars, the largest first.
#[component]
pub fn RowChart(
    /// Ids in it begin with this.
    id: &'static str,
    /// What it shows.
    title: &'static str,
    /// What there is to be seen in it, in a sentence.
    summary: String,
    /// The values, from top to bottom.
    rows: Vec<Bar>,
) -> impl IntoView {
    let max = rows.iter().map(|row| row.value).max().unwrap_or_default().max(1);
    let tall = rows.len() * ROW;
    let drawn = rows.into_iter().enumerate().map(|(n, row)| {
        let (top, long) = (n * ROW, (LONGEST * row.value / max).max(2));
        view! {
            <text class="name" x="0" y=(top + 12).to_string()>
                {short(&row.label)}
            </text>
            <rect class="s1" x="0" y=(top + 18).to_string() width=long.to_string() height="9"></rect>
            <text class="strong" x=(long + 8).to_string() y=(top + 27).to_string()>
                {number(row.value)}
            </text>
        }
        .into_any()
    });
    let drawn: Vec<_> = drawn.collect();
    view! {
        <Drawing id title summary tall>
            {drawn}
        </Drawing>
    }
}

fn short(name: &str) -> String {
    if name.chars().count() <= LETTERS {
        return name.to_owned();
    }
    name.chars().take(LETTERS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::{LETTERS, short};

    #[test]
    fn a_long_name_is_cut_between_letters() {
        assert_eq!(short("Dienste"), "Dienste");
        let long = "ö".repeat(LETTERS + 1);
        assert_eq!(short(&long).chars().count(), LETTERS);
        assert!(short(&long).ends_with('…'));
    }
}
