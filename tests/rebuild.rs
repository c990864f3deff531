//! A schema that changes recompiles the crates that use it, and nothing else does.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ingest_tests::workspace;

/// A crate of its own, outside the workspace.
struct Consumer {
    folder: tempfile::TempDir,
}

impl Consumer {
    /// Cargo takes crates of one name for the same crate, wherever they lie; so each test names its own.
    fn new(name: &str, main: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let core = workspace().join("ingest-core").to_str().unwrap().to_owned();
        let manifest = format!(
            "[package]\nname = {name:?}\nedition = \"2024\"\n\n[dependencies]\n\
             ingest-core = {{ path = {core:?}, default-features = false }}\n\n[workspace]\n"
        );
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
        fs::write(folder.path().join("src/main.rs"), main).unwrap();
        fs::copy(
            workspace().join("Cargo.lock"),
            folder.path().join("Cargo.lock"),
        )
        .unwrap();
        let consumer = Self { folder };
        consumer.write_schema(&web());
        consumer
    }

    fn schema(&self) -> PathBuf {
        self.folder.path().join("web.yaml")
    }

    fn write_schema(&self, text: &str) {
        fs::write(self.schema(), text).unwrap();
    }

    fn check(&self) -> Outcome {
        let output = Command::new(env!("CARGO"))
            .args(["check", "--offline", "--verbose"])
            .current_dir(self.folder.path())
            .env("CARGO_TARGET_DIR", target())
            .env_remove("INGEST_SCHEMA_ROOT")
            .output()
            .unwrap();
        Outcome::read(&output)
    }
}

/// Kept between runs, so that the runtime is compiled once and not for every run.
fn target() -> PathBuf {
    workspace().join("target/tests/rebuild")
}

fn web() -> String {
    fs::read_to_string(workspace().join("schemas/web.yaml")).unwrap()
}

struct Outcome {
    success: bool,
    fresh: bool,
    text: String,
}

impl Outcome {
    fn read(output: &Output) -> Self {
        let text = String::from_utf8(output.stderr.clone()).unwrap();
        Self {
            success: output.status.success(),
            fresh: text
                .lines()
                .any(|line| line.trim_start().starts_with("Fresh edited ")),
            text,
        }
    }
}

const MAIN: &str = r#"
use ingest_core::{IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(
    schema = "web.yaml",
    object = "visitor",
    blank("email", "phone", "first_seen", "newsletter", "discount", "country")
)]
struct Visitor {
    visitor_id: String,
    updated_at: Timestamp,
}

fn main() {
    println!("{}", Visitor::OBJECT.digest);
}
"#;

#[test]
fn an_edit_of_the_schema_alone_recompiles_and_stops_the_build() {
    let consumer = Consumer::new("edited", MAIN);
    let first = consumer.check();
    assert!(first.success && !first.fresh, "{}", first.text);
    let second = consumer.check();
    assert!(second.success && second.fresh, "{}", second.text);

    consumer.write_schema(&web().replace("        country:", "        country_code:"));
    let changed = consumer.check();
    assert!(!changed.success, "{}", changed.text);
    let errors = changed.text.matches("\nerror: object `visitor`").count();
    assert_eq!(errors, 1, "{}", changed.text);
    assert!(
        changed
            .text
            .contains("has no field `country` to send blank"),
        "{}",
        changed.text
    );
    assert!(changed.text.contains("src/main.rs:8:"), "{}", changed.text);

    consumer.write_schema(&web());
    let mended = consumer.check();
    assert!(mended.success && !mended.fresh, "{}", mended.text);
    assert!(consumer.check().fresh);
}

#[test]
fn messages_show_no_path_of_the_machine() {
    let consumer = Consumer::new(
        "mistaken",
        &MAIN.replace("updated_at: Timestamp", "updated: Timestamp"),
    );
    let outcome = consumer.check();
    let errors: Vec<_> = outcome
        .text
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    assert!(!errors.is_empty(), "{}", outcome.text);
    let folder: &Path = consumer.folder.path();
    for line in errors {
        let of_cargo = line.starts_with("error: could not compile");
        assert!(
            of_cargo || !line.contains(folder.to_str().unwrap()),
            "{line}"
        );
    }
}
