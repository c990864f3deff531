//! The way in for a build.rs: one call from a schema file to code in `OUT_DIR`.
//!
//! Speaks cargo's build script protocol and nothing else; must stay free of heavy dependencies.

use std::env;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ingest_schema::{Problem, ReadError, Schema};

use crate::error::GenerateError;
use crate::generate::Generator;
use crate::output::{self, WriteError};
use crate::path::display_path;

/// Why a build.rs could not generate its code.
///
/// `Debug` prints the message for people, as cargo shows it when `main` returns the error.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A variable that cargo sets is missing.
    #[error("the variable `{0}` is not set\n  help: call this from a build.rs")]
    NotInBuildScript(&'static str),
    /// The schema cannot be read, or has errors.
    #[error(transparent)]
    Schema(#[from] ReadError),
    /// A setting of the generator does not suit the schema.
    #[error(transparent)]
    Generate(#[from] GenerateError),
    /// Two schemas would print into the same file.
    #[error(
        "`{first}` and `{second}` would both be `include_records!(\"{stem}\")`\n  help: rename one of the two files"
    )]
    SameName {
        /// The name of both files without their ending.
        stem: String,
        /// The schema that was built first.
        first: String,
        /// The schema that was to be built now.
        second: String,
    },
    /// The code cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Cargo does not take what the build script says.
    #[error("cannot write to the standard output: {0}")]
    Cargo(#[source] io::Error),
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        match std::error::Error::source(self) {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

/// The schemas that this build script has built.
type Built = Vec<Earlier>;

struct Earlier {
    stem: String,
    path: PathBuf,
    shown: String,
}

static BUILT: Mutex<Built> = Mutex::new(Vec::new());

/// Generates the records of a schema from a build.rs.
///
/// The path is relative to the folder of the Cargo.toml, or to `INGEST_SCHEMA_ROOT` where that is
/// set. The code goes to `<OUT_DIR>/<file stem>.rs`, to be taken in by
/// `ingest_core::include_records!("<file stem>")`. Warnings about the schema become cargo's. The one
/// schema that a build script builds is also that of hand-written structs which name none.
///
/// # Errors
/// Outside a build script, when the schema cannot be used (every problem is in the message), or when
/// the build script has built another schema of the same file stem.
pub fn build(schema: impl AsRef<Path>) -> Result<(), BuildError> {
    Generator::new().build(schema)
}

impl Generator {
    /// Generates from a build.rs like [`build`], with this generator's settings.
    ///
    /// # Errors
    /// As [`build`], and as [`generate`](Self::generate).
    pub fn build(self, schema: impl AsRef<Path>) -> Result<(), BuildError> {
        let folders = Folders::from_env()?;
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        self.build_in(&folders, schema.as_ref(), &mut built, &mut io::stdout())
    }

    fn build_in(
        self,
        folders: &Folders,
        schema: &Path,
        built: &mut Built,
        cargo: &mut dyn Write,
    ) -> Result<(), BuildError> {
        let path = folders.root.join(schema);
        let shown = display_path(schema);
        let generator = match self.schema_path {
            Some(_) => self,
            None => self.schema_path(shown.clone()),
        };
        // Before the file is read: once it is mended, cargo must run the build script again.
        tell_dependencies(cargo, &path).map_err(BuildError::Cargo)?;
        let reading = Schema::load_as(&path, &shown)?;
        let code = generator.generate(&reading.schema)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        remember(built, &stem, &path, &shown)?;
        let target = folders.out.join(format!("{stem}.rs"));
        output::write(&target, &code)?;
        let only = generator
            .schema_path
            .as_deref()
            .filter(|_| built.len() == 1);
        // Of several, none may be the one that a struct without a name means.
        tell_results(cargo, only.unwrap_or(""), &reading.warnings).map_err(BuildError::Cargo)
    }
}

/// Adds a schema to those that were built. Names are compared as the least exact file system would.
fn remember(built: &mut Built, stem: &str, path: &Path, shown: &str) -> Result<(), BuildError> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let same_name = |earlier: &&Earlier| earlier.stem.eq_ignore_ascii_case(stem);
    match built.iter().find(same_name) {
        Some(earlier) if earlier.path != path => Err(BuildError::SameName {
            stem: stem.to_owned(),
            first: earlier.shown.clone(),
            second: shown.to_owned(),
        }),
        Some(_) => Ok(()),
        None => {
            built.push(Earlier {
                stem: stem.to_owned(),
                path,
                shown: shown.to_owned(),
            });
            Ok(())
        }
    }
}

fn tell_dependencies(cargo: &mut dyn Write, path: &Path) -> io::Result<()> {
    writeln!(cargo, "cargo::rerun-if-changed={}", path.display())?;
    writeln!(cargo, "cargo::rerun-if-env-changed=INGEST_SCHEMA_ROOT")
}

fn tell_results(cargo: &mut dyn Write, schema: &str, warnings: &[Problem]) -> io::Result<()> {
    writeln!(cargo, "cargo::rustc-env=INGEST_SCHEMA={schema}")?;
    for warning in warnings {
        // A message for cargo ends with the line.
        for line in warning.to_string().lines() {
            writeln!(cargo, "cargo::warning={line}")?;
        }
    }
    Ok(())
}

/// Where a build script reads and writes.
struct Folders {
    root: PathBuf,
    out: PathBuf,
}

impl Folders {
    fn from_env() -> Result<Self, BuildError> {
        let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
        let needed = |name| variable(name).ok_or(BuildError::NotInBuildScript(name));
        let manifest = PathBuf::from(needed("CARGO_MANIFEST_DIR")?);
        Ok(Self {
            // A build script runs in the crate's folder, the compiler mostly elsewhere.
            root: match variable("INGEST_SCHEMA_ROOT") {
                Some(root) => manifest.join(root),
                None => manifest,
            },
            out: needed("OUT_DIR")?.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const VISITS: &str = "\
openapi: 3.0.3
components:
  schemas:
    visit:
      type: object
      properties:
        id: {type: string}
        seconds: {type: integer}
";

    fn folders(root: &Path) -> Folders {
        fs::create_dir(root.join("schemas")).unwrap();
        fs::write(root.join("schemas/visits.yaml"), VISITS).unwrap();
        Folders {
            root: root.into(),
            out: root.join("out"),
        }
    }

    fn run(folders: &Folders, schema: &str) -> (Result<(), BuildError>, String) {
        let mut said = Vec::new();
        let schema = Path::new(schema);
        let result = Generator::new().build_in(folders, schema, &mut Vec::new(), &mut said);
        (result, String::from_utf8(said).unwrap())
    }

    #[test]
    fn code_goes_to_the_folder_and_word_to_cargo() {
        let root = tempfile::tempdir().unwrap();
        let folders = folders(root.path());
        let (result, said) = run(&folders, "./schemas/visits.yaml");
        result.unwrap();
        let lines: Vec<_> = said.lines().collect();
        let file = root.path().join("./schemas/visits.yaml");
        let tracked = format!("cargo::rerun-if-changed={}", file.display());
        assert_eq!(lines[0], tracked);
        assert_eq!(lines[1], "cargo::rerun-if-env-changed=INGEST_SCHEMA_ROOT");
        assert_eq!(
            lines[2],
            "cargo::rustc-env=INGEST_SCHEMA=schemas/visits.yaml"
        );
        assert!(lines[3].starts_with("cargo::warning=schemas/visits.yaml:8:"));
        assert_eq!(lines[4], "cargo::warning=  help: write `type: number`");
        assert_eq!(lines.len(), 5);

        let code = fs::read_to_string(root.path().join("out/visits.rs")).unwrap();
        let schema = ingest_schema::Schema::parse("", VISITS).unwrap().schema;
        let expected = Generator::new().schema_path("schemas/visits.yaml");
        assert_eq!(code, expected.generate(&schema).unwrap());
    }

    #[test]
    fn several_schemas_have_several_names_and_no_default() {
        let root = tempfile::tempdir().unwrap();
        let folders = folders(root.path());
        fs::create_dir(root.path().join("other")).unwrap();
        for name in ["other/visits.yaml", "other/orders.yaml"] {
            fs::write(root.path().join(name), VISITS).unwrap();
        }
        let mut built = Vec::new();
        let mut run = |schema: &str| {
            let mut said = Vec::new();
            let schema = Path::new(schema);
            let result = Generator::new().build_in(&folders, schema, &mut built, &mut said);
            result.map(|()| String::from_utf8(said).unwrap())
        };
        run("schemas/visits.yaml").unwrap();
        run("schemas/visits.yaml").unwrap();
        let said = run("other/orders.yaml").unwrap();
        assert!(
            said.contains("\ncargo::rustc-env=INGEST_SCHEMA=\n"),
            "{said}"
        );
        let error = run("other/visits.yaml").unwrap_err().to_string();
        assert!(
            error.starts_with("`schemas/visits.yaml` and `other/visits.yaml`"),
            "{error}"
        );
    }

    #[test]
    fn an_error_reads_well_and_cargo_still_watches_the_file() {
        let root = tempfile::tempdir().unwrap();
        let folders = folders(root.path());
        let broken = VISITS.replace("string", "strong");
        fs::write(root.path().join("schemas/visits.yaml"), broken).unwrap();
        let (result, said) = run(&folders, "schemas/visits.yaml");
        let debug = format!("{:?}", result.unwrap_err());
        assert!(debug.starts_with("schemas/visits.yaml:7:"), "{debug}");
        assert!(debug.contains("\n  help: use `string`"), "{debug}");
        assert!(said.starts_with("cargo::rerun-if-changed="));
        assert!(!root.path().join("out").exists());

        let (result, _) = run(&folders, "schemas/other.yaml");
        let debug = format!("{:?}", result.unwrap_err());
        assert!(
            debug.starts_with("the schema file `schemas/other.yaml` cannot be read: "),
            "{debug}"
        );
    }

    #[test]
    fn code_that_is_up_to_date_is_not_touched() {
        let root = tempfile::tempdir().unwrap();
        let folders = folders(root.path());
        run(&folders, "schemas/visits.yaml").0.unwrap();
        let target = root.path().join("out/visits.rs");
        let past = std::time::SystemTime::UNIX_EPOCH;
        let file = fs::File::options().append(true).open(&target).unwrap();
        file.set_modified(past).unwrap();
        run(&folders, "schemas/visits.yaml").0.unwrap();
        assert_eq!(fs::metadata(&target).unwrap().modified().unwrap(), past);
    }
}
