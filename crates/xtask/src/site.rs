//! Assembles `target/site`: everything the server hands out as files, under names that change with their
//! content (so browsers may keep them for ever), each text also compressed.
//!
//! `manifest.txt` tells the server the names, one `what path` a line: `boot`, `js`, `wasm`, `css`.

use crate::{css, wasm};
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

const SITE: &str = "target/site";

/// Brings the site up to date.
pub fn build() -> Result<()> {
    wasm::ensure_built()?;
    let site = Site::new()?;
    let bundle = Path::new(wasm::BUNDLE);
    let module = site.add("pimento.wasm", &fs::read(bundle.join("pimento_bg.wasm"))?)?;
    let script = site.add("pimento.js", &fs::read(bundle.join("pimento.js"))?)?;
    let live = site.add("live.js", include_bytes!("live.js"))?;
    let boot = include_str!("boot.js").replace("@JS@", &script).replace("@WASM@", &module);
    let boot = boot.replace("@LIVE@", &live);
    let boot = site.add("boot.js", boot.as_bytes())?;
    let styles = css::bundle(Path::new("style/main.css"), &|path| {
        let name = path.file_name().context("no file name")?.to_string_lossy();
        site.add(&name, &fs::read(path).with_context(|| path.display().to_string())?)
    })?;
    let css = site.add("main.css", styles.as_bytes())?;
    site.finish(&format!("boot {boot}\njs {script}\nwasm {module}\ncss {css}\n"))
}

/// A site in the making.
struct Site {
    folder: PathBuf,
}

impl Site {
    fn new() -> Result<Site> {
        let folder = PathBuf::from("target/site-new");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(folder.join("pkg"))?;
        Ok(Site { folder })
    }

    /// Adds a file; gives its address.
    fn add(&self, name: &str, content: &[u8]) -> Result<String> {
        let (stem, extension) = name.rsplit_once('.').context("a file without extension")?;
        let named = format!("pkg/{stem}-{}.{extension}", &fingerprint(content)[..16]);
        fs::write(self.folder.join(&named), content)?;
        if ["wasm", "js", "css", "svg"].contains(&extension) {
            self.compress(&named, "gz", content, gzip)?;
            self.compress(&named, "br", content, brotli)?;
        }
        Ok(format!("/{named}"))
    }

    /// The best compression takes seconds: the same name has the same content, so take what the last build made.
    fn compress(
        &self,
        named: &str,
        extension: &str,
        content: &[u8],
        how: fn(&[u8]) -> Result<Vec<u8>>,
    ) -> Result<()> {
        let named = format!("{named}.{extension}");
        let packed = match fs::read(Path::new(SITE).join(&named)) {
            Ok(packed) => packed,
            Err(_) => how(content)?,
        };
        Ok(fs::write(self.folder.join(named), packed)?)
    }

    /// Adds `public/` and the manifest, and puts the whole in place.
    fn finish(self, manifest: &str) -> Result<()> {
        copy_all(Path::new("public"), &self.folder)?;
        fs::write(self.folder.join("manifest.txt"), manifest)?;
        if Path::new(SITE).exists() {
            fs::remove_dir_all(SITE)?;
        }
        Ok(fs::rename(&self.folder, SITE)?)
    }
}

/// Copies a folder with everything in it; a folder that is not there is empty.
fn copy_all(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).into_iter().flatten().flatten() {
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            fs::create_dir_all(&copy)?;
            copy_all(&path, &copy)?;
        } else {
            fs::copy(path, copy)?;
        }
    }
    Ok(())
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut packed, &parameters)?;
    Ok(packed)
}

/// SHA-256 in hex.
pub fn fingerprint(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}
