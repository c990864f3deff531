//! The crate that uses the structs of every schema: its folder, its build, its run.
//!
//! It lies outside the workspace, as a user's crate does, and always in the same folder, so that
//! what did not change is not compiled again.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use ingest_tests::workspace;

use crate::{program, schemas};

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// Another seed, other schemas and values.
    pub(crate) seed: u64,
    /// How many schemas.
    pub(crate) schemas: usize,
    /// Records of every struct.
    pub(crate) records: usize,
}

/// The crate's folder.
pub(crate) struct Consumer {
    folder: PathBuf,
}

impl Consumer {
    /// Draws the schemas and writes the crate.
    pub(crate) fn write(size: Size) -> Self {
        let consumer = Self {
            folder: home().join("consumer"),
        };
        let drawn: Vec<_> = (0..size.schemas)
            .map(|number| schemas::draw(size.seed, number))
            .collect();
        consumer.put("Cargo.toml", &manifest());
        let lock = fs::read_to_string(workspace().join("Cargo.lock")).unwrap();
        consumer.put("Cargo.lock", &lock);
        consumer.put("src/main.rs", &program::main(size, &drawn));
        for drawn in &drawn {
            consumer.put(&format!("schemas/{}.yaml", drawn.name), &drawn.yaml);
            for (path, text) in program::module(size.seed, drawn) {
                consumer.put(&path, &text);
            }
        }
        consumer
    }

    /// Writes a file unless it is so already, because cargo looks at its time.
    fn put(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        if fs::read_to_string(&path).is_ok_and(|before| before == text) {
            return;
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Compiles the crate.
    pub(crate) fn build(&self) -> Output {
        Command::new(env!("CARGO"))
            .args(["build", "--offline", "--quiet"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", home().join("target"))
            .env_remove("INGEST_SCHEMA_ROOT")
            .output()
            .unwrap()
    }

    /// Sends records of every struct to the tenants of its schema.
    pub(crate) fn run(&self) -> Output {
        Command::new(home().join("target/debug").join(NAME))
            .current_dir(&self.folder)
            .output()
            .unwrap()
    }
}

const NAME: &str = "property-consumer";

fn home() -> PathBuf {
    workspace().join("target/tests/property")
}

fn manifest() -> String {
    let path = |name: &str| format!("path = '{}'", workspace().join(name).display());
    format!(
        "[package]\nname = \"{NAME}\"\nedition = \"2024\"\n\n[dependencies]\n\
         ingest-core = {{ {} }}\n\
         ingest-emulator = {{ {} }}\n\
         ingest-schema = {{ {}, features = [\"read\"] }}\n\
         serde_json = {{ version = \"1\", features = [\"raw_value\"] }}\n\
         tokio = {{ version = \"1\", features = [\"rt\", \"net\", \"time\"] }}\n\n\
         [profile.dev]\ndebug = false\nincremental = false\n\n[workspace]\n",
        path("ingest-core"),
        path("ingest-emulator"),
        path("ingest-schema"),
    )
}
