//! The standard library for WebAssembly, and the compiler it belongs to.

use super::{debian, is_root};
use crate::run::{ok, output, step, succeeds, which};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The target of the browser half.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler with the library.
#[derive(Debug, Clone)]
pub struct Toolchain {
    cargo: PathBuf,
    rustc: PathBuf,
}

impl Toolchain {
    /// rustup's, the usual one, else Debian's.
    pub fn find() -> Result<Toolchain> {
        let found = Toolchain::candidates().into_iter().find(Toolchain::has_library);
        found.context("no Rust compiler with the library for WebAssembly: run cargo xtask setup")
    }

    fn candidates() -> Vec<Toolchain> {
        let debian = Toolchain { cargo: "/usr/bin/cargo".into(), rustc: "/usr/bin/rustc".into() };
        let ours = which("cargo").zip(which("rustc")).map(|(cargo, rustc)| Toolchain { cargo, rustc });
        ours.into_iter().chain([debian]).collect()
    }

    fn has_library(&self) -> bool {
        let folder = output(self.rustc().args(["--print", "target-libdir", "--target", TARGET]));
        let entries = folder.map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
        entries.is_ok_and(|mut entries| {
            entries.any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
        })
    }

    fn rustc(&self) -> Command {
        clean(&self.rustc)
    }

    /// Which compiler it is, for the fingerprint of what it makes.
    pub fn version(&self) -> Result<String> {
        output(self.rustc().arg("--version"))
    }

    /// A cargo that compiles with this compiler, whoever started us.
    pub fn cargo(&self) -> Result<Command> {
        let mut cargo = clean(&self.cargo);
        if self.rustc.starts_with("/usr/bin") {
            cargo.env("RUSTC", &self.rustc);
            // Debian has no rust-lld on PATH, and cargo would not look for it elsewhere.
            if let Some(linker) = self.linker()? {
                cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
            }
        }
        Ok(cargo)
    }

    fn linker(&self) -> Result<Option<PathBuf>> {
        let rustlib = self.sysroot()?.join("lib/rustlib");
        let hosts = fs::read_dir(&rustlib).with_context(|| rustlib.display().to_string())?;
        Ok(hosts.flatten().map(|host| host.path().join("bin/rust-lld")).find(|path| path.is_file()))
    }

    fn sysroot(&self) -> Result<PathBuf> {
        Ok(output(self.rustc().args(["--print", "sysroot"]))?.into())
    }
}

/// rustup's cargo hands its own compiler down in the environment.
fn clean(program: &Path) -> Command {
    let mut command = Command::new(program);
    for name in ["CARGO", "RUSTC", "RUSTDOC", "RUSTFLAGS", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
        command.env_remove(name);
    }
    command
}

/// Gets the library from rustup, or, where it can't be downloaded, compiles it from Debian's source.
pub fn ensure() -> Result<()> {
    if Toolchain::find().is_ok() {
        return Ok(());
    }
    if which("rustup").is_some() {
        let mut add = Command::new("rustup");
        step("Get the standard library for WebAssembly from rustup", || {
            add.args(["target", "add", TARGET]);
            if !succeeds(&mut add) {
                eprintln!("    not to be had from there");
            }
            Ok(())
        })?;
        if Toolchain::find().is_ok() {
            return Ok(());
        }
    }
    if !debian::can_install() {
        bail!("install the library for WebAssembly: rustup target add {TARGET}");
    }
    step("Install Debian's compiler with the source of the library", || {
        debian::install(&["rustc-web", "cargo-web", "rust-web-src"])
    })?;
    if Toolchain::find().is_ok() {
        return Ok(());
    }
    step("Compile the standard library for WebAssembly (once)", compile)
}

/// `-Zforce-unstable-if-unmarked` and the metadata are what the library's own build sets; after this no
/// unstable flag is needed by anything we compile.
fn compile() -> Result<()> {
    let debian = Toolchain { cargo: "/usr/bin/cargo".into(), rustc: "/usr/bin/rustc".into() };
    let version = debian.version()?;
    let version = version.split(' ').nth(1).context("rustc names no version")?;
    let (copy, out) =
        (std::path::absolute("target/wasm-std/library")?, std::path::absolute("target/wasm-std/out")?);
    fs::create_dir_all("target/wasm-std")?;
    if !copy.exists() {
        ok(Command::new("cp").arg("-r").arg(format!("/usr/src/rustc-{version}/library")).arg(&copy))?;
    }
    let mut cargo = clean(Path::new("/usr/bin/cargo"));
    cargo.current_dir(&copy).env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1");
    cargo.env("__CARGO_DEFAULT_LIB_METADATA", "stablestd");
    cargo.env("RUSTFLAGS", "-Cembed-bitcode=yes -Zforce-unstable-if-unmarked");
    cargo.args(["build", "--quiet", "--release", "--package", "sysroot", "--no-default-features"]);
    cargo
        .args(["--features", "panic-unwind,compiler-builtins-mem", "--target", TARGET, "--target-dir"])
        .arg(&out);
    ok(&mut cargo)?;
    if !is_root() {
        bail!("only root can install the library");
    }
    let into = debian.sysroot()?.join("lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&into)?;
    for entry in fs::read_dir(out.join(TARGET).join("release/deps"))?.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "rlib") {
            fs::copy(&path, into.join(entry.file_name()))?;
        }
    }
    Ok(())
}
