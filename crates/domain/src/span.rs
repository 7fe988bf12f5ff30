//! The only interval arithmetic of the product: half-open spans `[start, end)`, without end = permanent.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A stretch of time from `start` (included) to `end` (excluded); no end means for ever.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First instant inside.
    pub start: DateTime<Utc>,
    /// First instant outside; `None` is permanent.
    pub end: Option<DateTime<Utc>>,
}

impl Span {
    /// From `start` for ever.
    pub fn permanent(start: DateTime<Utc>) -> Self {
        Self { start, end: None }
    }

    /// From `start` for `length`.
    pub fn lasting(start: DateTime<Utc>, length: TimeDelta) -> Self {
        Self { start, end: Some(start + length) }
    }

    /// Whether `at` lies inside. The first instant does, the end does not.
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        self.start <= at && self.end.is_none_or(|end| at < end)
    }

    /// Whether it has begun and ended, or is empty, at `at`.
    pub fn is_over(&self, at: DateTime<Utc>) -> bool {
        self.end.is_some_and(|end| end <= at)
    }

    /// Whether nothing lies inside.
    pub fn is_empty(&self) -> bool {
        self.end.is_some_and(|end| end <= self.start)
    }

    /// Whether the two share an instant.
    pub fn overlaps(&self, other: &Span) -> bool {
        !self.is_empty()
            && !other.is_empty()
            && self.end.is_none_or(|end| other.start < end)
            && other.end.is_none_or(|end| self.start < end)
    }

    /// The same span ending no later than `end`; never longer than before, never negative.
    pub fn cut(&self, end: DateTime<Utc>) -> Self {
        let end = self.end.map_or(end, |own| own.min(end)).max(self.start);
        Self { start: self.start, end: Some(end) }
    }

    /// How long it is; `None` for permanent.
    pub fn length(&self) -> Option<TimeDelta> {
        self.end.map(|end| end - self.start)
    }
}

/// Merges spans into the continuous stretches that others see: ending one never ends another.
pub fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| !span.is_empty());
    spans.sort_by_key(|span| span.start);
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if last.end.is_none_or(|end| span.start <= end) => {
                last.end = last.end.and_then(|end| span.end.map(|other| end.max(other)));
            }
            _ => merged.push(span),
        }
    }
    merged
}
