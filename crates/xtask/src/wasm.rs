//! Compiles the browser half into `target/bundle`: a WebAssembly module and its JavaScript.

use crate::run::{ok, step};
use crate::setup::Toolchain;
use crate::site::fingerprint;
use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// Where the two files are.
pub const BUNDLE: &str = "target/bundle";
const STAMP: &str = "target/bundle/inputs";

/// Brings the bundle up to date; nothing happens while its sources are the same.
pub fn ensure_built() -> Result<()> {
    let toolchain = Toolchain::find()?;
    let inputs = inputs(&toolchain)?;
    if fs::read_to_string(STAMP).is_ok_and(|then| then == inputs) {
        return Ok(());
    }
    step("Compile the WebAssembly module", || {
        let mut cargo = toolchain.cargo()?;
        cargo.args(["build", "--locked", "--quiet", "--package", "frontend", "--lib"]);
        cargo.args(["--profile", "wasm-release", "--target", "wasm32-unknown-unknown"]);
        // Another compiler than the server's: a folder of its own, or each would rebuild the other's work.
        ok(cargo.args(["--target-dir", "target/wasm"]))
    })?;
    step("Generate its JavaScript", || bind(Path::new(BUNDLE)))?;
    Ok(fs::write(STAMP, inputs)?)
}

fn bind(out: &Path) -> Result<()> {
    if out.exists() {
        fs::remove_dir_all(out)?;
    }
    let mut bindgen = Bindgen::new();
    bindgen.input_path("target/wasm/wasm32-unknown-unknown/wasm-release/frontend.wasm");
    bindgen.web(true)?.typescript(false).remove_name_section(true).remove_producers_section(true);
    bindgen.out_name("pimento").generate(out)?;
    ensure!(
        !out.join("snippets").exists(),
        "a dependency brings JavaScript of its own, which the site can't serve"
    );
    Ok(())
}

/// A fingerprint of everything the bundle is made from.
fn inputs(toolchain: &Toolchain) -> Result<String> {
    let mut files = vec![PathBuf::from("Cargo.toml"), PathBuf::from("Cargo.lock")];
    for folder in ["app", "crates/domain", "frontend"] {
        collect(Path::new(folder), &mut files)?;
    }
    files.sort();
    let mut all = Sha256::new();
    all.update(toolchain.version()?);
    for file in files {
        all.update(file.to_string_lossy().as_bytes());
        all.update(fingerprint(&fs::read(&file).with_context(|| file.display().to_string())?));
    }
    Ok(fingerprint(&all.finalize()))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
