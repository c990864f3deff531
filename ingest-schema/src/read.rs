//! From a path or a text to a checked schema: size, encoding, then YAML, OpenAPI and rules in turn.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::model::Schema;
use crate::problem::{Findings, Place, Problem, Problems, Rule};
use crate::{openapi, rules, yaml};

/// Bytes a schema file may have: 32 MiB. A schema of 200 objects with 1,000 fields has about 13.
pub const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// A schema that can be used, and what is odd about its file.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reading {
    /// The schema.
    pub schema: Schema,
    /// What was mapped or passed over, in the order of the file.
    pub warnings: Vec<Problem>,
}

/// Why a schema file could not be used. `Debug` shows what people read, because `main` shows errors
/// this way.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// There is no such file, or it cannot be read.
    #[error("the schema file `{}` cannot be read", path.display())]
    File {
        /// The file, by the name it was to go by.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file is read, but it is no schema that Data Cloud would take.
    #[error(transparent)]
    Invalid(#[from] Problems),
}

impl fmt::Debug for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { source, .. } => write!(f, "{self}: {source}"),
            Self::Invalid(_) => write!(f, "{self}"),
        }
    }
}

impl Schema {
    /// Reads and checks a schema file.
    ///
    /// # Errors
    /// When the file cannot be read, or with every problem of the file when one of them is an
    /// error. A file of more than [`MAX_BYTES`] is refused unread.
    pub fn load(path: impl AsRef<Path>) -> Result<Reading, ReadError> {
        let path = path.as_ref();
        Self::load_as(path, &path.display().to_string())
    }

    /// Reads and checks a schema file that is to go by another name in problems, such as the
    /// relative path that the user wrote.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_as(path: &Path, name: &str) -> Result<Reading, ReadError> {
        let bytes = read_bounded(path).map_err(|source| ReadError::File {
            path: name.into(),
            source,
        })?;
        if bytes.len() as u64 > MAX_BYTES {
            let message = format!("the file has more than {MAX_BYTES} bytes; no real schema has");
            return Err(refuse(name, Place::default(), Rule::Limit, message).into());
        }
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text,
            Err(error) => return Err(not_utf8(name, &bytes[..error.valid_up_to()]).into()),
        };
        Ok(Self::parse(name, text)?)
    }

    /// Reads and checks the text of a schema file; `file` names it in problems.
    ///
    /// # Errors
    /// With every problem of the text when one of them is an error.
    pub fn parse(file: &str, text: &str) -> Result<Reading, Problems> {
        let mut findings = Findings::new(file);
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let schema = match yaml::read(text, &mut findings) {
            Some(root) => openapi::lower(&root, &mut findings),
            None => Schema::default(),
        };
        rules::check(&schema, &mut findings);
        let mut problems = findings.finish();
        if problems.0.is_empty() && schema.objects.is_empty() {
            let message = "the file is empty".into();
            problems = refuse(file, Place::default(), Rule::NoObjects, message);
        }
        if problems.errors().next().is_some() {
            return Err(problems);
        }
        Ok(Reading {
            schema,
            warnings: problems.0,
        })
    }

    /// Checks a schema that was built by hand or by a program; `origin` names it in problems.
    ///
    /// # Errors
    /// With every problem when one of them is an error; otherwise returns the warnings.
    pub fn check(&self, origin: &str) -> Result<Vec<Problem>, Problems> {
        let mut findings = Findings::new(origin);
        rules::check(self, &mut findings);
        if self.objects.is_empty() {
            findings.report(
                Rule::NoObjects,
                Place::default(),
                "the schema has no object",
            );
        }
        let problems = findings.finish();
        if problems.errors().next().is_some() {
            return Err(problems);
        }
        Ok(problems.0)
    }
}

/// The file's bytes, and one more than allowed at the most.
fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    // Looked at before it is opened: opening a pipe waits for a writer that may never come.
    let data = fs::metadata(path)?;
    if data.is_dir() {
        return Err(io::Error::other("it is a directory"));
    } else if !data.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let file = File::open(path)?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn not_utf8(file: &str, valid: &[u8]) -> Problems {
    let before = String::from_utf8_lossy(valid);
    let at = Place {
        line: before.matches('\n').count() + 1,
        column: before.rsplit('\n').next().unwrap_or("").chars().count() + 1,
    };
    let message = "the file is not UTF-8 text from here on".into();
    refuse(file, at, Rule::Syntax, message)
}

fn refuse(file: &str, at: Place, rule: Rule, message: String) -> Problems {
    let mut findings = Findings::new(file);
    findings.report(rule, at, message);
    findings.finish()
}
