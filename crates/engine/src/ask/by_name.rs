//! Lists sorted by name, page by page in both directions. A page hangs on the name and id of its first or last row, so
//! rows that come or go elsewhere never shift it.

use crate::ask::cursor;
use uuid::Uuid;

/// Rows of a page.
pub const PAGE: usize = 50;

/// Where a page begins.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Turn {
    /// At the top.
    #[default]
    First,
    /// After this row.
    After(String, Uuid),
    /// Up to the row before this one.
    Before(String, Uuid),
}

impl Turn {
    /// From the words of an address.
    pub fn read(after: Option<&str>, before: Option<&str>) -> Self {
        let place = |word: Option<&str>| word.and_then(cursor::read::<(String, Uuid)>);
        match (place(after), place(before)) {
            (Some((name, id)), _) => Turn::After(name, id),
            (None, Some((name, id))) => Turn::Before(name, id),
            (None, None) => Turn::First,
        }
    }

    /// The row it hangs on, to bind as name and id; both are there for [`Turn::First`] too and compare with nothing.
    pub(super) fn bound(&self) -> (&str, Uuid) {
        match self {
            Turn::First => ("", Uuid::nil()),
            Turn::After(name, id) | Turn::Before(name, id) => (name, *id),
        }
    }

    /// The end of a statement whose `$1` and `$2` are [`Turn::bound`]: which rows, in which order, how many.
    /// `name` and `id` are the columns, written in the program, never by a reader.
    pub(super) fn sql(&self, name: &'static str, id: &'static str) -> String {
        let (sign, order) = match self {
            Turn::Before(..) => ("<", "desc"),
            Turn::First | Turn::After(..) => (">", "asc"),
        };
        let more = PAGE + 1;
        format!(" and ({name}, {id}) {sign} ($1, $2) order by {name} {order}, {id} {order} limit {more}")
    }
}

/// A row that knows its place.
pub trait Placed {
    /// The name as the database sorts it, and the id.
    fn place(&self) -> (&str, Uuid);
}

/// A page.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// In the order of names.
    pub rows: Vec<T>,
    /// What `before=` leads to the page before, if there is one.
    pub before: Option<String>,
    /// What `after=` leads to the page after, if there is one.
    pub after: Option<String>,
}

impl<T: Placed> Page<T> {
    /// From what the statement gave: one row more than a page says that there is more.
    pub fn of(mut rows: Vec<T>, turn: &Turn) -> Self {
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let back = matches!(turn, Turn::Before(..));
        if back {
            rows.reverse();
        }
        let word = |row: Option<&T>| row.map(|row| cursor::write(&row.place()));
        let (earlier, later) = if back { (more, true) } else { (*turn != Turn::First, more) };
        Self {
            before: if earlier { word(rows.first()) } else { None },
            after: if later { word(rows.last()) } else { None },
            rows,
        }
    }
}

/// The letters themselves: `%` and `_` are no wildcards when a person types them.
pub(super) fn literal(text: &str) -> String {
    text.trim().to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// What is looked for: nothing for fewer than two letters.
pub(super) fn looked_for(text: &str) -> Option<String> {
    (text.trim().chars().count() >= 2).then(|| literal(text))
}

/// Whether PostgreSQL may keep one plan for a statement with this text: not when something is looked for, since whether
/// an index of letters helps depends on the letters, and without it everything is read.
pub(super) fn keeps_plan(text: &str) -> bool {
    looked_for(text).is_none()
}
