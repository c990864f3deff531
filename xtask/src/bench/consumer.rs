//! Crates as users have them, outside the workspace: has them written, compiles them, and says what
//! that took. Knows nothing of what is compared.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};

use crate::bench::cpu;
use crate::steps::cargo;

/// How a crate is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Check,
    Debug,
    Release,
}

impl Mode {
    pub(crate) const ALL: [Self; 3] = [Self::Check, Self::Debug, Self::Release];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Debug => "dev",
            Self::Release => "release",
        }
    }

    fn arguments(self) -> &'static str {
        match self {
            Self::Check => "check --offline",
            Self::Debug => "build --offline",
            Self::Release => "build --offline --release",
        }
    }
}

/// A crate of wide records.
pub(crate) struct Consumer {
    name: String,
    folder: PathBuf,
}

impl Consumer {
    /// Has the crate written, its structs deriving what `way` says.
    pub(crate) fn write(way: &str, structs: usize, fields: usize) -> Result<Self> {
        let root = root();
        let root = root
            .to_str()
            .context("the path of the workspace is no text")?;
        let output = cargo("run --quiet --package ingest-tests --bin wide-crate --")
            .args([way, &structs.to_string(), &fields.to_string(), root])
            .output()?;
        succeeded(&output)?;
        let name = format!("wide_{way}_{structs}x{fields}");
        let folder = Path::new(root).join(&name);
        Ok(Self { name, folder })
    }

    /// Compiles what the crate needs, and the crate, without counting.
    pub(crate) fn warm(&self, mode: Mode) -> Result<()> {
        succeeded(&self.cargo(mode).output()?)
    }

    /// Compiles the crate alone once more; the CPU seconds that cargo and the compiler took.
    pub(crate) fn compile(&self, mode: Mode) -> Result<f64> {
        let source = self.folder.join("src/lib.rs");
        File::options()
            .append(true)
            .open(source)?
            .set_modified(SystemTime::now())?;
        let before = cpu::of_children()?;
        let output = self.cargo(mode).output()?;
        let seconds = cpu::of_children()? - before;
        succeeded(&output)?;
        ensure!(
            self.alone_compiled(&output),
            "cargo did not compile `{}` alone",
            self.name
        );
        Ok(seconds)
    }

    /// Without incremental compilation: with it a crate that was only touched costs next to nothing,
    /// and what an edit costs depends on the edit.
    fn cargo(&self, mode: Mode) -> Command {
        let mut command = cargo(mode.arguments());
        command
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", root().join("target"))
            .env("CARGO_INCREMENTAL", "0")
            .env_remove("RUSTFLAGS")
            .env_remove("INGEST_SCHEMA_ROOT");
        command
    }

    fn alone_compiled(&self, output: &Output) -> bool {
        let text = String::from_utf8_lossy(&output.stderr);
        let mut compiled = text.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            let verb = words.next()?;
            matches!(verb, "Checking" | "Compiling").then(|| words.next())?
        });
        compiled.next() == Some(&self.name) && compiled.next().is_none()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench/compile")
}

fn succeeded(output: &Output) -> Result<()> {
    let text = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "cargo ended with {}:\n{text}",
        output.status
    );
    Ok(())
}
