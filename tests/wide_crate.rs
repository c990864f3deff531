//! Crates of wide records outside the workspace, in three ways: plain structs, with our derive, with
//! serde's. Writes files and compiles nothing.
//!
//! What is compared is what a user would write either way: structs of the same shape, each with one
//! function that writes it as JSON, because serde's code is only generated where it is called. The
//! types of days, e-mail addresses and so on lie in a crate that is compiled before: in ours they are
//! the runtime's, in the others newtypes with a `Serialize` of one call, the cheapest there can be.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::{KINDS, wide_schema, workspace};

/// What the structs derive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Nothing; nor are they written.
    Plain,
    /// `ingest_core::IngestRecord`.
    Ingest,
    /// `serde::Serialize`.
    Serde,
}

impl Way {
    /// The way of this name, as on a command line.
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Plain, Self::Ingest, Self::Serde];
        all.into_iter().find(|way| way.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Ingest => "ingest",
            Self::Serde => "serde",
        }
    }
}

/// A crate of so many structs of so many fields each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WideCrate {
    /// What they derive.
    pub way: Way,
    /// How many structs there are.
    pub structs: usize,
    /// How many fields each has.
    pub fields: usize,
}

/// The Rust type of each of [`KINDS`].
const TYPES: [&str; KINDS.len()] = [
    "String",
    "f64",
    "bool",
    "Date",
    "Timestamp",
    "Email",
    "Phone",
    "Percent",
    "Url",
];

/// The types that the runtime brings, for structs that do without it.
const VALUES: &str = r"macro_rules! values {
    ($($name:ident)*) => {$(
        pub struct $name(pub String);

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    )*};
}

values! { Date Timestamp Email Phone Percent Url }
";

impl WideCrate {
    /// The crate's name. Cargo takes crates of one name for the same crate, wherever they lie.
    pub fn name(self) -> String {
        format!("wide_{}_{}x{}", self.way.name(), self.structs, self.fields)
    }

    /// Writes the crate into the folder of its name in `folder`, and beside it what it needs. A file
    /// that is already right is left alone, so that cargo sees no change.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(self, folder: &Path) -> io::Result<PathBuf> {
        let own = folder.join(self.name());
        write(&own.join("Cargo.toml"), &self.manifest())?;
        write(&own.join("src/lib.rs"), &self.source())?;
        write(
            &own.join("wide.yaml"),
            &wide_schema(self.structs, self.fields),
        )?;
        write(&folder.join("values/Cargo.toml"), VALUES_MANIFEST)?;
        write(&folder.join("values/src/lib.rs"), VALUES)?;
        // The versions that the workspace has, so that nothing is fetched.
        fs::copy(workspace().join("Cargo.lock"), own.join("Cargo.lock"))?;
        Ok(own)
    }

    fn manifest(self) -> String {
        let name = self.name();
        let dependencies = match self.way {
            Way::Plain => VALUES_DEPENDENCY.to_owned(),
            Way::Ingest => {
                let core = workspace().join("ingest-core").display().to_string();
                format!("ingest-core = {{ path = {core:?}, default-features = false }}\n")
            }
            Way::Serde => format!("{VALUES_DEPENDENCY}{SERDE_DEPENDENCIES}"),
        };
        format!(
            "[package]\nname = {name:?}\nedition = \"2024\"\n\n\
             [dependencies]\n{dependencies}\n[workspace]\n"
        )
    }

    fn source(self) -> String {
        let mut text = match self.way {
            Way::Plain => "use values::*;\n".to_owned(),
            Way::Ingest => {
                "use ingest_core::{Date, IngestRecord, Timestamp, json, value::*};\n".to_owned()
            }
            Way::Serde => "use serde::Serialize;\nuse values::*;\n".to_owned(),
        };
        for index in 0..self.structs {
            text += &self.attributes(index);
            text += &self.structure(index);
            text += &self.function(index);
        }
        text
    }

    fn attributes(self, index: usize) -> String {
        match self.way {
            Way::Plain => "\n".to_owned(),
            Way::Ingest => format!(
                "\n#[derive(IngestRecord)]\n#[ingest(schema = \"wide.yaml\", object = \"object_{index}\")]\n"
            ),
            Way::Serde => "\n#[derive(Serialize)]\n".to_owned(),
        }
    }

    /// The struct; every other field may be absent.
    fn structure(self, index: usize) -> String {
        let mut text = format!("pub struct Object{index} {{\n    pub id: String,\n");
        for field in 1..self.fields {
            let ty = TYPES[field % TYPES.len()];
            let line = if field % 2 == 0 {
                writeln!(text, "    pub field_{field}: {ty},")
            } else {
                writeln!(text, "    pub field_{field}: Option<{ty}>,")
            };
            line.expect("BUG: a string takes any text");
        }
        text + "}\n"
    }

    /// The one call that makes the compiler generate what the derive only describes.
    fn function(self, index: usize) -> String {
        let (result, call) = match self.way {
            Way::Plain => return String::new(),
            Way::Ingest => (
                "Result<(), ingest_core::ValueError>",
                "json::write(record, out)",
            ),
            Way::Serde => (
                "serde_json::Result<()>",
                "serde_json::to_writer(out, record)",
            ),
        };
        format!(
            "\npub fn write_{index}(record: &Object{index}, out: &mut Vec<u8>) -> {result} {{\n    {call}\n}}\n"
        )
    }
}

const VALUES_MANIFEST: &str =
    "[package]\nname = \"values\"\nedition = \"2024\"\n\n[dependencies]\nserde = \"1\"\n";

const VALUES_DEPENDENCY: &str = "values = { path = \"../values\" }\n";

const SERDE_DEPENDENCIES: &str =
    "serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n";

/// Writes a file and the folders above it, unless it is so already.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}
