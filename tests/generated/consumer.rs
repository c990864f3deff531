//! A crate of its own, outside the workspace, and what cargo says about it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ingest_tests::workspace;

pub(crate) struct Consumer {
    folder: tempfile::TempDir,
}

impl Consumer {
    /// An empty crate with these lines under `[dependencies]`, locked as the workspace is. Cargo takes
    /// crates of one name for the same crate, wherever they lie; so each test names its own.
    pub(crate) fn new(name: &str, dependencies: &str) -> Self {
        let consumer = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let manifest = format!(
            "[package]\nname = {name:?}\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             description = \"A test\"\nlicense = \"MIT\"\n\n[dependencies]\n{dependencies}\n\
             [workspace]\n"
        );
        consumer.write("Cargo.toml", &manifest);
        let lock = fs::read_to_string(workspace().join("Cargo.lock")).unwrap();
        consumer.write("Cargo.lock", &lock);
        consumer
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn cargo(&self, arguments: &[&str]) -> Outcome {
        cargo(self.path(), arguments)
    }
}

pub(crate) struct Outcome {
    pub(crate) success: bool,
    pub(crate) text: String,
}

impl Outcome {
    #[track_caller]
    pub(crate) fn succeeded(self) {
        assert!(self.success, "{}", self.text);
    }
}

/// Runs cargo without a network, in this folder.
pub(crate) fn cargo(folder: &Path, arguments: &[&str]) -> Outcome {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TARGET_DIR", target())
        .env_remove("INGEST_SCHEMA_ROOT")
        .output()
        .unwrap();
    Outcome {
        success: output.status.success(),
        text: String::from_utf8([output.stdout, output.stderr].concat()).unwrap(),
    }
}

/// Kept between runs, so that the runtime is compiled once and not for every run.
pub(crate) fn target() -> PathBuf {
    workspace().join("target/tests/generated")
}

/// A crate of the workspace as a dependency.
pub(crate) fn dependency(name: &str) -> String {
    let path = path_of(name);
    format!("{name} = {{ path = {path:?}, version = \"0.1.0\", default-features = false }}\n")
}

/// Where a crate of the workspace is.
pub(crate) fn path_of(name: &str) -> String {
    workspace().join(name).to_str().unwrap().to_owned()
}
