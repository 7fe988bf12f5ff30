//! Lengths of time and numbers in words. Used by the server and by islands, so both write the same text.

/// No-break space: keeps a number and its unit on one line.
pub const NBSP: char = '\u{a0}';

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A length of time, rounded down: "4 s", "22 min", "1 h 12 min", "24 h", "3 days 4 h". Negative lengths read as "0 s".
///
/// Hours are kept up to two days because policies and windows are thought of in hours; beyond that minutes say nothing.
#[must_use]
pub fn length(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (days, hours, minutes) = (seconds / DAY, seconds % DAY / HOUR, seconds % HOUR / MINUTE);
    match seconds {
        s if s < MINUTE => format!("{s}{NBSP}s"),
        s if s < HOUR => format!("{minutes}{NBSP}min"),
        s if s < 2 * DAY => two(seconds / HOUR, "h", minutes, "min"),
        _ => two(days, "days", hours, "h"),
    }
}

fn two(big: i64, big_unit: &str, small: i64, small_unit: &str) -> String {
    if small == 0 {
        format!("{big}{NBSP}{big_unit}")
    } else {
        format!("{big}{NBSP}{big_unit}{NBSP}{small}{NBSP}{small_unit}")
    }
}

/// A number with separators from a thousand on: "48,231".
#[must_use]
pub fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        text.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// "1 person", "2 people": the number with the word that fits it.
#[must_use]
pub fn counted(n: i64, one: &str, many: &str) -> String {
    format!("{}{NBSP}{}", number(n), if n == 1 { one } else { many })
}

/// Announced once each when the time left falls to them, in seconds.
const ANNOUNCED: [i64; 3] = [30 * MINUTE, 10 * MINUTE, MINUTE];

/// What a screen reader says when the time left of `what` goes from `before` to `after` seconds; mostly nothing.
#[must_use]
pub fn announcement(what: &str, before: i64, after: i64) -> Option<String> {
    if before > 0 && after <= 0 {
        return Some(format!("{what} has ended."));
    }
    ANNOUNCED
        .iter()
        .any(|mark| before > *mark && after <= *mark)
        .then(|| format!("{what} ends in {}.", length(after)))
}

#[cfg(test)]
mod tests {
    use super::{announcement, counted, length, number};

    fn plain(text: &str) -> String {
        text.replace('\u{a0}', " ")
    }

    #[test]
    fn lengths_round_down_and_keep_the_larger_two_units() {
        for (seconds, text) in [
            (-5, "0 s"),
            (0, "0 s"),
            (4, "4 s"),
            (59, "59 s"),
            (60, "1 min"),
            (119, "1 min"),
            (1_800, "30 min"),
            (3_600, "1 h"),
            (4_379, "1 h 12 min"),
            (86_400, "24 h"),
            (129_600, "36 h"),
            (172_799, "47 h 59 min"),
            (172_800, "2 days"),
            (273_600, "3 days 4 h"),
            (31_536_000, "365 days"),
        ] {
            assert_eq!(plain(&length(seconds)), text, "{seconds} s");
        }
    }

    #[test]
    fn lengths_never_break_across_lines() {
        assert!(!length(4_379).contains(' '));
        assert!(!length(273_600).contains(' '));
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (48_231, "48,231"),
            (1_000_000, "1,000,000"),
            (-1_234, "−1,234"),
        ] {
            assert_eq!(number(n), text);
        }
    }

    #[test]
    fn the_word_follows_the_number() {
        assert_eq!(plain(&counted(1, "person", "people")), "1 person");
        assert_eq!(plain(&counted(0, "person", "people")), "0 people");
        assert_eq!(plain(&counted(1_200, "person", "people")), "1,200 people");
    }

    #[test]
    fn each_mark_is_announced_once_and_the_end_too() {
        let told = |before, after| announcement("DNS editors", before, after).map(|text| plain(&text));
        assert_eq!(told(1_801, 1_800), Some("DNS editors ends in 30 min.".to_owned()));
        assert_eq!(told(1_800, 1_799), None);
        assert_eq!(told(601, 600), Some("DNS editors ends in 10 min.".to_owned()));
        assert_eq!(told(61, 60), Some("DNS editors ends in 1 min.".to_owned()));
        assert_eq!(told(1, 0), Some("DNS editors has ended.".to_owned()));
        assert_eq!(told(0, -1), None);
        // A laptop that slept over several marks hears the last state only.
        assert_eq!(told(4_000, 300), Some("DNS editors ends in 5 min.".to_owned()));
    }
}
