//! The address of a PostgreSQL database, as `postgres://pimento@db.example:5432/shop`, and names in it.

use crate::refusal::{Code, Refusal};
use percent_encoding::percent_decode_str;
use url::Url;

/// Longest name of a role, in bytes: the server cuts longer ones off, and means another role by what is left.
pub const MAX_NAME: usize = 63;
/// The port where none is written.
const PORT: u16 = 5432;

/// Where a database is, and as whom it is entered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    /// Name or address of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The role that grants.
    pub user: String,
    /// The database that is entered; roles are the same in all of one server.
    pub database: String,
    /// Without TLS: only where the operator allows what can be read on the way.
    pub plain: bool,
}

/// Reads what was typed. `plain` says whether the operator allows connections without TLS.
///
/// # Errors
/// The refusal at `base_url`.
pub fn read(typed: &str, plain: bool) -> Result<Address, Refusal> {
    let refuse = |code, text: &str| Err(Refusal::new(code, text).at("base_url"));
    let typed = typed.trim();
    if typed.is_empty() {
        return refuse(Code::Missing, "An address is needed.");
    }
    let Some(url) = Url::parse(typed).ok().filter(|url| matches!(url.scheme(), "postgres" | "postgresql"))
    else {
        return refuse(
            Code::BadInput,
            "This is no address of a database. It looks like postgres://pimento@db.example/shop.",
        );
    };
    if url.password().is_some() {
        return refuse(Code::BadInput, "The password goes into its own field, not into the address.");
    }
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned());
    let (Some(user), Some(database)) = (decoded(url.username()), decoded(url.path().trim_start_matches('/')))
    else {
        return refuse(Code::BadInput, "The address holds letters that can't be read.");
    };
    let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
        return refuse(Code::BadInput, "There is no server in the address.");
    };
    if name(&user).is_err() || name(&database).is_err() {
        return refuse(
            Code::BadInput,
            "The address names the role that grants, and the database: postgres://pimento@db.example/shop.",
        );
    }
    let without_tls = match url.query() {
        None | Some("sslmode=verify-full") => false,
        Some("sslmode=disable") if plain => true,
        Some("sslmode=disable") => {
            return refuse(
                Code::BadValue,
                "Without TLS the password could be read on the way. The operator can allow it.",
            );
        }
        Some(_) => return refuse(Code::BadInput, "Behind the ? there can only be sslmode=disable."),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    Ok(Address { host, port: url.port().unwrap_or(PORT), user, database, plain: without_tls })
}

/// A name of a role or a database.
///
/// # Errors
/// Why it can't be one.
pub fn name(name: &str) -> Result<(), &'static str> {
    match name.len() {
        0 => Err("A name is needed."),
        1..=MAX_NAME if name.chars().any(char::is_control) => {
            Err("A name of a database holds no control characters.")
        }
        1..=MAX_NAME => Ok(()),
        _ => Err("A name of a database has at most 63 bytes."),
    }
}

/// The name in a statement, whatever it holds.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_server_role_and_database() {
        let address = read("postgres://pi%40mento@db.example/shop", false).unwrap();
        assert_eq!((address.host.as_str(), address.port, address.plain), ("db.example", 5432, false));
        assert_eq!((address.user.as_str(), address.database.as_str()), ("pi@mento", "shop"));
        let address = read(" postgresql://p@[::1]:6432/shop?sslmode=disable ", true).unwrap();
        assert_eq!((address.host.as_str(), address.port, address.plain), ("::1", 6432, true));
    }

    #[test]
    fn what_is_no_address_or_tells_a_secret_is_refused() {
        let wrong = [
            "",
            "db.example",
            "https://p@db.example/shop",
            "postgres://db.example/shop",
            "postgres://p@db.example",
            "postgres://p@/shop",
            "postgres://p:secret@db.example/shop",
            "postgres://p@db.example/shop?sslmode=disable",
            "postgres://p@db.example/shop?host=/tmp",
            "postgres://p@db.example/shop%00",
        ];
        for typed in wrong {
            assert_eq!(read(typed, false).unwrap_err().field.as_deref(), Some("base_url"), "{typed}");
        }
    }

    #[test]
    fn names_are_quoted_and_never_cut_off() {
        assert_eq!(quoted(r#"o"ps; drop"#), r#""o""ps; drop""#);
        assert!(
            name(&"x".repeat(63)).is_ok() && name(&"x".repeat(64)).is_err() && name(&"é".repeat(32)).is_err()
        );
        assert!(name("").is_err() && name("a\0b").is_err());
    }
}
