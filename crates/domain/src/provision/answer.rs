//! What an answer means, whatever was asked.

/// What came back, or did not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// A status, and what the error says if it is one.
    Answer {
        /// The status.
        status: u16,
        /// The body could be read as JSON, or there is none.
        readable: bool,
        /// The word of the error (RFC 7644 table 9), or nothing.
        scim_type: String,
        /// For how many seconds not to come back, if it said so.
        retry_after: Option<i64>,
    },
    /// Nothing: it may have been done or not.
    Lost,
    /// The certificate is not one to trust: nothing was sent.
    Certificate,
    /// The operator's rules forbid the address: nothing was sent.
    Forbidden,
}

/// What to do about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// It is done.
    Done,
    /// It may be done: look, or ask again for the same.
    Unknown,
    /// What it is about is not there.
    Gone,
    /// It is there already, or its state forbids it.
    Conflict,
    /// It changed meanwhile: read it and try again.
    Moved,
    /// Leave the whole application alone for so many seconds.
    Pause(i64),
    /// We wrote it in a way that this application does not take.
    Wrong,
    /// It does not know how to do that.
    Unsupported,
    /// Less at once.
    TooMuch,
    /// It does not take the token.
    Credentials,
    /// It sends elsewhere: a mistake or an attack.
    Elsewhere,
    /// The certificate is not one to trust.
    Certificate,
    /// The address may not be reached.
    Forbidden,
}

/// Longest pause that an application can ask for, in seconds.
pub const LONGEST_PAUSE: i64 = 3600;
/// The pause where it asks for one without saying how long, in seconds.
const PAUSE: i64 = 30;

/// Reads it.
pub fn meaning(outcome: &Outcome) -> Meaning {
    let (status, readable, scim_type, retry_after) = match outcome {
        Outcome::Lost => return Meaning::Unknown,
        Outcome::Certificate => return Meaning::Certificate,
        Outcome::Forbidden => return Meaning::Forbidden,
        Outcome::Answer { status, readable, scim_type, retry_after } => {
            (*status, *readable, scim_type.as_str(), *retry_after)
        }
    };
    let pause = |seconds: i64| Meaning::Pause(seconds.clamp(1, LONGEST_PAUSE));
    match (status, retry_after) {
        (202, _) => Meaning::Unknown,
        (200..=299, _) if readable => Meaning::Done,
        (200..=299, _) => Meaning::Unknown,
        (300..=399, _) => Meaning::Elsewhere,
        (401 | 403, _) => Meaning::Credentials,
        (404 | 410, _) => Meaning::Gone,
        (405 | 501, _) => Meaning::Unsupported,
        (409, _) => Meaning::Conflict,
        (412 | 428, _) => Meaning::Moved,
        (413, _) => Meaning::TooMuch,
        (423 | 425 | 429, seconds) => pause(seconds.unwrap_or(PAUSE)),
        (503, Some(seconds)) => pause(seconds),
        (408 | 500..=599, _) => Meaning::Unknown,
        (400, _) if scim_type.eq_ignore_ascii_case("noTarget") => Meaning::Gone,
        (400, _) if scim_type.eq_ignore_ascii_case("tooMany") => Meaning::TooMuch,
        (400, _) if scim_type.eq_ignore_ascii_case("uniqueness") => Meaning::Conflict,
        _ => Meaning::Wrong,
    }
}

impl Meaning {
    /// Whether the application itself is in trouble, as its health counts. A pause that was asked for is none.
    pub const fn is_trouble(self) -> bool {
        matches!(self, Meaning::Unknown) || self.is_grave()
    }

    /// Whether nothing can go well until somebody looks.
    pub const fn is_grave(self) -> bool {
        matches!(self, Meaning::Credentials | Meaning::Elsewhere | Meaning::Certificate | Meaning::Forbidden)
    }

    /// Why it did not go well, as people read it.
    pub const fn words(self) -> &'static str {
        match self {
            Meaning::Done => "Done.",
            Meaning::Unknown => "No answer that says whether it was done.",
            Meaning::Gone => "It is not there.",
            Meaning::Conflict => "It is there already, or its state does not allow it.",
            Meaning::Moved => "It changed meanwhile.",
            Meaning::Pause(_) => "The application asked for a pause.",
            Meaning::Wrong => "The application does not take it as it is written.",
            Meaning::Unsupported => "The application does not know how to do that.",
            Meaning::TooMuch => "Too much at once for the application.",
            Meaning::Credentials => "The application does not take the token.",
            Meaning::Elsewhere => "The application sends elsewhere, which is not followed.",
            Meaning::Certificate => "The certificate of the application is not valid.",
            Meaning::Forbidden => "The address can't be reached by the rules of the operator.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, scim_type: &str, retry_after: Option<i64>) -> Meaning {
        meaning(&Outcome::Answer { status, readable: true, scim_type: scim_type.into(), retry_after })
    }

    #[test]
    fn every_line_of_the_table_has_its_meaning() {
        let expected: [(u16, &str, Meaning); 23] = [
            (200, "", Meaning::Done),
            (201, "", Meaning::Done),
            (204, "", Meaning::Done),
            (202, "", Meaning::Unknown),
            (301, "", Meaning::Elsewhere),
            (308, "", Meaning::Elsewhere),
            (400, "invalidFilter", Meaning::Wrong),
            (400, "noTarget", Meaning::Gone),
            (400, "tooMany", Meaning::TooMuch),
            (401, "", Meaning::Credentials),
            (403, "", Meaning::Credentials),
            (404, "", Meaning::Gone),
            (405, "", Meaning::Unsupported),
            (501, "", Meaning::Unsupported),
            (409, "uniqueness", Meaning::Conflict),
            (409, "", Meaning::Conflict),
            (412, "", Meaning::Moved),
            (413, "", Meaning::TooMuch),
            (408, "", Meaning::Unknown),
            (500, "", Meaning::Unknown),
            (503, "", Meaning::Unknown),
            (504, "", Meaning::Unknown),
            (418, "", Meaning::Wrong),
        ];
        for (status, scim_type, meaning) in expected {
            assert_eq!(of(status, scim_type, None), meaning, "{status} {scim_type}");
        }
    }

    #[test]
    fn a_pause_is_as_long_as_asked_for_an_hour_at_most_and_no_trouble() {
        assert_eq!(of(429, "", Some(7)), Meaning::Pause(7));
        assert_eq!(of(429, "", None), Meaning::Pause(30));
        assert_eq!(of(503, "", Some(99_999)), Meaning::Pause(3600));
        assert_eq!(of(423, "", Some(0)), Meaning::Pause(1));
        assert!(!of(429, "", None).is_trouble() && of(500, "", None).is_trouble());
    }

    #[test]
    fn a_good_status_with_a_page_of_something_else_says_nothing() {
        let html =
            Outcome::Answer { status: 200, readable: false, scim_type: String::new(), retry_after: None };
        assert_eq!(meaning(&html), Meaning::Unknown);
        assert_eq!(meaning(&Outcome::Lost), Meaning::Unknown);
    }
}
