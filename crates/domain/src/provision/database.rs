//! The address of a PostgreSQL database, as `postgres://pimento@db.example:5432/shop`, and names in it.

use crate::refusal::{Code, Refusal};
use percent_encoding::percent_decode_str;
use url::Url;

/// Longest name of a role, in bytes: the server cuts longer ones off, and means another role by what is left.
pub const MAX_NAME: usize = 63;
/// Longest address.
const MAX_ADDRESS: usize = 2000;
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
    if typed.len() > MAX_ADDRESS {
        return refuse(Code::TextTooLong, "An address has at most 2,000 characters.");
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

/// What a role of a database is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Role {
    /// Somebody can log in as it.
    pub logs_in: bool,
    /// It may do everything.
    pub superuser: bool,
    /// It may make roles.
    pub makes_roles: bool,
    /// It may copy everything.
    pub replicates: bool,
    /// It is what Pimento itself enters as.
    pub ours: bool,
    /// The server made it: its name begins with `pg_`.
    pub built_in: bool,
}

impl Role {
    /// Why it is given to nobody: what is done with it would outlast it, or it is more than a group should give.
    pub const fn not_to_give(self) -> Option<&'static str> {
        match self {
            Role { ours: true, .. } => Some("it is the role with which Pimento itself enters"),
            Role { superuser: true, .. } => {
                Some("it is a superuser: there is nothing that could be taken from it")
            }
            Role { built_in: true, .. } => {
                Some("the server made it: grant it to a role of your own, and give that")
            }
            Role { logs_in: true, .. } => {
                Some("somebody can log in as it: whoever has it could set a password, and keep it")
            }
            Role { makes_roles: true, .. } => Some("it may make roles: what it makes would stay"),
            Role { replicates: true, .. } => Some("it may copy everything"),
            _ => None,
        }
    }

    /// Why it is no login of a person to whom something may be given.
    pub const fn no_person(self) -> Option<&'static str> {
        match self {
            Role { ours: true, .. } => Some("it is the role with which Pimento itself enters"),
            Role { logs_in: false, .. } => Some("nobody can log in as it"),
            Role { superuser: true, .. } => Some("it is a superuser: nothing could be taken from it"),
            Role { makes_roles: true, .. } => {
                Some("it may make roles, and give itself what was taken from it")
            }
            Role { replicates: true, .. } => Some("it copies the server: it is no person's"),
            _ => None,
        }
    }
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
            &format!("postgres://p@{}.example/shop", "x".repeat(2_000)),
        ];
        for typed in wrong {
            assert_eq!(read(typed, false).unwrap_err().field.as_deref(), Some("base_url"), "{typed}");
        }
    }

    #[test]
    fn what_would_outlast_its_end_is_not_given_and_what_could_keep_it_gets_nothing() {
        let group = Role::default();
        assert_eq!(group.not_to_give(), None);
        let person = Role { logs_in: true, ..group };
        assert_eq!(person.no_person(), None);
        assert!(person.not_to_give().is_some() && group.no_person().is_some());
        for change in [
            |role: &mut Role| role.superuser = true,
            |role: &mut Role| role.makes_roles = true,
            |role: &mut Role| role.replicates = true,
            |role: &mut Role| role.ours = true,
        ] {
            let (mut one, mut other) = (group, person);
            change(&mut one);
            change(&mut other);
            assert!(one.not_to_give().is_some() && other.no_person().is_some(), "{one:?}");
        }
        assert!(Role { built_in: true, ..group }.not_to_give().is_some());
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
