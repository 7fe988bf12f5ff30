//! What an error of a PostgreSQL server means (its manual, appendix A).

use super::answer::Meaning;

/// Seconds to leave a server alone that has no room for another connection.
const FULL: i64 = 5;

/// By the five letters of the error.
pub fn meaning(code: &str) -> Meaning {
    match code {
        // what it is about is not there: an object, a schema
        "42704" | "3F000" => Meaning::Gone,
        // no room for another connection
        "53300" => Meaning::Pause(FULL),
        // there is no such database, or this account may not enter it: nothing goes well until somebody looks
        "3D000" => Meaning::Elsewhere,
        // cancelled, waited too long for a lock, serialization, deadlock: nothing was done
        "57014" | "55P03" | "40001" | "40P01" => Meaning::Moved,
        // read only: a server that is not the first of its kind at this moment
        "25006" => Meaning::Unknown,
        _ => match code.get(..2) {
            // who we are is not believed
            Some("28") => Meaning::Credentials,
            // connection, resources, operator, system, crash
            Some("08" | "53" | "57" | "58" | "XX") => Meaning::Unknown,
            _ => Meaning::Wrong,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_mean_what_the_manual_says() {
        let cases = [
            ("28P01", Meaning::Credentials),
            ("28000", Meaning::Credentials),
            ("3D000", Meaning::Elsewhere),
            ("42704", Meaning::Gone),
            ("42501", Meaning::Wrong),
            ("0LP01", Meaning::Wrong),
            ("53300", Meaning::Pause(5)),
            ("57P03", Meaning::Unknown),
            ("08006", Meaning::Unknown),
            ("25006", Meaning::Unknown),
            ("40P01", Meaning::Moved),
            ("55P03", Meaning::Moved),
            ("", Meaning::Wrong),
            ("é", Meaning::Wrong),
        ];
        for (code, expected) in cases {
            assert_eq!(meaning(code), expected, "{code}");
        }
    }
}
