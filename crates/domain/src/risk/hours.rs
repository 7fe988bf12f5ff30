//! The hours of the day at which somebody usually starts, drawn from when she did.

use chrono::{NaiveTime, Timelike};

/// Fewer starts say nothing about a habit.
const FEWEST: usize = 5;
/// Hours of a day.
const DAY: u32 = 24;

/// The usual hours of a person, in whole hours of her own day; may reach over midnight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UsualHours {
    /// They begin at this hour.
    from: u32,
    /// They last so many hours, less than a day.
    length: u32,
}

impl UsualHours {
    /// The shortest stretch of the day that holds nine in ten of these starts, and an hour before and after it: one
    /// night of work does not make nights usual. None with few starts, or where every hour is usual.
    pub fn of(starts: &[NaiveTime]) -> Option<Self> {
        if starts.len() < FEWEST {
            return None;
        }
        let enough = (starts.len() * 9).div_ceil(10);
        let holds = |span: &Self| starts.iter().filter(|start| span.contains(**start)).count() >= enough;
        let mut shortest_first =
            (1..DAY - 2).flat_map(|length| (0..DAY).map(move |from| Self { from, length }));
        let held = shortest_first.find(holds)?;
        Some(Self { from: (held.from + DAY - 1) % DAY, length: held.length + 2 })
    }

    /// Whether a time of the day lies in them.
    pub fn contains(self, time: NaiveTime) -> bool {
        (time.hour() + DAY - self.from) % DAY < self.length
    }

    /// As people read them: "07:00 to 18:00".
    pub fn words(self) -> String {
        format!("{:02}:00 to {:02}:00", self.from, (self.from + self.length) % DAY)
    }
}
