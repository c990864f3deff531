//! A schema file, named in messages as its user named it.
//!
//! Reading and judging is the work of `ingest-schema`; this adds no rules.

use std::path::Path;

use ingest_schema::{ReadError, Reading, Schema};

/// Reads a schema file that problems call `shown`, whatever path it was opened by.
///
/// # Errors
/// As [`Schema::load`].
pub fn load(path: &Path, shown: &str) -> Result<Reading, ReadError> {
    match Schema::load(path) {
        Ok(mut reading) => {
            for warning in &mut reading.warnings {
                warning.file = shown.into();
            }
            Ok(reading)
        }
        Err(ReadError::Invalid(mut problems)) => {
            for problem in &mut problems.0 {
                problem.file = shown.into();
            }
            Err(problems.into())
        }
        Err(ReadError::File { source, .. }) => Err(ReadError::File {
            path: shown.into(),
            source,
        }),
        Err(other) => Err(other),
    }
}

/// A path as it is written into code and messages: with `/` on every platform, without `./`.
pub fn display_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text.into_owned()
    };
    match text.strip_prefix("./") {
        Some(rest) if !rest.is_empty() => rest.into(),
        _ => text,
    }
}
