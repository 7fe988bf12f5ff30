//! Makes one style sheet of several: imports put in, files it names added to the site, comments left out.

use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// Adds a file to the site and gives its address.
pub type Add<'a> = &'a dyn Fn(&Path) -> Result<String>;

/// The whole style sheet that begins with `main`. Understands `@import "file.css";`, also with `layer(name)`.
pub fn bundle(main: &Path, add: Add<'_>) -> Result<String> {
    let text = fs::read_to_string(main).with_context(|| main.display().to_string())?;
    let folder = main.parent().unwrap_or(Path::new("."));
    let mut out = String::with_capacity(text.len());
    for line in without_comments(&text).lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.strip_prefix("@import ") {
            Some(import) => out.push_str(&imported(folder, import, add)?),
            None => out.push_str(&with_addresses(folder, line, add)?),
        }
        out.push('\n');
    }
    Ok(out)
}

fn imported(folder: &Path, import: &str, add: Add<'_>) -> Result<String> {
    let mut parts = import.trim_end_matches(';').splitn(3, '"').skip(1);
    let file = parts.next().with_context(|| format!("@import without quotes: {import}"))?;
    let inner = bundle(&folder.join(file), add)?;
    let rest = parts.next().unwrap_or_default().trim();
    match rest.strip_prefix("layer(").and_then(|rest| rest.strip_suffix(')')) {
        Some(layer) => Ok(format!("@layer {layer} {{\n{inner}}}")),
        None if rest.is_empty() => Ok(inner),
        None => bail!("@import with conditions is not supported: {import}"),
    }
}

/// Replaces each `url("file")` by the address of that file in the site.
fn with_addresses(folder: &Path, line: &str, add: Add<'_>) -> Result<String> {
    let mut parts = line.split("url(\"");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (file, rest) = part.split_once('"').with_context(|| format!("unfinished url in: {line}"))?;
        let address = match file.starts_with("data:") || file.starts_with('#') {
            true => file.to_owned(),
            false => add(&located(folder, file))?,
        };
        out.push_str(&format!("url(\"{address}\"{rest}"));
    }
    Ok(out)
}

/// An address from the top is a file in `public`.
fn located(folder: &Path, file: &str) -> PathBuf {
    file.strip_prefix('/').map_or_else(|| folder.join(file), |file| Path::new("public").join(file))
}

fn without_comments(text: &str) -> String {
    let mut parts = text.split("/*");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once("*/").map_or("", |(_, after)| after));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{bundle, without_comments};
    use std::fs;
    use std::path::Path;

    #[test]
    fn imports_are_put_in_and_files_get_their_address() {
        let folder = std::env::temp_dir().join(format!("xtask-css-{}", std::process::id()));
        fs::create_dir_all(folder.join("parts")).unwrap();
        fs::write(folder.join("main.css"), "@import \"parts/a.css\" layer(base); /* why */\nb { c: d }\n")
            .unwrap();
        fs::write(folder.join("parts/a.css"), "@font-face { src: url(\"x.woff2\") format(\"woff2\") }\n")
            .unwrap();
        let add = |path: &Path| Ok(format!("/pkg/{}", path.file_name().unwrap().to_string_lossy()));
        let made = bundle(&folder.join("main.css"), &add).unwrap();
        fs::remove_dir_all(folder).unwrap();
        let expected =
            "@layer base {\n@font-face { src: url(\"/pkg/x.woff2\") format(\"woff2\") }\n}\nb { c: d }\n";
        assert_eq!(made, expected);
    }

    #[test]
    fn comments_over_several_lines_are_left_out() {
        assert_eq!(without_comments("a /* b\nc */ d /* e */"), "a  d ");
    }
}
