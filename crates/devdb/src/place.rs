//! Where the data lives.

use crate::account::Account;
use crate::error::{Error, Of};
use std::env;
use std::path::{Path, PathBuf};

/// The data folder called `name`: `PIM_PG_DATA` when set; as root below `/var/lib/pimento` (the home of root
/// is closed to the user PostgreSQL runs as); otherwise below the data folder of the user.
///
/// # Errors
/// [`Error::NoHome`] when the user has no home; [`Error::NoAccount`] for root on a bare system.
pub fn default_dir(name: &str) -> Result<PathBuf, Error> {
    match env::var_os("PIM_PG_DATA") {
        Some(dir) => Ok(PathBuf::from(dir)),
        None => Ok(base(&Account::choose()?)?.join(name)),
    }
}

/// `preferred` if the user PostgreSQL runs as can reach it, else a folder of the same last name in the place
/// of [`default_dir`], told apart by the whole path, so that two checkouts never share one.
///
/// # Errors
/// As [`default_dir`]; [`Error::Io`] when `preferred` can't be made.
pub fn reachable_dir(preferred: &Path) -> Result<PathBuf, Error> {
    if let Some(dir) = env::var_os("PIM_PG_DATA") {
        return Ok(PathBuf::from(dir));
    }
    let account = Account::choose()?;
    std::fs::create_dir_all(preferred).of("make", preferred)?;
    let preferred = preferred.canonicalize().of("find", preferred)?;
    let parent = preferred.parent().unwrap_or(&preferred);
    if account.reaches(parent) {
        return Ok(preferred);
    }
    let name = preferred.file_name().unwrap_or_default().to_string_lossy();
    Ok(base(&account)?.join(format!("{name}-{:016x}", fingerprint(&preferred))))
}

fn base(account: &Account) -> Result<PathBuf, Error> {
    if account.is_other() {
        return Ok(PathBuf::from("/var/lib/pimento"));
    }
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let data = match env::consts::OS {
        "macos" => set("HOME").map(|home| home.join("Library/Application Support")),
        _ => set("XDG_DATA_HOME").or_else(|| set("HOME").map(|home| home.join(".local/share"))),
    };
    Ok(data.ok_or(Error::NoHome)?.join("pimento"))
}

/// Where the socket is: in the data folder, or, since the system allows about 100 bytes for the path of a
/// socket, in a folder of its own among the temporary ones.
pub(crate) fn socket_dir(dir: &Path) -> PathBuf {
    let inside = dir.join("socket");
    if inside.as_os_str().len() <= 80 {
        return inside;
    }
    env::temp_dir().join(format!("pimento-{:016x}", fingerprint(dir)))
}

/// FNV-1a: the standard library's hasher may change with its version, and the data would be lost from sight.
fn fingerprint(path: &Path) -> u64 {
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    path.as_os_str().as_encoded_bytes().iter().fold(0xcbf2_9ce4_8422_2325, mix)
}

#[cfg(test)]
mod tests {
    use super::socket_dir;
    use std::path::Path;

    #[test]
    fn the_socket_of_a_deep_folder_still_fits_into_what_the_system_allows() {
        let deep = format!("/srv/{}/pg", "a-rather-long-name/".repeat(8));
        assert!(socket_dir(Path::new(&deep)).as_os_str().len() <= 80);
        assert_eq!(socket_dir(Path::new("/srv/pg")), Path::new("/srv/pg/socket"));
    }
}
